"""Every few minutes: searches that should have gone on, and seats nobody seeks anybody for."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, or_, select

from app import db, jobs
from app.clock import now
from app.offers.seeking import ADVANCE, LIVE
from app.requests import tasks as questions
from app.searches import tasks
from app.tables import (
    Offer,
    OfferState,
    Request,
    RequestOption,
    RequestState,
    Search,
    Seat,
    SeatState,
    Task,
    TaskState,
)
from scheduling import deadlines

EVERY = timedelta(minutes=5)
OVERDUE = timedelta(minutes=2)
"""So long after its time a search is woken again: its job may have been lost."""
QUESTIONS = (tasks.UNSOUGHT, tasks.UNFILLED, tasks.ONE_MISSING)
AHEAD = timedelta(days=10)
"""No institution must know earlier before the start that nobody was found."""


@jobs.periodic("searches.watch", EVERY)
def watch(engine: Engine) -> None:
    """Wake what lies still; ask the office about seats for which time is running out."""
    with db.transaction(engine) as session:
        _close_overtaken(session)
        for search_id in overdue(session):
            jobs.defer(session, ADVANCE, search_id)
        for seat, option in unsought(session):
            tasks.ask(session, seat, tasks.UNSOUGHT, option)


def _close_overtaken(session: Session) -> None:
    """Nobody need look any more at a seat that is filled or called off, or whose time has come."""
    ahead = select(RequestOption.id).where(
        col(RequestOption.request_id) == col(Seat.request_id), col(RequestOption.starts_at) > now()
    )
    called_off = (col(Seat.state) == SeatState.CANCELLED) & (
        col(Request.state) != RequestState.UNFILLED
    )
    over = session.exec(
        select(Task.id)
        .join(Seat, col(Seat.id) == col(Task.subject_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .where(
            col(Task.code).in_(QUESTIONS),
            col(Task.state) == TaskState.OPEN,
            or_(
                col(Seat.state).in_([SeatState.BOOKED, SeatState.DONE]),
                called_off,
                ~ahead.exists(),
            ),
        )
        .order_by(col(Task.id))
    ).all()
    questions.resolve(session, col(Task.id).in_(over))


def overdue(session: Session) -> Iterable[UUID]:
    """Searches whose next step has not come, or whose seat is no longer open."""
    late = now() - OVERDUE
    return session.exec(
        select(Search.id)
        .join(Seat, col(Seat.id) == col(Search.seat_id))
        .where(
            col(Search.state).in_(LIVE),
            or_(
                col(Search.next_at) <= late,
                col(Search.next_at).is_(None) & (col(Search.created_at) <= late),
                col(Seat.state) != SeatState.OPEN,
            ),
        )
        .order_by(col(Search.id))
    ).all()


def unsought(session: Session) -> list[tuple[Seat, RequestOption]]:
    """Open seats whose institution must know now, and for which nobody is asked or sought.

    They are not called unfilled by themselves: somebody of the office has them in hand, or forgot.
    """
    sought = select(Search.seat_id).where(col(Search.state).in_(LIVE))
    asked = select(Offer.seat_id).where(col(Offer.state) == OfferState.PENDING)
    known = select(Task.subject_id).where(col(Task.code).in_(QUESTIONS))
    rows = session.exec(
        select(Seat, RequestOption, Request.received_at)
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .where(
            col(RequestOption.starts_at) > now(),
            col(RequestOption.starts_at) <= now() + AHEAD,
            col(Request.state) == RequestState.OPEN,
            col(Seat.state) == SeatState.OPEN,
            col(Seat.id).not_in(sought),
            col(Seat.id).not_in(asked),
            col(Seat.id).not_in(known),
        )
        .order_by(col(RequestOption.chosen), col(RequestOption.starts_at), col(Seat.id))
    ).all()
    latest = {seat.id: (seat, option, received) for seat, option, received in rows}
    return [
        (seat, option)
        for seat, option, received in latest.values()
        if received < option.starts_at and deadlines.act_by(received, option.starts_at) <= now()
    ]
