"""Local wall time in Hessen and the UTC time it stands for."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
MINUTES_A_DAY = 24 * 60


class MissingTime(ValueError):
    """This wall time does not exist: the clocks jump over it in spring."""


class DoubleTime(ValueError):
    """This wall time happens twice: the clocks are set back over it in autumn."""


def to_utc(day: date, minute: int, *, fold: int | None = None) -> datetime:
    """The UTC time of a wall time in Hessen.

    Parameters
    ----------
    day : date
        The local day.
    minute : int
        Minutes of the wall clock after midnight, 0 to 1440; 1440 is midnight at the end.
    fold : int, optional
        For the hour that happens twice: 0 the first time, 1 the second.

    Returns
    -------
    datetime
        Aware, in UTC.

    Raises
    ------
    MissingTime
        If the clocks jump over this time.
    DoubleTime
        If this time happens twice and `fold` is None.
    ValueError
        If the minute is outside of the day, or `fold` is neither 0 nor 1.
    """
    wall = _wall(day, minute)
    first, second = (_candidate(wall, side) for side in (0, 1))
    if first == second:
        _check_fold(fold)
        return first
    if first > second:
        raise MissingTime(f"{wall:%Y-%m-%d %H:%M} does not exist in {ZONE.key}")
    if fold is None:
        raise DoubleTime(f"{wall:%Y-%m-%d %H:%M} happens twice in {ZONE.key}")
    _check_fold(fold)
    return second if fold else first


def nearest_utc(day: date, minute: int, *, closing: bool = False) -> datetime:
    """The UTC time of a wall time, for the edge of a window that must not fail.

    A missing time moves to the moment of the jump. A doubled time is taken the first time when
    it opens a window and the second time when it closes one, so that the window covers both.

    Parameters
    ----------
    day, minute
        As in `to_utc`.
    closing : bool
        Whether the time closes a window.

    References
    ----------
    Directive 2000/84/EC, article 2: summer time begins at 1 a.m. Greenwich Mean Time.
    """
    try:
        return to_utc(day, minute, fold=int(closing))
    except MissingTime:
        # Summer time begins at 01:00 UTC everywhere in the Union.
        return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def _wall(day: date, minute: int) -> datetime:
    if not 0 <= minute <= MINUTES_A_DAY:
        raise ValueError(f"{minute} is no minute of a day, expected 0 to {MINUTES_A_DAY}")
    # Naive on purpose: this is a reading of the wall clock, its zone comes with the fold.
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001


def _candidate(wall: datetime, fold: int) -> datetime:
    return wall.replace(tzinfo=ZONE, fold=fold).astimezone(UTC)


def _check_fold(fold: int | None) -> None:
    if fold not in (None, 0, 1):
        raise ValueError(f"fold must be 0 or 1, not {fold}")


def aware(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises
    ------
    ValueError
        If the datetime has no zone.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def local(moment: datetime) -> datetime:
    """The same moment as the wall clock in Hessen shows it.

    Raises
    ------
    ValueError
        If the datetime has no zone.
    """
    return aware(moment).astimezone(ZONE)


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes that really pass from start to end, across any clock change.

    Negative when the end is before the start; a started minute does not count.

    Raises
    ------
    ValueError
        If one of them has no zone.
    """
    seconds = (aware(end) - aware(start)) // timedelta(seconds=1)
    return seconds // 60 if seconds >= 0 else -(-seconds // 60)


def day_number(moment: datetime) -> int:
    """Number of the local day, one more each day (the day number of `date.toordinal`)."""
    return local(moment).toordinal()


def week_number(day: date) -> int:
    """Number of the ISO week, one more each Monday, unique over all years."""
    return (day.toordinal() - 1) // 7


def iso_week(day: date) -> tuple[int, int]:
    """ISO year and ISO week of a day, as a calendar prints them."""
    year, week, _ = day.isocalendar()
    return year, week
