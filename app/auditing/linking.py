"""Putting entries into the chain of their sponsor, soon after they were committed.

An entry is written without its place: whoever writes waits for nobody. One after the other they are
then found by having no place yet, so that one that was committed late gets its place late.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, bindparam, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from app import db, jobs
from app.auditing import chain
from app.auditing.chain import EVENTS
from app.prepared import settled
from app.tables import AuditEvent, Sponsor

BATCH = 1000
EVERY = timedelta(seconds=10)
_PLACE = settled(
    update(EVENTS)
    .where(EVENTS.c.id == bindparam("its_id"), EVENTS.c.position.is_(None))
    .values(
        position=bindparam("its_position"),
        previous_hash=bindparam("before"),
        hash=bindparam("its_hash"),
        # The chaining is no change of the entry.
        updated_at=EVENTS.c.updated_at,
    )
)


@jobs.periodic("audit.chain", every=EVERY, is_to_do=lambda engine: bool(waiting(engine)))
def link(engine: Engine) -> None:
    """Give every entry that has none its place in the chain."""
    link_all(engine)


def link_all(engine: Engine, *, each: Callable[[int], None] = lambda _: None) -> int:
    """Link everything there is; how many entries. `each` hears of every part of the work."""
    linked = 0
    for sponsor_id in waiting(engine):
        while some := db.in_transaction(engine, partial(link_some, sponsor_id=sponsor_id)):
            linked += some
            each(some)
    return linked


def waiting(engine: Engine) -> Sequence[UUID]:
    """Sponsors with entries that have no place yet; a look that takes nobody the right to write."""
    unlinked = select(AuditEvent.id).where(
        col(AuditEvent.sponsor_id) == col(Sponsor.id), col(AuditEvent.position).is_(None)
    )
    with db.transaction(engine, read_only=True) as session:
        return session.exec(
            select(Sponsor.id).where(unlinked.exists()).order_by(col(Sponsor.id))
        ).all()


def link_some(session: Session, sponsor_id: UUID, most: int = BATCH) -> int:
    """Link some entries of a sponsor, the oldest first; how many.

    The sponsor's row is locked, so that two who link follow one another. Entries that somebody else
    holds are left for the next time.
    """
    hold(session, sponsor_id)
    position, previous = head(session, sponsor_id)
    placed = []
    for entry in _unlinked(session, sponsor_id, most):
        position += 1
        own = chain.digest(entry, position, previous)
        placed.append(
            {"its_id": entry["id"], "its_position": position, "before": previous, "its_hash": own}
        )
        previous = own
    if placed:
        session.connection().execute(_PLACE, placed)
    return len(placed)


def hold(session: Session, sponsor_id: UUID) -> None:
    """Nobody else adds to this chain until the commit."""
    query = select(Sponsor.id).where(col(Sponsor.id) == sponsor_id)
    session.exec(query.with_for_update(key_share=True)).one()


def head(session: Session, sponsor_id: UUID) -> tuple[int, str]:
    """How long a chain is and with which hash it ends; (0, "") when there is none yet."""
    found = session.exec(
        select(AuditEvent.position, AuditEvent.hash)
        .where(col(AuditEvent.sponsor_id) == sponsor_id, col(AuditEvent.position).is_not(None))
        .order_by(col(AuditEvent.position).desc())
        .limit(1)
    ).first()
    return (found[0] or 0, found[1]) if found else (0, "")


def _unlinked(session: Session, sponsor_id: UUID, most: int) -> Sequence[Any]:
    query = (
        sql_select(*chain.COLUMNS)
        .where(EVENTS.c.sponsor_id == sponsor_id, EVENTS.c.position.is_(None))
        .order_by(EVENTS.c.created_at, EVENTS.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return session.execute(query).mappings().all()
