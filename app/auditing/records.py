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
from app.tables import AuditEvent, Enrolment, EnrolmentState, SponsorRow, Volunteer

READ = "volunteer.read"
UPDATE = "volunteer.update"
ONCE_IN = timedelta(hours=1)
"""Within so long the same person's reading of the same record is noted once."""


def changed(session: Session, actor: Actor, volunteer: Volunteer, *fields: str) -> None:
    """Note in each pool she is in what was changed about her."""
    found = places(session, volunteer.id)
    # Where she is only lent to nobody knows her.
    subjects = [one for one in found if one.state != EnrolmentState.LENT]
    audit.record_each(session, actor.account_id, UPDATE, subjects, fields=list(fields))


def places(session: Session, volunteer_id: UUID) -> Sequence[Enrolment]:
    """Every pool she is in: what changes about her concerns them all."""
    query = select(Enrolment).where(
        col(Enrolment.volunteer_id) == volunteer_id, col(Enrolment.state) != EnrolmentState.ENDED
    )
    with db.as_system(session):
        return session.exec(query.order_by(col(Enrolment.id))).all()


def note_reading(
    request: Request, session: Session, actor: Actor, volunteer: Volunteer, *what: str
) -> None:
    """Note that somebody else reads her whole record, once an hour, before the answer leaves.

    `what` names a part that is read besides, such as an export. In a request that writes, the entry
    is written with it.
    """
    if volunteer.id == actor.volunteer_id or volunteer.account_id == actor.account_id:
        return
    subjects = [one for one in _seen_from(session, actor, volunteer) if what or not one[1]]

    def write(own: Session) -> None:
        for enrolment, _ in subjects:
            audit.record(own, actor.account_id, READ, enrolment, **_details(what))

    if request.method not in db.READ_METHODS:
        write(session)
    elif subjects:
        db.before_answering(request, write)


def note_file(
    request: Request, actor: Actor, action: str, subject: SponsorRow, **details: Any
) -> None:
    """Note each time that somebody takes a file with people's data along, before it leaves."""

    def write(own: Session) -> None:
        audit.record(own, actor.account_id, action, subject, **details)

    db.before_answering(request, write)


def _details(what: Sequence[str]) -> dict[str, Any]:
    return {"fields": list(what)} if what else {}


def _seen_from(
    session: Session, actor: Actor, volunteer: Volunteer
) -> Sequence[tuple[Enrolment, bool]]:
    """Her places in the reader's pools, and whether the reader was noted there a moment ago."""
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
    query = select(Enrolment, noted).where(
        col(Enrolment.volunteer_id) == volunteer.id,
        col(Enrolment.sponsor_id).in_(actor.sponsor_ids),
        col(Enrolment.state) != EnrolmentState.ENDED,
    )
    return session.exec(query.order_by(col(Enrolment.id))).all()
