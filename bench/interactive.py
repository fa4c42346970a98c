"""What somebody who waits for an answer waits, beside the plan of a large week.

python -m bench.interactive [--size state] [--seed N] [--seconds S] [--questions N]

A volunteer drops out (each on her own), and why a seat is open with its repairs.
"""

import argparse
from collections.abc import Sequence
from random import Random
from typing import TypeVar

from bench.tables import columns
from bench.timing import HEAD, Times, times
from matching import Plan, Problem, solve
from matching.explanation import Explanation, explain
from matching.generate import SIZES, generate
from matching.replanning import Replanned, replan
from matching.standing import Standing

One = TypeVar("One")


def draw(names: Sequence[One], count: int, seed: int) -> list[One]:
    """Draw up to so many of them."""
    return Random(seed).sample(names, min(count, len(names)))


def busy_volunteers(plan: Plan) -> list[str]:
    """Give the volunteers who have something to do."""
    return sorted({made.volunteer for made in plan.assignments})


def drop_outs(problem: Problem, plan: Plan, names: list[str]) -> tuple[Times, list[int]]:
    """Let each drop out on her own; give the times, and how many others go elsewhere each time."""
    standing = Standing.of(problem, plan)
    answers: dict[str, Replanned] = {}

    def drop(name: str) -> None:
        answers[name] = replan(problem, plan, absent=(name,), standing=standing)

    took = times("a volunteer drops out", drop, names)
    return took, [others_moved(found, name) for name, found in answers.items()]


def others_moved(found: Replanned, absent: str) -> int:
    """Count the assignments that change, those of the absent apart."""
    before = [change.before for change in found.changes if change.before is not None]
    return sum(made.volunteer != absent for made in before)


def explanations(
    problem: Problem, plan: Plan, seats: list[str], *, repairs: int
) -> tuple[Times, int]:
    """Ask why seats are open; give the times, and for how many there is a repair."""
    standing = Standing.of(problem, plan)
    found: list[Explanation] = []

    def ask(seat: str) -> None:
        found.append(explain(problem, plan, seat, standing=standing, repairs=repairs))

    took = times(f"why is a seat open, {repairs} repairs", ask, seats)
    return took, sum(bool(one.repairs) for one in found)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=tuple(SIZES), default="state")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--questions", type=int, default=60)
    chosen = parser.parse_args()
    problem = generate(SIZES[chosen.size], chosen.seed)
    plan = solve(problem, seconds=chosen.seconds, seed=chosen.seed)
    names = draw(busy_volunteers(plan), chosen.questions, chosen.seed)
    seats = draw([seat.seat for seat in plan.open], chosen.questions, chosen.seed)
    dropped, moved = drop_outs(problem, plan, names)
    quick, _ = explanations(problem, plan, seats, repairs=0)
    proven, cured = explanations(problem, plan, seats, repairs=3)
    print(columns([HEAD, dropped.cells(), quick.cells(), proven.cells()]))
    print(f"others moved: {sum(moved) / len(moved):.1f} on average, {max(moved)} at most")
    print(f"open seats with a proven repair: {cured} of {len(seats)}")


if __name__ == "__main__":
    main()
