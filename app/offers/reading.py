"""Offers and bookings as people see them."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from app.access import Actor
from app.institutions import naming
from app.offers.schemas import AssignmentRead, ContactRead, OfferRead
from app.seam import journeys
from app.tables import (
    Assignment,
    Institution,
    Mode,
    Offer,
    Request,
    RequestOption,
    Seat,
    Volunteer,
)


def reads(session: Session, offers: Sequence[Offer], actor: Actor | None = None) -> list[OfferRead]:
    """Offers as their volunteers see them: place name, no address, no contact.

    Where somebody hides, only the office reads the name.
    """
    rows = session.exec(
        select(RequestOption, Seat, Request, Institution)
        .select_from(Offer)
        .join(RequestOption, col(RequestOption.id) == col(Offer.option_id))
        .join(Seat, col(Seat.id) == col(Offer.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .where(col(Offer.id).in_([o.id for o in offers]))
    ).all()
    found = {(row[0].id, row[1].id): row for row in rows}
    ways = _ways(session, offers)
    result = []
    for offer in offers:
        option, seat, request, institution = found[offer.option_id, offer.seat_id]
        result.append(
            OfferRead(
                **offer.model_dump(include=set(OfferRead.model_fields)),
                starts_at=option.starts_at,
                ends_at=option.ends_at,
                role=seat.role,
                language=seat.language,
                topic=request.topic,
                institution=naming.name(institution, told=_is_office(actor, offer)),
                town=institution.town,
                travel_minutes=ways.get(offer.id),
            )
        )
    return result


def _ways(session: Session, offers: Sequence[Offer]) -> dict[UUID, int]:
    """Minutes to where somebody is asked to go, by offer."""
    rows = session.exec(
        select(Offer.id, Volunteer, Institution)
        .join(Volunteer, col(Volunteer.id) == col(Offer.volunteer_id))
        .join(Seat, col(Seat.id) == col(Offer.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .where(col(Offer.id).in_([one.id for one in offers]), col(Offer.mode) == Mode.ON_SITE)
    ).all()
    minutes = journeys.minutes(session, [(who, place) for _, who, place in rows])
    return {offer_id: found for (offer_id, _, _), found in zip(rows, minutes, strict=True)}


def _is_office(actor: Actor | None, row: Offer | Assignment) -> bool:
    return actor is not None and row.sponsor_id in actor.sponsor_ids


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
    rows = session.exec(
        select(Assignment.id, Volunteer, Request, Institution)
        .join(Volunteer, col(Volunteer.id) == col(Assignment.volunteer_id))
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .where(col(Assignment.id).in_([a.id for a in assignments]))
    ).all()
    found = {row[0]: row[1:] for row in rows}
    return [
        assignment_read(one, *found[one.id], actor=actor, contacts=contacts) for one in assignments
    ]


def assignment_read(
    assignment: Assignment,
    volunteer: Volunteer,
    request: Request,
    institution: Institution,
    *,
    contacts: bool,
    actor: Actor | None = None,
) -> AssignmentRead:
    """One booking, of rows that were read already."""
    told = naming.is_told(assignment.state, assignment.ends_at)
    at_home = actor is not None and institution.id in actor.institution_ids
    return AssignmentRead(
        **assignment.model_dump(include=set(AssignmentRead.model_fields)),
        volunteer=f"{volunteer.given_name} {volunteer.surname}",
        institution=naming.name(institution, told=told or at_home or _is_office(actor, assignment)),
        contact=_contact(request, institution) if contacts and told else None,
    )


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
