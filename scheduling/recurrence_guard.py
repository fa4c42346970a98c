"""What a rule that comes back must keep to, so that nobody waits for a day that never comes.

The checks look at the parts of the rule alone and step through no calendar. Whatever passes comes
to its next date in a few hundred steps, mostly in one.
"""

from dataclasses import replace
from datetime import date, timedelta
from math import gcd

from scheduling.recurrence_refused import RuleRefused
from scheduling.recurrence_text import Pattern

MOST_DATES = 750
LONGEST_RUN = timedelta(days=731)
FARTHEST_START = timedelta(days=3 * 366)
_MOST_BETWEEN = {"DAILY": 366, "WEEKLY": 53, "MONTHLY": 24, "YEARLY": 10}
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FEBRUARY = 2
_SURE_STEPS = 28
"""Days between two dates with which no month of the year is ever missed."""


def check_start(first_day: date, today: date) -> None:
    """Refuse a start that is too far from today.

    Raises
    ------
    RuleRefused
    """
    if abs(first_day - today) > FARTHEST_START:
        raise RuleRefused("start")


def check(pattern: Pattern, first_day: date) -> None:
    """Refuse a rule that is too long, contradicts itself or never comes true.

    Raises
    ------
    RuleRefused
    """
    _check_numbers(pattern, first_day)
    whole = spelled_out(pattern, first_day)
    _check_combination(whole, first_day)
    months = reached_months(whole, first_day)
    if not months:
        raise RuleRefused("never")
    _check_month_days(whole, months)
    _check_numbered_weekdays(whole, months)
    _check_positions(pattern, whole, months)


def spelled_out(pattern: Pattern, first_day: date) -> Pattern:
    """The same rule with what the first day says tacitly: its weekday, its day, its month."""
    if pattern.weekdays or pattern.month_days:
        return pattern
    if pattern.frequency == "WEEKLY":
        return replace(pattern, weekdays=((0, first_day.weekday()),))
    if pattern.frequency == "MONTHLY":
        return replace(pattern, month_days=(first_day.day,))
    if pattern.frequency == "YEARLY":
        months = pattern.months or (first_day.month,)
        return replace(pattern, months=months, month_days=(first_day.day,))
    return pattern


def reached_months(pattern: Pattern, first_day: date) -> tuple[int, ...]:
    """Months in which the rule can have a date at all."""
    months = pattern.months or tuple(range(1, 13))
    if pattern.frequency != "MONTHLY":
        return months
    step = gcd(pattern.interval, 12)
    return tuple(month for month in months if (month - first_day.month) % step == 0)


def _check_numbers(pattern: Pattern, first_day: date) -> None:
    if not 1 <= pattern.interval <= _MOST_BETWEEN[pattern.frequency]:
        raise RuleRefused("interval")
    if pattern.count is not None and not 1 <= pattern.count <= MOST_DATES:
        raise RuleRefused("count")
    if pattern.until and not timedelta(0) <= pattern.until - first_day <= LONGEST_RUN:
        raise RuleRefused("until")


def _check_combination(pattern: Pattern, first_day: date) -> None:
    """Refuse what RFC 5545 forbids, and what would come true once in generations.

    Mondays beside the first Tuesday are refused as well: the standard means either of them, the
    library only days that are both. A position in a week is a weekday, and easier written so.
    """
    daily, weekly = (pattern.frequency == name for name in ("DAILY", "WEEKLY"))
    numbered = [number != 0 for number, _ in pattern.weekdays]
    if (
        (any(numbered) and (daily or weekly or pattern.month_days or not all(numbered)))
        or (weekly and pattern.month_days)
        or (pattern.positions and (daily or weekly))
        or (pattern.interval > 1 and pattern.month_days and (daily or pattern.weekdays))
        or (daily and pattern.months and (pattern.month_days or pattern.interval > _SURE_STEPS))
    ):
        raise RuleRefused("combination")
    same_weekday = daily and pattern.interval % 7 == 0 and pattern.weekdays
    if same_weekday and (0, first_day.weekday()) not in pattern.weekdays:
        raise RuleRefused("never")


def _check_month_days(pattern: Pattern, months: tuple[int, ...]) -> None:
    if not pattern.month_days:
        return
    dates = {
        (month, day)
        for month in months
        for day in pattern.month_days
        if abs(day) <= _LONGEST_MONTH[month - 1]
    }
    if not dates:
        raise RuleRefused("never")
    leap_days_only = all(month == _FEBRUARY and abs(day) == 29 for month, day in dates)
    if leap_days_only and (pattern.interval > 1 or pattern.weekdays):
        raise RuleRefused("never")


def _check_numbered_weekdays(pattern: Pattern, months: tuple[int, ...]) -> None:
    if pattern.frequency == "YEARLY" and not pattern.months:
        most = 52
    else:
        most = 4 if months == (_FEBRUARY,) else 5
    if any(abs(number) > most for number, _ in pattern.weekdays):
        raise RuleRefused("never")


def _check_positions(pattern: Pattern, whole: Pattern, months: tuple[int, ...]) -> None:
    if not pattern.positions:
        return
    if not (pattern.weekdays or pattern.month_days or pattern.months):
        raise RuleRefused("combination")  # RFC 5545: only together with another part
    if max(map(abs, pattern.positions)) > _most_days(whole, months):
        raise RuleRefused("position")


def _most_days(pattern: Pattern, months: tuple[int, ...]) -> int:
    """Days that a period of the rule can have, leap days apart; 1 where that is hard to say."""
    if any(number for number, _ in pattern.weekdays) or (pattern.weekdays and pattern.month_days):
        return 1
    if pattern.weekdays:
        wanted = {weekday for _, weekday in pattern.weekdays}
        if pattern.frequency == "YEARLY":
            return len(wanted) * (4 * len(months) if pattern.months else 52)
        return max(_weekdays_in(wanted, _ordinary(month)) for month in months)
    counts = [_month_days_in(pattern.month_days, _ordinary(month)) for month in months]
    return sum(counts) if pattern.frequency == "YEARLY" else max(counts)


def _ordinary(month: int) -> int:
    return 28 if month == _FEBRUARY else _LONGEST_MONTH[month - 1]


def _weekdays_in(wanted: set[int], length: int) -> int:
    """Most days of these weekdays in a month of so many days, whatever day it begins on."""
    over = range(length - 28)
    return 4 * len(wanted) + max(
        sum((begin + step) % 7 in wanted for step in over) for begin in range(7)
    )


def _month_days_in(days: tuple[int, ...], length: int) -> int:
    """Different days of a month that these numbers name, from its end when negative."""
    found = {day if day > 0 else length + 1 + day for day in days if abs(day) <= length}
    return len(found)
