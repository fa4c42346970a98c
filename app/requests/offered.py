"""Times that people named who were asked: alternatives for the institution, without a name."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from app.clock import now
from app.requests.schemas import OfferedTimeRead
from app.requests.times import Slot
from app.tables import Offer, OfferedTime, OfferState, Request, RequestState, Seat, SeatState

STILL = (OfferState.PENDING, OfferState.EXPIRED)
"""States of a question whose other times hold: nobody has answered it since."""


def _hold() -> tuple[ColumnElement[bool], ...]:
    """Which of them still hold: somebody is sought, and the time is to come.

    Who is lent speaks with her own office alone.
    """
    return (
        col(Offer.state).in_(STILL),
        col(Offer.lending_id).is_(None),
        col(Seat.state) == SeatState.OPEN,
        col(Request.state) == RequestState.OPEN,
        col(OfferedTime.starts_at) > now(),
    )


def reads(session: Session, request_ids: Sequence[UUID]) -> dict[UUID, list[OfferedTimeRead]]:
    """The times by request, in their order, each once whoever named it."""
    query = (
        select(Seat.request_id, OfferedTime)
        .join(Offer, col(Offer.id) == col(OfferedTime.offer_id))
        .join(Seat, col(Seat.id) == col(Offer.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .where(col(Request.id).in_(request_ids), *_hold())
        .order_by(col(OfferedTime.starts_at), col(OfferedTime.ends_at), col(OfferedTime.id))
    )
    found: dict[UUID, dict[object, OfferedTimeRead]] = defaultdict(dict)
    for request_id, time in session.exec(query).all():
        read = OfferedTimeRead(id=time.id, starts_at=time.starts_at, ends_at=time.ends_at)
        found[request_id].setdefault((time.starts_at, time.ends_at), read)
    return {request_id: list(times.values()) for request_id, times in found.items()}


def offers(session: Session, request_id: UUID, slots: Sequence[Slot]) -> list[Offer]:
    """The questions to those who named one of these times, the first question first."""
    query = (
        select(Offer, OfferedTime)
        .join(OfferedTime, col(OfferedTime.offer_id) == col(Offer.id))
        .join(Seat, col(Seat.id) == col(Offer.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .where(col(Request.id) == request_id, *_hold())
        .order_by(col(Offer.id))
    )
    named = [offer for offer, time in session.exec(query).all() if _holds(time, slots)]
    return list({(offer.seat_id, offer.volunteer_id): offer for offer in named}.values())


def _holds(time: OfferedTime, slots: Sequence[Slot]) -> bool:
    return any(time.starts_at <= one.starts_at and one.ends_at <= time.ends_at for one in slots)
