"""What is asked for: requests with their times and open seats."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app.tables import Institution, Offer, OfferState, Request, RequestOption, Seat, SeatState

FAR = timedelta(days=60)
"""An alternative further from the days of a plan than this is not looked at."""


@dataclass
class Asked:
    """One request with its institution, possible times and the seats to be filled."""

    request: Request
    institution: Institution
    options: list[RequestOption] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)


def load_asked(session: Session, requests: Sequence[Request]) -> list[Asked]:
    """Requests with institution, times and open seats, in three statements."""
    ids = [r.id for r in requests]
    institution_ids = {r.institution_id for r in requests}
    rows = session.exec(select(Institution).where(col(Institution.id).in_(institution_ids))).all()
    institutions = {i.id: i for i in rows}
    asked = {r.id: Asked(r, institutions[r.institution_id]) for r in requests}
    options = select(RequestOption).where(col(RequestOption.request_id).in_(ids))
    for option in session.exec(options.order_by(col(RequestOption.position))).all():
        asked[option.request_id].options.append(option)
    seats = select(Seat).where(col(Seat.request_id).in_(ids), col(Seat.state) == SeatState.OPEN)
    for seat in session.exec(seats.order_by(col(Seat.position))).all():
        asked[seat.request_id].seats.append(seat)
    for one in asked.values():
        chosen = [o for o in one.options if o.chosen]
        one.options = chosen or one.options
    return [asked[r.id] for r in requests if asked[r.id].seats]


def near(options: Sequence[RequestOption], first: date, last: date) -> list[RequestOption]:
    """The times that lie in these days or not far from them."""
    return [o for o in options if first - o.day <= FAR and o.day - last <= FAR]


def without_offered(session: Session, asked: Sequence[Asked], *, after: datetime) -> list[Asked]:
    """What can be planned: seats nobody is being asked for, at times still to come.

    Those who go together go at one time: an open offer for one seat keeps it for the others.
    """
    pending = pending_options(session, [one.request.id for one in asked])
    for one in asked:
        offered = pending[one.request.id]
        one.seats = [seat for seat in one.seats if seat.id not in offered]
        times = set().union(*offered.values()) if offered else {o.id for o in one.options}
        one.options = [o for o in one.options if o.starts_at > after and o.id in times]
    return [one for one in asked if one.seats and one.options]


def pending_options(
    session: Session, request_ids: Sequence[UUID]
) -> dict[UUID, dict[UUID, set[UUID]]]:
    """By request the seats that are being offered, each with the times offered."""
    found: dict[UUID, dict[UUID, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    query = (
        select(Seat.request_id, Seat.id, Offer.option_id)
        .join(Offer, col(Offer.seat_id) == col(Seat.id))
        .where(col(Seat.request_id).in_(request_ids), col(Offer.state) == OfferState.PENDING)
    )
    for request_id, seat_id, option_id in session.exec(query).all():
        found[request_id][seat_id].add(option_id)
    return found
