"""Bookings that end before their time: given back, taken off, called off with their request."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select, update

from app import audit
from app.access import Actor
from app.clock import now
from app.messages import telling
from app.messages.telling import Text
from app.offers import booking, texts
from app.offers.refusals import Begun, NotBooked
from app.requests import ending, tasks
from app.requests import service as requests
from app.tables import (
    Assignment,
    AssignmentState,
    Event,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
    Volunteer,
)

LATE = timedelta(hours=24)


def cancel_assignment(
    session: Session, account_id: UUID | None, assignment: Assignment, reason: str
) -> Assignment:
    """Give a booking back; inside 24 hours it is late. The seat is open again."""
    seat = session.get_one(Seat, assignment.seat_id)
    booking.lock(session, seat.id, assignment.volunteer_id)
    _cancel(session, account_id, assignment, reason)
    _free_time(session, seat.request_id)
    requests.settle_state(session, seat.request_id)
    volunteer = session.get_one(Volunteer, assignment.volunteer_id)
    is_own = account_id is not None and account_id == volunteer.account_id
    _tell(session, assignment, texts.given_back if is_own else texts.taken_off)
    session.flush()
    session.refresh(assignment)
    return assignment


def _cancel(session: Session, account_id: UUID | None, assignment: Assignment, reason: str) -> None:
    """End a booking that has not begun, and open its seat."""
    if assignment.state == AssignmentState.BOOKED and assignment.starts_at <= now():
        raise Begun
    late = assignment.starts_at - now() < LATE
    state = AssignmentState.CANCELLED_LATE if late else AssignmentState.CANCELLED_EARLY
    done = session.exec(
        update(Assignment)
        .where(col(Assignment.id) == assignment.id, col(Assignment.state) == AssignmentState.BOOKED)
        .values(state=state, cancel_reason=reason, updated_at=now())
    )
    if done.rowcount != 1:
        session.refresh(assignment)
        raise NotBooked(state=assignment.state)
    session.exec(
        update(Seat)
        .where(col(Seat.id) == assignment.seat_id, col(Seat.state) == SeatState.BOOKED)
        .values(state=SeatState.OPEN, updated_at=now())
    )
    tasks.close(session, assignment.id)
    audit.record(session, account_id, "assignment.cancel", assignment, state=state)


def _tell(session: Session, assignment: Assignment, words: Callable[[str, str], Text]) -> None:
    volunteer = session.get_one(Volunteer, assignment.volunteer_id)
    text = words(volunteer.given_name, texts.when(assignment.starts_at, assignment.ends_at))
    telling.tell(
        session,
        assignment.sponsor_id,
        telling.volunteer(volunteer),
        Event.CANCELLED,
        text,
        subject_id=assignment.id,
        starts_at=assignment.starts_at,
    )


def _free_time(session: Session, request_id: UUID) -> None:
    """Without a booking left the request may take any of its times again."""
    booked = session.exec(
        select(Seat.id).where(
            col(Seat.request_id) == request_id,
            col(Seat.state).in_([SeatState.BOOKED, SeatState.DONE]),
        )
    ).first()
    if booked is None:
        session.exec(
            update(RequestOption)
            .where(col(RequestOption.request_id) == request_id)
            .values(chosen=False, updated_at=now())
        )


def cancel_request(session: Session, actor: Actor, request: Request, reason: str) -> None:
    """The institution or the office calls it off: bookings and open offers end with it."""
    ending.lock(session, request.id)
    ending.require_live(request)
    seats = select(Seat.id).where(col(Seat.request_id) == request.id)
    booked = select(Assignment).where(
        col(Assignment.seat_id).in_(seats), col(Assignment.state) == AssignmentState.BOOKED
    )
    for assignment in session.exec(booked).all():
        _cancel(session, actor.account_id, assignment, reason)
        _tell(session, assignment, texts.cancelled)
    ending.end(session, request, RequestState.CANCELLED, reason)
    audit.record(session, actor.account_id, "request.cancel", request)
    session.flush()
    session.refresh(request)
