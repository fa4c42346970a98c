"""Moments as the engine counts them: UTC minutes, local days, ISO weeks and years."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from matching import Span
from scheduling import wall_time

MINUTE = timedelta(minutes=1)
FOREVER = 2**31 - 1


@dataclass(frozen=True)
class Calendar:
    """Counts minutes from `start`, a UTC midnight."""

    start: datetime

    @classmethod
    def from_day(cls, day: date) -> "Calendar":
        """Minute 0 is UTC midnight of the day before: no local time of `day` is negative."""
        return cls(datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1))

    def minute(self, moment: datetime) -> int:
        """Whole minutes from the start; moments are never rounded into an appointment."""
        return (moment.astimezone(UTC) - self.start) // MINUTE

    def end_of_day(self, day: date) -> int:
        """The minute at which a local day is over."""
        return self.minute(wall_time.nearest_utc(day + timedelta(days=1), 0))

    def span(self, starts_at: datetime, ends_at: datetime) -> Span:
        """A half-open span with the local day, ISO week and grant year in which it starts."""
        day = wall_time.local(starts_at).date()
        end = -((self.start - ends_at.astimezone(UTC)) // MINUTE)
        return Span(self.minute(starts_at), end, day.toordinal(), week(day), day.year)


def week(day: date) -> int:
    """The ISO week as one number, such as 202702."""
    iso = day.isocalendar()
    return iso.year * 100 + iso.week
