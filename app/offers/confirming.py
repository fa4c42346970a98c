"""Who is booked gets it in writing: when, where, and a file for her calendar.

Then the institution hears who comes; `app.bookings.informing` tells it.
"""

from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs, links
from app.messages import telling
from app.offers import texts
from app.offers.booking import CONFIRM
from app.requests import tasks
from app.tables import (
    Assignment,
    AssignmentState,
    Event,
    Institution,
    LinkPurpose,
    Message,
    Offer,
    Request,
    Seat,
    Volunteer,
)

FOUND = "bookings.found"
"""A job on the id of a booking: tell the institution who comes."""


@jobs.task(CONFIRM)
def confirm(engine: Engine, booking_id: UUID) -> None:
    """Tell her that it stands, once; not when it was called off meanwhile."""
    with db.transaction(engine) as session:
        booking = session.get(Assignment, booking_id, with_for_update={"key_share": True})
        if booking is None:
            return
        if booking.offer_id is not None:
            # Also when it was called off at once: its question may still wait for the morning.
            telling.drop(session, booking.offer_id, Event.OFFER)
        tasks.close_about_offers(session, col(Offer.seat_id) == booking.seat_id)
        if booking.state != AssignmentState.BOOKED or _told(session, booking):
            return
        seat, place, who = session.exec(
            select(Seat, Institution, Volunteer)
            .join(Request, col(Request.id) == col(Seat.request_id))
            .join(Institution, col(Institution.id) == col(Request.institution_id))
            .join(Volunteer, col(Volunteer.id) == booking.volunteer_id)
            .where(col(Seat.id) == booking.seat_id)
        ).one()
        url = links.make(session, LinkPurpose.CONFIRM_BOOKING, booking, booking.ends_at)
        telling.tell(
            session,
            booking.sponsor_id,
            telling.volunteer(who),
            Event.BOOKED,
            texts.booked(booking, place, who, language=seat.language, url=url),
            subject_id=booking.id,
            starts_at=booking.starts_at,
        )
        jobs.defer(session, FOUND, booking.id)


def _told(session: Session, booking: Assignment) -> bool:
    query = select(Message.id).where(
        col(Message.subject_id) == booking.id, col(Message.event) == Event.BOOKED
    )
    return session.exec(query).first() is not None
