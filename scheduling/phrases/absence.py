"""Absences in remarks: "Urlaub 18.01.-22.01."."""

import re
from dataclasses import dataclass
from datetime import date

from scheduling.phrases.words import normal

_WORD = r"(?:urlaub|ferien|verreist|abwesen\w*|nicht\s+(?:da|verfügbar)|unterwegs)"
_DATE = r"(\d{1,2})\.\s*(\d{1,2})\.?\s*(\d{4}|\d{2})?(?!\d)"
_SPAN = re.compile(
    rf"{_WORD}\D{{0,12}}?(\d{{1,2}})\.\s*(?:(\d{{1,2}})\.?\s*(\d{{4}}|\d{{2}})?)?\s*"
    rf"(?:-|bis(?:\s+zum)?)\s*{_DATE}",
    re.I,
)
_DAY = re.compile(rf"{_WORD}\s*(?:am|:)?\s*{_DATE}(?!\s*(?:-|bis))", re.I)
_YEARS_TO_TRY = 9


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
    end_minute: int = 24 * 60

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"the absence from {self.first} ends before it begins, on {self.last}")
        if not 0 <= self.start_minute < self.end_minute <= 24 * 60:
            raise ValueError(
                f"an absence from minute {self.start_minute} to {self.end_minute}"
                " is no part of a day"
            )


def read_absence(remark: str, after: date) -> Absence | None:
    """The absence a remark speaks of, at its next occurrence after a day.

    Parameters
    ----------
    remark : str
        As written: ``"Urlaub 18.01.-22.01."``, with or without years, also over New Year.
    after : date
        Without a year in the remark: the absence is the first one that is not over by this day.

    Returns
    -------
    Absence or None
        None when the remark names no absence, or a day that does not exist.
    """
    text = normal(remark)
    match = _SPAN.search(text)
    if match is not None:
        day, month, year, last_day, last_month, last_year = (_number(g) for g in match.groups())
        first = (month or last_month or 0, day or 0)
        return _absence(first, (last_month or 0, last_day or 0), (year, last_year), after)
    match = _DAY.search(text)
    if match is None:
        return None
    day, month, year = (_number(group) for group in match.groups())
    only = (month or 0, day or 0)
    return _absence(only, only, (year, year), after)


def _number(group: str | None) -> int | None:
    return None if group is None else int(group)


def _absence(
    first: tuple[int, int],
    last: tuple[int, int],
    years: tuple[int | None, int | None],
    after: date,
) -> Absence | None:
    turn = int(last < first)
    if years == (None, None):
        tries = (after.year - 1 + step for step in range(_YEARS_TO_TRY + 1))
        found = (_between(first, last, (year, year + turn)) for year in tries)
        return next((one for one in found if one is not None and one.last > after), None)
    first_year, last_year = (year + 2000 if year and year < 100 else year for year in years)
    start = first_year or (last_year or 0) - turn
    return _between(first, last, (start, last_year or start + turn))


def _between(
    first: tuple[int, int], last: tuple[int, int], years: tuple[int, int]
) -> Absence | None:
    try:
        return Absence(date(years[0], *first), date(years[1], *last))
    except ValueError:
        return None
