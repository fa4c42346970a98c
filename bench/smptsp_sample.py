"""Draws task scheduling instances of our own, in which some number of people is known to suffice.

python -m bench.smptsp_sample --people N --share S --seed N > FILE
"""

import argparse
from random import Random

from bench.smptsp import Instance, write

SHIFT_MINUTES = 720
TASK_MINUTES = (30, 150)
IDLE = 0.1


def draw(people: int, *, share: float, seed: int) -> Instance:
    """Draw the tasks of `people` full shifts, and people of whom each can do a share of them.

    The first of them can do all of one shift, so that they suffice; half as many more are there.
    """
    random = Random(seed)
    shifts = [_shift(random) for _ in range(people)]
    tasks = tuple(sorted(task for shift in shifts for task in shift))
    left = {task: [n for n, other in enumerate(tasks) if other == task] for task in set(tasks)}
    own = [{left[task].pop() for task in shift} for shift in shifts]
    own += [set() for _ in range(people // 2)]
    for can in own:
        can.update(number for number in range(len(tasks)) if random.random() < share)
    random.shuffle(own)
    return Instance(f"{people} shifts, seed {seed}", tasks, tuple(frozenset(can) for can in own))


def _shift(random: Random) -> list[tuple[int, int]]:
    """Fill a shift with tasks, one after the other with a short rest now and then."""
    tasks: list[tuple[int, int]] = []
    now = random.randint(0, 60)
    while now < SHIFT_MINUTES:
        minutes = random.randint(*TASK_MINUTES)
        tasks.append((now, now + minutes))
        now += minutes + (random.randint(5, 30) if random.random() < IDLE else 0)
    return tasks


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(write(draw(chosen.people, share=chosen.share, seed=chosen.seed)), end="")


if __name__ == "__main__":
    main()
