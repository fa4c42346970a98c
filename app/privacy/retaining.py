"""The daily pass over what is kept too long: dry, or for good with a proof of what went."""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app import audit, db, jobs
from app.clock import now, today
from app.privacy import outbox
from app.privacy.rules import RULES, Rule
from app.tables import Enrolment, RetentionRun, Row, Sponsor

log = logging.getLogger(__name__)

BATCH = 500
NO_ID = UUID(int=0)


@dataclass(frozen=True)
class Found:
    """How much of one kind is too old at one sponsor."""

    rule: str
    kind: str
    sponsor_id: UUID
    sponsor: str
    cutoff: date
    rows: int


def _ids(rule: Rule, sponsor_id: UUID, cutoff: date, after: UUID) -> SelectOfScalar[UUID]:
    """The ids of what is too old at a sponsor, in their order."""
    table: Any = rule.table
    query = select(table.id).where(*rule.is_old(cutoff), col(table.id) > after)
    return query.where(_of_sponsor(table, sponsor_id)).order_by(col(table.id))


def _of_sponsor(table: Any, sponsor_id: UUID) -> Any:
    """Rows of a sponsor; what is a volunteer's alone counts for the pool she was in first."""
    if hasattr(table, "sponsor_id"):
        return col(table.sponsor_id) == sponsor_id
    first = (
        select(Enrolment.sponsor_id)
        .where(col(Enrolment.volunteer_id) == table.volunteer_id)
        .order_by(col(Enrolment.id))
        .limit(1)
        .scalar_subquery()
    )
    return first == sponsor_id


def _sponsors(session: Session) -> list[Sponsor]:
    return list(session.exec(select(Sponsor).order_by(col(Sponsor.name))).all())


def dry(engine: Engine, sponsor_id: UUID | None = None) -> list[Found]:
    """How much a run would empty or delete now, by kind and sponsor; nothing is changed."""
    found = []
    with db.transaction(engine, read_only=True) as session:
        for sponsor in _sponsors(session):
            if sponsor_id not in (None, sponsor.id):
                continue
            for rule in RULES:
                cutoff = rule.cutoff(sponsor, today())
                ids = _ids(rule, sponsor.id, cutoff, NO_ID).order_by(None)
                rows = session.exec(select(func.count()).select_from(ids.subquery())).one()
                found.append(_found(rule, sponsor, cutoff, rows))
    return found


def _found(rule: Rule, sponsor: Sponsor, cutoff: date, rows: int) -> Found:
    return Found(rule.name, str(rule.kind), sponsor.id, sponsor.name, cutoff, rows)


def run(
    engine: Engine,
    sponsor_id: UUID | None = None,
    each: Callable[[Found], None] = lambda _: None,
) -> list[Found]:
    """Empty or delete what is kept too long, some hundred rows at a time, each with its proof.

    Running it again does what is left: what went is gone together with the entry that says so.
    """
    with db.transaction(engine, read_only=True) as session:
        sponsors = [s for s in _sponsors(session) if sponsor_id in (None, s.id)]
    found = []
    for sponsor in sponsors:
        for rule in RULES:
            cutoff = rule.cutoff(sponsor, today())
            rows = sum(_batches(engine, rule, sponsor, cutoff))
            found.append(_found(rule, sponsor, cutoff, rows))
            each(found[-1])
    return found


def _batches(engine: Engine, rule: Rule, sponsor: Sponsor, cutoff: date) -> Iterator[int]:
    after = NO_ID
    while True:
        work = partial(_batch, rule=rule, sponsor_id=sponsor.id, cutoff=cutoff, after=after)
        seen, gone = db.in_transaction(engine, work)
        yield gone
        if seen is None:
            return
        after = seen


def _batch(
    session: Session, *, rule: Rule, sponsor_id: UUID, cutoff: date, after: UUID
) -> tuple[UUID | None, int]:
    """One batch: its last id when there may be more, and how many rows went."""
    most = 1 if rule.one_by_one else BATCH
    ids = session.exec(_ids(rule, sponsor_id, cutoff, after).limit(most)).all()
    gone = rule.work(session, ids) if ids else []
    if gone:
        entry = RetentionRun(
            sponsor_id=sponsor_id,
            data_class=rule.name,
            cutoff=cutoff,
            counts={_name(rule.table): len(gone)},
            proof=proof(gone),
        )
        session.add(entry)
        session.flush()
        # In the chain, too: the entry alone could be changed by who writes the database.
        told: dict[str, Any] = {"rule": rule.name, "rows": len(gone), "proof": entry.proof}
        audit.record(session, None, "retention.run", entry, **told)
        session.flush()
    return (ids[-1] if len(ids) == most else None), len(gone)


def _name(table: type[Row]) -> str:
    return str(table.__tablename__)


def proof(ids: Any) -> str:
    """SHA-256 over the sorted ids: that it was these rows can be checked by who still has them."""
    return hashlib.sha256("\n".join(sorted(map(str, ids))).encode()).hexdigest()


@jobs.periodic("privacy.retention", every=timedelta(days=1))
def daily(engine: Engine) -> None:
    """What is kept too long goes every day."""
    began = now()
    gone = sum(found.rows for found in run(engine))
    mails = outbox.clear(engine)
    log.info("retention: %s rows, %s mails, %s", gone, mails, now() - began)
