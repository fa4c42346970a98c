"""The one place where the service reads the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in Hessen."""
    return local_day(now())


def local_day(moment: datetime) -> date:
    """The day of a moment in Hessen."""
    return moment.astimezone(ZONE).date()


def midnight(day: date) -> datetime:
    """When a day begins in Hessen."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def end_of(day: date) -> datetime:
    """The last moment of a day in Hessen."""
    return (midnight(day + timedelta(days=1)) - timedelta(microseconds=1)).astimezone(UTC)
