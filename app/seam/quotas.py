"""How many of several seats can be filled: the cap of a client, and what is left of a grant."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from uuid import UUID

from sqlmodel import Session, col, select

import allowance
from app import rate_plans
from app.grants import budget, figures
from app.rate_plans import Book, PlanMissing
from app.seam.asked import Asked
from app.seam.headroom import Money
from app.seam.workload import Taken
from app.tables import (
    TIME_TAKEN,
    Assignment,
    GrantNotice,
    GrantPurpose,
    Offer,
    OfferState,
    Request,
    RequestOption,
    Seat,
    SeatState,
)
from matching import Quota

ROLE = "interpreter"

CaseYear = tuple[UUID, int]
Wanted = Mapping[CaseYear, list[str]]


def per_client(
    session: Session, asked: Sequence[Asked], *, with_offers: bool = True
) -> tuple[Quota, ...]:
    """At most as many assignments of a client in a grant year as the rate plan pays.

    What was granted besides counts, less what is booked or asked for. A seat counts in the year of
    its first time. Without offers only bookings count.
    """
    seats = _wanted(asked)
    if not seats:
        return ()
    most = _most(session, asked, seats)
    return _judged(
        seats, _used(session, {case for case, _ in seats}, with_offers=with_offers), most
    )


def reached(session: Session, asked: Asked, booked: Iterable[tuple[UUID, date]]) -> bool:
    """Whether one more is too many for the client; `booked` are seats and days of the client."""
    case, seats = asked.request.client_case_id, _wanted([asked])
    used: dict[CaseYear, set[str]] = defaultdict(set)
    if case:
        for seat_id, day in booked:
            used[case, day.year].add(str(seat_id))
    if not any(used.get(key) for key in seats):
        return False
    return bool(_judged(seats, used, _most(session, [asked], seats)))


def _wanted(asked: Sequence[Asked]) -> dict[CaseYear, list[str]]:
    seats: dict[CaseYear, list[str]] = defaultdict(list)
    for one in asked:
        case = one.request.client_case_id
        wanted = [str(seat.id) for seat in one.seats if seat.role == ROLE]
        if case and wanted:
            seats[case, one.options[0].day.year] += wanted
    return seats


def _most(session: Session, asked: Sequence[Asked], seats: Wanted) -> dict[CaseYear, int]:
    """By client and year what the plan of the first day pays, with what was granted besides."""
    sponsor_id = asked[0].request.sponsor_id
    book = rate_plans.book(session, sponsor_id)
    granted = {
        year: rate_plans.extra_assignments(session, sponsor_id, year)
        for year in sorted({year for _, year in seats})
    }
    found = {}
    for one in asked:
        case, day = one.request.client_case_id, one.options[0].day
        cap = _cap(book, day)
        if case and cap is not None and (case, day.year) in seats:
            found[case, day.year] = cap + granted[day.year].get(str(case), 0)
    return found


def _cap(book: Book, day: date) -> int | None:
    try:
        plan = book.plan_for(ROLE, day)
    except PlanMissing:
        return None
    return allowance.client_assignments_left(plan, 0)


def _judged(
    seats: Wanted, used: Mapping[CaseYear, set[str]], most: Mapping[CaseYear, int]
) -> tuple[Quota, ...]:
    quotas = []
    for key in sorted(seats.keys() & most.keys()):
        left = max(0, most[key] - len(used.get(key, set()) - set(seats[key])))
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


def of_grants(
    session: Session, asked: Sequence[Asked], taken: Sequence[Taken], money: Money
) -> tuple[Quota, ...]:
    """Of the seats that a grant pays as many as it can still pay, were they the dearest ones.

    What is paid, owed, booked or asked for is taken from it, what is open elsewhere is not. A role
    without a running grant is not limited. A seat counts on the day of its first time.
    """
    found = []
    for notice in _grants(session, asked, money):
        role = figures.ROLES[GrantPurpose(notice.purpose)]
        costs = {
            str(seat.id): money.price(role, first.day, first.duration_minutes)
            for one in asked
            for seat, first in ((seat, one.options[0]) for seat in one.seats)
            if seat.role == role and _pays(notice, money, role, first.day)
        }
        if costs:
            left = _left(session, notice, taken, money) + _booked_cents(asked, costs)
            k = _affordable(costs.values(), left)
            found += [Quota(tuple(costs), k)] if k < len(costs) else []
    return tuple(found)


def _booked_cents(asked: Sequence[Asked], costs: Mapping[str, int]) -> int:
    """What of these seats is booked already: the grant holds it for them."""
    booked = [seat for one in asked for seat in one.seats if seat.state == SeatState.BOOKED]
    return sum(costs.get(str(seat.id), 0) for seat in booked)


def _grants(session: Session, asked: Sequence[Asked], money: Money) -> Sequence[GrantNotice]:
    """The grants that pay people on some of these days."""
    days = [one.options[0].day for one in asked]
    if not days:
        return ()
    query = select(GrantNotice).where(
        col(GrantNotice.sponsor_id) == money.sponsor_id,
        col(GrantNotice.purpose).in_(list(figures.ROLES)),
        col(GrantNotice.state).in_(budget.SPENDING),
        col(GrantNotice.starts_on) <= max(days),
        col(GrantNotice.ends_on) >= min(days),
    )
    return session.exec(query.order_by(col(GrantNotice.id))).all()


def _pays(notice: GrantNotice, money: Money, role: str, day: date) -> bool:
    plan = money.plan(role, day)
    on_line = plan is not None and plan.funding_line == notice.funding_line
    return on_line and notice.starts_on <= day <= notice.ends_on


def _left(session: Session, notice: GrantNotice, taken: Sequence[Taken], money: Money) -> int:
    """What of a grant nobody has, and nobody is being asked for."""
    role = figures.ROLES[GrantPurpose(notice.purpose)]
    asked_for = sum(
        money.price(role, one.day, one.minutes)
        for one in taken
        if one.is_question
        and (one.role, one.sponsor_id) == (role, money.sponsor_id)
        and _pays(notice, money, role, one.day)
    )
    held = budget.of_notice(session, notice)
    return held.left + held.planned - asked_for


def _affordable(costs: Iterable[int], left: int) -> int:
    """How many of them are paid for, whichever they are."""
    dearest = accumulate(sorted(costs, reverse=True))
    return sum(1 for total in dearest if total <= left)
