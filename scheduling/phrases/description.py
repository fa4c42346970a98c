"""Weekly windows told back, in German or English."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scheduling.phrases.windows import WeeklyWindow

_SURELY_MORNING = 6


@dataclass(frozen=True)
class _Words:
    days: tuple[str, ...]
    seasons: dict[str, str]
    parities: dict[str, str]
    soft: str
    weeks: str
    clock: str


_GERMAN = _Words(
    days=("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    seasons={
        "always": "",
        "term_time": "außer in den Ferien",
        "school_holidays": "nur in den Ferien",
    },
    parities={"": "", "even": "in geraden Kalenderwochen", "odd": "in ungeraden Kalenderwochen"},
    soft="nach Vereinbarung",
    weeks="jede {}. Woche",
    clock=" Uhr",
)
_ENGLISH = _Words(
    days=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    seasons={
        "always": "",
        "term_time": "not in the school holidays",
        "school_holidays": "only in the school holidays",
    },
    parities={"": "", "even": "in even calendar weeks", "odd": "in odd calendar weeks"},
    soft="on request",
    weeks="every {} weeks",
    clock="",
)


def describe(windows: Iterable[WeeklyWindow], locale: str = "de") -> str:
    """Text for weekly windows, such as ``"Mo-Fr 8-12 Uhr; Di 14-17 Uhr"``.

    Parameters
    ----------
    windows : iterable of WeeklyWindow
        In any order.
    locale : str
        ``de``, or anything else for English (``"Mon-Fri 08:00-12:00; Tue 14:00-17:00"``).

    Returns
    -------
    str
        Days with the same times together; empty without windows. `read_availability`
        understands it again, in either language.
    """
    words = _GERMAN if locale == "de" else _ENGLISH
    days: dict[WeeklyWindow, list[int]] = {}
    for window in sorted(windows):
        days.setdefault(replace(window, weekday=0), []).append(window.weekday)
    parts = [_part(window, weekdays, words) for window, weekdays in days.items()]
    return "; ".join(dict.fromkeys(parts))


def _part(window: WeeklyWindow, weekdays: list[int], words: _Words) -> str:
    clock = _german_time if words.clock else _english_time
    parts = [
        words.soft if window.soft else "",
        words.weeks.format(window.every_weeks) if window.every_weeks > 1 else "",
        words.parities[window.parity],
        _days(sorted(set(weekdays)), words.days),
        f"{clock(window.start_minute)}-{clock(window.end_minute)}{words.clock}",
        words.seasons[window.season],
    ]
    return " ".join(part for part in parts if part)


def _days(weekdays: list[int], names: tuple[str, ...]) -> str:
    runs: list[list[int]] = []
    for day in weekdays:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_run([names[day] for day in run]) for run in runs)


def _run(names: list[str]) -> str:
    return f"{names[0]}-{names[-1]}" if len(names) > 2 else ", ".join(names)


def _german_time(minute: int) -> str:
    hours, minutes = divmod(minute, 60)
    if minutes:
        return f"{hours}:{minutes:02d}"
    # "2-5 Uhr" may be meant for the afternoon, "02-05 Uhr" is the night.
    return f"{hours:02d}" if 0 < hours < _SURELY_MORNING else str(hours)


def _english_time(minute: int) -> str:
    hours, minutes = divmod(minute, 60)
    return f"{hours:02d}:{minutes:02d}"
