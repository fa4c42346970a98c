"""Rules of iCalendar for what comes back: taken apart and written in one form."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeVar

from scheduling.recurrence_refused import LONGEST, RuleRefused
from scheduling.wall_time import local

Value = TypeVar("Value", int, tuple[int, int])

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Pattern:
    """A rule taken apart; `weekdays` are (number, weekday) with number 0 for every such day."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


_ALLOWED = re.compile(r"[A-Z0-9=;,-]+")
_NUMBER = re.compile(r"-?[0-9]{1,4}")
_WEEKDAY = re.compile(r"(-?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?")
_KEYS = frozenset(
    ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST")
)
_NAMED = dict(zip(WEEKDAYS, range(7), strict=True))


def parse(rule: str) -> Pattern:
    """A rule taken apart, in time that its length bounds.

    Parameters
    ----------
    rule : str
        The value of an RRULE of RFC 5545, with or without ``RRULE:`` before it, in any case.

    Raises
    ------
    RuleRefused
        If it is no such rule, or holds a part that is not allowed.
    """
    parts = _parts(_line(rule))
    if parts.get("FREQ") not in FREQUENCIES:
        raise RuleRefused("frequency")
    if "COUNT" in parts and "UNTIL" in parts:
        raise RuleRefused("two_ends")
    return Pattern(
        frequency=parts["FREQ"],
        interval=_one(parts.get("INTERVAL", "1"), "interval"),
        count=_one(parts["COUNT"], "count") if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
        months=_each(parts.get("BYMONTH"), _month),
        month_days=_each(parts.get("BYMONTHDAY"), _month_day),
        weekdays=_each(parts.get("BYDAY"), _weekday),
        positions=_each(parts.get("BYSETPOS"), _position),
        week_start=_week_start(parts.get("WKST", "MO")),
    )


def text(pattern: Pattern) -> str:
    """The rule in its one written form: capitals, parts in order, numbers sorted."""
    parts = [f"FREQ={pattern.frequency}"]
    if pattern.interval != 1:
        parts.append(f"INTERVAL={pattern.interval}")
    if pattern.count is not None:
        parts.append(f"COUNT={pattern.count}")
    if pattern.until is not None:
        parts.append(f"UNTIL={pattern.until:%Y%m%d}")
    days = [f"{number or ''}{WEEKDAYS[weekday]}" for number, weekday in pattern.weekdays]
    for key, values in (
        ("BYMONTH", pattern.months),
        ("BYMONTHDAY", pattern.month_days),
        ("BYDAY", days),
        ("BYSETPOS", pattern.positions),
    ):
        if values:
            parts.append(f"{key}={','.join(map(str, values))}")
    if pattern.week_start:
        parts.append(f"WKST={WEEKDAYS[pattern.week_start]}")
    return ";".join(parts)


def _line(rule: str) -> str:
    if len(rule) > LONGEST:
        raise RuleRefused("too_long")
    if not rule.isascii():  # before any change of case: a capital "ı" would be an "I"
        raise RuleRefused("characters")
    line = rule.upper().removeprefix("RRULE:")
    if not line:
        raise RuleRefused("malformed")
    if not _ALLOWED.fullmatch(line):
        raise RuleRefused("characters")
    return line


def _parts(line: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in line.split(";"):
        key, equals, value = part.partition("=")
        if not key or not equals or not value or "=" in value:
            raise RuleRefused("malformed")
        if key not in _KEYS:
            raise RuleRefused("unknown")
        if key in parts:
            raise RuleRefused("duplicate")
        parts[key] = value
    return parts


def _each(values: str | None, read: Callable[[str], Value]) -> tuple[Value, ...]:
    if values is None:
        return ()
    return tuple(sorted({read(value) for value in values.split(",")}))


def _one(value: str, code: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise RuleRefused(code)
    return int(value)


def _within(value: str, most: int, *, signed: bool) -> int:
    number = _one(value, "number")
    if not 1 <= (abs(number) if signed else number) <= most:
        raise RuleRefused("number")
    return number


def _month(value: str) -> int:
    return _within(value, 12, signed=False)


def _month_day(value: str) -> int:
    return _within(value, 31, signed=True)


def _position(value: str) -> int:
    return _within(value, 366, signed=True)


def _weekday(value: str) -> tuple[int, int]:
    found = _WEEKDAY.fullmatch(value)
    if not found:
        raise RuleRefused("number" if value.startswith(tuple("-0123456789")) else "malformed")
    number = found[1]
    return (_within(number, 53, signed=True) if number else 0), _NAMED[found[2]]


def _week_start(value: str) -> int:
    if value not in _NAMED:
        raise RuleRefused("malformed")
    return _NAMED[value]


def _until(value: str) -> date:
    """The local day of an end; a moment in UTC is read on the clock in Hessen."""
    found = _UNTIL.fullmatch(value)
    if not found:
        raise RuleRefused("until")
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        hour, minute, second = (int(part or 0) for part in found.group(5, 6, 7))
        moment = datetime.combine(day, time(hour, minute, second, tzinfo=UTC))
        return local(moment).date() if found[8] else day
    except (ValueError, OverflowError) as error:
        raise RuleRefused("until") from error
