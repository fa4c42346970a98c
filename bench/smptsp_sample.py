"""Draws task scheduling instances built like the published ones, with a team known to suffice.

python -m bench.smptsp_sample --people N --tasks T --share S --seed N > FILE

Each of a team works through one day: tasks from the first minute to the last, a tenth of the day
between them. One in eight of all people is not needed. Everybody can do a share of all tasks, drawn
evenly, and those of the team their own day as well.
"""

import argparse
from collections import defaultdict
from itertools import pairwise
from random import Random

from bench.smptsp import Instance, write

DAY_MINUTES = 1_440
TIGHTNESS = 0.9
NEEDED = 0.875
LONGEST = 3.0
"""How many times longer than the shortest a task of one day may be."""


def planted(people: int) -> int:
    """Give how many of so many people are known to suffice."""
    return max(1, round(NEEDED * people))


def draw(people: int, tasks: int, *, share: float, seed: int) -> Instance:
    """Draw tasks that `planted(people)` people can do, each of whom can do a share of them.

    Raises
    ------
    ValueError
        If there are fewer tasks than people who work.
    """
    random, team = Random(seed), planted(people)
    if tasks < team:
        raise ValueError(f"{team} people do at least {team} tasks")
    counts = [tasks // team + (number < tasks % team) for number in range(team)]
    chosen = [(task, who) for who, count in enumerate(counts) for task in _day(random, count)]
    chosen.sort()
    own: defaultdict[int, set[int]] = defaultdict(set)
    for number, (_, who) in enumerate(chosen):
        own[who].add(number)
    can = [
        own[who] | {number for number in range(tasks) if random.random() < share}
        for who in range(people)
    ]
    random.shuffle(can)
    name = f"{people} people, {tasks} tasks, seed {seed}"
    return Instance(name, tuple(task for task, _ in chosen), tuple(map(frozenset, can)))


def _day(random: Random, count: int) -> list[tuple[int, int]]:
    """Fill most of a day with some tasks, one after the other."""
    work = _parts(random, round(TIGHTNESS * DAY_MINUTES), [1.0] * count)
    rest = _parts(random, DAY_MINUTES - sum(work), [0.0] * (count + 1))
    now, tasks = 0, []
    for pause, minutes in zip(rest, work, strict=False):
        tasks.append((now + pause, now + pause + minutes))
        now += pause + minutes
    return tasks


def _parts(random: Random, total: int, least: list[float]) -> list[int]:
    """Divide minutes at random; parts drawn from `least` on are at most `LONGEST` before."""
    weights = [random.uniform(low, LONGEST) for low in least]
    cuts = [round(total * sum(weights[:at]) / sum(weights)) for at in range(len(weights) + 1)]
    return [end - begin for begin, end in pairwise(cuts)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--tasks", type=int, default=300)
    parser.add_argument("--share", type=float, default=0.33)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    instance = draw(chosen.people, chosen.tasks, share=chosen.share, seed=chosen.seed)
    print(write(instance), end="")


if __name__ == "__main__":
    main()
