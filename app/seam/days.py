"""Parents' days as the engine sees them: whose shifts belong together, and who has done enough."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
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
    Volunteer,
)
from matching.problem import ParentsDay
from scheduling.parents_days import MOST_MINUTES, REST_MINUTES, WORK_MINUTES

Span = tuple[datetime, datetime]
Pairs = frozenset[tuple[str, str]]


def parents_days(asked: Sequence[Asked]) -> tuple[ParentsDay, ...]:
    """The seats of each parents' day: one person may take several, within the limits."""
    return tuple(
        ParentsDay(
            tuple(str(seat.id) for one in shifts for seat in one.seats),
            work_minutes=WORK_MINUTES,
            rest_minutes=REST_MINUTES,
            most_minutes=MOST_MINUTES,
        )
        for shifts in _by_day(asked).values()
    )


def too_long(
    session: Session,
    asked: Sequence[Asked],
    volunteers: Sequence[Volunteer],
    *,
    with_offers: bool = True,
) -> Pairs:
    """Who may not take which seat, for the shifts of that day she has or is being asked for."""
    by_day = _by_day(asked)
    held = [v.id for v in volunteers if not v.long_days]
    if not by_day or not held:
        return frozenset()
    found = set()
    for (day, who), taken in _taken(session, set(by_day), held, with_offers=with_offers).items():
        for one in by_day[day]:
            if exceeds(one, taken):
                found |= {(str(who), str(seat.id)) for seat in one.seats}
    return frozenset(found)


def exceeds(asked: Asked, taken: Iterable[tuple[UUID, Span]]) -> bool:
    """Whether a shift is too much beside those, by seat, that somebody has on that day."""
    own = {seat.id for seat in asked.seats}
    time = (asked.options[0].starts_at, asked.options[0].ends_at)
    return is_too_long([time, *(span for seat_id, span in taken if seat_id not in own)])


def is_too_long(spans: Iterable[Span]) -> bool:
    """Whether shifts of one day are too much for one person, or lack a break between them."""
    stretch, total, until = timedelta(), timedelta(), None
    most, work = timedelta(minutes=MOST_MINUTES), timedelta(minutes=WORK_MINUTES)
    for starts_at, ends_at in sorted(spans):
        rested = until is None or starts_at - until >= timedelta(minutes=REST_MINUTES)
        stretch = ends_at - starts_at + (timedelta() if rested else stretch)
        total += ends_at - starts_at
        if total > most or (not rested and stretch > work):
            return True
        until = ends_at
    return False


def _by_day(asked: Sequence[Asked]) -> dict[UUID, list[Asked]]:
    found: dict[UUID, list[Asked]] = defaultdict(list)
    for one in asked:
        if one.request.parents_day_id and one.seats:
            found[one.request.parents_day_id].append(one)
    return found


def _taken(
    session: Session, days: set[UUID], volunteers: Sequence[UUID], *, with_offers: bool
) -> dict[tuple[UUID, UUID], list[tuple[UUID, Span]]]:
    """By parents' day and person the shifts that are hers, or that she is being asked for."""
    query = (
        select(
            col(Request.parents_day_id),
            col(Seat.id),
            col(RequestOption.starts_at),
            col(RequestOption.ends_at),
        )
        .select_from(Request)
        .join(Seat, col(Seat.request_id) == col(Request.id))
    )
    booked = (
        query.add_columns(col(Assignment.volunteer_id))
        .join(Assignment, col(Assignment.seat_id) == col(Seat.id))
        .join(RequestOption, col(RequestOption.id) == col(Assignment.option_id))
        .where(col(Assignment.state).in_(TIME_TAKEN), col(Assignment.volunteer_id).in_(volunteers))
    )
    offered = (
        query.add_columns(col(Offer.volunteer_id))
        .join(Offer, col(Offer.seat_id) == col(Seat.id))
        .join(RequestOption, col(RequestOption.id) == col(Offer.option_id))
        .where(col(Offer.state) == OfferState.PENDING, col(Offer.volunteer_id).in_(volunteers))
    )
    found: dict[tuple[UUID, UUID], list[tuple[UUID, Span]]] = defaultdict(list)
    for part in [booked, offered] if with_offers else [booked]:
        rows = session.execute(part.where(col(Request.parents_day_id).in_(days))).all()
        for day, seat_id, starts_at, ends_at, who in rows:
            found[day, who].append((seat_id, (starts_at, ends_at)))
    return found
