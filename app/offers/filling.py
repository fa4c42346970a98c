"""What a booking writes, in one statement: the answer, the booking, and what ends with it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Table, Uuid, bindparam, insert, update
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, SQLModel, col
from sqlmodel.sql.sqltypes import UTCDateTime

from app.offers import seeking
from app.seam.pair import Held, Surroundings
from app.tables import (
    Assignment,
    Offer,
    OfferState,
    Request,
    RequestOption,
    RequestState,
    Search,
    SearchState,
    Seat,
    SeatState,
)
from app.writing import Together

_BOOKINGS: Table = SQLModel.metadata.tables["assignment"]
_PREFIX = "new_"
_MOMENT = bindparam("moment", type_=UTCDateTime())
_SEAT = bindparam("this_seat", type_=Uuid())

_WRITES = Together(
    insert(_BOOKINGS)
    .values({c.name: bindparam(_PREFIX + c.name, type_=c.type) for c in _BOOKINGS.c})
    .returning(_BOOKINGS.c.id),
    update(Offer)
    .where(
        col(Offer.id).in_(bindparam("losers", type_=Uuid(), expanding=True)),
        col(Offer.state) == OfferState.PENDING,
    )
    .values(state=OfferState.WITHDRAWN, updated_at=_MOMENT)
    .returning(col(Offer.id)),
    update(Offer)
    .where(col(Offer.id) == bindparam("this_offer", type_=Uuid()))
    .values(
        state=OfferState.ACCEPTED,
        answered_at=_MOMENT,
        answered_by=bindparam("her_account", type_=Uuid()),
        updated_at=_MOMENT,
    )
    .returning(col(Offer.id)),
    update(Seat)
    .where(col(Seat.id) == _SEAT)
    .values(state=SeatState.BOOKED, updated_at=_MOMENT)
    .returning(col(Seat.id)),
    update(RequestOption)
    .where(
        col(RequestOption.id) == bindparam("this_option", type_=Uuid()),
        col(RequestOption.chosen).is_(False),
    )
    .values(chosen=True, updated_at=_MOMENT)
    .returning(col(RequestOption.id)),
    update(Request)
    .where(col(Request.id) == bindparam("full_request", type_=Uuid()))
    .values(state=RequestState.BOOKED, updated_at=_MOMENT)
    .returning(col(Request.id)),
    update(Search)
    .where(col(Search.seat_id) == _SEAT, col(Search.state).in_(seeking.LIVE))
    .values(state=SearchState.FILLED, ended_at=_MOMENT, next_at=None, updated_at=_MOMENT)
    .returning(col(Search.id)),
)


def write(
    session: Session,
    account_id: UUID | None,
    booking: Assignment,
    held: Held,
    around: Surroundings,
) -> Sequence[UUID]:
    """Fill the held seat; the offers that were withdrawn, because they came too late for it.

    Those are the open ones for this seat, and those for the seats beside it at another time.
    """
    full = all(state != SeatState.OPEN for _, state in around.others)
    offer = held.offer
    losers = [
        one.id
        for one in around.asked
        if (offer is None or one.id != offer.id)
        and (one.seat_id == held.seat.id or one.option_id != held.option.id)
    ]
    written = _WRITES.carry_out(
        session,
        {
            **{_PREFIX + c.name: getattr(booking, c.name) for c in _BOOKINGS.c},
            "moment": booking.created_at,
            "this_seat": held.seat.id,
            "this_offer": offer.id if offer else None,
            "her_account": account_id,
            "this_option": held.option.id,
            "full_request": held.request.id if full else None,
            "losers": losers,
        },
    )
    _note(session, account_id, booking, held, full=full)
    return written[1]


def _note(
    session: Session, account_id: UUID | None, booking: Assignment, held: Held, *, full: bool
) -> None:
    """What the session holds becomes what was written."""
    make_transient_to_detached(booking)
    session.add(booking)
    moment = booking.created_at
    set_committed_value(held.seat, "state", SeatState.BOOKED)
    set_committed_value(held.option, "chosen", True)
    if full:
        set_committed_value(held.request, "state", RequestState.BOOKED)
    for row in (held.seat, held.option, held.request, held.offer):
        if row is not None:
            set_committed_value(row, "updated_at", moment)
    if held.offer is not None:
        for name, value in (
            ("state", OfferState.ACCEPTED),
            ("answered_at", moment),
            ("answered_by", account_id),
        ):
            set_committed_value(held.offer, name, value)
