"""Days, times of day and durations, as people write them into cells."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.names import folded

_WEEKDAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
_WEEKDAY = re.compile(
    r"^(mo|di|mi|do|fr|sa|so)(?:ntag|enstag|ttwoch|nnerstag|eitag|mstag|nnabend|nntag)?"
    r"(?:\.\s*,?|\s*,|(?=\s))\s*(?:den\s+)?",
    re.IGNORECASE,
)
_AROUND_DAY = re.compile(r"^(?:am|den)\s+|\s*,$", re.IGNORECASE)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(?:\d{4}|\d{2})(?!\d)")
_MIDNIGHT = re.compile(r"[T\s]+0?0:00(?::00(?:\.0+)?)?$")
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})")
_NAMED = re.compile(r"(\d{1,2})\.?\s*([^\W\d_]+)\.?\s*(\d{4}|\d{2})")
_MONTHS = ("jan", "feb", "maerz", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez")
_ENGLISH_MONTHS = {"may": "mai", "oct": "okt", "dec": "dez"}
_YEARS = range(1900, 2101)
_OLDEST = 110
_YOUNGEST = 14

_CLOCK = re.compile(r"(\d{1,2})(?:\s*[:.,h]\s*|\s*uhr\s*)(\d{2})(?::\d{2})?\s*(?:uhr|h)?")
_OF_DAY = re.compile(r"0[.,]\d{3,17}")
_HOUR = re.compile(r"(\d{1,2})\s*(?:uhr|h)?")
_DIGITS = re.compile(r"(\d{1,2})(\d{2})\s*(?:uhr|h)?")
_RANGE = re.compile(r"\s*(?:-|–|—|\bbis\b)\s*")

_NUMBER_WORDS = (
    (r"\b(?:anderthalb|eineinhalb|1\s*1/2|1\s*½)", "1,5"),
    (r"\b(?:zweieinhalb|2\s*1/2|2\s*½)", "2,5"),
    (r"(?:\b(?:eine\s+)?halbe\b|½|\b1/2(?!\d))", "0,5"),
    (r"(?:\b(?:eine\s+)?dreiviertel\b|¾|\b3/4(?!\d))", "0,75"),
    (r"(?:\b(?:eine\s+)?viertel\s*(?=stunde)|¼|\b1/4(?!\d))", "0,25 "),
    (r"\beine?\b", "1"),
    (r"\bzwei\b", "2"),
    (r"\bdrei\b", "3"),
)
_ABOUT = re.compile(
    r"^(?:(?:ca\.?|circa|etwa|ungefähr|rund|~|max\.?|maximal|bis zu)\s*)+|\s*,?\s*ca\.?$"
)
_HOURS = r"(?:std\.?|stdn\.?|stunden?|h|hours?)"
_MINUTES = r"(?:min\.?|minuten?|m|')"
_IN_HOURS = re.compile(rf"(\d{{1,3}}(?:[.,]\d{{1,4}})?)\s*{_HOURS}")
_IN_BOTH = re.compile(rf"(\d{{1,2}})\s*{_HOURS}\s*(?:und\s*)?(\d{{1,2}})\s*{_MINUTES}?")
# "1.30 h" is written like a time of day; 78 minutes is what nobody means.
_QUARTERS = re.compile(rf"(\d{{1,2}})[.,](15|30|45)\s*{_HOURS}?")
_IN_MINUTES = re.compile(rf"(\d{{1,4}})\s*{_MINUTES}")
_CLOCK_LENGTH = re.compile(rf"(\d{{1,2}}):(\d{{2}})(?::00)?\s*{_HOURS}?")
_BARE = re.compile(r"\d{1,4}(?:[.,]\d{1,4})?")
_LONGEST = 12 * 60
_MOST_BARE_HOURS = 4
_WEEK = 7 * 24 * 60 // 2


def read_day(text: str) -> date:
    """A day such as ``07.09.2026``, ``7.9.26``, ``2026-09-07`` or ``Mo, 7. September 2026``.

    Raises
    ------
    ValueError
        If the day does not exist, has no year or does not fall on the named weekday.
    """
    return _day(text, century=lambda day: day)


def months_first(cells: Iterable[str]) -> bool:
    """Whether a column writes the month before the day, as in ``04/25/1990``."""
    found = (_SLASHED.match(cell.strip()) for cell in cells)
    return any(12 < int(match[2]) <= 31 and int(match[1]) <= 12 for match in found if match)


def is_doubtful_day(text: str) -> bool:
    """Whether the day of ``03/04/1990`` may be the month where months may come first."""
    match = _SLASHED.match(text.strip())
    return match is not None and match[1] != match[2] and int(match[2]) <= 12


def read_birth_date(text: str, today: date) -> date:
    """A birth date; two digits mean the latest year that gives somebody of at least 14.

    Raises
    ------
    ValueError
        As `read_day`, or if it lies in the future or more than 110 years back.
    """

    def century(day: date) -> date:
        return day if day.year <= today.year - _YOUNGEST else day.replace(year=day.year - 100)

    born = _day(text, century=century)
    if not today.year - _OLDEST <= born.year or born > today:
        raise ValueError(f"{text!r} is no birth date of somebody alive")
    return born


def _day(text: str, *, century: Callable[[date], date]) -> date:
    bare = _MIDNIGHT.sub("", _AROUND_DAY.sub("", text.strip()))
    weekday = _WEEKDAY.match(bare)
    if weekday:
        bare = bare[weekday.end() :]
    day, month, year = _parts(bare)
    short = len(year) == 2
    found = date(int(year) + 2000 * short, month, day)  # ValueError for 31.02.
    if short:
        found = century(found)
    if found.year not in _YEARS:
        raise ValueError(f"{text!r} lies too far away")
    if weekday and _WEEKDAYS.index(weekday[1].lower()) != found.weekday():
        raise ValueError(f"{text!r} names another weekday")
    return found


def _parts(text: str) -> tuple[int, int, str]:
    if match := _DAY_FIRST.fullmatch(text):
        return int(match[1]), int(match[2]), match[3]
    if match := _YEAR_FIRST.fullmatch(text):
        return int(match[3]), int(match[2]), match[1]
    if match := _NAMED.fullmatch(text):
        return int(match[1]), _month(match[2]), match[3]
    raise ValueError(f"{text!r} is no day with a year")


def _month(word: str) -> int:
    name = folded(word).replace("mrz", "maerz").replace("mar", "maerz")
    name = _ENGLISH_MONTHS.get(name[:3], name)
    for number, month in enumerate(_MONTHS, start=1):
        if name.startswith(month):
            return number
    raise ValueError(f"{word!r} is no month")


def read_clock(text: str) -> int:
    """A time of day such as ``14.30 Uhr``, ``9:00``, ``14.30h``, ``9 Uhr`` or ``0930``.

    Returns
    -------
    int
        Minutes after midnight, 0 to 1439.

    Raises
    ------
    ValueError
        If no time of day is written there.
    """
    bare = re.sub(r"^(?:um|ca\.?|gegen)\s+", "", text.strip().lower())
    if _OF_DAY.fullmatch(bare):
        return _of_day(bare)
    match = _CLOCK.fullmatch(bare) or _HOUR.fullmatch(bare) or _DIGITS.fullmatch(bare)
    if match is None:
        raise ValueError(f"{text!r} is no time of day")
    hour, minute = int(match[1]), int(match[2]) if match.re.groups == 2 else 0
    if hour > 23 or minute > 59:
        raise ValueError(f"{text!r} is no time of day")
    return hour * 60 + minute


def _of_day(text: str) -> int:
    """Minutes of a time that a sheet without formats shows as a part of the day: 0,4375."""
    minutes = Decimal(text.replace(",", ".")) * 24 * 60
    if abs(minutes - round(minutes)) > Decimal("0.01"):
        raise ValueError(f"{text!r} is no time of day")
    return round(minutes) % (24 * 60)


def read_clocks(text: str) -> tuple[int, int | None]:
    """A start and, when written as in ``10:00-11:30``, an end on the same day.

    Raises
    ------
    ValueError
        If a time cannot be read or the end is not after the start.
    """
    parts = _RANGE.split(re.sub(r"^von\s+", "", text.strip(), flags=re.IGNORECASE))
    if len(parts) == 1:
        return read_clock(text), None
    if len(parts) != 2:
        raise ValueError(f"{text!r} is no time of day")
    start, end = (read_clock(part) for part in parts)
    if end <= start:
        raise ValueError(f"{text!r} ends before it starts")
    return start, end


def read_duration(text: str, heading: str = "") -> int:
    """A duration such as ``1,5 Std``, ``90 min``, ``1 Std 30``, ``1:30``, ``45`` or ``1h``.

    A bare number takes the unit of the heading ("Dauer (Std.)"); without one it is minutes,
    but hours when it has a comma or is at most 4.

    Returns
    -------
    int
        Minutes, 1 to 720.

    Raises
    ------
    ValueError
        If no duration is written there.
    """
    bare = _ABOUT.sub("", text.strip().lower())
    for pattern, number in _NUMBER_WORDS:
        bare = re.sub(pattern, number, bare)
    minutes = _length(" ".join(bare.split()), in_hours=_unit(heading))
    if not 1 <= minutes <= _LONGEST:
        raise ValueError(f"{text!r} is no duration of an appointment")
    return minutes


def read_week_minutes(text: str) -> int:
    """Hours a week such as ``4,5``, ``4:30`` or ``6 Std``, in minutes.

    Raises
    ------
    ValueError
        If no number of hours between 0 and 84 is written there.
    """
    bare = _ABOUT.sub("", text.strip().lower()).removeprefix("max.").removeprefix("bis ").strip()
    bare = re.sub(r"\s*(?:/|pro|in der|die)\s*woche$", "", bare)
    minutes = _length(bare, in_hours=True)
    if not 1 <= minutes <= _WEEK:
        raise ValueError(f"{text!r} is no number of hours in a week")
    return minutes


def _unit(heading: str) -> bool | None:
    """Whether a heading says hours (True), minutes (False) or nothing."""
    words = set(re.findall(r"[a-zäöü]+", heading.lower()))
    if words & {"min", "minuten", "minute"}:
        return False
    return True if words & {"std", "stunden", "stunde", "h"} else None


def _length(text: str, *, in_hours: bool | None) -> int:
    if match := _QUARTERS.fullmatch(text):
        return int(match[1]) * 60 + int(match[2])
    if match := _IN_HOURS.fullmatch(text):
        return _from_hours(match[1])
    if match := _IN_BOTH.fullmatch(text) or _CLOCK_LENGTH.fullmatch(text):
        if int(match[2]) > 59:
            raise ValueError(f"{text!r} has more than 59 minutes beside its hours")
        return int(match[1]) * 60 + int(match[2])
    if match := _IN_MINUTES.fullmatch(text):
        return int(match[1])
    if not _BARE.fullmatch(text):
        raise ValueError(f"{text!r} is no duration")
    return _from_bare(text, in_hours)


def _from_bare(text: str, in_hours: bool | None) -> int:
    whole = text.isdigit()
    if in_hours is None:
        in_hours = not whole or int(text) <= _MOST_BARE_HOURS
    if in_hours:
        return _from_hours(text)
    return int(Decimal(text.replace(",", ".")).to_integral_value(ROUND_HALF_UP))


def _from_hours(text: str) -> int:
    hours = Decimal(text.replace(",", "."))
    return int((hours * 60).to_integral_value(ROUND_HALF_UP))


def clock_text(length: timedelta) -> str:
    """A length as ``1:30``, the way a sheet shows it."""
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60}:{minutes % 60:02}"
