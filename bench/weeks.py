"""Many random weeks: no plan breaks a rule, no step loses points, no bound is below the optimum.

python -m bench.weeks --weeks 1000 [--from-seed N] [--proven 200]

Sizes, contents and calendars take turns, every third week is one in which the clocks change. The
budget is one of iterations, so that the same seed gives the same plan.
"""

import argparse
import sys
from collections import Counter
from dataclasses import dataclass

from matching import Budget, Plan, Problem, Progress, check, solve
from matching.generate import SIZES, Size, generate

KINDS = (
    SIZES["tiny"],
    SIZES["small"],
    Size(8, 14, 2, 3),
    Size(10, 16, 2, 2, mix="full"),
    Size(20, 40, 3, 4),
    Size(25, 60, 3, 5, mix="plain"),
)
SMALL_SEATS = 24
ITERATIONS = 25
SECONDS = 600.0
"""No measure, a stop: whoever is first compiles the functions, and that alone takes a minute."""
PROOF_SECONDS = 120.0
COUNTS = (
    *("weeks", "clock changes", "seats", "filled", "violations", "worse steps"),
    *("compared with the optimum", "bounds below it", "plans above it", "not proven"),
)


@dataclass(frozen=True)
class Trial:
    """One week: seed, size, calendar and the method that has to cope with it."""

    seed: int
    size: Size
    clock_change: bool
    method: str

    @property
    def is_small(self) -> bool:
        return self.size.seats <= SMALL_SEATS

    def problem(self) -> Problem:
        """Draw the week."""
        return generate(self.size, self.seed, clock_change=self.clock_change)


def trial(seed: int) -> Trial:
    """Give the week of a seed; two in three are solved the way of large ones."""
    size = KINDS[seed % len(KINDS)]
    # Steps without a common divisor with the number of kinds, so that all combinations come.
    clock_change, method = seed // 7 % 3 == 0, "auto" if seed // 5 % 3 == 0 else "prices"
    return Trial(seed, size, clock_change, method)


def attempt(chosen: Trial, *, prove: bool) -> Counter[str]:
    """Solve one week and count what is wrong with it."""
    problem, seen = chosen.problem(), Counter[str]()
    objectives: list[int] = []

    def note(progress: Progress) -> None:
        objectives.append(progress.objective)

    seen["weeks"] += 1
    seen["clock changes"] += chosen.clock_change
    seen["seats"] += len(problem.seats)
    budget = Budget(SECONDS, iterations=ITERATIONS, progress=note)
    try:
        plan = solve(problem, seed=chosen.seed, budget=budget, method=chosen.method)
    except RuntimeError as error:
        _say(f"seed {chosen.seed}: {error}")
        seen["violations"] += 1
        return seen
    seen["filled"] += len(plan.assignments)
    seen["violations"] += len(check(problem, plan))
    steps = zip(objectives, [*objectives[1:], plan.objective], strict=True)
    seen["worse steps"] += sum(later < earlier for earlier, later in steps)
    return seen + compare(problem, plan, chosen.seed) if prove else seen


def compare(problem: Problem, plan: Plan, seed: int) -> Counter[str]:
    """Count whether the bound is below the optimum, or the plan above it."""
    best = solve(problem, seconds=PROOF_SECONDS, method="exact")
    if best.status != "optimal":
        return Counter({"not proven": 1})
    below = plan.bound is not None and plan.bound < best.objective
    above = plan.objective > best.objective
    if below or above:
        _say(f"seed {seed}: {plan.objective} ≤ {best.objective} ≤ {plan.bound} does not hold")
    return Counter(
        {"compared with the optimum": 1, "bounds below it": below, "plans above it": above}
    )


def run(seeds: range, proven: int) -> Counter[str]:
    """Count over many weeks; the first `proven` small ones are compared with the optimum."""
    total: Counter[str] = Counter()
    for seed in seeds:
        chosen = trial(seed)
        prove = chosen.is_small and proven > 0
        proven -= prove
        total += attempt(chosen, prove=prove)
        if total["weeks"] % 100 == 0:
            _say(f"{total['weeks']} weeks, {total['violations']} violations")
    return total


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weeks", type=int, default=1_000)
    parser.add_argument("--from-seed", type=int, default=1)
    parser.add_argument("--proven", type=int, default=200)
    chosen = parser.parse_args()
    total = run(range(chosen.from_seed, chosen.from_seed + chosen.weeks), chosen.proven)
    for name in COUNTS:
        print(f"{total[name]:>9,}  {name}")
    wrong = ("violations", "worse steps", "bounds below it", "plans above it")
    sys.exit(any(total[name] for name in wrong))


if __name__ == "__main__":
    main()
