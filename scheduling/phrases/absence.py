"""Absences in remarks: "Urlaub 18.01.-22.01.", "am 12.01. ab 14 Uhr nicht da", "KW 3 nicht"."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from scheduling.phrases.kinds import MINUTES_A_DAY
from scheduling.phrases.words import normal

_AWAY = (
    r"(?:urlaub|ferien|verreist|abwesen\w*|nicht\s+(?:da|verfügbar|im\s+lande?)|unterwegs"
    r"|kann\s+nicht|keine\s+zeit)"
)
_DATE = r"(\d{1,2})\.\s*(\d{1,2})\.?\s*(\d{4}|\d{2}(?!\s*(?:[:.]\d|uhr|h\b)))?(?!\d)"
_DATES = (
    r"(?:vom\s+|von\s+|ab\s+)?(\d{1,2})\.\s*(?:(\d{1,2})\.?\s*(\d{4}|\d{2})?)?\s*"
    rf"(?:-|bis(?:\s+zum)?)\s*{_DATE}"
)
_WEEKS = (
    r"(?:in\s+(?:der\s+)?)?(?:kw|kalenderwoche)\.?\s*(\d{1,2})(?!\d)"
    r"(?:\s*(?:-|bis)\s*(?:kw\s*)?(\d{1,2})(?!\d))?(?:\s*/\s*(\d{4}|\d{2})(?!\d))?"
)
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?(?!\d)(?:\s*(?:uhr|h)\b)?"
_PART = (
    rf"(?:\s*,?\s*(?:(?:(?:von|zwischen)\s+)?{_CLOCK}\s*(?:-|bis|und)\s*{_CLOCK}"
    rf"|(ab|nach|bis|vor)\s+{_CLOCK}|(vor|nach)mittags?))?"
)
_LATER = r"(?:\s+(?:leider|bin|ich|auch|im|in|auf)){0,3}\s+"
_EARLIER = rf"{_AWAY}\D{{0,12}}?"
_SPAN_FORMS = (rf"{_EARLIER}{_DATES}", rf"(?<!\d)(?<!\d\.){_DATES}{_LATER}{_AWAY}")
_DAY_FORMS = (
    rf"{_AWAY}\s*(?:am|:)?\s*{_DATE}{_PART}(?!\s*(?:-|bis))",
    rf"(?<!\d)(?<!\d\.){_DATE}{_PART}{_LATER}{_AWAY}",
)
_WEEK_FORMS = (
    rf"{_AWAY}\s*:?\s*{_WEEKS}",
    rf"{_WEEKS}(?:{_LATER}{_AWAY}|\s+nicht(?=\s*(?:[,;.)]|$)))",
)
_NO_ABSENCE = re.compile(
    r"\bkein(?:en|e)?\s+(?:urlaub|ferien)|nicht\s+(?:verreist|unterwegs)", re.I
)
_LEFT_OVER = re.compile(
    r"\d{1,2}\.\s*\d{1,2}\.|\bkw\b|^\s*(?:,\s*)?(?:ab|bis|von|vor|nach|um|\d)", re.I
)
_PART_MINUTES = {"vor": (0, 12 * 60), "nach": (12 * 60, 18 * 60)}
_YEARS_TO_TRY = 9
_WEEK = timedelta(days=6)
_Minutes = tuple[int, int]
_Years = Callable[[int], "Absence | None"]


@dataclass(frozen=True)
class Absence:
    """Days on which a volunteer is away, both included, or a part of each of these days.

    Parameters
    ----------
    first, last : date
        Local days, both included.
    start_minute, end_minute : int
        The part of each day, in minutes of the wall clock, half-open; the whole day by default.

    Raises
    ------
    ValueError
        If the last day is before the first, or the minutes are no part of a day.
    """

    first: date
    last: date
    start_minute: int = 0
    end_minute: int = MINUTES_A_DAY

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"the absence from {self.first} ends before it begins, on {self.last}")
        if not 0 <= self.start_minute < self.end_minute <= MINUTES_A_DAY:
            raise ValueError(
                f"an absence from minute {self.start_minute} to {self.end_minute}"
                " is no part of a day"
            )


def read_absence(remark: str, after: date) -> Absence | None:
    """The absence a remark speaks of, at its next occurrence after a day.

    Parameters
    ----------
    remark : str
        As written: ``"Urlaub 18.01.-22.01."``, ``"am 12.01. ab 14 Uhr nicht da"``,
        ``"KW 3 nicht"``, with or without years, also over New Year.
    after : date
        Without a year in the remark: the absence is the first one that is not over by this day.

    Returns
    -------
    Absence or None
        None when the remark names no absence, more than one, a part of several days, or a day
        or week that does not exist. Weeks are those of ISO 8601, from Monday to Sunday.
    """
    text = normal(remark)
    if _NO_ABSENCE.search(text):
        return None
    for forms, read in ((_SPANS, _span), (_SINGLE_DAYS, _day), (_CALENDAR_WEEKS, _weeks)):
        for form in forms:
            match = form.search(text)
            if match is not None:
                rest = text[match.end() :]
                clear = not _LEFT_OVER.search(rest) and not _LEFT_OVER.search(text[: match.start()])
                return read(match, after) if clear else None
    return None


def _number(group: str | None) -> int | None:
    return None if group is None else int(group)


def _year(number: int | None) -> int | None:
    return number + 2000 if number is not None and number < 100 else number


def _span(match: re.Match[str], after: date) -> Absence | None:
    day, month, year, last_day, last_month, last_year = (_number(g) for g in match.groups())
    first, last = (month or last_month or 0, day or 0), (last_month or 0, last_day or 0)
    return _absence(first, last, (_year(year), _year(last_year)), after)


def _day(match: re.Match[str], after: date) -> Absence | None:
    day, month, year = (_number(group) for group in match.groups()[:3])
    minutes = _minutes(match.groups()[3:])
    if minutes is None:
        return None
    only = (month or 0, day or 0)
    return _absence(only, only, (_year(year), _year(year)), after, minutes)


def _minutes(groups: tuple[str | None, ...]) -> _Minutes | None:
    """The part of the day; None for a time that does not exist."""
    word, part = groups[4], groups[7]
    if part:
        return _PART_MINUTES[part.casefold()]
    first, last = _clock(*groups[:2]), _clock(*groups[2:4])
    if word:
        late = word.casefold() in ("ab", "nach")
        first, last = (_clock(*groups[5:7]), None) if late else (None, _clock(*groups[5:7]))
    start, end = first or 0, MINUTES_A_DAY if last is None else last
    return (start, end) if start < end <= MINUTES_A_DAY else None


def _clock(hour: str | None, minute: str | None) -> int | None:
    if hour is None:
        return None
    clear = int(hour) <= 24 and int(minute or 0) < 60
    return 60 * int(hour) + int(minute or 0) if clear else MINUTES_A_DAY + 1


def _weeks(match: re.Match[str], after: date) -> Absence | None:
    week, until, year = (_number(group) for group in match.groups())
    first, last = week or 0, until or week or 0
    turn = int(last < first)
    found = _next(lambda y: _between_weeks((y, first), (y + turn, last)), _year(year), after)
    # Nobody means a week 53 that is years away.
    return found if year or not found or found.first.year <= after.year + 1 else None


def _between_weeks(first: tuple[int, int], last: tuple[int, int]) -> Absence | None:
    try:
        start = date.fromisocalendar(*first, 1)
        return Absence(start, date.fromisocalendar(*last, 1) + _WEEK)
    except ValueError:
        return None


def _absence(
    first: tuple[int, int],
    last: tuple[int, int],
    years: tuple[int | None, int | None],
    after: date,
    minutes: _Minutes = (0, MINUTES_A_DAY),
) -> Absence | None:
    turn = int(last < first)
    first_year, last_year = years
    start = last_year - turn if first_year is None and last_year is not None else first_year
    return _next(lambda y: _between(first, last, (y, last_year or y + turn), minutes), start, after)


def _next(of_year: _Years, year: int | None, after: date) -> Absence | None:
    """Of the year that was written, else the first one that is not over."""
    if year is not None:
        return of_year(year)
    tries = (of_year(after.year - 1 + step) for step in range(_YEARS_TO_TRY + 1))
    return next((one for one in tries if one is not None and one.last > after), None)


def _between(
    first: tuple[int, int], last: tuple[int, int], years: tuple[int, int], minutes: _Minutes
) -> Absence | None:
    try:
        return Absence(date(years[0], *first), date(years[1], *last), *minutes)
    except ValueError:
        return None


def _compiled(forms: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form, re.I) for form in forms)


_SPANS, _SINGLE_DAYS, _CALENDAR_WEEKS = map(_compiled, (_SPAN_FORMS, _DAY_FORMS, _WEEK_FORMS))
