"""How far the chains are: what is linked, what waits, and the last anchor."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, ScalarSelect
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, select

from app import commandline, db
from app.clock import now
from app.prepared import settled
from app.tables import AuditAnchor, AuditEvent, Sponsor

LATE = timedelta(minutes=15)
"""An entry that waits for so long has been forgotten."""


@dataclass(frozen=True)
class Standing:
    """The chain of one sponsor."""

    sponsor_id: UUID
    chained: int
    unchained: int
    unchained_since: datetime | None
    anchored: int
    """How long the chain was at its last anchor."""
    anchored_at: datetime | None


def _of(table: type[AuditEvent] | type[AuditAnchor], what: Any, *where: Any) -> ScalarSelect[Any]:
    """Something of the rows of each sponsor."""
    query = select(what).where(col(table.sponsor_id) == col(Sponsor.id), *where)
    return query.correlate(Sponsor).scalar_subquery()


_WAITING = col(AuditEvent.position).is_(None)
_STANDINGS = settled(
    sql_select(
        col(Sponsor.id),
        func.coalesce(_of(AuditEvent, func.max(AuditEvent.position)), 0),
        _of(AuditEvent, func.count(), _WAITING),
        _of(AuditEvent, func.min(AuditEvent.created_at), _WAITING),
        func.coalesce(_of(AuditAnchor, func.max(AuditAnchor.count)), 0),
        _of(AuditAnchor, func.max(AuditAnchor.created_at)),
    ).order_by(col(Sponsor.id))
)


def standings(session: Session, sponsor_ids: Collection[UUID] | None = None) -> list[Standing]:
    """The chains of these sponsors, or of all, in one statement."""
    query = _STANDINGS
    if sponsor_ids is not None:
        query = query.where(col(Sponsor.id).in_(sponsor_ids))
    return [Standing(*row) for row in session.execute(query).all()]


def warnings(engine: Engine) -> list[str]:
    """A sentence when entries wait for their place for too long."""
    with db.transaction(engine, read_only=True) as session:
        since = [one.unchained_since for one in standings(session) if one.unchained_since]
    if not since or min(since) > now() - LATE:
        return []
    return [
        f"Entries of the audit have waited for their place in the chain since"
        f" {min(since):%Y-%m-%d %H:%M} UTC: does a worker run, and what does"
        f" `{commandline.typed('jobs')}` say?"
    ]
