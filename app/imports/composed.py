"""Columns that say one thing together: languages with levels, crosses, a grid of the week."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.names import folded
from scheduling.languages import LEVELS, read_skills
from scheduling.languages.names import known
from scheduling.phrases import read_availability

Say = Literal["language", "native", "cross", "time"]

_WEEKDAYS = {
    "mo": "Mo", "montag": "Mo", "montags": "Mo", "monday": "Mo", "mon": "Mo",
    "di": "Di", "dienstag": "Di", "dienstags": "Di", "tuesday": "Di", "tue": "Di",
    "mi": "Mi", "mittwoch": "Mi", "mittwochs": "Mi", "wednesday": "Mi", "wed": "Mi",
    "do": "Do", "donnerstag": "Do", "donnerstags": "Do", "thursday": "Do", "thu": "Do",
    "fr": "Fr", "freitag": "Fr", "freitags": "Fr", "friday": "Fr", "fri": "Fr",
    "sa": "Sa", "samstag": "Sa", "samstags": "Sa", "saturday": "Sa", "sat": "Sa",
    "so": "So", "sonntag": "So", "sonntags": "So", "sunday": "So", "sun": "So",
}  # fmt: skip
_PARTS = {
    "vm": "vormittags", "vorm": "vormittags", "vormittag": "vormittags", "v": "vormittags",
    "vormittags": "vormittags", "frueh": "vormittags", "morning": "vormittags",
    "nm": "nachmittags", "nachm": "nachmittags", "nachmittag": "nachmittags", "n": "nachmittags",
    "nachmittags": "nachmittags", "afternoon": "nachmittags", "ab": "abends", "abend": "abends",
    "abends": "abends", "evening": "abends", "gt": "ganztags", "ganztags": "ganztags",
    "ganztaegig": "ganztags",
}  # fmt: skip
_LEVEL_HEADINGS = frozenset((
    "niveau", "level", "stufe", "sprachniveau", "niveaustufe", "sprachstufe", "kenntnisse",
    "sprachlevel", "niveausprache", "levelsprache", "languagelevel", "ger", "gerniveau",
))  # fmt: skip
_NATIVE_HEADINGS = frozenset((
    "muttersprache", "muttersprachen", "erstsprache", "erstsprachen", "nativelanguage",
    "mothertongue", "nativelanguages",
))  # fmt: skip
_YES = frozenset((
    "x", "✓", "✔", "☑", "☒", "✅", "[x]", "ja", "j", "yes", "y", "+", "1", "ok", "•", "●", "true",
    "wahr",
))  # fmt: skip
NO = frozenset((
    "-", "–", "—", "0", "nein", "n", "no", "☐", "[ ]", "[]", "/", "./.", "false", "falsch",
))  # fmt: skip
_NATIVE = frozenset(("m", "ms", "muttersprache", "muttersprachlich", "native", "erstsprache"))
_WEEKDAYS_NEEDED, _PARTS_NEEDED, _LANGUAGES_NEEDED = 3, 2, 2
# Forms put the answer to cross behind the question: "Wann hast du Zeit? [Mo vormittag]".
_ASKED = re.compile(r"[^\[]+\[([^\]]+)\]\s*")
_NUMBER = re.compile(r"\d{1,2}")


@dataclass(frozen=True, slots=True)
class Part:
    """What a column adds to its field.

    Attributes
    ----------
    say : {"language", "native", "cross", "time"}
        Languages (with a level beside them), mother tongues, crosses under the name of a
        language, or times under a day of the week.
    word : str
        The language or the time its heading names.
    level_at : int or None
        Where the level of a column of languages stands.
    """

    say: Say
    word: str = ""
    level_at: int | None = None


def parts(
    headings: Sequence[str], columns: Mapping[str, tuple[int, ...]]
) -> dict[str, dict[int, Part]]:
    """Columns of a volunteers' list by field and position, as far as headings alone tell."""
    free = _free(headings, columns)
    spoken: dict[int, Part] = {}
    for at in columns.get("languages", ()):
        spoken[at] = Part("language", level_at=_level_beside(headings, at))
    for at in free:
        if folded(headings[at]) in _NATIVE_HEADINGS:
            spoken[at] = Part("native")
    spoken |= _crosses(headings, [at for at in free if at not in spoken])
    return {"languages": spoken, "availability": _grid(headings, free)}


def _free(headings: Sequence[str], columns: Mapping[str, tuple[int, ...]]) -> list[int]:
    used = {at for positions in columns.values() for at in positions}
    return [at for at in range(len(headings)) if at not in used]


def _level_beside(headings: Sequence[str], at: int) -> int | None:
    """The column of the level: of the same number, or the next one to the right."""
    number = _number(headings[at])
    levels = [
        position
        for position, heading in enumerate(headings)
        if _NUMBER.sub("", folded(heading)) in _LEVEL_HEADINGS
    ]
    numbered = [position for position in levels if number and _number(headings[position]) == number]
    # "Sprachniveau" alone is the level of German.
    beside = [
        position
        for position in levels
        if position == at + 1 and not numbered and folded(headings[position]) != "sprachniveau"
    ]
    return next(iter([*numbered, *beside]), None)


def _number(heading: str) -> str:
    found = _NUMBER.findall(heading)
    return str(int(found[0])) if len(found) == 1 else ""


def _crosses(headings: Sequence[str], free: Sequence[int]) -> dict[int, Part]:
    named = {at: Part("cross", headings[at]) for at in free if known(headings[at]) is not None}
    return named if len(named) >= _LANGUAGES_NEEDED else {}


def _grid(headings: Sequence[str], free: Sequence[int]) -> dict[int, Part]:
    times = {at: time for at in free if (time := time_named(headings[at]))}
    days = {time.split()[0] for time in times.values()} & set(_WEEKDAYS.values())
    parts_of_days = [time for time in times.values() if " " in time]
    enough = len(days) >= _WEEKDAYS_NEEDED or (
        len(times) >= _PARTS_NEEDED and (not days or len(parts_of_days) == len(times))
    )
    return {at: Part("time", time) for at, time in times.items()} if enough else {}


def time_named(heading: str) -> str:
    """The time a heading names: "Mo", "Mo vormittags", "vormittags", "Mo 8-12"; else nothing."""
    asked = _ASKED.fullmatch(heading)
    words = (asked[1] if asked else heading).replace(".", " ").replace(",", " ").split(maxsplit=1)
    if not words:
        return ""
    day = _WEEKDAYS.get(folded(words[0]), "")
    rest = words[1] if len(words) > 1 else ""
    if not day:
        rest = " ".join(words)
    part = _PARTS.get(folded(rest), "")
    if day and (part or not rest):
        return f"{day} {part}".strip()
    said = f"{day} {rest}".strip()
    if day:
        return said if _is_time(said) else ""
    return part if len(folded(heading)) > 1 else ""


def _is_time(phrase: str) -> bool:
    answer = read_availability(phrase)
    return bool(answer.windows) and not answer.not_understood


def said(part: Part, cell: str, level: str) -> str | None:
    """A cell in words of its own, with the level beside it; None when it cannot be read."""
    return _timed(part, cell) if part.say == "time" else _spoken(part, cell, level)


def _spoken(part: Part, cell: str, level: str) -> str | None:
    if part.say == "cross":
        return _crossed(part.word, cell)
    if part.say == "native":
        return "\n".join(f"{one.written} Muttersprache" for one in read_skills(cell))
    if not level.strip() or level.strip() in NO:
        return cell
    skills = read_skills(cell)
    one = len(skills) == 1 and skills[0].level is None
    if not one or _level(level) is None:
        return None
    return f"{skills[0].written} {_level(level)}"


def _crossed(language: str, cell: str) -> str | None:
    word = cell.strip().lower()
    if word in NO:
        return ""
    if word in _YES:
        return language
    level = _level(cell)
    return f"{language} {level}" if level else None


def _level(text: str) -> str | None:
    word = " ".join(text.split())
    if folded(word) in _NATIVE:
        return "Muttersprache"
    return word.upper() if word.upper() in LEVELS else None


def _timed(part: Part, cell: str) -> str | None:
    """A cell of the week's grid as a phrase with its day; None when it cannot be read."""
    word = cell.strip().lower()
    if word in NO and word != "n":
        return ""
    if word in _YES or time_named(cell) == part.word:
        return part.word if " " in part.word or part.word[0].islower() else f"{part.word} ganztags"
    said = f"{part.word} {_PARTS.get(folded(cell), cell)}"
    if part.word[0].islower():
        said = f"{cell} {part.word}"
    return said if _is_time(said) else None
