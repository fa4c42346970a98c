"""Offers and bookings as people see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from app.access import Actor
from app.institutions import naming
from app.offers import grounds
from app.offers.schemas import AssignmentRead, ContactRead, OfferRead, OtherTimeRead
from app.seam import journeys
from app.tables import (
    Assignment,
    Institution,
    Mode,
    Offer,
    Request,
    RequestOption,
    Seat,
    ServiceRecord,
    Volunteer,
)


def reads(
    session: Session, offers: Sequence[Offer], actor: Actor | None = None, locale: str = "de"
) -> list[OfferRead]:
    """Offers as their volunteers see them: place name, no address, no contact; and why.

    Where somebody hides, only the office reads the name.
    """
    rows = session.execute(
        sql_select(
            col(Offer.id), RequestOption, Seat, Request, Institution, Volunteer,
            grounds.has_been(), grounds.is_busy(),
        )
        .select_from(Offer)
        .join(RequestOption, col(RequestOption.id) == col(Offer.option_id))
        .join(Seat, col(Seat.id) == col(Offer.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .join(Volunteer, col(Volunteer.id) == col(Offer.volunteer_id))
        .where(col(Offer.id).in_([one.id for one in offers]))
    ).all()  # fmt: skip
    by_id = {row[0]: row for row in rows}
    asked = [grounds.Asked(offer, *by_id[offer.id][1:]) for offer in offers]
    known = grounds.load(session, [one.volunteer for one in asked], offers)
    ways = _ways(session, asked)
    return [_asked_read(one, actor, locale, known, ways.get(one.offer.id)) for one in asked]


def _asked_read(
    one: grounds.Asked,
    actor: Actor | None,
    locale: str,
    known: grounds.Known,
    travel_minutes: int | None,
) -> OfferRead:
    offer, place = one.offer, one.institution
    office = _is_office(actor, offer)
    told = office or not naming.is_protected(place.kind)
    to_her = actor is None or offer.volunteer_id == actor.volunteer_id
    file = known.files[offer.volunteer_id]
    return OfferRead(
        **offer.model_dump(include=set(OfferRead.model_fields)),
        starts_at=one.option.starts_at,
        ends_at=one.option.ends_at,
        role=one.seat.role,
        language=one.seat.language,
        topic=one.request.topic,
        institution=naming.name(place, told=office),
        institution_id=place.id if told else None,
        town=place.town,
        travel_minutes=travel_minutes,
        why=grounds.sentences(one, file, travel_minutes, locale, to_her=to_her, told=told),
        other_times=[
            OtherTimeRead(id=time.id, starts_at=time.starts_at, ends_at=time.ends_at)
            for time in known.times.get(offer.id, ())
        ],
    )


def _ways(session: Session, asked: Sequence[grounds.Asked]) -> dict[UUID, int]:
    """Minutes to where somebody is asked to go, by offer."""
    going = [one for one in asked if one.offer.mode == Mode.ON_SITE]
    minutes = journeys.minutes(session, [(one.volunteer, one.institution) for one in going])
    return {one.offer.id: found for one, found in zip(going, minutes, strict=True)}


def _is_office(actor: Actor | None, row: Offer | Assignment) -> bool:
    return actor is not None and row.sponsor_id in actor.sponsor_ids


@dataclass(frozen=True)
class Booked:
    """A booking with the rows around it, and its service record if there is one."""

    assignment: Assignment
    volunteer: Volunteer
    seat: Seat
    request: Request
    institution: Institution
    record_id: UUID | None = None


def assignment_reads(
    session: Session,
    assignments: Sequence[Assignment],
    actor: Actor | None = None,
    *,
    contacts: bool,
) -> list[AssignmentRead]:
    """Bookings; the contact is shown from acceptance until 7 days after the date.

    `actor` is who reads; without one it is the person who is booked.
    """
    rows = session.execute(
        sql_select(col(Assignment.id), Volunteer, Seat, Request, Institution, col(ServiceRecord.id))
        .join(Volunteer, col(Volunteer.id) == col(Assignment.volunteer_id))
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .outerjoin(ServiceRecord, col(ServiceRecord.assignment_id) == col(Assignment.id))
        .where(col(Assignment.id).in_([a.id for a in assignments]))
    ).all()
    found = {row[0]: row[1:] for row in rows}
    booked = [Booked(one, *found[one.id]) for one in assignments]
    return booked_reads(session, booked, actor, contacts=contacts)


def booked_reads(
    session: Session, booked: Sequence[Booked], actor: Actor | None = None, *, contacts: bool
) -> list[AssignmentRead]:
    """The same of rows that were read already."""
    ways = _ways_of(session, booked, actor)
    return [_read(one, actor, ways.get(one.assignment.id), contacts=contacts) for one in booked]


def _ways_of(session: Session, booked: Sequence[Booked], actor: Actor | None) -> dict[UUID, int]:
    """Minutes to where people go, by booking, for those of whom the actor may know them."""
    told = [
        one
        for one in booked
        if one.assignment.mode == Mode.ON_SITE and _may_know_way(actor, one.assignment)
    ]
    minutes = journeys.minutes(session, [(one.volunteer, one.institution) for one in told])
    return {one.assignment.id: way for one, way in zip(told, minutes, strict=True)}


def _may_know_way(actor: Actor | None, assignment: Assignment) -> bool:
    """From where somebody sets out is none of an institution's business."""
    is_hers = actor is None or assignment.volunteer_id == actor.volunteer_id
    return is_hers or _is_office(actor, assignment)


def _read(
    one: Booked, actor: Actor | None, travel_minutes: int | None, *, contacts: bool
) -> AssignmentRead:
    booking, place = one.assignment, one.institution
    told = naming.is_told(booking.state, booking.ends_at)
    at_home = actor is not None and place.id in actor.institution_ids
    return AssignmentRead(
        **booking.model_dump(include=set(AssignmentRead.model_fields)),
        request_id=one.request.id,
        volunteer=_name(one, actor),
        language=one.seat.language,
        topic=one.request.topic,
        institution=naming.name(place, told=told or at_home or _is_office(actor, booking)),
        town=place.town,
        travel_minutes=travel_minutes,
        contact=_contact(one.request, place) if contacts and told else None,
        record_id=one.record_id,
    )


def _name(one: Booked, actor: Actor | None) -> str:
    """Her whole name for herself and her office; an institution knows her by the given one."""
    her, booking = one.volunteer, one.assignment
    is_hers = actor is None or booking.volunteer_id == actor.volunteer_id
    if is_hers or _is_office(actor, booking):
        return f"{her.given_name} {her.surname}".strip()
    return her.shown_name


def _contact(request: Request, institution: Institution) -> ContactRead:
    return ContactRead(
        street=institution.street,
        postal_code=institution.postal_code,
        town=institution.town,
        room=request.room,
        name=request.contact_name or institution.contact_name,
        phone=request.contact_phone or institution.phone,
        note=request.note,
    )
