"""A service record with everything it is about, however many records in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from app import fields
from app.access import Actor
from app.clock import local_day
from app.hours import plausible, signatures
from app.hours.schemas import ServiceRecordRead
from app.institutions import kinds, naming
from app.tables import (
    Assignment,
    AuditEvent,
    Institution,
    Membership,
    Request,
    Seat,
    ServiceRecord,
    Volunteer,
)

INSTITUTION, OFFICE = "institution", "office"
"""Which side confirmed, as an auditor reads it."""
ANSWERED = ("service_record.confirmed", "service_record.disputed")


@dataclass(frozen=True)
class Detail:
    """A record, its booking, where it was and who was there."""

    record: ServiceRecord
    assignment: Assignment
    seat: Seat
    institution: Institution
    volunteer: Volunteer

    @property
    def day(self) -> date:
        """The day of the appointment: the month in which its hours count."""
        return local_day(self.assignment.starts_at)


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


def read(session: Session, actor: Actor, detail: Detail) -> ServiceRecordRead:
    """What the actor may read of it."""
    return _reads(session, actor, [detail])[0]


def reads(
    session: Session, actor: Actor, records: Sequence[ServiceRecord]
) -> list[ServiceRecordRead]:
    """What the actor may read of them."""
    return _reads(session, actor, load(session, records))


def _reads(session: Session, actor: Actor, found: Sequence[Detail]) -> list[ServiceRecordRead]:
    audited = [one for one in found if _audits(actor, one)]
    said = _sides(session, audited)
    return [_for_auditor(one, said) if _audits(actor, one) else _read(actor, one) for one in found]


def _audits(actor: Actor, detail: Detail) -> bool:
    hers = detail.volunteer.id == actor.volunteer_id
    return actor.audits(detail.record.sponsor_id) and not hers


def _read(actor: Actor, detail: Detail) -> ServiceRecordRead:
    record, person, place = detail.record, detail.volunteer, detail.institution
    office = record.sponsor_id in actor.sponsor_ids
    booking = detail.assignment
    there = office or place.id in actor.institution_ids
    told = there or naming.is_told(booking.state, booking.ends_at)
    read = _plain(
        detail,
        volunteer=f"{person.given_name} {person.surname}"
        if office or person.id == actor.volunteer_id
        else person.shown_name,
        institution=naming.name(place, told=told),
        doubts=record.doubts if office or person.id == actor.volunteer_id else [],
    )
    if not office or person.id == actor.volunteer_id:
        # What was said of her work is told to her by a person, not by a list.
        read.feedback = read.feedback_note = read.institution_outcome = ""
    if not told and naming.is_protected(place.kind) and signatures.is_of_place(record.confirmed_by):
        read.confirmed_by = read.institution
    return read


def _plain(
    detail: Detail, *, volunteer: str, institution: str, doubts: list[str]
) -> ServiceRecordRead:
    record = detail.record
    return ServiceRecordRead(
        **record.model_dump(include=set(ServiceRecordRead.model_fields) - {"doubts"}),
        doubts=plausible.told(doubts),
        volunteer=volunteer,
        institution_id=detail.institution.id,
        institution=institution,
        role=detail.assignment.role,
        language=detail.seat.language,
    )


def _for_auditor(detail: Detail, said: Mapping[UUID, str]) -> ServiceRecordRead:
    """Evidence without a client: the kind of the place, and which side confirmed."""
    record, person = detail.record, detail.volunteer
    whole = _plain(
        detail,
        volunteer=f"{person.given_name} {person.surname}",
        institution=kinds.BY_SLUG.get(detail.institution.kind, kinds.OTHER).label,
        doubts=record.doubts,
    )
    whole.confirmed_by = said.get(record.id, INSTITUTION) if record.confirmed_at else ""
    return fields.for_auditor(whole)


def _sides(session: Session, found: Sequence[Detail]) -> dict[UUID, str]:
    """Which of the records the office answered in place of the institution."""
    if not found:
        return {}
    query = select(AuditEvent.subject_id).where(
        col(AuditEvent.subject_type) == ServiceRecord.__tablename__,
        col(AuditEvent.subject_id).in_([one.record.id for one in found]),
        col(AuditEvent.action).in_(ANSWERED),
        col(AuditEvent.account_id).in_(
            select(Membership.account_id).where(
                col(Membership.sponsor_id) == col(AuditEvent.sponsor_id)
            )
        ),
    )
    return dict.fromkeys(session.exec(query).all(), OFFICE)
