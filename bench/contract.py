"""Calls of every kind against the contract, for as long as is wanted.

python -m bench.contract [--minutes N] [--role NAME] [--seed N]

Serves on SQLite, or on the PostgreSQL of `TEST_DATABASE_URL`, in a database of its own; nothing
that is done lasts. NAME is one of the people of `tests/cast.py`; without it everybody tries.
"""

import argparse
import sys
import time

from app import db
from app.main import create_app
from bench import worlds
from tests.app.callers import PEOPLE
from tests.app.matrix.fuzzing import Fuzzed, Fuzzer
from tests.app.matrix.people import CALLERS

EXAMPLES = 5


def fuzz(name: str, minutes: float, seed: int) -> Fuzzed:
    """Try until the time is over; every round with other examples."""
    db._commit = lambda session: session.flush()  # noqa: SLF001
    with worlds.found() as world:
        fuzzer = Fuzzer(create_app(world.engine), world, name)
        until = time.monotonic() + 60 * minutes
        while time.monotonic() < until:
            fuzzer.try_all(EXAMPLES, seed, until=until)
            seed += 1
    return fuzzer.found


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--role", choices=sorted(CALLERS))
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    wrong = 0
    for name in [asked.role] if asked.role else [*PEOPLE, "nobody"]:
        found = fuzz(name, asked.minutes, asked.seed)
        wrong += len(found.wrong)
        statuses = ", ".join(f"{count} × {one}" for one, count in sorted(found.statuses.items()))
        print(f"{name}: {found.calls:,} calls ({statuses}), {len(found.wrong)} not as promised")
        for call, why in found.wrong.items():
            print(f"  {call}\n    {why}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
