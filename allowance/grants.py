"""The Land's grants: what a course and a coordination bring, on which conditions, by which day."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

from allowance.claims import Reason

COURSE_KINDS = ("basic_guide", "basic_interpreter", "deepening", "reflection")
COMMUNES = ("commune", "special_status_city", "independent_city")
LOOKS_BACK = 90
"""Days whose mean is the pace at which a grant is spent."""


@dataclass(frozen=True, kw_only=True)
class GrantRule:
    """What the Land grants from a day on, and on which conditions.

    Attributes
    ----------
    course_unit_cents : int
        For each participant and unit of 45 minutes of a basic course.
    course_units : mapping of str to [int, int]
        Fewest and most units of a basic course, by kind.
    lump_sum_cents, lump_sum_guides, lump_sum_population : int
        What coordination brings in a year, from how many active guides on, and below how many
        inhabitants for a commune.
    pool_people, pool_languages : int
        How many interpreters with how many languages a pool has at least.
    """

    key: str
    course_unit_cents: int
    course_units: Mapping[str, tuple[int, int]]
    lump_sum_cents: int
    lump_sum_guides: int
    lump_sum_population: int
    pool_people: int
    pool_languages: int
    valid_from: date
    source: str
    status: str
    valid_to: date | None = None


@dataclass(frozen=True)
class Finding:
    """Whether a condition is met, what it brings, and why not."""

    met: bool
    cents: int = 0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Deadline:
    """By which day something has to be sent: a code for its sentence."""

    code: str
    day: date


@dataclass(frozen=True)
class Budget:
    """What a grant holds and what of it is spoken for, in cents.

    Attributes
    ----------
    paid, approved, committed, planned : int
        Has left the account; is approved and not paid; was done or is booked and not approved; is
        asked for and not booked. Nothing is in two of them.
    """

    granted: int
    paid: int = 0
    approved: int = 0
    committed: int = 0
    planned: int = 0
    spent_by_day: Mapping[date, int] = field(default_factory=dict)
    """What was done on each day, of all that is paid, approved or committed."""

    @property
    def left(self) -> int:
        """What is spoken for by nobody; below 0 when more is than was granted."""
        return self.granted - self.paid - self.approved - self.committed - self.planned


@dataclass(frozen=True)
class Outlook:
    """When a grant will be used up; or that it lasts, and what its last day leaves.

    Attributes
    ----------
    left : int
        Cents on its last day; 0 on the day on which it is used up, below 0 when it was before.
    """

    exhausted_on: date | None
    left: int = 0


@cache
def rules() -> tuple[GrantRule, ...]:
    """The rules that come with the package, in order of time."""
    text = (files("allowance") / "data" / "grants.toml").read_text(encoding="utf-8")
    return tuple(
        GrantRule(
            **entry
            | {
                "course_units": {
                    kind: (low, high) for kind, (low, high) in entry["course_units"].items()
                }
            }
        )
        for entry in tomllib.loads(text)["grant"]
    )


def rule_on(day: date) -> GrantRule:
    """The rule that holds on a day.

    Raises
    ------
    ValueError
        If none holds.
    """
    for rule in rules():
        if rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to):
            return rule
    raise ValueError(f"No rule of the Land for grants is known for {day}.")


def course_grant(kind: str, units: int, participants: int, day: date) -> int:
    """What a course brings, in cents: `unit amount * units * participants` for a basic course.

    Units beyond the most a basic course may have bring nothing, and one with too few is none.

    Parameters
    ----------
    kind : str
        One of `COURSE_KINDS`.
    units : int
        Of 45 minutes.
    participants : int
        Who have taken part in full.
    day : date
        The last day of the course.

    Raises
    ------
    ValueError
        If the kind is unknown, a figure is negative, or no rule holds on the day.
    """
    if kind not in COURSE_KINDS:
        raise ValueError(f"The kind of a course is {kind!r}, not one of {', '.join(COURSE_KINDS)}.")
    if min(units, participants) < 0:
        raise ValueError(f"{units} units and {participants} participants are no course.")
    rule = rule_on(day)
    if kind not in rule.course_units:
        return 0
    fewest, most = rule.course_units[kind]
    return rule.course_unit_cents * min(units, most) * participants if units >= fewest else 0


def lump_sum(
    kind: str, *, nonprofit: bool, population: int | None, guides: int, day: date
) -> Finding:
    """Whether a sponsor gets the yearly lump sum for coordination.

    Parameters
    ----------
    kind : str
        As `sponsor.kind`: `commune`, `district`, `church` and so on.
    nonprofit : bool
        Whether it is recognised as serving the public good.
    population : int or None
        Inhabitants of a commune, where known.
    guides : int
        Active on the day.
    day : date
        The key date.
    """
    rule = rule_on(day)
    reasons = []
    if guides < rule.lump_sum_guides:
        reasons.append(Reason("too_few_guides", {"have": guides, "need": rule.lump_sum_guides}))
    if not nonprofit:
        reasons += _no_small_commune(rule, kind, population)
    return Finding(not reasons, 0 if reasons else rule.lump_sum_cents, tuple(reasons))


def _no_small_commune(rule: GrantRule, kind: str, population: int | None) -> list[Reason]:
    if kind not in COMMUNES:
        return [Reason("neither_nonprofit_nor_commune")]
    if population is None:
        return [Reason("population_unknown")]
    if population >= rule.lump_sum_population:
        params = {"have": population, "need": rule.lump_sum_population}
        return [Reason("commune_too_large", params)]
    return []


def pool_condition(people: int, languages: Collection[str], day: date) -> Finding:
    """Whether a pool of interpreters is large enough to be supported.

    Parameters
    ----------
    people : int
        Interpreters who may be sent on the day.
    languages : collection of str
        What they speak besides German; a language counts once.
    day : date
        The key date.
    """
    rule, spoken = rule_on(day), len(set(languages))
    reasons = []
    if people < rule.pool_people:
        reasons.append(Reason("too_few_interpreters", {"have": people, "need": rule.pool_people}))
    if spoken < rule.pool_languages:
        reasons.append(Reason("too_few_languages", {"have": spoken, "need": rule.pool_languages}))
    return Finding(not reasons, 0, tuple(reasons))


def deadlines(
    year: int,
    *,
    notice_on: date | None = None,
    starts_on: date | None = None,
    course_ends: Collection[date] = (),
) -> list[Deadline]:
    """By which days a sponsor has to send something, for one grant year, in order.

    Parameters
    ----------
    year : int
        The grant year.
    notice_on : date or None
        The day of the grant notice: the declaration follows within a month.
    starts_on : date or None
        When the work begins: the application is made four weeks earlier.
    course_ends : collection of date
        Last days of courses: their proof follows within three months.
    """
    found = [
        Deadline("follow_up_application", date(year, 12, 31)),
        Deadline("proof_of_use", date(year + 1, 3, 31)),
        *(Deadline("proof_of_course", months_later(day, 3)) for day in course_ends),
    ]
    if starts_on is not None:
        found.append(Deadline("application", starts_on - timedelta(weeks=4)))
    if notice_on is not None:
        found.append(Deadline("declaration", months_later(notice_on, 1)))
    return sorted(found, key=lambda one: (one.day, one.code))


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last one of a month that is too short.

    References
    ----------
    § 188 Abs. 2 and 3 BGB.
    """
    later: date = day + relativedelta(months=months)
    return later


def outlook(budget: Budget, today: date, last_day: date) -> Outlook:
    """How a grant is expected to go on until its last day.

    Each day takes what is booked for it, and at least the mean of the `LOOKS_BACK` days up to
    today.

    Parameters
    ----------
    budget : Budget
        With what was done and is booked, by day.
    today : date
        From here on it is a forecast.
    last_day : date
        Of the grant.
    """
    left = budget.granted - sum(c for day, c in budget.spent_by_day.items() if day <= today)
    if left < 0:
        return Outlook(today, left)
    since = today - timedelta(days=LOOKS_BACK)
    recent = sum(c for day, c in budget.spent_by_day.items() if since < day <= today)
    owed, day = 0, today
    while day < last_day:
        day += timedelta(days=1)
        # In units of 1/LOOKS_BACK cent: no cent is lost in the mean.
        booked = budget.spent_by_day.get(day, 0) * LOOKS_BACK
        owed += max(booked, recent)
        if owed > left * LOOKS_BACK:
            return Outlook(day)
    return Outlook(None, (left * LOOKS_BACK - owed) // LOOKS_BACK)
