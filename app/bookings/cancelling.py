"""Bookings that end before their time: given back, taken off, called off with their request."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Table, Uuid, bindparam
from sqlmodel import Session, SQLModel, col, select, update

from app import audit
from app.access import Actor
from app.bookings import informing, standbys, substitutes, terms, texts, visits
from app.bookings.terms import Why
from app.bookings.visits import Visit
from app.clock import now
from app.messages import telling
from app.messages.telling import Text
from app.offers import booking
from app.offers.refusals import Begun, NotBooked
from app.prepared import settled
from app.requests import ending, tasks
from app.requests import service as requests
from app.seam.build import GIVEN_BACK
from app.tables import (
    Assignment,
    AssignmentState,
    Cause,
    Event,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
    Side,
)

_BOOKINGS: Table = SQLModel.metadata.tables["assignment"]
_END = settled(
    sa.update(_BOOKINGS).where(
        _BOOKINGS.c.id == bindparam("ended_id", type_=Uuid()),
        _BOOKINGS.c.state == AssignmentState.BOOKED,
    )
)
"""Ends each booking of a list; what is written are the columns of its `terms.values`."""


def cancel_assignment(session: Session, assignment: Assignment, why: Why) -> Assignment:
    """Give a booking back; inside 24 hours it is late. Somebody else is sought at once.

    Cancelled already is cancelled: the first one who says it counts.
    """
    # Nobody begins to stand by any more once the seat is held: then all people are known.
    booking.lock_all(session, [assignment.seat_id], [])
    waiting = standbys.ready(session, assignment.seat_id)
    people = [assignment.volunteer_id, *(one.volunteer_id for one in waiting)]
    booking.lock_all(session, [assignment.seat_id], people)
    visit = visits.one(session, assignment.id)
    if assignment.state in GIVEN_BACK:
        return assignment
    end(session, [visit], why)
    _open(session, visit)
    _tell(session, [visit], texts.given_back if why.side == Side.VOLUNTEER else texts.taken_off)
    substitutes.seek(session, why.account_id, visit)
    session.flush()
    session.refresh(assignment)
    return assignment


def end(session: Session, booked: Sequence[Visit], why: Why) -> None:
    """End bookings that have not begun, and the questions about them.

    Raises
    ------
    NotBooked, Begun
        If one of them is not booked any more, or has begun.
    """
    moment = now()
    for visit in booked:
        if visit.booking.state != AssignmentState.BOOKED:
            raise NotBooked(state=visit.booking.state)
        if visit.booking.starts_at <= moment:
            raise Begun
    if not booked:
        return
    _write(session, booked, moment, why)
    tasks.close_all(session, [visit.booking.id for visit in booked])
    for visit in booked:
        audit.record(
            session,
            why.account_id,
            "assignment.cancel",
            visit.booking,
            reason=terms.told(why.cause),
            state=visit.booking.state,
            side=why.side,
            cause=terms.told(why.cause),
            notice_minutes=visit.booking.notice_minutes,
        )


def _write(session: Session, booked: Sequence[Visit], moment: datetime, why: Why) -> None:
    """All of them in one go, each with its own notice; none that somebody else has ended."""
    session.flush()
    rows = [
        {"ended_id": visit.booking.id, **terms.values(visit.booking.starts_at, moment, why)}
        for visit in sorted(booked, key=lambda visit: visit.booking.id)
    ]
    done = session.connection().execute(_END, rows)
    if done.rowcount != len(rows):
        raise NotBooked(state="")
    visits.load(session, col(Assignment.id).in_([row["ended_id"] for row in rows]))


def _open(session: Session, visit: Visit) -> None:
    """The seat is free again, and without a booking left so are the other times."""
    session.exec(
        update(Seat)
        .where(col(Seat.id) == visit.seat.id, col(Seat.state) == SeatState.BOOKED)
        .values(state=SeatState.OPEN, updated_at=now())
    )
    free_time(session, visit.request.id)
    requests.settle_state(session, visit.request.id)


def _tell(session: Session, told: Sequence[Visit], words: Callable[[Visit], Text]) -> None:
    letters = [informing.written_to_her(visit, Event.CANCELLED, words(visit)) for visit in told]
    telling.post(session, letters)


def free_time(session: Session, request_id: UUID) -> None:
    """Without a booking left the request may take any of its times again."""
    booked = select(Seat.id).where(
        col(Seat.request_id) == request_id,
        col(Seat.state).in_([SeatState.BOOKED, SeatState.DONE]),
    )
    session.exec(
        update(RequestOption)
        .where(col(RequestOption.request_id) == request_id, ~booked.exists())
        .values(chosen=False, updated_at=now())
    )


def cancel_request(
    session: Session, actor: Actor, request: Request, reason: str, cause: Cause = Cause.OTHER
) -> None:
    """The institution or the office calls it off: bookings and open offers end with it."""
    cancel_requests(session, actor, [request], reason, cause)


def cancel_requests(
    session: Session,
    actor: Actor,
    called_off: Sequence[Request],
    reason: str,
    cause: Cause = Cause.OTHER,
) -> None:
    """Call many off in as many statements as one; what was called off before stays as it was.

    All of them are one sponsor's and one institution's.
    """
    ending.lock_all(session, [request.id for request in called_off])
    live = [request for request in called_off if request.state != RequestState.CANCELLED]
    for request in live:
        ending.require_live(request)
    if not live:
        return
    ids = [request.id for request in live]
    booked = visits.booked(session, ids)
    if booked:
        end(session, booked, _why(actor, live[0], reason, cause))
        _tell(session, booked, texts.called_off)
    standbys.release_all(session, ids)
    ending.end_all(session, live, RequestState.CANCELLED, reason)
    for request in live:
        audit.record(
            session, actor.account_id, "request.cancel", request, reason=cause, cause=cause
        )
    session.flush()
    ending.lock_all(session, ids)


def _why(actor: Actor, request: Request, reason: str, cause: Cause) -> Why:
    side = side_at(actor, request.sponsor_id)
    return Why(
        side=terms.side_of(cause, default=side),
        cause=cause,
        reason=reason,
        account_id=actor.account_id,
        falls_away=True,
    )


def side_at(actor: Actor, sponsor_id: UUID) -> Side:
    """On whose side somebody stands who asks for help, or coordinates it."""
    return Side.OFFICE if sponsor_id in actor.sponsor_ids else Side.INSTITUTION
