"""The allowance of drawn person-months, beside a slow second implementation, to the cent.

python -m bench.person_months [--months N] [--seed N]

A short run of the same stands in the tests, with controls that a wrong rule is found.
"""

import argparse
import sys
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

from bench.tables import columns, number
from tests.allowance.comparing import RULES, Tally, tally
from tests.allowance.person_months import person_months


def run(months: int, seed: int) -> bool:
    """Compare so many and print; whether no cent differs, all adds up and no rule is missing."""
    begin = perf_counter()
    found = tally(person_months(seed, months))
    seconds = perf_counter() - begin
    print(columns([("rule", "decided"), *((name, f"{found.rules[name]:,}") for name in RULES)]))
    print(f"\n{found.months:,} person-months, {found.lines:,} lines, {found.cents:,} cents")
    print(f"differences: {found.apart_cents} cents in {len(found.apart)} person-months")
    print(f"claims whose lines do not add up: {len(found.not_adding_up)}")
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    print(f"{number(seconds, 1)} s, {number(peak, 0)} MiB at most")
    return _holds(found)


def _holds(found: Tally) -> bool:
    missing = [name for name in RULES if not found.rules[name]]
    for name in missing:
        print(f"never met: {name}")
    return not (found.apart or found.not_adding_up or missing)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--months", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    held = run(chosen.months, chosen.seed)
    print("held" if held else "NOT HELD")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
