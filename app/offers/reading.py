"""Offers and bookings as people see them."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from app.clock import now
from app.offers.schemas import AssignmentRead, ContactRead, OfferRead
from app.tables import (
    Assignment,
    AssignmentState,
    Institution,
    Offer,
    Request,
    RequestOption,
    Seat,
    Volunteer,
)

CONTACT_KEPT = timedelta(days=7)


def reads(session: Session, offers: Sequence[Offer]) -> list[OfferRead]:
    """Offers as their volunteers see them: place name, no address, no contact."""
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
                institution=institution.name,
                town=institution.town,
            )
        )
    return result


def assignment_reads(
    session: Session, assignments: Sequence[Assignment], *, contacts: bool
) -> list[AssignmentRead]:
    """Bookings; the contact is shown from acceptance until 7 days after the date."""
    rows = session.exec(
        select(Assignment.id, Volunteer, Request, Institution)
        .join(Volunteer, col(Volunteer.id) == col(Assignment.volunteer_id))
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .where(col(Assignment.id).in_([a.id for a in assignments]))
    ).all()
    found = {row[0]: row[1:] for row in rows}
    return [assignment_read(one, *found[one.id], contacts=contacts) for one in assignments]


def assignment_read(
    assignment: Assignment,
    volunteer: Volunteer,
    request: Request,
    institution: Institution,
    *,
    contacts: bool,
) -> AssignmentRead:
    """One booking, of rows that were read already."""
    shown = contacts and assignment.ends_at + CONTACT_KEPT > now()
    live = assignment.state in (AssignmentState.BOOKED, AssignmentState.PERFORMED)
    return AssignmentRead(
        **assignment.model_dump(include=set(AssignmentRead.model_fields)),
        volunteer=f"{volunteer.given_name} {volunteer.surname}",
        institution=institution.name,
        contact=_contact(request, institution) if shown and live else None,
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
