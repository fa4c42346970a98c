"""Numbers read from the words that a grammar rule found."""

import re
from collections.abc import Callable
from datetime import date

Numbers = tuple[int, ...]
Reader = Callable[[re.Match[str]], Numbers]

_DAYS = {"mo": 0, "di": 1, "tu": 1, "mi": 2, "we": 2, "do": 3, "th": 3, "fr": 4, "sa": 5, "su": 6}
_PARTS = {
    ("vor", "vm", "morning"): (480, 720),
    ("nach", "nm", "afternoon"): (780, 1020),
    ("abend", "evening"): (1020, 1200),
    ("mittag",): (720, 840),
}
_NUMBERS = {"zwei": 2, "drei": 3, "vier": 4, "second": 2, "other": 2, "two": 2, "three": 3}
_ORDINALS = {"zweite": 2, "dritte": 3, "vierte": 4}
_LISTED_BEFORE = re.compile(r"(?:[+/&,]|\bund)\s*$")
_DOUBTFUL_START, _DOUBTFUL_ALONE = 5, 6
"""Up to this hour, written as one digit, nobody can tell the afternoon from the night."""


def always(*numbers: int) -> Reader:
    """The same numbers for every match."""
    return lambda _: numbers


def _times(match: re.Match[str]) -> list[tuple[str, str | None]]:
    groups = match.groups()
    return [(groups[i], groups[i + 1]) for i in range(0, len(groups), 2)]


def _minutes(match: re.Match[str], doubtful: int) -> Numbers:
    times = _times(match)
    hour, minute = times[0]
    if minute is None and len(hour) == 1 and 0 < int(hour) <= doubtful:
        return ()
    numbers = [(int(hour), int(minute or 0)) for hour, minute in times]
    if any(hour > 24 or minute > 59 or (hour == 24 and minute) for hour, minute in numbers):
        return ()
    return tuple(60 * hour + minute for hour, minute in numbers)


def span(match: re.Match[str]) -> Numbers:
    """Minutes of the day of both times; none when one of them is no time or "2-5" is doubtful."""
    return _minutes(match, _DOUBTFUL_START)


def moment(match: re.Match[str]) -> Numbers:
    """Minute of the day of one time; none for "ab 4", which may be the afternoon."""
    return _minutes(match, _DOUBTFUL_ALONE)


def english_moment(match: re.Match[str]) -> Numbers:
    """The same for English, where only a time with minutes, or after 12, is surely clear."""
    hour, minute = _times(match)[0]
    return moment(match) if minute is not None or int(hour) > 12 else ()


def _weekday(word: str) -> int:
    folded = word.casefold()
    if folded.startswith(("sonnabend", "so")):
        return 5 if folded.startswith("sonna") else 6
    return _DAYS[folded[:2]]


def day(match: re.Match[str]) -> Numbers:
    """The weekday. The small word "so" alone means "about"; among days it is the Sunday."""
    listed = _LISTED_BEFORE.search(match.string, 0, match.start())
    return () if match[0] == "so" and not listed else (_weekday(match[0]),)


def day_range(match: re.Match[str]) -> Numbers:
    """All weekdays from the first to the last, over the weekend if need be."""
    first, last = (_weekday(word) for word in match.groups())
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))


def part(match: re.Match[str]) -> Numbers:
    """The span of a part of the day."""
    word = match[0].casefold()
    return next(span for starts, span in _PARTS.items() if word.startswith(starts))


def weeks(match: re.Match[str]) -> Numbers:
    """Every how many weeks; "jede 1. Woche" is none."""
    word = next((group for group in match.groups() if group), "2").casefold()
    number = int(word) if word.isdigit() else {**_NUMBERS, **_ORDINALS}[word.rstrip("n")]
    return (number,) if number > 1 else ()


def parity(match: re.Match[str]) -> Numbers:
    """Even or odd; "nicht in geraden" is odd."""
    turned, odd = match.groups()
    return (int(bool(odd)) ^ int(bool(turned)),)


def english_parity(match: re.Match[str]) -> Numbers:
    """Even or odd."""
    return (int(match[1].casefold() == "odd"),)


def _day_number(text: str | None) -> int:
    if text is None:
        return 0
    parts = [int(number) for number in re.findall(r"\d+", text)]
    if "-" not in text:
        parts.reverse()
    year = parts[0] + 2000 if parts[0] < 100 else parts[0]
    return date(year, parts[1], parts[2]).toordinal()


def validity(match: re.Match[str]) -> Numbers:
    """Day numbers of the first and the last day, 0 for none; nothing when a day does not exist."""
    found = match.groupdict()
    try:
        first, last = _day_number(found.get("first")), _day_number(found.get("last"))
    except ValueError:
        return ()
    return () if last and first > last else (first, last)
