"""Anchors: how long each chain was and how it ended, to be kept where nobody here can write.

Once a day one is stored; `lotsenwerk audit anchor` prints them as lines of JSON.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs
from app.auditing import linking
from app.tables import AuditAnchor, Sponsor

HASH_DIGITS = 64


class Unreadable(ValueError):
    """A line of a file is no anchor."""


@dataclass(frozen=True)
class Anchor:
    """So many entries the chain of a sponsor had at a moment, and its last hash."""

    sponsor_id: UUID
    count: int
    head: str
    anchored_at: datetime

    def line(self) -> str:
        """The anchor as one line of JSON."""
        at = self.anchored_at.astimezone(UTC).isoformat(timespec="seconds")
        content = {
            "sponsor_id": str(self.sponsor_id),
            "count": self.count,
            "head": self.head,
            "anchored_at": at,
        }
        return json.dumps(content)


@jobs.periodic("audit.anchor", every=timedelta(days=1))
def anchor(engine: Engine) -> None:
    """Store where each chain ends today."""
    anchor_all(engine)


def anchor_all(engine: Engine) -> list[Anchor]:
    """Link what waits, store where each chain ends, and give it, by sponsor."""
    linking.link_all(engine)
    with db.transaction(engine, read_only=True) as session:
        sponsors = session.exec(select(Sponsor.id).order_by(col(Sponsor.id))).all()
    ends = [db.in_transaction(engine, partial(_anchor, sponsor_id=one)) for one in sponsors]
    return [end for end in ends if end is not None]


def _anchor(session: Session, sponsor_id: UUID) -> Anchor | None:
    linking.hold(session, sponsor_id)
    count, head = linking.head(session, sponsor_id)
    if not count:
        return None
    known = session.exec(
        select(AuditAnchor).where(
            col(AuditAnchor.sponsor_id) == sponsor_id, col(AuditAnchor.count) == count
        )
    ).one_or_none()
    if known is None:
        known = AuditAnchor(sponsor_id=sponsor_id, count=count, head=head)
        session.add(known)
        session.flush()
    return Anchor(sponsor_id, count, head, known.created_at)


def stored(session: Session, sponsor_id: UUID) -> list[Anchor]:
    """The anchors of a sponsor that are kept here, the shortest chain first."""
    query = select(AuditAnchor).where(col(AuditAnchor.sponsor_id) == sponsor_id)
    rows = session.exec(query.order_by(col(AuditAnchor.count))).all()
    return [Anchor(row.sponsor_id, row.count, row.head, row.created_at) for row in rows]


def read(lines: Iterable[str]) -> Iterator[Anchor]:
    """The anchors of a file that was kept elsewhere; raises `Unreadable` with the line's number."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _read(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise Unreadable(f"line {number} is no anchor") from error


def _read(content: dict[str, Any]) -> Anchor:
    count, head = content["count"], str(content["head"])
    if type(count) is not int or count < 1 or len(head) != HASH_DIGITS:
        raise ValueError
    at = datetime.fromisoformat(content["anchored_at"])
    return Anchor(UUID(content["sponsor_id"]), count, head, at)
