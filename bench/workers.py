"""Workers that share one queue: how fast, and whether every job is done once when they are killed.

    python tests/throwaway_postgres.py -- python -m bench.workers [--jobs 1000]

Two worker processes, each in a network of its own where the machine allows it, work 1,000 jobs;
then again while one is killed and another begun, over and over. Beside it what a job costs to ask.
Without `TEST_DATABASE_URL` the same runs on SQLite with its one process. Exit code 1 when a job was
lost, or done twice without a kill.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, text

from app import db, jobs
from bench import hands, timing
from tests.databases import SERVER, Databases

DEFERS = 400
KILL_EVERY_SECONDS = 1.5
WAIT_SECONDS = 600.0


def costs(engine: Engine) -> None:
    """Print what a transaction costs that asks for nothing, for one job, for ten."""

    def transaction(asked: int) -> None:
        with db.transaction(engine) as session:
            session.connection().execute(text("SELECT 1"))
            jobs.defer_many(session, [(hands.MARK, uuid4(), None) for _ in range(asked)])

    for asked in (0, 1, 10):
        took = timing.times(f"transaction asking for {asked:2} jobs", transaction, [asked] * DEFERS)
        print(f"{took.name}: {took.p50:6.2f} ms, p95 {took.p95:6.2f} ms")


def shared(engine: Engine, url: str, number: int, *, apart: bool, workers: int) -> bool:
    """Let workers do so many jobs; whether each was done once."""
    with hands.hands(url, workers, apart=apart) as started:
        hands.ask(engine, workers * 4)
        hands.wait_until(lambda: hands.done(engine) == workers * 4, WAIT_SECONDS)
        began = time.monotonic()
        hands.ask(engine, number)
        hands.wait_until(lambda: hands.done(engine) == number + workers * 4, WAIT_SECONDS)
        seconds = time.monotonic() - began
        for hand in started:
            hand.stop()
    marks = Counter(subject for subject, _ in hands.marks(engine))
    twice = sum(times > 1 for times in marks.values())
    by = Counter(worker for _, worker in hands.marks(engine))
    print(
        f"{number} jobs by {workers} workers{' in two networks' if apart else ''}:"
        f" {number / seconds:.0f} a second, shares {sorted(by.values())},"
        f" lost {number + workers * 4 - len(marks)}, twice {twice}"
    )
    return len(marks) == number + workers * 4 and twice == 0


def killed(engine: Engine, url: str, number: int, *, workers: int) -> bool:
    """The same while one of them is killed again and again; whether none was lost."""
    subjects = set(hands.ask(engine, number))
    before, kills = hands.done(engine), 0
    living: list[hands.Hand] = []
    try:
        while hands.done(engine) < before + number:
            while len(living) < workers:
                living.append(hands.Hand(url, BENCH_PAUSE="0.02"))
            marked = len(hands.marks(engine))
            hands.wait_until(partial(_goes_on, engine, marked, before + number))
            time.sleep(KILL_EVERY_SECONDS)
            if hands.done(engine) < before + number:
                living.pop(0).kill()
                kills += 1
    finally:
        for hand in living:
            hand.kill()
    marks = Counter(subject for subject, _ in hands.marks(engine) if subject in subjects)
    again = sum(times - 1 for times in marks.values())
    lost = len(subjects) - len(marks)
    print(f"{number} jobs, {kills} kills: lost {lost}, done again after a kill {again}")
    return set(marks) == subjects


def _goes_on(engine: Engine, marked: int, enough: int) -> bool:
    return len(hands.marks(engine)) > marked or hands.done(engine) >= enough


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    number = parser.parse_args().jobs
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(Path(folder))
        databases.prepare()
        try:
            well = []
            workers = 2 if SERVER else 1
            apart = bool(SERVER) and hands.networks_allowed()
            for name in ("shared", "killed", "costs"):
                with databases.fresh() as engine:
                    url = engine.url.render_as_string(hide_password=False)
                    hands.prepare(engine)
                    if name == "shared":
                        well.append(shared(engine, url, number, apart=apart, workers=workers))
                    elif name == "killed":
                        well.append(killed(engine, url, number, workers=workers))
                    else:
                        costs(engine)
        finally:
            databases.remove()
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
