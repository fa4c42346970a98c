"""Public and school holidays of Hessen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from holidays import country_holidays

_ONE_DAY = timedelta(days=1)
_A_YEAR_THAT_IS_KNOWN = 2026


@dataclass(frozen=True)
class HolidayPeriod:
    """School holidays with their German name, first and last day included."""

    name: str
    first: date
    last: date


def is_public_holiday(day: date) -> bool:
    """Whether a day is a public holiday in Hessen.

    References
    ----------
    Hessisches Feiertagsgesetz (HFeiertagsG), § 1.
    """
    return day in _days(day.year, "public")


def is_working_day(day: date) -> bool:
    """Whether offices work: Monday to Friday and no public holiday in Hessen."""
    return day.weekday() < 5 and not is_public_holiday(day)


def public_holidays(first: date, last: date) -> tuple[tuple[date, str], ...]:
    """Public holidays of Hessen from first to last, both included, with their German names.

    The rules are known for the years from 1991 to 2100; outside of them there are none.

    Raises
    ------
    ValueError
        If last is before first.
    """
    _check(first, last)
    years = range(first.year, last.year + 1)
    found = [item for year in years for item in sorted(_days(year, "public").items())]
    return tuple((day, name) for day, name in found if first <= day <= last)


def is_school_holiday(day: date) -> bool | None:
    """Whether a day lies in the school holidays of Hessen; None when that is not known.

    Days that a school sets for itself ("bewegliche Ferientage") are not in the table.
    """
    if not known_from() <= day <= known_until():
        return None
    return day in _days(day.year, "school")


def school_holidays(first: date, last: date) -> tuple[HolidayPeriod, ...]:
    """School holidays of Hessen that touch the days from first to last, both included.

    Periods are whole, also where they begin before or end after. Beyond `known_until` there are
    none because nobody knows them yet: show `school_holiday_warning`.

    Raises
    ------
    ValueError
        If last is before first.
    """
    _check(first, last)
    return tuple(period for period in _periods() if period.first <= last and first <= period.last)


@cache
def known_from() -> date:
    """First day for which school holidays are known."""
    year = _A_YEAR_THAT_IS_KNOWN
    while _days(year - 1, "school"):
        year -= 1
    return date(year, 1, 1)


@cache
def known_until() -> date:
    """Last day for which school holidays are known: the last day of the last known holidays."""
    year = _A_YEAR_THAT_IS_KNOWN
    while _days(year + 1, "school"):
        year += 1
    return max(_days(year, "school"))


def school_holiday_warning(first: date, last: date, locale: str = "de") -> str | None:
    """A sentence for people when school holidays are not known for all of these days.

    Parameters
    ----------
    first, last : date
        Both included.
    locale : str
        ``de``, or anything else for English.

    Raises
    ------
    ValueError
        If last is before first.
    """
    _check(first, last)
    begin, end = known_from(), known_until()
    if begin <= first and last <= end:
        return None
    if first < begin:
        german = f"erst ab dem {begin:%d.%m.%Y} und bis zum {end:%d.%m.%Y}"
        english = f"only from {begin.isoformat()} until {end.isoformat()}"
    else:
        german, english = f"nur bis zum {end:%d.%m.%Y}", f"only until {end.isoformat()}"
    if locale == "de":
        return f"Die hessischen Schulferien sind {german} bekannt; bitte prüfen."
    return f"School holidays in Hessen are known {english}; please check."


@cache
def _periods() -> tuple[HolidayPeriod, ...]:
    periods: list[HolidayPeriod] = []
    for year in range(known_from().year, known_until().year + 1):
        for day, name in sorted(_days(year, "school").items()):
            if periods and periods[-1].name == name and day - periods[-1].last == _ONE_DAY:
                periods[-1] = HolidayPeriod(name, periods[-1].first, day)
            else:
                periods.append(HolidayPeriod(name, day, day))
    return tuple(periods)


@cache
def _days(year: int, category: str) -> Mapping[date, str]:
    # An explicit language, because the default of the package comes from the environment.
    found = country_holidays(
        "DE", subdiv="HE", years=year, expand=False, categories=category, language="de"
    )
    return MappingProxyType(dict(found.items()))


def _check(first: date, last: date) -> None:
    if last < first:
        raise ValueError(f"the days end on {last} before they begin on {first}")
