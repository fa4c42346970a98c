"""From which day to which day a report looks, both included."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.clock import ZONE
from app.errors import Invalid

MAX_DAYS = 400
FIRST_YEAR, LAST_YEAR = 2000, 2200


class PeriodReversed(Invalid):
    """A report would end before it begins."""

    de = "Der Zeitraum endet vor seinem Beginn. Bitte from und to prüfen."
    en = "The period ends before it begins. Please check from and to."


class PeriodTooLong(Invalid):
    """A report looks at more than a good year."""

    de = "Ein Bericht umfasst höchstens {limit} Tage, nicht {days}."
    en = "A report covers at most {limit} days, not {days}."


class PeriodOutside(Invalid):
    """A day lies where no pool has ever been."""

    de = "Bitte Tage zwischen {first} und {last} angeben."
    en = "Please give days between {first} and {last}."


@dataclass(frozen=True)
class Period:
    """Local days, both included."""

    first_day: date
    last_day: date

    @property
    def starts_at(self) -> datetime:
        """The first moment."""
        day = self.first_day
        return datetime(day.year, day.month, day.day, tzinfo=ZONE)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        day = self.last_day + timedelta(days=1)
        return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def checked(first_day: date, last_day: date) -> Period:
    """The period, when it is one and not too long."""
    days = (last_day - first_day).days + 1
    if days < 1:
        raise PeriodReversed
    if first_day.year < FIRST_YEAR or last_day.year >= LAST_YEAR:
        raise PeriodOutside(first=FIRST_YEAR, last=LAST_YEAR - 1)
    if days > MAX_DAYS:
        raise PeriodTooLong(limit=MAX_DAYS, days=days)
    return Period(first_day, last_day)
