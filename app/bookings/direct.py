"""Booking after a telephone call: the office says yes for somebody."""

from uuid import UUID

from sqlmodel import Session, col, select

from app import access
from app.access import Actor
from app.bookings.schemas import AssignmentCreate
from app.errors import NotFound
from app.offers import booking
from app.requests import service as requests
from app.requests import times
from app.tables import Assignment, AssignmentState, Request, RequestOption, Seat, Volunteer


def book(session: Session, actor: Actor, body: AssignmentCreate) -> Assignment:
    """Book who said yes on the telephone; everything is looked at as for her own yes.

    Booked already for this seat is booked: twice is once.
    """
    seat = access.load(session, access.visible_seats(actor), Seat, body.seat_id)
    access.load(session, access.visible_volunteers(actor), Volunteer, body.volunteer_id)
    seat = booking.lock(session, seat.id, body.volunteer_id)
    known = _booked(session, seat.id, body.volunteer_id)
    if known is not None:
        return known
    requests.require_open(session, session.get_one(Request, seat.request_id))
    option = _option(session, seat, body.option_id)
    times.refuse_past(option.starts_at)
    mode = body.mode or seat.mode
    booked = booking.book_seat(
        session, actor.account_id, seat.id, option.id, body.volunteer_id, mode=mode
    )
    session.flush()
    return booked


def _booked(session: Session, seat_id: UUID, volunteer_id: UUID) -> Assignment | None:
    return session.exec(
        select(Assignment).where(
            col(Assignment.seat_id) == seat_id,
            col(Assignment.volunteer_id) == volunteer_id,
            col(Assignment.state) == AssignmentState.BOOKED,
        )
    ).one_or_none()


def _option(session: Session, seat: Seat, option_id: UUID | None) -> RequestOption:
    """The time that is meant: the one named, the chosen one, else the first."""
    query = select(RequestOption).where(col(RequestOption.request_id) == seat.request_id)
    rows = session.exec(query.order_by(col(RequestOption.position))).all()
    possible = [row for row in rows if row.chosen] or rows
    found = next((row for row in possible if option_id in (None, row.id)), None)
    if found is None:
        raise NotFound
    return found
