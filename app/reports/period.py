"""From which day to which day a report looks, both included."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import spans
from app.clock import midnight
from app.errors import Invalid

FIRST_YEAR, LAST_YEAR = 2000, 2200
SETTLED = timedelta(days=30)
"""So long after its end a period hardly changes any more: hours are reported in 14 days."""


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
        return midnight(self.first_day)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return midnight(self.last_day + timedelta(days=1))


def checked(first_day: date, last_day: date) -> Period:
    """The period, when it is one and not too long."""
    spans.check(first_day, last_day)
    if first_day.year < FIRST_YEAR or last_day.year >= LAST_YEAR:
        raise PeriodOutside(first=FIRST_YEAR, last=LAST_YEAR - 1)
    return Period(first_day, last_day)
