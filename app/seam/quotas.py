"""How often a client may still be accompanied in a grant year."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from app.seam.asked import Asked
from app.tables import (
    TIME_TAKEN,
    Assignment,
    Offer,
    OfferState,
    Request,
    RequestOption,
    Seat,
)
from matching import Quota

ASSIGNMENTS_PER_CLIENT = 5
ROLE = "interpreter"

CaseYear = tuple[UUID, int]


def per_client(
    session: Session, asked: Sequence[Asked], *, with_offers: bool = True
) -> tuple[Quota, ...]:
    """At most five assignments per client and grant year, less what is booked or asked for.

    A seat counts in the year of its first time. Without offers only bookings count.
    """
    seats = _wanted(asked)
    return _judged(seats, _used(session, {case for case, _ in seats}, with_offers=with_offers))


def reached(asked: Asked, booked: Iterable[tuple[UUID, date]]) -> bool:
    """Whether one more is too many for the client; `booked` are seats and days of the client."""
    case = asked.request.client_case_id
    used: dict[CaseYear, set[str]] = defaultdict(set)
    if case:
        for seat_id, day in booked:
            used[case, day.year].add(str(seat_id))
    return bool(_judged(_wanted([asked]), used))


def _wanted(asked: Sequence[Asked]) -> dict[CaseYear, list[str]]:
    seats: dict[CaseYear, list[str]] = defaultdict(list)
    for one in asked:
        case = one.request.client_case_id
        wanted = [str(seat.id) for seat in one.seats if seat.role == ROLE]
        if case and wanted:
            seats[case, one.options[0].day.year] += wanted
    return seats


def _judged(
    seats: Mapping[CaseYear, list[str]], used: Mapping[CaseYear, set[str]]
) -> tuple[Quota, ...]:
    quotas = []
    for key in sorted(seats):
        left = max(0, ASSIGNMENTS_PER_CLIENT - len(used.get(key, set()) - set(seats[key])))
        if len(seats[key]) > left:
            quotas.append(Quota(tuple(seats[key]), left))
    return tuple(quotas)


def _used(session: Session, cases: set[UUID], *, with_offers: bool) -> dict[CaseYear, set[str]]:
    """The seats of each client and year for which somebody is booked or being asked."""
    used: dict[CaseYear, set[str]] = defaultdict(set)
    if not cases:
        return used
    query = (
        select(col(Request.client_case_id), col(RequestOption.day), col(Seat.id))
        .select_from(Request)
        .join(Seat, col(Seat.request_id) == col(Request.id))
        .where(col(Request.client_case_id).in_(cases), col(Seat.role) == ROLE)
    )
    booked = (
        query.join(Assignment, col(Assignment.seat_id) == col(Seat.id))
        .join(RequestOption, col(RequestOption.id) == col(Assignment.option_id))
        .where(col(Assignment.state).in_(TIME_TAKEN))
    )
    offered = (
        query.join(Offer, col(Offer.seat_id) == col(Seat.id))
        .join(RequestOption, col(RequestOption.id) == col(Offer.option_id))
        .where(col(Offer.state) == OfferState.PENDING)
    )
    for found in [booked, offered] if with_offers else [booked]:
        for case, day, seat_id in session.exec(found).all():
            if case:
                used[case, day.year].add(str(seat_id))
    return used
