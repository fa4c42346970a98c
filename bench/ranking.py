"""The best of 20,000 volunteers for one seat, beside a loop over all of them, in CPU time.

python -m bench.ranking [--volunteers N] [--seats N] [--mix MIX] [--seed N] [--questions N]

The index is asked with nobody booked, and beside a greedy plan of the whole week.
"""

import argparse
from random import Random
from time import process_time

from bench.contender import MIXES
from bench.tables import columns
from bench.timing import HEAD, Times, times
from matching import Problem, RankIndex, solve
from matching.costs import fairness_cost, pair_terms
from matching.eligibility import choose_mode, reasons
from matching.generate import Size, generate
from matching.problem import MODES

TOP = 10
AGAIN = 100
"""Questions to the index for each one to the loop."""


def by_loop(problem: Problem, seat_id: str) -> list[tuple[int, str]]:
    """Give cost and id of the best by asking every rule about everybody, one after the other."""
    seat = problem.seats[problem.seat_index[seat_id]]
    best: dict[str, int] = {}
    for option, span in enumerate(seat.spans):
        for person in problem.volunteers:
            if reasons(problem, person, seat, option):
                continue
            mode = choose_mode(problem, person, seat, option) or MODES[0]
            cost = sum(pair_terms(problem, person, seat, option=option, mode=mode).values())
            cost += fairness_cost(problem.weights, person.lead_minutes, span.minutes)
            best[person.id] = min(cost, best.get(person.id, cost))
    return sorted((cost, name) for name, cost in best.items())[:TOP]


def by_index(name: str, index: RankIndex, seats: list[str]) -> Times:
    """Give how long the index takes for each of these seats."""
    return times(name, lambda seat: index.rank(seat, limit=TOP), seats, process_time)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--volunteers", type=int, default=20_000)
    parser.add_argument("--seats", type=int, default=1_000)
    parser.add_argument("--mix", choices=MIXES, default="rich")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--questions", type=int, default=10)
    chosen = parser.parse_args()
    size = Size(chosen.volunteers, chosen.seats, 33, mix=chosen.mix)
    problem = generate(size, chosen.seed)
    random = Random(chosen.seed)
    names = random.sample([s.id for s in problem.seats], min(chosen.questions, len(problem.seats)))
    more = random.choices([s.id for s in problem.seats], k=AGAIN * len(names))
    plan = solve(problem, method="greedy")
    found = [
        by_index("index, nobody booked", RankIndex.of(problem), more),
        by_index(f"index, {len(plan.assignments):,} booked", RankIndex.of(problem, plan), more),
        times("a loop over all", lambda name: by_loop(problem, name), names, process_time),
    ]
    print(columns([HEAD, *(one.cells() for one in found)]))


if __name__ == "__main__":
    main()
