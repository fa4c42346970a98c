"""PostgreSQL is restarted under load, again and again: is anything lost, how soon is it served?

python -m bench.restarts [--rounds N] [--people N]

The server is one of its own, with every safety switched on. By turns it ends fast (connections are
cut, work is rolled back) and at once (as when the power goes). Meanwhile nobody may hear of an
internal error: 503 and nothing else. Printed are the longest times from the return of the server
until a write was stored, and until the worker had done a job; what was asked for meanwhile is done
as well.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import col, select

from app import clock, db, jobs
from app.migrations import migrate
from app.offers.asking import EXPIRE
from app.tables import Offer, OfferState
from bench import questions, served
from bench.hands import done, wait_until
from bench.promises import Tally, by_turns, look, press_again
from bench.served import BUSY, WORKER, Crowd, Pool, Service
from tests.databases import Databases
from tests.throwaway_postgres import Server, binaries

ENDS = ("fast", "immediate")
AWAY_SECONDS = 0.5
UNDER_LOAD_SECONDS = 0.5
PATIENCE_SECONDS = 120.0
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass
class Returns:
    """How long it took after each return of the database, in seconds."""

    tally: Tally
    served: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)


def late_offer(engine: Engine, pool: Pool) -> UUID:
    """Ask somebody whose time is over: the worker has to say so."""
    (press,) = questions.one_each(engine, pool, 1)
    offer_id = UUID(press.path.split("/")[2])
    with db.transaction(engine) as session:
        offer = session.get_one(Offer, offer_id)
        offer.expires_at = clock.now() - timedelta(seconds=1)
        session.add(offer)
        jobs.defer(session, EXPIRE, offer_id)
    return offer_id


def is_expired(engine: Engine, offer_id: UUID) -> bool:
    """Whether the worker has been there."""
    with db.transaction(engine) as session:
        state = session.exec(select(Offer.state).where(col(Offer.id) == offer_id)).one()
        return state == OfferState.EXPIRED


def rounds(server: Server, engine: Engine, folder: Path, count: int, *, people: int) -> Returns:
    """Press all the time, restart the server again and again, look at the end."""
    pool, seen = served.found(engine), Returns(Tally())
    url = engine.url.render_as_string(hide_password=False)
    api, worker = Service(url, folder / "api"), Service(url, folder / "worker", WORKER)
    presses = questions.one_each(engine, pool, 20 * count)
    with served.running(api), served.running(worker):
        crowd = Crowd(api.port, by_turns(presses, pool))
        crowd.start(people)
        try:
            for number in range(count):
                crowd.wait_for_more()
                crowd.wait(UNDER_LOAD_SECONDS)
                server.end(ENDS[number % len(ENDS)])
                crowd.wait(AWAY_SECONDS)
                server.begin()
                engine.dispose()
                _time_return(engine, api.port, pool, seen)
        finally:
            crowd.end()
        look(engine, crowd, seen.tally)
        press_again(engine, api.port, crowd, seen.tally)
    seen.tally.lost += [
        f"{press.path} answered {answer.status}"
        for press, answer in crowd.answered
        if answer.status >= 300 and answer.status != BUSY
    ]
    return seen


def _time_return(engine: Engine, port: int, pool: Pool, seen: Returns) -> None:
    """Note when the service has stored something and the worker has done something."""
    began, before = time.monotonic(), done(engine)
    offer_id = late_offer(engine, pool)
    wait_until(lambda: served.post(port, pool.request()).status == 201, PATIENCE_SECONDS)
    seen.served.append(time.monotonic() - began)
    wait_until(lambda: done(engine) > before, PATIENCE_SECONDS)
    seen.worked.append(time.monotonic() - began)
    wait_until(lambda: is_expired(engine, offer_id), PATIENCE_SECONDS)


@contextmanager
def durable(bin_folder: Path, folder: Path) -> Iterator[tuple[Server, Engine]]:
    """A server of its own that loses nothing, with a migrated database on it."""
    server = Server(bin_folder, **DURABLE)
    try:
        server.start()
        made = Databases(folder, server.url("postgres"))
        with made.fresh(migrated=False) as engine:
            migrate(engine)
            yield server, engine
    finally:
        server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--people", type=int, default=8)
    chosen = parser.parse_args()
    found = binaries()
    if found is None:
        sys.exit("PostgreSQL is not installed.")
    with tempfile.TemporaryDirectory() as folder, durable(found, Path(folder)) as (server, engine):
        seen = rounds(server, engine, Path(folder), chosen.rounds, people=chosen.people)
    print(f"PostgreSQL restarted {chosen.rounds} times under load")
    for line in seen.tally.lines():
        print(f"  {line}")
    print(f"  served again after {max(seen.served):.2f} s at most, worked {max(seen.worked):.2f} s")
    return int(not seen.tally.is_clean or max(seen.served + seen.worked) > 5)


if __name__ == "__main__":
    sys.exit(main())
