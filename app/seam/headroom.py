"""What can still be paid: minutes of the grant year and cents of the tax year, for each person.

A sponsor reckons with its own payments, with what it will still owe, and with what she has told it
of others. It holds for planning: nobody is proposed beyond what can be paid. Who goes all the same
has her hours recorded, and the claim is cut.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlalchemy import case, func, true
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

import allowance
from allowance import RatePlan
from allowance.expected import Expected, costs
from app import books, rate_plans
from app.clock import local_day, midnight, today
from app.rate_plans import Book, PlanMissing
from app.seam.asked import Asked
from app.seam.workload import Taken
from app.tables import (
    CLAIM_ENDED,
    Activity,
    ActivityState,
    Claim,
    ClaimKind,
    ClaimLine,
    ClaimState,
    Enrolment,
    Fundable,
    LedgerEntry,
    LedgerKind,
    TaxRule,
    VolunteerRole,
)
from app.taxes import choices, declared
from app.taxes.choices import Choices
from app.volunteers.dossiers import Dossier
from matching import Cap

NOT_PAID = (ClaimState.WAIVED, ClaimState.REJECTED)
AGREED = (ClaimState.APPROVED, ClaimState.IN_PAYRUN)
ROLES, RULES = tuple(VolunteerRole), tuple(TaxRule)
Used = dict[tuple[UUID, str, int], int]
"""Minutes by person, funding line and grant year; or cents by person, tax rule and tax year."""


@lru_cache(maxsize=10_000)
def price(plan: RatePlan, minutes: int) -> int:
    """What work of this length will probably be paid; the claim decides."""
    return costs([Expected(plan=plan, day=plan.valid_from, minutes=minutes)], {})[0].cents


@dataclass(frozen=True)
class YearCap:
    """Minutes that somebody can be paid in a grant year in one role, and what of them is used."""

    role: str
    funding_line: str
    day: date
    cap: int
    used: int
    left: int


@dataclass
class Money:
    """What a sponsor pays by, and what of its caps and limits is used up."""

    sponsor_id: UUID
    book: Book
    chosen: Choices
    years: Mapping[int, date]
    """Grant years, each with a day of it that is asked for."""
    tax_years: Collection[int]
    coordinating: frozenset[UUID]
    """Guides with the higher cap."""
    minutes: Used = field(default_factory=lambda: defaultdict(int))
    cents: Used = field(default_factory=lambda: defaultdict(int))
    _plans: dict[tuple[str, date, bool], RatePlan | None] = field(default_factory=dict)

    def plan(self, role: str, day: date, volunteer_id: UUID | None = None) -> RatePlan | None:
        """The plan of a day; none where the sponsor has chosen none."""
        key = role, day, volunteer_id in self.coordinating
        if key not in self._plans:
            try:
                self._plans[key] = self.book.plan_for(role, day, coordinating=key[2])
            except PlanMissing:
                self._plans[key] = None
        return self._plans[key]

    def price(self, role: str, day: date, minutes: int) -> int:
        """What a seat costs; nothing where no plan pays it."""
        plan = self.plan(role, day)
        return price(plan, minutes) if plan else 0

    def year_number(self, role: str, day: date) -> int:
        """The grant year, numbered for each role apart: each has a cap of its own."""
        return day.year * len(ROLES) + ROLES.index(VolunteerRole(role))

    def tax_number(self, role: str, day: date) -> int:
        """The year in which the work will be paid, numbered for each tax rule apart."""
        year = allowance.payment_year(day)
        return self._tax_number(self.chosen.rule(self.sponsor_id, role, year), year)

    def _tax_number(self, rule: str, year: int) -> int:
        return year * len(RULES) + RULES.index(TaxRule(rule))

    def caps(self, file: Dossier) -> list[Cap]:
        """What is left for one person."""
        return [*self._of_years(file), *self._of_tax_years(file.volunteer.id)]

    def _of_years(self, file: Dossier) -> Iterable[Cap]:
        enrolment = file.enrolment_at(self.sponsor_id)
        for one in self.year_caps(file.volunteer.id, enrolment.roles if enrolment else ()):
            yield Cap("year", self.year_number(one.role, one.day), "minutes", one.left)

    def year_caps(self, volunteer_id: UUID, roles: Iterable[str]) -> Iterable[YearCap]:
        """What she has used of the caps of the years that are asked for, role by role."""
        for role in roles:
            for year, day in self.years.items():
                plan = self.plan(role, day, volunteer_id)
                if plan is None or plan.year_cap_minutes is None:
                    continue
                used = max(0, self.minutes[volunteer_id, plan.funding_line, year])
                left = allowance.year_minutes_left(plan, used) or 0
                yield YearCap(role, plan.funding_line, day, plan.year_cap_minutes, used, left)

    def _of_tax_years(self, volunteer_id: UUID) -> Iterable[Cap]:
        for year in self.tax_years:
            for rule in dict.fromkeys(self.chosen.rule(self.sponsor_id, r, year) for r in ROLES):
                if rule != TaxRule.NONE:
                    used = self.cents[volunteer_id, rule, year]
                    left = allowance.headroom(rule, year, used)
                    yield Cap("tax_year", self._tax_number(rule, year), "cents", left)

    def owe(self, volunteer_id: UUID, role: str, day: date, cents: int) -> None:
        """Count what is not paid yet, in the year in which it will be."""
        year = max(allowance.payment_year(day), today().year)
        self.cents[volunteer_id, self.chosen.rule(self.sponsor_id, role, year), year] += cents

    def work(self, volunteer_id: UUID, role: str, day: date, minutes: int) -> None:
        """Count work that no claim holds yet: its minutes, and what it will cost."""
        plan = self.plan(role, day, volunteer_id)
        if plan is not None:
            self.use(volunteer_id, plan, day.year, minutes)
            self.owe(volunteer_id, role, day, price(plan, minutes))

    def use(self, volunteer_id: UUID, plan: RatePlan, year: int, minutes: int) -> None:
        """Count minutes towards a year cap, as claims do: of plans that have one, by their line."""
        if plan.year_cap_minutes is not None:
            self.minutes[volunteer_id, plan.funding_line, year] += minutes


def load(
    session: Session,
    sponsor_id: UUID,
    asked: Sequence[Asked],
    taken: Sequence[Taken],
    files: Sequence[Dossier],
) -> Money:
    """What is left of everything for these people, in a fixed number of statements."""
    days = {option.day for one in asked for option in one.options}
    money = Money(
        sponsor_id,
        rate_plans.book(session, sponsor_id),
        choices.of_sponsors(session, [sponsor_id]),
        years={day.year: day for day in sorted(days)},
        tax_years=sorted({allowance.payment_year(day) for day in days}),
        coordinating=frozenset(f.volunteer.id for f in files if _coordinates(f, sponsor_id)),
    )
    for one in taken:
        if one.role and one.sponsor_id == sponsor_id and not one.is_claimed:
            money.work(one.volunteer_id, one.role, one.day, one.worked_minutes)
    if days:
        since = date(min(days).year - 1, 12, 1)
        _activities(session, money, since)
        _paid(session, money)
        _claimed(session, money, since)
        _told(session, money)
    return money


def of_person(
    session: Session, enrolment: Enrolment, taken: Sequence[Taken], day: date
) -> list[YearCap]:
    """The year caps of one person in her pool on a day, as plans reckon with them.

    What she is merely asked for uses nothing up.
    """
    sponsor_id, who = enrolment.sponsor_id, enrolment.volunteer_id
    money = Money(
        sponsor_id,
        rate_plans.book(session, sponsor_id),
        choices.of_sponsors(session, [sponsor_id]),
        years={day.year: day},
        tax_years=(),
        coordinating=frozenset({who} if enrolment.coordinating else ()),
    )
    for one in taken:
        if one.sponsor_id == sponsor_id and not (one.is_claimed or one.is_question):
            money.work(who, one.role, one.day, one.worked_minutes)
    _activities(session, money, date(day.year, 1, 1), only=who)
    _claimed(session, money, date(day.year, 1, 1), only=who)
    return list(money.year_caps(who, enrolment.roles))


def _coordinates(file: Dossier, sponsor_id: UUID) -> bool:
    enrolment = file.enrolment_at(sponsor_id)
    return enrolment is not None and enrolment.coordinating


def _activities(session: Session, money: Money, since: date, *, only: UUID | None = None) -> None:
    """Hours without an appointment that no claim holds, confirmed or not yet."""
    claimed = select(ClaimLine.activity_id).where(
        col(ClaimLine.sponsor_id) == money.sponsor_id,
        col(ClaimLine.activity_id).is_not(None),
        col(ClaimLine.counts),
    )
    query = select(Activity).where(
        col(Activity.sponsor_id) == money.sponsor_id,
        col(Activity.state).in_([ActivityState.REPORTED, ActivityState.CONFIRMED]),
        col(Activity.fundable) != Fundable.NO,
        col(Activity.started_at) >= midnight(since),
        col(Activity.id).not_in(claimed),
        true() if only is None else col(Activity.volunteer_id) == only,
    )
    for one in session.exec(query).all():
        money.work(one.volunteer_id, one.role, local_day(one.started_at), one.minutes)


def _paid(session: Session, money: Money) -> None:
    """What has left the account in these tax years, travel apart."""
    first, last = min(money.tax_years), max(money.tax_years)
    rows = books.sums(
        session,
        col(LedgerEntry.sponsor_id) == money.sponsor_id,
        col(LedgerEntry.kind) == LedgerKind.PAID,
        col(LedgerEntry.paid_on).between(date(first, 1, 1), date(last, 12, 31)),
        by=("volunteer_id", "role", "paid_on"),
    )
    for row in rows:
        rule = money.chosen.rule(money.sponsor_id, row.role, row.paid_on.year)
        key = row.volunteer_id, rule, row.paid_on.year
        money.cents[key] += row.amount_cents - row.travel_cents


def _claimed(session: Session, money: Money, since: date, *, only: UUID | None = None) -> None:
    """What claims pay: minutes of the grant year, and cents that have not left the account yet."""
    # What is to be taken back counts once another person has agreed to it.
    stands = (col(Claim.kind) == ClaimKind.REGULAR) | col(Claim.state).in_(AGREED)
    waits = col(Claim.state).not_in(CLAIM_ENDED) & stands
    holds = col(ClaimLine.counts) & col(Claim.state).not_in(NOT_PAID)
    cents = case((waits, col(ClaimLine.amount_cents) - col(ClaimLine.travel_cents)), else_=0)
    minutes = case((holds, col(ClaimLine.paid_minutes)), else_=0)
    keys = col(ClaimLine.volunteer_id), col(ClaimLine.plan_key), col(Claim.month)
    query = (
        sql_select(*keys, func.sum(cents).label("cents"), func.sum(minutes).label("minutes"))
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .where(
            col(Claim.sponsor_id) == money.sponsor_id,
            waits | (col(Claim.month) >= since),
            true() if only is None else col(ClaimLine.volunteer_id) == only,
        )
        .group_by(*keys)
    )
    for row in session.execute(query).all():
        plan = money.book.of_key(row.plan_key)
        if plan is not None:
            money.use(row.volunteer_id, plan, row.month.year, int(row.minutes))
            money.owe(row.volunteer_id, plan.role, row.month, int(row.cents))


def _told(session: Session, money: Money) -> None:
    """What she says that she was paid elsewhere."""
    told = declared.of_people(session, None, money.tax_years, sponsor_id=money.sponsor_id)
    for (_, volunteer_id, year, rule), word in told.items():
        money.cents[volunteer_id, rule, year] += word.amount_cents
