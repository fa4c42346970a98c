"""A service record with everything it is about, however many records in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.access import Actor
from app.hours.schemas import ServiceRecordRead
from app.tables import Assignment, Institution, Request, Seat, ServiceRecord, Volunteer


@dataclass(frozen=True)
class Detail:
    """A record, its booking, where it was and who was there."""

    record: ServiceRecord
    assignment: Assignment
    seat: Seat
    institution: Institution
    volunteer: Volunteer


def load(session: Session, records: Sequence[ServiceRecord]) -> list[Detail]:
    """The records in their order."""
    query = (
        select(Assignment, Seat, Institution, Volunteer)
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .join(Volunteer, col(Volunteer.id) == col(Assignment.volunteer_id))
        .where(col(Assignment.id).in_([record.assignment_id for record in records]))
    )
    about = {row[0].id: row for row in session.exec(query).all()}
    return [Detail(record, *about[record.assignment_id]) for record in records]


def read(actor: Actor, detail: Detail) -> ServiceRecordRead:
    """What the actor may read of it."""
    record, person = detail.record, detail.volunteer
    inside = record.sponsor_id in actor.sponsor_ids or person.id == actor.volunteer_id
    return ServiceRecordRead(
        **record.model_dump(include=set(ServiceRecordRead.model_fields)),
        volunteer=f"{person.given_name} {person.surname}" if inside else person.given_name,
        institution_id=detail.institution.id,
        institution=detail.institution.name,
        role=detail.assignment.role,
        language=detail.seat.language,
    )


def reads(
    session: Session, actor: Actor, records: Sequence[ServiceRecord]
) -> list[ServiceRecordRead]:
    """What the actor may read of them."""
    return [read(actor, detail) for detail in load(session, records)]
