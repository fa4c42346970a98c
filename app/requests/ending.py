"""How requests end: everything that hangs on them ends with them."""

from uuid import UUID

from sqlmodel import Session, col, select, update

from app.clock import now
from app.errors import Conflict, NotFound
from app.requests import tasks
from app.tables import (
    Offer,
    OfferState,
    Request,
    RequestState,
    Seat,
    SeatState,
)

ENDED = (
    RequestState.DONE,
    RequestState.CLOSED,
    RequestState.REJECTED,
    RequestState.UNFILLED,
    RequestState.CANCELLED,
)


class Ended(Conflict):
    """The request has ended."""

    slug, title = "request-ended", "The request has ended"
    de = "Die Anfrage ist schon beendet ({state})."
    en = "The request has ended already ({state})."


class BookedAlready(Conflict):
    """A request for which somebody is booked is called off, not rejected."""

    slug, title = "request-booked", "Booked already"
    de = "Für diese Anfrage ist schon jemand gebucht. Bitte stattdessen absagen."
    en = "Somebody is booked for this request already. Please cancel it instead."


def lock(session: Session, request_id: UUID) -> Request:
    """Lock a request before its seats: one change at a time for all who go there together."""
    request = session.exec(
        select(Request)
        .where(col(Request.id) == request_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if request is None:
        raise NotFound
    return request


def require_live(request: Request) -> None:
    """Refuse what has ended."""
    if request.state in ENDED:
        raise Ended(state=request.state)


def reject(session: Session, request: Request, reason: str) -> None:
    """Turn a request down for which nobody is booked."""
    require_live(request)
    taken = select(Seat.id).where(
        col(Seat.request_id) == request.id,
        col(Seat.state).in_([SeatState.BOOKED, SeatState.DONE]),
    )
    if session.exec(taken).first() is not None:
        raise BookedAlready
    end(session, request, RequestState.REJECTED, reason)


def end(session: Session, request: Request, state: RequestState, reason: str) -> None:
    """End a request: its seats, open offers and questions end with it."""
    request.state, request.end_reason = state, reason
    session.add(request)
    session.flush()
    session.exec(
        update(Offer)
        .where(
            col(Offer.seat_id).in_(select(Seat.id).where(col(Seat.request_id) == request.id)),
            col(Offer.state) == OfferState.PENDING,
        )
        .values(state=OfferState.WITHDRAWN, updated_at=now())
    )
    session.exec(
        update(Seat)
        .where(
            col(Seat.request_id) == request.id,
            col(Seat.state).in_([SeatState.OPEN, SeatState.BOOKED]),
        )
        .values(state=SeatState.CANCELLED, updated_at=now())
    )
    tasks.close(session, request.id)
