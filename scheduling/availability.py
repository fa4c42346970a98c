"""Weekly rules, absences and extra times turned into the hours of real days."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduling import intervals
from scheduling.holidays import is_school_holiday
from scheduling.phrases import Absence, Season, WeeklyWindow
from scheduling.wall_time import MINUTES_A_DAY, nearest_utc, week_number

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


def windows(
    rules: Iterable[Rule],
    absences: Iterable[Absence],
    extras: Iterable[ExtraTime],
    first: date,
    last: date,
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """When a person can go, on real days.

    Rules are wall clock time, resolved for each day, so that 9:00 stays 9:00 when the clocks
    change. An absence takes away everything on its days, extra time included.

    Parameters
    ----------
    rules : iterable of Rule
    absences : iterable of Absence
        Whole local days, first and last included.
    extras : iterable of ExtraTime
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
    if last < first:
        raise ValueError(f"the days end on {last} before they begin on {first}")
    known_rules, known_extras = tuple(rules), tuple(extras)
    away = tuple(absences)
    found: list[ExtraTime] = []
    for day in _days(first, last):
        if not any(absence.first <= day <= absence.last for absence in away):
            found += [extra for extra in known_extras if extra.day == day]
            found += [time for rule in known_rules if (time := _time_on(rule, day))]
    hard = intervals.merge(_span(time) for time in found if not time.soft)
    soft = intervals.subtract((_span(time) for time in found if time.soft), hard)
    return hard, soft


def on_request_windows(first: date, last: date) -> tuple[Span, ...]:
    """Soft time of somebody who says nothing but "n. V.": Monday to Friday, 8 to 18.

    Raises
    ------
    ValueError
        If last is before first.
    """
    return windows([Rule(window) for window in _ON_REQUEST], (), (), first=first, last=last)[1]


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=step) for step in range((last - first).days + 1))


def _time_on(rule: Rule, day: date) -> ExtraTime | None:
    window = rule.window
    if window.weekday != day.weekday() or not _is_valid(rule, day) or not _is_its_week(rule, day):
        return None
    time = ExtraTime(day, window.start_minute, window.end_minute, window.soft)
    if window.every_weeks > 1 and rule.anchor is None:
        time = replace(time, soft=True)
    return _in_season(time, window.season)


def _is_valid(rule: Rule, day: date) -> bool:
    return (rule.valid_from or day) <= day <= (rule.valid_to or day)


def _is_its_week(rule: Rule, day: date) -> bool:
    if rule.anchor is None:
        return True
    return (week_number(day) - week_number(rule.anchor)) % rule.window.every_weeks == 0


def _in_season(time: ExtraTime, season: Season) -> ExtraTime | None:
    """Nothing out of season; where school holidays are not known yet, somebody has to ask."""
    if season == "always":
        return time
    holiday = is_school_holiday(time.day)
    if holiday is None:
        return replace(time, soft=True)
    return time if holiday == (season == "school_holidays") else None


def _span(time: ExtraTime) -> Span:
    start = nearest_utc(time.day, time.start_minute)
    return start, max(start, nearest_utc(time.day, time.end_minute, closing=True))
