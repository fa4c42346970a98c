"""Drawn person-months: what one volunteer did in a month on one funding line, and its plans."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from allowance import OUTCOMES, RatePlan, Used, Work, catalogue
from allowance.plans import WIR
from app.clock import ZONE

MINUTE = timedelta(minutes=1)
SEATS = (("guide", False), ("guide", True), ("interpreter", False))
"""Role and coordinating: what one funding line may pay in one month, each by a plan of its own."""
CLIENTS = ("case-a", "case-b", "case-c")
HOUSES = ("school", "office")
SHORT, LONG = (10, 15, 20, 30), (15, 30, 45, 50, 60, 75, 90, 120, 180)
APART = 1_000_003


@dataclass(frozen=True)
class PersonMonth:
    """One volunteer, one month, one funding line; the works in any order."""

    works: tuple[Work, ...]
    plans: tuple[RatePlan, ...]
    used: Used
    month: date


@dataclass
class Diary:
    """The month while it is being filled: on each day, the minute from which she is free."""

    random: Random
    month: date
    free: dict[date, int] = field(default_factory=dict)

    def day(self) -> date:
        """Give a day; few days, so that many works share one."""
        last = (self.month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return self.month.replace(day=self.random.choice((1, 2, 3, 9, 15, 16, 24, last.day)))

    def span(self, day: date, minutes: int) -> tuple[datetime, datetime]:
        """Give the next free span of a day, which may end after midnight."""
        gap = self.random.choice((0, 0, 5, 20, 60))
        begin = self.free.get(day, self.random.choice((330, 480, 540, 780))) + gap
        self.free[day] = begin + minutes
        start = datetime.combine(day, time(), ZONE).astimezone(UTC) + begin * MINUTE
        return start, start + minutes * MINUTE


def person_month(seed: int) -> PersonMonth:
    """Draw one person-month; the same seed gives the same."""
    random = Random(seed)
    month = date(random.randint(2018, 2027), random.randint(1, 12), 1)
    plans = _plans(random, month)
    works = _works(Diary(random, month), plans)
    return PersonMonth(works, plans, _used(random, plans, works), month)


def person_months(seed: int, count: int) -> Iterator[PersonMonth]:
    """Draw many; other seeds give others."""
    for number in range(count):
        yield person_month(seed * APART + number)


def _plans(random: Random, month: date) -> tuple[RatePlan, ...]:
    """1 to 4 plans of one funding line, of the catalogue or drawn; one may end in the month."""
    line = random.choice(("wir", "wetterau", "own", "own", "own", "own"))
    seats = random.sample(SEATS, random.choice((1, 1, 2, 2, 3)))
    ready = {plan.line: plan for plan in catalogue() if plan.holds_on(month)}
    plans = [
        ready.get((line, role, coordinating)) or _plan(random, number, line, role, coordinating)
        for number, (role, coordinating) in enumerate(seats)
    ]
    if line == "own" and len(plans) < 4 and random.random() < 0.2:
        plans[-1:] = _succession(random, plans[-1], month)
    return tuple(plans)


def _plan(
    random: Random, number: int, line: str, role: str, coordinating: bool = False
) -> RatePlan:
    """A valid plan of any shape."""
    unit = random.choice(("hour", "hour", "assignment", "started", "started"))
    minimum = random.choice((0, 0, 0, 15, 30, 45, 60, 90))
    rules = ("full", "minimum", "nothing") if unit != "hour" or minimum else ("full", "nothing")
    plain = RatePlan(
        key=f"plan-{number}",
        title_de="Satz",
        title_en="Rate",
        role=role,
        coordinating=coordinating,
        unit=unit,
        amount_cents=random.choice(
            (500, 1500, 2000, random.randint(1, 60), random.randint(50, 5_000))
        ),
        valid_from=date(2018, 1, 1),
        source="drawn",
        status=random.choice(("verified", "unverified")),
        funding_line=line,
        minimum_minutes=minimum,
        maximum_minutes=minimum + random.randint(1, 150) if random.random() < 0.4 else None,
        per_client_cap=random.randint(1, 5) if random.random() < 0.5 else None,
        group=random.choice(("once", "once", "per_client")),
        no_show=random.choice(rules),
        km_cents=0 if line == WIR else random.choice((0, 0, 21, 35)),
    )
    return _late(random, _timed(random, plain))


def _timed(random: Random, plan: RatePlan) -> RatePlan:
    """The plan with what only its unit may have."""
    if plan.unit == "hour":
        cap = random.choice((None, None, 60, 600, 2_000, 16_560))
        return replace(plan, year_cap_minutes=cap)
    if plan.unit == "assignment":
        return plan
    length = random.choice((7, 15, 20, 25, 30, 45, 60, 60, 90))
    rounding = random.choice(("up", "up", "nearest", "down"))
    grace = random.choice((0, 5, length // 2, length - 1)) if rounding == "up" else 0
    return replace(plan, unit_minutes=length, rounding=rounding, grace_minutes=grace)


def _late(random: Random, plan: RatePlan) -> RatePlan:
    """The plan with what a late cancellation pays."""
    way = random.choice(("nothing", "percent", "minutes"))
    if way == "percent":
        return replace(plan, late_cancel_percent=random.choice((25, 33, 50, 75, 100)))
    if way == "minutes" and plan.unit != "assignment":
        return replace(plan, late_cancel_minutes=random.choice((20, 30, 60, 100)))
    return plan


def _succession(random: Random, plan: RatePlan, month: date) -> list[RatePlan]:
    """The plan until the 15th of the month, and from then on another one."""
    later = _plan(random, 9, plan.funding_line, plan.role, plan.coordinating)
    return [
        replace(plan, valid_to=month.replace(day=15)),
        replace(later, valid_from=month.replace(day=16)),
    ]


def _works(diary: Diary, plans: Sequence[RatePlan]) -> tuple[Work, ...]:
    """0 to 25 works in any order, none over another; their ids follow no order of time."""
    random = diary.random
    count = random.randint(0, 25)
    ids = random.sample(range(100), count)
    works: list[Work] = []
    for number in ids:
        works.append(_work(diary, plans, f"record-{number:02d}", works))
    random.shuffle(works)
    return tuple(works)


def _work(diary: Diary, plans: Sequence[RatePlan], record_id: str, before: Sequence[Work]) -> Work:
    """One work; sometimes the next one of a group event that has begun."""
    random = diary.random
    group = random.random() < 0.4
    begun = [work for work in before if work.group and diary.free[work.day] < 1_380]
    if group and begun and random.random() < 0.7:
        model = random.choice(begun)
        day, house, key, role = model.day, model.institution, model.pay_rule, model.role
    else:
        day, house = _free_day(diary), random.choice(HOUSES)
        plan = random.choice([plan for plan in plans if plan.holds_on(day)] or plans[:1])
        key, role = plan.key, plan.role
    length = random.choice(SHORT if group else LONG)
    length = length if random.random() < 0.7 else random.randint(1, 240)
    start, end = diary.span(day, length)
    outcome = random.choice(("performed",) * 6 + OUTCOMES)
    return Work(
        record_id,
        role,
        start,
        end,
        _minutes(random, outcome, length),
        day,
        client_case=random.choice((None, *CLIENTS)),
        institution=house,
        outcome=outcome,
        group=group,
        pay_rule=key,
        kilometres=random.choice((0, 0, 3, 18, 41)),
        fundable=random.choice(("yes",) * 10 + ("no", "unknown")),
    )


def _free_day(diary: Diary) -> date:
    """A day with time left on it; a month always has one."""
    while diary.free.get(day := diary.day(), 0) >= 1_380:
        pass
    return day


def _minutes(random: Random, outcome: str, length: int) -> int:
    """What counts for pay of a span: less when it was cut short, sometimes none if nobody came."""
    if outcome in ("cut_short", "aborted"):
        return random.randint(1, length)
    if outcome != "performed" and random.random() < 0.1:
        return 0
    return length


def _used(random: Random, plans: Sequence[RatePlan], works: Sequence[Work]) -> Used:
    """What the year has seen, often close to a cap of the plans."""
    minutes = sum(work.minutes for work in works)
    caps = [plan.year_cap_minutes for plan in plans if plan.year_cap_minutes]
    near = random.choice(caps) - random.randint(-30, minutes + 60) if caps else minutes
    had = {client: random.randint(0, 4) for client in CLIENTS if random.random() < 0.5}
    granted = {client: random.randint(1, 3) for client in CLIENTS if random.random() < 0.2}
    return Used(random.choice((0, max(0, near), max(0, near))), had, granted)
