"""Time that comes back by an iCalendar rule: guarded first, expanded only where it is asked for."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile

from dateutil import rrule  # type: ignore[import-untyped]

from scheduling import recurrence_guard, recurrence_text
from scheduling.recurrence_refused import RuleRefused
from scheduling.recurrence_text import Pattern
from scheduling.wall_time import MINUTES_A_DAY, week_number

__all__ = ["Recurrence", "RuleRefused", "days", "guard"]

_FREQUENCIES = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
    "YEARLY": rrule.YEARLY,
}


@dataclass(frozen=True)
class Recurrence:
    """Time on the days of an iCalendar rule, in minutes of the wall clock, half-open.

    Parameters
    ----------
    rule : str
        As `guard` gave it back.
    first_day : date
        The rule begins here; the day itself counts when it fits the rule.
    start_minute, end_minute : int
        Minutes after local midnight.
    soft : bool
        On request only.

    Raises
    ------
    ValueError
        If the minutes are no part of a day.
    """

    rule: str
    first_day: date
    start_minute: int
    end_minute: int
    soft: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < self.end_minute <= MINUTES_A_DAY:
            raise ValueError(
                f"time that comes back from minute {self.start_minute} to {self.end_minute}"
                " is no part of a day"
            )


def guard(rule: str, first_day: date, today: date) -> str:
    """The rule in its one written form, or a refusal; nothing is expanded.

    Accepted are days, weeks, months and years with at most 750 dates or an end within two years
    of the start, or with neither: such a rule is expanded only as far as somebody asks.

    Parameters
    ----------
    rule : str
        The value of an RRULE, with or without ``RRULE:`` before it, in any case. The local day of
        UNTIL counts whole.
    first_day : date
        Where the rule begins, at most three years from today.
    today : date

    Raises
    ------
    RuleRefused
        With a `code` and sentences `de` and `en`.

    References
    ----------
    RFC 5545, section 3.3.10.
    """
    recurrence_guard.check_start(first_day, today)
    return recurrence_text.text(_guarded(rule, first_day))


def days(rule: str, first_day: date, first: date, last: date) -> tuple[date, ...]:
    """The days of a rule from first to last, both included, in order.

    Parameters
    ----------
    rule : str
        As `guard` gave it back; what it would refuse is refused here as well.
    first_day : date
        Where the rule begins.
    first, last : date

    Raises
    ------
    RuleRefused
        If the rule would not pass the guard.
    ValueError
        If last is before first.
    """
    if last < first:
        raise ValueError(f"the days end on {last} before they begin on {first}")
    pattern = _guarded(rule, first_day)
    begin, end = max(first, first_day), min(last, pattern.until or last)
    if end < begin:
        return ()
    whole = replace(recurrence_guard.spelled_out(pattern, first_day), until=None)
    found = _expanded(whole, _start(whole, first_day, begin), end)
    return tuple(day for day in found if day >= begin)


def forget() -> None:
    """Let go of rules and days kept from earlier questions, for a measurement from cold."""
    _guarded.cache_clear()
    _expanded.cache_clear()


@lru_cache(maxsize=4096)
def _guarded(rule: str, first_day: date) -> Pattern:
    pattern = recurrence_text.parse(rule)
    recurrence_guard.check(pattern, first_day)
    return pattern


def _start(pattern: Pattern, first_day: date, begin: date) -> date:
    """The first day of the last period of the rule that begins no later than `begin`.

    Only where nothing is counted: a rule with COUNT has to be read from its first day on.
    """
    if pattern.count is not None:
        return first_day
    if pattern.frequency == "DAILY":
        return begin + timedelta(days=(first_day - begin).days % pattern.interval)
    if pattern.frequency == "WEEKLY":
        return _week_start(pattern, first_day, begin)
    if pattern.frequency == "MONTHLY":
        passed = 12 * (begin.year - first_day.year) + begin.month - first_day.month
        years, month = divmod(begin.month - 1 - passed % pattern.interval, 12)
        return date(begin.year + years, month + 1, 1)
    return date(begin.year - (begin.year - first_day.year) % pattern.interval, 1, 1)


def _week_start(pattern: Pattern, first_day: date, begin: date) -> date:
    shift = timedelta(days=pattern.week_start)
    passed = week_number(begin - shift) - week_number(first_day - shift)
    weeks = passed % pattern.interval
    return begin - timedelta(days=(begin - shift).weekday() + 7 * weeks)


@lru_cache(maxsize=4096)
def _expanded(pattern: Pattern, start: date, end: date) -> tuple[date, ...]:
    found = rrule.rrule(
        _FREQUENCIES[pattern.frequency],
        dtstart=datetime.combine(start, time()),
        interval=pattern.interval,
        count=pattern.count,
        bymonth=pattern.months or None,
        bymonthday=pattern.month_days or None,
        byweekday=[_weekday(number, day) for number, day in pattern.weekdays] or None,
        bysetpos=pattern.positions or None,
        wkst=pattern.week_start,
    )
    dates = (moment.date() for moment in found)
    return tuple(takewhile(lambda day: day <= end, dates))


def _weekday(number: int, weekday: int) -> rrule.weekday:
    return rrule.weekday(weekday, number or None)
