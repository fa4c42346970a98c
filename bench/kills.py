"""The serving process is killed under load, again and again: is anything lost that it promised?

python -m bench.kills [--rounds N] [--people N] [--hasty]

Runs on SQLite, or on the PostgreSQL of `TEST_DATABASE_URL`, in a database of its own. After each
kill every write that was acknowledged must be there, once, also when the same is pressed again; the
rules of `app.backups.invariants` must hold. With `--hasty` the service answers before it stores:
then writes must be seen to be lost.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from bench import questions, served
from bench.promises import Tally, by_turns, look, press_again
from bench.served import HASTY, SERVE, Crowd, Service
from tests.databases import SERVER, Databases

SHORTEST, LONGEST = 0.2, 0.8
"""Seconds after the first answer when the process is killed."""
OFFERS = 40
"""Volunteers who are asked in each round."""


def rounds(
    engine: Engine, service: Service, count: int, *, people: int, again: bool = True
) -> Tally:
    """Start, press, kill, look; `again`: press all of it once more in the next life."""
    pool, tally, dice = served.found(engine), Tally(), random.Random(1)
    last: Crowd | None = None
    for number in range(count):
        presses = questions.one_each(engine, pool, OFFERS)
        with served.running(service):
            if last is not None and again:
                press_again(engine, service.port, last, tally)
            last = Crowd(service.port, by_turns(presses, pool))
            last.start(people)
            last.wait_for_more()
            last.wait(dice.uniform(SHORTEST, LONGEST))
            service.kill()
            last.end()
        look(engine, last, tally)
        if sys.stderr.isatty():
            print(f"\r{number + 1}/{count}", end="", file=sys.stderr)
    return tally


@contextmanager
def database(folder: Path) -> Iterator[Engine]:
    """A migrated database of its own."""
    made = Databases(folder)
    made.prepare()
    try:
        with made.fresh() as engine:
            yield engine
    finally:
        made.remove()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--hasty", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, database(Path(folder)) as engine:
        url = engine.url.render_as_string(hide_password=False)
        service = Service(url, Path(folder) / "var", HASTY if chosen.hasty else SERVE)
        tally = rounds(engine, service, chosen.rounds, people=chosen.people, again=not chosen.hasty)
    print(f"{'PostgreSQL' if SERVER else 'SQLite'}: {tally.rounds} kills")
    for line in tally.lines():
        print(f"  {line}")
    return int(not tally.lost if chosen.hasty else not tally.is_clean)


if __name__ == "__main__":
    sys.exit(main())
