"""What a grant holds, what of it is spoken for and by whom, and how long it lasts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from allowance import RatePlan, caps, grants
from allowance.expected import Cost, Expected, costs
from allowance.grants import Budget, Outlook
from allowance.plans import WIR
from allowance.work import OUTCOMES
from app import rate_plans
from app.clock import local_day, now
from app.grants import figures, past
from app.grants.figures import ROLES
from app.rate_plans import Book, PlanMissing
from app.tables import (
    EnrolmentState,
    GrantNotice,
    GrantPurpose,
    GrantState,
    is_group_event,
)

SPENDING = (GrantState.GRANTED, GrantState.RUNNING)


@dataclass(frozen=True)
class Guide:
    """What the year cap leaves somebody: other people's hours do not count to it."""

    volunteer_id: UUID
    name: str
    used_minutes: int
    """Paid in claims of the year, and done or booked beside them."""
    cap_minutes: int | None
    left_minutes: int | None


@dataclass(frozen=True)
class Standing:
    """How a grant stands: its budget, its forecast, and whose hours it still pays."""

    budget: Budget
    outlook: Outlook
    guides: list[Guide] = field(default_factory=list)
    minutes_left: int | None = None
    """Guide hours that what is left pays for: they belong to nobody and may move between people."""


def of_notice(session: Session, notice: GrantNotice, as_of: datetime | None = None) -> Budget:
    """What a grant holds and what of it is spoken for; nothing is in two of its parts.

    Of a moment in the past only the books are read, so that the answer stays the same for ever:
    bookings ahead and seats that were asked for are then left out.
    """
    return standing(session, notice, as_of).budget


def standing(session: Session, notice: GrantNotice, as_of: datetime | None = None) -> Standing:
    """The same with the forecast, and for guides what is left of hours."""
    if GrantPurpose(notice.purpose) not in ROLES:
        budget = _of_courses(session, notice, as_of)
        return Standing(budget, _outlook(budget, notice, as_of))
    book = rate_plans.book(session, notice.sponsor_id)
    people = figures.people(session, notice, as_of)
    used = _used(book, people)
    works = [*_works(session, notice, book, as_of)]
    priced = list(zip(works, costs(works, used), strict=True))
    budget = _budget(session, notice, priced, as_of)
    guides = _guides(notice, book, people, used, priced) if as_of is None else []
    plan = _plan(book, notice, notice.ends_on, coordinating=False)
    minutes = caps.minutes_within(plan, budget.left) if guides and plan else None
    return Standing(budget, _outlook(budget, notice, as_of), guides, minutes)


def running(session: Session, sponsor_id: UUID, role: str, day: date) -> GrantNotice | None:
    """The grant that pays a role on a day: of its rate plan's line, granted and not ended."""
    purpose = next(purpose for purpose, one in ROLES.items() if one == role)
    try:
        line = rate_plans.book(session, sponsor_id).plan_for(role, day).funding_line
    except PlanMissing:
        return None
    query = select(GrantNotice).where(
        col(GrantNotice.sponsor_id) == sponsor_id,
        col(GrantNotice.purpose) == purpose,
        col(GrantNotice.funding_line) == line,
        col(GrantNotice.state).in_(SPENDING),
        col(GrantNotice.starts_on) <= day,
        col(GrantNotice.ends_on) >= day,
    )
    return session.exec(query).first()


def _plan(book: Book, notice: GrantNotice, day: date, *, coordinating: bool) -> RatePlan | None:
    """The plan of a day, where it is on the grant's line: other lines are other purses."""
    role = ROLES[GrantPurpose(notice.purpose)]
    try:
        plan = book.plan_for(role, day, coordinating=coordinating)
    except PlanMissing:
        return None
    return plan if plan.funding_line == notice.funding_line else None


def _used(book: Book, people: Sequence[Any]) -> dict[str, int]:
    """Paid minutes of the year by person, under plans with a year cap."""
    used: dict[str, int] = defaultdict(int)
    for row in people:
        plan = book.of_key(row.plan_key) if row.plan_key else None
        if plan is not None and plan.year_cap_minutes is not None:
            used[str(row.volunteer_id)] += int(row.minutes)
    return used


def _works(
    session: Session,
    notice: GrantNotice,
    book: Book,
    as_of: datetime | None,
) -> Iterator[Expected]:
    """Work without an approved claim, on the grant's line: done, booked, asked for."""
    coordinators = rate_plans.coordinators(session, notice.sponsor_id)
    plans: dict[tuple[date, bool], RatePlan | None] = {}

    def plan_of(volunteer_id: UUID | None, day: date) -> RatePlan | None:
        key = day, volunteer_id is not None and coordinators.on(volunteer_id, day)
        if key not in plans:
            plans[key] = _plan(book, notice, day, coordinating=key[1])
        return plans[key]

    for row in figures.unclaimed(session, notice, as_of):
        plan = plan_of(row.volunteer_id, row.day)
        if plan is not None:
            work = _done(plan, row)
            yield from (work for _ in range(row.quantity))
    if as_of is None:
        for row in figures.ahead(session, notice, local_day(now())):
            plan = plan_of(row.volunteer_id, local_day(row.starts_at))
            if plan is not None:
                yield _ahead(plan, row)


def _done(plan: RatePlan, row: Any) -> Expected:
    return Expected(
        plan=plan,
        day=row.day,
        minutes=row.length,
        outcome=_outcome(row.detail),
        person=str(row.volunteer_id),
    )


def _ahead(plan: RatePlan, row: Any) -> Expected:
    group = is_group_event(row.kind, row.client_case_id) and row.volunteer_id
    minutes = row.minutes
    if minutes is None:
        minutes = int((row.ends_at - row.starts_at).total_seconds()) // 60
    return Expected(
        plan=plan,
        day=local_day(row.starts_at),
        minutes=minutes,
        outcome=_outcome(row.outcome),
        person=str(row.volunteer_id or ""),
        event=str(row.institution_id) if group else "",
    )


def _outcome(detail: str) -> str:
    """What was done without an appointment names its kind: it was performed."""
    return detail if detail in OUTCOMES else "performed"


def _budget(
    session: Session,
    notice: GrantNotice,
    priced: Sequence[tuple[Expected, Cost]],
    as_of: datetime | None,
) -> Budget:
    by_day: dict[date, int] = defaultdict(int)
    paid = approved = committed = planned = 0
    for row in figures.money(session, notice, as_of):
        paid, approved = paid + int(row.paid), approved + int(row.approved)
        by_day[row.day] += int(row.paid) + int(row.approved)
    for work, cost in priced:
        if work.person:
            committed += cost.cents
            by_day[work.day] += cost.cents
        else:
            planned += cost.cents
    granted = past.granted(session, notice, as_of)
    return Budget(granted, paid, approved, committed, planned, _without_nothing(by_day))


def _without_nothing(by_day: Mapping[date, int]) -> dict[date, int]:
    return {day: cents for day, cents in sorted(by_day.items()) if cents}


def _of_courses(session: Session, notice: GrantNotice, as_of: datetime | None) -> Budget:
    """What held courses bring and planned ones will; coordination is one sum, never booked."""
    granted = past.granted(session, notice, as_of)
    if notice.purpose != GrantPurpose.COURSES or notice.funding_line != WIR:
        return Budget(granted)
    by_day: dict[date, int] = defaultdict(int)
    for day, kind, units, people in figures.taught(session, notice, as_of):
        by_day[day] += grants.course_grant(kind, units, 1, day) * int(people)
    planned = 0
    if as_of is None:
        for day, kind, units, people in figures.to_teach(session, notice):
            planned += grants.course_grant(kind, units, int(people), day)
    held = sum(by_day.values())
    spent = _without_nothing(by_day)
    return Budget(granted, committed=held, planned=planned, spent_by_day=spent)


def _outlook(budget: Budget, notice: GrantNotice, as_of: datetime | None) -> Outlook:
    return grants.outlook(budget, local_day(as_of or now()), notice.ends_on)


def _guides(
    notice: GrantNotice,
    book: Book,
    people: Sequence[Any],
    used: Mapping[str, int],
    priced: Sequence[tuple[Expected, Cost]],
) -> list[Guide]:
    """What the year cap leaves each guide who is released, or has hours in the year."""
    if notice.purpose != GrantPurpose.GUIDES:
        return []
    spoken: dict[str, int] = defaultdict(int, used)
    for work, cost in priced:
        if work.plan.year_cap_minutes is not None:
            spoken[work.person] += cost.paid_minutes
    found: dict[UUID, Guide] = {}
    for row in people:
        minutes = spoken[str(row.volunteer_id)]
        active = row.state == EnrolmentState.RELEASED and "guide" in row.roles
        if row.volunteer_id in found or not (active or minutes):
            continue
        plan = _plan(book, notice, notice.ends_on, coordinating=row.coordinating)
        cap = plan.year_cap_minutes if plan else None
        left = caps.year_minutes_left(plan, minutes) if plan else None
        name = f"{row.given_name} {row.surname}"
        found[row.volunteer_id] = Guide(row.volunteer_id, name, minutes, cap, left)
    return list(found.values())
