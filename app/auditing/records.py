"""Who read or changed a volunteer's record: entries that she herself may read.

Each pool she is in gets an entry of what was changed about her. Whoever reads her whole record is
noted before the answer leaves: a reading that cannot be noted is refused. A list, which shows name,
town and languages, is no reading of a record.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlmodel import Session, col, select

from app import audit, db
from app.access import Actor
from app.clock import now
from app.tables import NO_MEMBER, AuditEvent, Enrolment, EnrolmentState, SponsorRow, Volunteer

READ = "volunteer.read"
UPDATE = "volunteer.update"
ONCE_IN = timedelta(hours=1)
"""Within so long the same person's reading of the same record is noted once."""


def changed(session: Session, actor: Actor, volunteer: Volunteer, *fields: str) -> None:
    """Note in each pool she is in what was changed about her."""
    subjects = places(session, volunteer.id)
    audit.record_each(session, actor.account_id, UPDATE, subjects, fields=list(fields))


def places(session: Session, volunteer_id: UUID) -> Sequence[Enrolment]:
    """Every pool she is in, not where she is only lent to: what changes concerns them all."""
    query = select(Enrolment).where(
        col(Enrolment.volunteer_id) == volunteer_id, col(Enrolment.state).not_in(NO_MEMBER)
    )
    with db.as_system(session):
        return session.exec(query.order_by(col(Enrolment.id))).all()


def note_reading(request: Request, session: Session, actor: Actor, volunteer: Volunteer) -> None:
    """Note that somebody else reads her whole record, once an hour, before the answer leaves."""
    if volunteer.id == actor.volunteer_id or volunteer.account_id == actor.account_id:
        return
    subjects = _seen_from(session, actor, volunteer)

    def write(own: Session) -> None:
        for enrolment in subjects:
            audit.record(own, actor.account_id, READ, enrolment)

    if subjects:
        db.before_answering(request, write)


def note_file(
    request: Request, actor: Actor, action: str, subject: SponsorRow, **details: Any
) -> None:
    """Note each time that somebody takes a file with people's data along, before it leaves."""

    def write(own: Session) -> None:
        audit.record(own, actor.account_id, action, subject, **details)

    db.before_answering(request, write)


def _seen_from(session: Session, actor: Actor, volunteer: Volunteer) -> Sequence[Enrolment]:
    """Her places in the reader's pools where the reader was not noted a moment ago."""
    noted = (
        select(AuditEvent.id)
        .where(
            col(AuditEvent.subject_type) == "enrolment",
            col(AuditEvent.subject_id) == col(Enrolment.id),
            col(AuditEvent.action) == READ,
            col(AuditEvent.account_id) == actor.account_id,
            col(AuditEvent.created_at) > now() - ONCE_IN,
        )
        .exists()
    )
    query = select(Enrolment).where(
        col(Enrolment.volunteer_id) == volunteer.id,
        col(Enrolment.sponsor_id).in_(actor.sponsor_ids),
        col(Enrolment.state) != EnrolmentState.ENDED,
        ~noted,
    )
    return session.exec(query.order_by(col(Enrolment.id))).all()
