"""A range of local days with the UTC minutes of each midnight: the ruler for hours of real days."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from scheduling.holidays import is_school_holiday
from scheduling.phrases import WeeklyWindow
from scheduling.wall_time import MINUTES_A_DAY, aware, nearest_utc, week_number

Minutes = tuple[int, int]
"""Half-open, in UTC minutes since the origin."""

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Days:
    """Local days in order; a day is known by its step, 0 for the first.

    Parameters
    ----------
    first, last : date
        Both included.
    origin : datetime
        Minutes are counted from here.
    midnights : tuple of int
        The minute at which each day begins, and the one at which the last is over.
    uneven : frozenset of int
        Steps of the days on which the clocks change.
    """

    first: date
    last: date
    origin: datetime
    midnights: tuple[int, ...]
    uneven: frozenset[int]
    _found: dict[tuple[int, int, int, str, str], tuple[list[int], list[int]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def step(self, day: date) -> int:
        """How many days after the first, negative before it."""
        return (day - self.first).days

    def day(self, step: int) -> date:
        """The day of a step."""
        return self.first + timedelta(days=step)

    def between(self, first: date | None, last: date | None) -> tuple[int, int]:
        """Steps [begin, end) of the days from first to last inside of the range."""
        begin = 0 if first is None else max(0, self.step(first))
        end = len(self.midnights) - 1
        return begin, end if last is None else min(end, self.step(last) + 1)

    def add(self, found: list[Minutes], steps: list[int], start: int, end: int) -> None:
        """Put the same time of the wall clock on each of these days into `found`."""
        midnights, uneven = self.midnights, self.uneven
        if uneven.isdisjoint(steps):
            found += [(midnights[step] + start, midnights[step] + end) for step in steps]
        else:
            found += [self.span(step, start, end) for step in steps]

    def span(self, step: int, start: int, end: int) -> Minutes:
        """A time of the wall clock on one day, the clock's changes included."""
        if step not in self.uneven:
            return self.midnights[step] + start, self.midnights[step] + end
        begin = self._minute(nearest_utc(self.day(step), start))
        return begin, max(begin, self._minute(nearest_utc(self.day(step), end, closing=True)))

    def of(self, window: WeeklyWindow, anchor: date | None) -> tuple[list[int], list[int]]:
        """Steps of the days on which a weekly window applies: firmly, and on request."""
        phase = -1
        if window.every_weeks > 1 and anchor is not None:
            phase = week_number(anchor) % window.every_weeks
        key = (window.weekday, window.every_weeks, phase, window.season, window.parity)
        if key not in self._found:
            self._found[key] = self._of(window, phase)
        return self._found[key]

    def _of(self, window: WeeklyWindow, phase: int) -> tuple[list[int], list[int]]:
        firm: list[int] = []
        asked: list[int] = []
        begin = (window.weekday - self.first.weekday()) % 7
        for step in range(begin, len(self.midnights) - 1, 7):
            day = self.day(step)
            if not _is_its_week(window, phase, day):
                continue
            fits = _is_in_season(window, day)
            if fits is None or (fits and window.every_weeks > 1 and phase < 0):
                asked.append(step)
            elif fits:
                firm.append(step)
        return firm, asked

    def _minute(self, moment: datetime) -> int:
        return (moment - self.origin) // _MINUTE


@lru_cache(maxsize=64)
def days_between(first: date, last: date, origin: datetime) -> Days:
    """The days from first to last, both included, measured once.

    Raises
    ------
    ValueError
        If last is before first, or the origin has no time zone.
    """
    if last < first:
        raise ValueError(f"the days end on {last} before they begin on {first}")
    count, zero = (last - first).days + 1, aware(origin)
    midnights = [
        (nearest_utc(first + timedelta(days=step), 0) - zero) // _MINUTE for step in range(count)
    ]
    midnights.append((nearest_utc(last, MINUTES_A_DAY, closing=True) - zero) // _MINUTE)
    uneven = frozenset(
        step for step in range(count) if midnights[step + 1] - midnights[step] != MINUTES_A_DAY
    )
    return Days(first, last, zero, tuple(midnights), uneven)


def cut(steps: list[int], begin: int, end: int) -> list[int]:
    """Those of ascending steps that lie in [begin, end)."""
    if not steps or (begin <= steps[0] and steps[-1] < end):
        return steps
    return steps[bisect_left(steps, begin) : bisect_right(steps, end - 1)]


def _is_its_week(window: WeeklyWindow, phase: int, day: date) -> bool:
    if window.parity and (day.isocalendar().week % 2 == 0) != (window.parity == "even"):
        return False
    return phase < 0 or week_number(day) % window.every_weeks == phase


def _is_in_season(window: WeeklyWindow, day: date) -> bool | None:
    """None where school holidays are not known yet: somebody has to ask."""
    if window.season == "always":
        return True
    holiday = is_school_holiday(day)
    return None if holiday is None else holiday == (window.season == "school_holidays")
