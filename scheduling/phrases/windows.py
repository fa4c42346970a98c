"""A weekly window: time that comes back every week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scheduling import intervals
from scheduling.phrases.kinds import MINUTES_A_DAY, Parity, Season

Span = tuple[int, int]


@dataclass(frozen=True, order=True)
class WeeklyWindow:
    """Time that comes back every week, on the wall clock.

    Parameters
    ----------
    weekday : int
        0 for Monday to 6 for Sunday.
    start_minute, end_minute : int
        Minutes after local midnight, half-open, at most 1440.
    soft : bool
        On request only: ranked last, asked first.
    every_weeks : int
        1 for every week, 2 for every second one.
    season : {"always", "term_time", "school_holidays"}
        When of the year: always, only while there is school, or only in the school holidays.
    parity : {"even", "odd", ""}
        Only in calendar weeks (ISO 8601) of an even or odd number.

    Raises
    ------
    ValueError
        If the weekday, the minutes or the weeks are out of range.
    """

    weekday: int
    start_minute: int
    end_minute: int
    soft: bool = False
    every_weeks: int = 1
    season: Season = "always"
    parity: Parity = ""

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"{self.weekday} is no weekday, expected 0 for Monday to 6 for Sunday")
        if not 0 <= self.start_minute < self.end_minute <= MINUTES_A_DAY:
            raise ValueError(
                f"a window from minute {self.start_minute} to {self.end_minute} is no part of a day"
            )
        if self.every_weeks < 1:
            raise ValueError(f"a window cannot come back every {self.every_weeks} weeks")


def minutes_on(windows: Iterable[WeeklyWindow], day: int) -> list[Span]:
    """When the windows are on a weekday."""
    return [(w.start_minute, w.end_minute) for w in windows if w.weekday == day]


def without(
    windows: Iterable[WeeklyWindow], exceptions: Sequence[tuple[int, Span]]
) -> list[WeeklyWindow]:
    """What is left of the windows beside exceptions on weekdays."""
    return [
        replace(window, start_minute=start, end_minute=end)
        for window in windows
        for start, end in intervals.subtract(
            [(window.start_minute, window.end_minute)],
            [cut for day, cut in exceptions if day == window.weekday],
        )
    ]


def merged(windows: Iterable[WeeklyWindow]) -> tuple[WeeklyWindow, ...]:
    """One window where two with the same conditions touch."""
    groups: dict[WeeklyWindow, list[Span]] = {}
    for window in windows:
        key = replace(window, start_minute=0, end_minute=MINUTES_A_DAY)
        groups.setdefault(key, []).append((window.start_minute, window.end_minute))
    return tuple(
        sorted(
            replace(key, start_minute=start, end_minute=end)
            for key, spans in groups.items()
            for start, end in intervals.merge(spans)
        )
    )
