"""How fast entries of the audit are linked and verified, and in how much memory.

python -m bench.audit [--entries N]

On SQLite, or on the PostgreSQL of `TEST_DATABASE_URL`, in a database of its own. Beside it the
reference: a plain loop that looks at one entry after the other and marks it, one statement each,
without any chain. A short run of the same stands in the tests.
"""

import argparse
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlmodel import col, select, update

from app import db
from app.auditing import linking, verifying
from app.clock import now
from app.tables import AuditEvent, Sponsor, new_id
from tests.databases import SERVER, Databases

AT_ONCE = 5000


def fill(engine: Engine, name: str, entries: int) -> UUID:
    """A sponsor with so many entries that are not linked; as many as a busy year has."""
    with db.transaction(engine) as session:
        sponsor = Sponsor(name=name)
        session.add(sponsor)
    for first in range(0, entries, AT_ONCE):
        with db.transaction(engine) as session:
            session.add_all(
                AuditEvent(
                    id=new_id(),
                    created_at=now(),
                    sponsor_id=sponsor.id,
                    account_id=uuid4(),
                    action="offer.accept",
                    subject_type="offer",
                    subject_id=uuid4(),
                    details={"assignment": str(uuid4()), "via": "app"},
                )
                for _ in range(min(AT_ONCE, entries - first))
            )
    return sponsor.id


def plain_loop(engine: Engine, sponsor_id: UUID) -> None:
    """The reference: look at one entry after the other and mark it."""
    with db.transaction(engine) as session:
        of_it = select(AuditEvent.id).where(col(AuditEvent.sponsor_id) == sponsor_id)
        for event_id in session.exec(of_it).all():
            session.exec(select(AuditEvent).where(col(AuditEvent.id) == event_id)).one()
            session.exec(
                update(AuditEvent).where(col(AuditEvent.id) == event_id).values(published=True)
            )


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    entries = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        made = Databases(Path(folder))
        made.prepare()
        try:
            with made.fresh() as engine:
                held = trial(engine, entries)
        finally:
            made.remove()
    print("held" if held else "NOT HELD", "on", "PostgreSQL" if SERVER else "SQLite")
    return 0 if held else 1


def trial(engine: Engine, entries: int) -> bool:
    """Link, verify, compare with the reference, and print; whether all is as it must be."""
    loop = fill(engine, "Referenz", entries)
    reference = timed(lambda: plain_loop(engine, loop))
    linking.link_all(engine)
    chained = fill(engine, "Kette", entries)
    linked = timed(lambda: linking.link_all(engine))
    tracemalloc.start()
    found = verifying.verify(engine, only=chained)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    verified = timed(lambda: verifying.verify(engine, only=chained))
    for what, seconds in (("plain loop", reference), ("linked", linked), ("verified", verified)):
        print(
            f"{engine.dialect.name}: {entries} entries {what} in {seconds:.2f} s,"
            f" {entries / seconds:.0f}/s"
        )
    print(f"{engine.dialect.name}: verifying took {peak:.1f} MiB at most")
    (one,) = found
    return one.chained == entries and not one.findings and one.unchained == 0


if __name__ == "__main__":
    sys.exit(main())
