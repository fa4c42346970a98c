"""Weekly windows told back in German."""

from collections.abc import Iterable
from dataclasses import replace

from scheduling.phrases.availability import WeeklyWindow

_SEASONS = {
    "always": "",
    "term_time": "außer in den Ferien",
    "school_holidays": "nur in den Ferien",
}
_DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")


def describe(windows: Iterable[WeeklyWindow]) -> str:
    """German text for weekly windows, such as ``"Mo-Fr 8-12 Uhr; Di 14-17 Uhr"``.

    Parameters
    ----------
    windows : iterable of WeeklyWindow
        In any order.

    Returns
    -------
    str
        Days with the same times together; empty without windows. `read_availability`
        understands it again.
    """
    days: dict[WeeklyWindow, list[int]] = {}
    for window in sorted(windows):
        days.setdefault(replace(window, weekday=0), []).append(window.weekday)
    parts = [_part(window, weekdays) for window, weekdays in days.items()]
    return "; ".join(dict.fromkeys(parts))


def _part(window: WeeklyWindow, weekdays: list[int]) -> str:
    words = [
        "nach Vereinbarung" if window.soft else "",
        f"jede {window.every_weeks}. Woche" if window.every_weeks > 1 else "",
        _days(sorted(set(weekdays))),
        f"{_time(window.start_minute)}-{_time(window.end_minute)} Uhr",
        _SEASONS[window.season],
    ]
    return " ".join(word for word in words if word)


def _days(weekdays: list[int]) -> str:
    runs: list[list[int]] = []
    for day in weekdays:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    names = [_DAYS[day] for day in run]
    return f"{names[0]}-{names[-1]}" if len(run) > 2 else ", ".join(names)


def _time(minute: int) -> str:
    hours, minutes = divmod(minute, 60)
    return f"{hours}:{minutes:02d}" if minutes else str(hours)
