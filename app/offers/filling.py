"""What a booking writes, in one statement: the answer, the booking, and what ends with it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Insert,
    SQLColumnExpression,
    String,
    Table,
    Uuid,
    bindparam,
    false,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, SQLModel, col
from sqlmodel.sql.sqltypes import UTCDateTime

from app import origin
from app.offers import seeking
from app.seam.pair import Held, Surroundings
from app.tables import (
    Assignment,
    AuditEvent,
    Offer,
    OfferState,
    Request,
    RequestOption,
    RequestState,
    Search,
    SearchState,
    Seat,
    SeatState,
    new_id,
)
from app.writing import Together

_BOOKINGS: Table = SQLModel.metadata.tables["assignment"]
_EVENTS: Table = SQLModel.metadata.tables["audit_event"]
_VARIES = (
    "id", "sponsor_id", "seat_id", "option_id", "offer_id", "volunteer_id", "role", "mode",
    "starts_at", "ends_at", "booked_via",
)  # fmt: skip
"""What differs from booking to booking; else one is as the table says."""
_PREFIX = "new_"
_MOMENT = bindparam("moment", type_=UTCDateTime())
_SEAT = bindparam("this_seat", type_=Uuid())
_BOOKING = bindparam(_PREFIX + "id", type_=Uuid())
_OFFER = bindparam("this_offer", type_=Uuid())
_OPTION = bindparam("this_option", type_=Uuid())
_ACCOUNT = bindparam("her_account", type_=Uuid())


def _booked(column: Column[Any]) -> ColumnElement[Any]:
    """The value of a column of the booking."""
    if column.name in _VARIES:
        return bindparam(_PREFIX + column.name, type_=column.type)
    if column.name in ("created_at", "updated_at"):
        return _MOMENT
    return _fixed(Assignment.model_fields[column.name].default)


def _fixed(value: Any) -> ColumnElement[Any]:
    """A value that stands in the statement itself."""
    return null() if value is None else literal(value, literal_execute=True)


def _event(
    action: str,
    subject: str,
    subject_id: SQLColumnExpression[UUID],
    name: str,
    *found: ColumnElement[bool],
) -> Insert:
    """Writes an audit event when it is given an id: `name_id`, and `name_details`.

    With `found` about the row for which that holds, if there is one.
    """
    event_id = bindparam(f"{name}_id", type_=Uuid())
    given: dict[str, SQLColumnExpression[Any]] = {
        "id": event_id,
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
        "sponsor_id": bindparam(_PREFIX + "sponsor_id", type_=Uuid()),
        "account_id": _ACCOUNT,
        "action": _fixed(action),
        "subject_type": _fixed(subject),
        "subject_id": subject_id,
        "details": bindparam(f"{name}_details", type_=_EVENTS.c.details.type),
        "published": false(),
        "via": bindparam("via", type_=String()),
    }
    for column in _EVENTS.columns.keys() - given.keys():
        given[column] = _fixed(AuditEvent.model_fields[column].default)
    rows = select(*given.values()).where(event_id.is_not(None), *found)
    return insert(_EVENTS).from_select(list(given), rows)


_SOUGHT = (col(Search.seat_id) == _SEAT, col(Search.state).in_(seeking.LIVE))
_WRITES = Together(
    insert(_BOOKINGS).values({c.name: _booked(c) for c in _BOOKINGS.c}).returning(_BOOKINGS.c.id),
    update(Offer)
    .where(
        col(Offer.seat_id).in_(
            select(col(Seat.id)).where(
                col(Seat.request_id) == bindparam("this_request", type_=Uuid())
            )
        ),
        col(Offer.state) == OfferState.PENDING,
        or_(col(Offer.seat_id) == _SEAT, col(Offer.option_id) != _OPTION),
        col(Offer.id).is_distinct_from(_OFFER),
    )
    .values(state=OfferState.WITHDRAWN, updated_at=_MOMENT)
    .returning(col(Offer.id)),
    update(Offer)
    .where(col(Offer.id) == _OFFER)
    .values(
        state=OfferState.ACCEPTED,
        answered_at=_MOMENT,
        answered_by=_ACCOUNT,
        updated_at=_MOMENT,
    )
    .returning(col(Offer.id)),
    update(Seat)
    .where(col(Seat.id) == _SEAT)
    .values(state=SeatState.BOOKED, updated_at=_MOMENT)
    .returning(col(Seat.id)),
    update(RequestOption)
    .where(
        col(RequestOption.id) == _OPTION,
        col(RequestOption.chosen).is_(False),
    )
    .values(chosen=True, updated_at=_MOMENT)
    .returning(col(RequestOption.id)),
    update(Request)
    .where(col(Request.id) == bindparam("full_request", type_=Uuid()))
    .values(state=RequestState.BOOKED, updated_at=_MOMENT)
    .returning(col(Request.id)),
    # Before the search itself has ended.
    _event("search.filled", "search", col(Search.id), "filled", *_SOUGHT).returning(_EVENTS.c.id),
    update(Search)
    .where(*_SOUGHT)
    .values(state=SearchState.FILLED, ended_at=_MOMENT, next_at=None, updated_at=_MOMENT)
    .returning(col(Search.id)),
    _event("assignment.book", "assignment", _BOOKING, "booked").returning(_EVENTS.c.id),
    _event("offer.accept", "offer", _OFFER, "accepted").returning(_EVENTS.c.id),
)


def write(
    session: Session,
    account_id: UUID | None,
    booking: Assignment,
    held: Held,
    around: Surroundings,
    *,
    accepted_via: str | None = None,
) -> Sequence[UUID]:
    """Fill the held seat; the offers that were withdrawn, because they came too late for it.

    Those are the open ones for this seat, and those for the seats beside it at another time. The
    audit events are written as well: the booking, the end of a search for the seat, and with
    `accepted_via` her own yes.
    """
    full = all(state != SeatState.OPEN for _, state in around.others)
    offer = held.offer
    written = _WRITES.carry_out(
        session,
        {
            **{_PREFIX + name: getattr(booking, name) for name in _VARIES},
            "booked_id": new_id(),
            "booked_details": {"via": booking.booked_via},
            "filled_id": new_id(),
            "filled_details": {},
            "accepted_id": new_id() if accepted_via else None,
            "accepted_details": {"assignment": str(booking.id), "via": accepted_via},
            "moment": booking.created_at,
            "via": str(origin.current()),
            "this_request": held.request.id,
            "this_seat": held.seat.id,
            "this_offer": offer.id if offer else None,
            "her_account": account_id,
            "this_option": held.option.id,
            "full_request": held.request.id if full else None,
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
