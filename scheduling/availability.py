"""Weekly rules, rules that come back, absences and extra times turned into hours of real days."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from scheduling import intervals, recurrence
from scheduling.local_days import Days, Minutes, cut, days_between
from scheduling.phrases import Absence, WeeklyWindow
from scheduling.recurrence import Recurrence
from scheduling.wall_time import MINUTES_A_DAY

Span = tuple[datetime, datetime]
"""Half-open, aware, in UTC."""

_ON_REQUEST = tuple(WeeklyWindow(weekday, 8 * 60, 18 * 60, soft=True) for weekday in range(5))


@dataclass(frozen=True)
class Rule:
    """A weekly window and the days on which it holds.

    Parameters
    ----------
    window : WeeklyWindow
        The wall clock time that comes back.
    valid_from, valid_to : date or None
        First and last day, both included; None is without limit.
    anchor : date or None
        Any day of a week in which a window that does not come every week applies. Without it
        nobody knows which week is meant, and the window counts as on request in every week.

    Raises
    ------
    ValueError
        If the rule ends before it begins.
    """

    window: WeeklyWindow
    valid_from: date | None = None
    valid_to: date | None = None
    anchor: date | None = None

    def __post_init__(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(
                f"the rule ends on {self.valid_to} before it begins on {self.valid_from}"
            )


@dataclass(frozen=True)
class ExtraTime:
    """Time on one day besides the weekly rules, in minutes of the wall clock, half-open.

    Raises
    ------
    ValueError
        If the minutes are no part of a day.
    """

    day: date
    start_minute: int
    end_minute: int
    soft: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < self.end_minute <= MINUTES_A_DAY:
            raise ValueError(
                f"extra time from minute {self.start_minute} to {self.end_minute}"
                " is no part of a day"
            )


@dataclass(frozen=True)
class Times:
    """Everything a person has said about when she can go.

    Parameters
    ----------
    rules : tuple of Rule
        What comes back every week.
    recurrences : tuple of Recurrence
        What comes back in another way.
    extras : tuple of ExtraTime
        Single days besides.
    absences : tuple of Absence
        What takes all of that away again.
    """

    rules: tuple[Rule, ...] = ()
    recurrences: tuple[Recurrence, ...] = ()
    extras: tuple[ExtraTime, ...] = ()
    absences: tuple[Absence, ...] = ()


def windows(times: Times, first: date, last: date) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """When a person can go, on real days.

    Times are wall clock time, resolved for each day, so that 9:00 stays 9:00 when the clocks
    change. An absence takes away everything in it, extra time included.

    Parameters
    ----------
    times : Times
    first, last : date
        Local days, both included.

    Returns
    -------
    hard, soft : tuple of (datetime, datetime)
        Half-open UTC intervals, merged and sorted; soft is time on request that is not hard.

    Raises
    ------
    ValueError
        If last is before first.
    """
    origin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    hard, soft = minutes(times, first, last, origin)
    return _moments(hard, origin), _moments(soft, origin)


def minutes(
    times: Times, first: date, last: date, origin: datetime
) -> tuple[tuple[Minutes, ...], tuple[Minutes, ...]]:
    """When a person can go, as `windows` says it, in whole UTC minutes since an origin.

    The range is measured once and kept, so that a whole pool costs little more than its windows.

    Parameters
    ----------
    times : Times
    first, last : date
        Local days, both included.
    origin : datetime
        Aware; earlier moments are negative.

    Returns
    -------
    hard, soft : tuple of (int, int)
        Half-open, merged and sorted.

    Raises
    ------
    ValueError
        If last is before first, or the origin has no time zone.
    """
    days = days_between(first, last, origin)
    hard: list[Minutes] = []
    soft: list[Minutes] = []
    for rule in times.rules:
        _add_rule(days, rule, hard, soft)
    for one in times.recurrences:
        steps = [days.step(day) for day in recurrence.days(one.rule, one.first_day, first, last)]
        days.add(soft if one.soft else hard, steps, one.start_minute, one.end_minute)
    for extra in times.extras:
        if first <= extra.day <= last:
            steps = [days.step(extra.day)]
            days.add(soft if extra.soft else hard, steps, extra.start_minute, extra.end_minute)
    away = _away(days, times.absences)
    firm = intervals.subtract(hard, away)
    return firm, intervals.subtract(soft, (*away, *firm))


def on_request_windows(first: date, last: date) -> tuple[Span, ...]:
    """Soft time of somebody who says nothing but "n. V.": Monday to Friday, 8 to 18.

    Raises
    ------
    ValueError
        If last is before first.
    """
    return windows(Times(tuple(Rule(window) for window in _ON_REQUEST)), first, last)[1]


def _add_rule(days: Days, rule: Rule, hard: list[Minutes], soft: list[Minutes]) -> None:
    window = rule.window
    firm, asked = days.of(window, rule.anchor)
    begin, end = days.between(rule.valid_from, rule.valid_to)
    start, stop = window.start_minute, window.end_minute
    days.add(soft if window.soft else hard, cut(firm, begin, end), start, stop)
    days.add(soft, cut(asked, begin, end), start, stop)


def _away(days: Days, absences: tuple[Absence, ...]) -> list[Minutes]:
    away: list[Minutes] = []
    for absence in absences:
        begin, end = days.between(absence.first, absence.last)
        if begin >= end:
            continue
        if absence.end_minute - absence.start_minute == MINUTES_A_DAY:
            away.append((days.midnights[begin], days.midnights[end]))
        else:
            days.add(away, list(range(begin, end)), absence.start_minute, absence.end_minute)
    return away


def _moments(spans: tuple[Minutes, ...], origin: datetime) -> tuple[Span, ...]:
    return tuple(
        (origin + timedelta(minutes=start), origin + timedelta(minutes=end)) for start, end in spans
    )
