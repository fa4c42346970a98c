"""Rate plans: dated rules with an amount, and which one holds on a day."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import groupby, pairwise

from allowance import contradictions
from allowance.contradictions import PlanContradiction

ROLES = ("guide", "interpreter")
UNITS = ("hour", "assignment", "started")
GROUPS = ("once", "per_client")
NO_SHOWS = ("full", "minimum", "nothing")
STATUSES = ("verified", "unverified")
WIR = "wir"
"""The funding line of the Land's programme."""
ROUNDINGS = ("up", "nearest", "down")
NEVER_NEGATIVE = (
    "minimum_minutes", "late_cancel_percent", "late_cancel_minutes", "grace_minutes", "km_cents",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RatePlan:
    """Richtliniensatz: what one funding line pays for one role in one time.

    Attributes
    ----------
    unit : str
        `hour` pays minutes pro rata, `assignment` a flat amount, `started` each begun unit.
    unit_minutes : int
        Length of a begun unit; 60 for `hour`.
    amount_cents : int
        For one hour, one assignment or one begun unit.
    rounding : str
        How time becomes begun units: `up` each begun one, `nearest` from its half on, `down` whole
        ones only; the first one always counts. Only for `started`.
    grace_minutes : int
        A further unit counts only when more than this of it has passed; only for `started`, `up`.
    minimum_minutes, maximum_minutes : int, int or None
        An assignment counts at least and at most this long.
    year_cap_minutes : int or None
        Paid minutes in one grant year; only for `hour`.
    per_client_cap : int or None
        Paid assignments of one client in one grant year, under plans that have such a cap.
    group : str
        A group event pays `once`, or `per_client`.
    late_cancel_percent, late_cancel_minutes : int
        A late cancellation pays this share of the amount, or instead this much time.
    no_show : str
        When the client stays away: `full` as if performed, the `minimum`, or `nothing`.
    valid_from, valid_to : date, date or None
        First and last day, both inclusive; without a last day it still holds.
    km_cents : int
        For each kilometre driven; 0 where travel is included in the amount.
    status : str
        `unverified` figures are shown as "bitte prüfen".
    """

    key: str
    title_de: str
    title_en: str
    role: str
    unit: str
    amount_cents: int
    valid_from: date
    source: str
    status: str
    funding_line: str
    coordinating: bool = False
    unit_minutes: int = 60
    rounding: str = "up"
    grace_minutes: int = 0
    minimum_minutes: int = 0
    maximum_minutes: int | None = None
    year_cap_minutes: int | None = None
    per_client_cap: int | None = None
    group: str = "once"
    late_cancel_percent: int = 0
    late_cancel_minutes: int = 0
    no_show: str = "full"
    km_cents: int = 0
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the plan is valid on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def line(self) -> tuple[str, str, bool]:
        """What may have only one plan a day: funding line, role and coordinating."""
        return self.funding_line, self.role, self.coordinating


@cache
def catalogue() -> tuple[RatePlan, ...]:
    """The plans that come with the package, checked.

    Raises
    ------
    ValueError
        If the files contradict each other.
    """
    folder = files("allowance") / "data"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    tables = [tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in names]
    plans = tuple(RatePlan(**entry) for table in tables for entry in table.get("plan", []))
    validate(plans)
    return plans


def plan_for(
    plans: Iterable[RatePlan],
    role: str,
    day: date,
    *,
    coordinating: bool = False,
    funding_line: str = WIR,
) -> RatePlan:
    """The plan that holds for a role on the day of the assignment.

    Parameters
    ----------
    plans : iterable of RatePlan
        The catalogue, or a sponsor's own plans.
    role : str
        `guide` or `interpreter`.
    day : date
        Local date of the assignment.
    coordinating : bool
        Whether the guide coordinates.
    funding_line : str
        Who pays; other lines are never chosen by themselves.

    Raises
    ------
    ValueError
        If no plan or more than one holds on that day.
    """
    line = (funding_line, role, coordinating)
    found = [plan for plan in plans if plan.line == line and plan.holds_on(day)]
    if not found:
        raise ValueError(f"No rate plan pays {_name(line)} on {day}.")
    if len(found) > 1:
        keys = " and ".join(plan.key for plan in found)
        raise ValueError(f"More than one rate plan pays {_name(line)} on {day}: {keys}.")
    return found[0]


def validate(plans: Iterable[RatePlan]) -> None:
    """Refuse plans that contradict themselves or leave days open or doubly ruled.

    Parameters
    ----------
    plans : iterable of RatePlan
        In any order; each line (funding line, role, coordinating) is looked at by itself.

    Raises
    ------
    ValueError
        For a gap or an overlap in time, naming the dates, for an amount that is not positive and
        for a key used twice.
    PlanContradiction
        For members that do not fit each other, such as a year cap without hours.
    """
    ordered = sorted(plans, key=lambda plan: (plan.line, plan.valid_from, plan.key))
    keys = [plan.key for plan in ordered]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"The rate plan key {twice[0]} is used twice.")
    for plan in ordered:
        _check_plan(plan)
    for line, versions in groupby(ordered, key=lambda plan: plan.line):
        for earlier, later in pairwise(versions):
            _check_succession(_name(line), earlier, later)


def _check_plan(plan: RatePlan) -> None:
    """Refuse a plan with a wrong field."""
    if complaint := _wrong_word(plan) or _wrong_number(plan):
        raise ValueError(f"Rate plan {plan.key}: {complaint}.")
    if contradiction := _wrong_fit(plan):
        raise PlanContradiction(plan.key, *contradiction)


def _wrong_word(plan: RatePlan) -> str | None:
    """The first field whose word is none of the known ones."""
    known = (
        ("role", plan.role, ROLES),
        ("unit", plan.unit, UNITS),
        ("group", plan.group, GROUPS),
        ("no_show", plan.no_show, NO_SHOWS),
        ("rounding", plan.rounding, ROUNDINGS),
        ("status", plan.status, STATUSES),
    )
    for field, word, words in known:
        if word not in words:
            return f"{field} is {word!r}, not one of {', '.join(words)}"
    return None


def _wrong_number(plan: RatePlan) -> str | None:
    """The first figure outside its range."""
    positive = ("amount_cents", "unit_minutes")
    optional = ("maximum_minutes", "year_cap_minutes", "per_client_cap")
    for field in positive + optional:
        value = getattr(plan, field)
        if not (value is None or value > 0):
            return f"{field} must be positive, not {value}"
    for field in NEVER_NEGATIVE:
        if getattr(plan, field) < 0:
            return f"{field} must not be negative, it is {getattr(plan, field)}"
    if plan.late_cancel_percent > 100:
        return f"late_cancel_percent is at most 100, not {plan.late_cancel_percent}"
    return None


def _wrong_fit(plan: RatePlan) -> tuple[str, str] | None:
    """The first pair of fields that contradict each other, in English and German."""
    timed, hourly = plan.unit != "assignment", plan.unit == "hour"
    longest = plan.maximum_minutes or plan.minimum_minutes
    rules = (
        (hourly and plan.unit_minutes != 60, contradictions.HOUR),
        (bool(plan.year_cap_minutes) and not hourly, contradictions.YEAR_CAP),
        (bool(plan.late_cancel_minutes) and not timed, contradictions.LATE_FLAT),
        (bool(plan.late_cancel_minutes and plan.late_cancel_percent), contradictions.LATE_TWICE),
        (
            plan.unit != "started" and (plan.rounding != "up" or plan.grace_minutes > 0),
            contradictions.ROUNDING,
        ),
        (plan.grace_minutes > 0 and plan.rounding != "up", contradictions.GRACE_UP),
        (plan.grace_minutes >= plan.unit_minutes, contradictions.GRACE_LONG),
        (plan.minimum_minutes > longest, contradictions.SHORTEST),
        (
            hourly and plan.no_show == "minimum" and not plan.minimum_minutes,
            contradictions.NO_MINIMUM,
        ),
        (plan.coordinating and plan.role != "guide", contradictions.COORDINATING),
        (plan.funding_line == WIR and plan.km_cents > 0, contradictions.TRAVEL),
        (plan.valid_to is not None and plan.valid_to < plan.valid_from, contradictions.BACKWARDS),
    )
    found = next((said for broken, said in rules if broken), None)
    days = {"first": plan.valid_from, "last": plan.valid_to}
    return (found[0].format(**days), found[1].format(**days)) if found else None


def _check_succession(line: str, earlier: RatePlan, later: RatePlan) -> None:
    """Refuse two plans that follow each other with a gap or an overlap."""
    if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
        ends = min(filter(None, (earlier.valid_to, later.valid_to)), default=None)
        until = f"to {ends}" if ends else "on"
        raise ValueError(
            f"Rate plans {earlier.key} and {later.key} for {line} "
            f"overlap from {later.valid_from} {until}."
        )
    first_open = earlier.valid_to + timedelta(days=1)
    if first_open < later.valid_from:
        last_open = later.valid_from - timedelta(days=1)
        raise ValueError(f"No rate plan for {line} from {first_open} to {last_open}.")


def _name(line: tuple[str, str, bool]) -> str:
    """A line in words."""
    funding_line, role, coordinating = line
    return f"{'coordinating ' if coordinating else ''}{role} ({funding_line})"
