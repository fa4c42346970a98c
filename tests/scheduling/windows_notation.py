"""Weekly windows in short, so that a table of phrases needs no code under test to be read."""

from scheduling.phrases import Season, WeeklyWindow

_SEASONS: dict[str, Season] = {"term": "term_time", "holidays": "school_holidays"}


def noted(text: str) -> tuple[WeeklyWindow, ...]:
    """The windows of ``"024 0900-1230 soft /2 term even; 5 1000-1400"``: Monday is 0."""
    found = [window for part in text.split("; ") if part for window in _windows(part.split())]
    return tuple(sorted(found))


def _windows(words: list[str]) -> list[WeeklyWindow]:
    days, times, *rest = words
    start, end = (60 * int(clock[:2]) + int(clock[2:]) for clock in times.split("-"))
    weeks = next((int(word[1:]) for word in rest if word.startswith("/")), 1)
    season = next((_SEASONS[word] for word in rest if word in _SEASONS), "always")
    parity = "even" if "even" in rest else "odd" if "odd" in rest else ""
    return [
        WeeklyWindow(int(day), start, end, "soft" in rest, weeks, season, parity) for day in days
    ]
