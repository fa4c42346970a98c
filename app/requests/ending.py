"""How requests end: everything that hangs on them ends with them."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select, update

from app import freetext, jobs
from app.clock import now
from app.errors import Conflict, NotFound
from app.requests import tasks
from app.tables import (
    Offer,
    OfferState,
    Request,
    RequestState,
    Search,
    SearchState,
    Seat,
    SeatState,
)

ASKED_NO_MORE = "bookings.asked_no_more"
"""A job on the id of an offer: tell who was asked that nobody is needed there any more."""
ADVANCE = "searches.advance"
"""A job on the id of a search: look how it stands and ask on, or stop."""
LIVE = (SearchState.RUNNING, SearchState.EXHAUSTED)
"""States of a search that goes on."""
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
    found = lock_all(session, [request_id])
    if not found:
        raise NotFound
    return found[0]


def lock_all(session: Session, request_ids: Sequence[UUID]) -> list[Request]:
    """Lock requests in the order of their ids, and read them as they stand now."""
    return list(
        session.exec(
            select(Request)
            .where(col(Request.id).in_(request_ids))
            .order_by(col(Request.id))
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).all()
    )


def require_live(request: Request) -> None:
    """Refuse what has ended."""
    if request.state in ENDED:
        raise Ended(state=request.state)


def reject(session: Session, request: Request, reason: str) -> None:
    """Turn a request down for which nobody is booked."""
    freetext.require_plain(reason)
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
    end_all(session, [request], state, reason)


def end_all(
    session: Session, requests: Sequence[Request], state: RequestState, reason: str
) -> None:
    """End many requests in as many statements as one; what had ended before stays as it was.

    Who was being asked learns of it after the commit, and so do searches for their seats.
    """
    ids = [request.id for request in requests]
    seats = select(Seat.id).where(col(Seat.request_id).in_(ids))
    session.exec(
        update(Request)
        .where(col(Request.id).in_(ids), col(Request.state).not_in(ENDED))
        .values(state=state, end_reason=reason, updated_at=now())
    )
    withdraw(session, ids)
    session.exec(
        update(Seat)
        .where(col(Seat.id).in_(seats), col(Seat.state).in_([SeatState.OPEN, SeatState.BOOKED]))
        .values(state=SeatState.CANCELLED, updated_at=now())
    )
    tasks.close_all(session, ids)
    sought = select(Search.id).where(col(Search.seat_id).in_(seats), col(Search.state).in_(LIVE))
    searches = session.exec(sought.order_by(col(Search.id))).all()
    jobs.defer_many(session, [(ADVANCE, search_id, None) for search_id in searches])


def withdraw(session: Session, request_ids: Sequence[UUID]) -> None:
    """Take back what is being asked for these requests."""
    seats = select(Seat.id).where(col(Seat.request_id).in_(request_ids))
    withdrawn = session.exec(
        update(Offer)
        .where(col(Offer.seat_id).in_(seats), col(Offer.state) == OfferState.PENDING)
        .values(state=OfferState.WITHDRAWN, updated_at=now())
        .returning(col(Offer.id))
    ).scalars()
    tasks.close_about_offers(session, col(Offer.seat_id).in_(seats))
    jobs.defer_many(session, [(ASKED_NO_MORE, offer_id, None) for offer_id in sorted(withdrawn)])
