"""Languages with levels, as people write them into one cell."""

import re
from dataclasses import dataclass, replace

from scheduling.languages.names import known, names_a_language, understand
from scheduling.languages.table import fold

LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2", "native")
"""Levels from lowest to highest: the six of the CEFR, then mother tongue."""

_SEPARATOR = re.compile(r"[,;|\n\r•&]|(?<![A-C][12])\+(?![^\w(]*$)|\s(?:und|u\.|sowie|and)\s", re.I)
_CEFR = re.compile(r"(?<![^\W_])([ABC][12])(?:[.,]\d)?\s*[+-]?(?![^\W_])", re.I)
_NATIVE = re.compile(
    r"(?<![^\W_])(?:mutterspr\w*\.?(?:\s+niveau)?|erstsprache|native(?:\s+speaker)?"
    r"|mother\s+tongue|MS(?![^\W_]))",
    re.I,
)
_FLUENCY = re.compile(
    r"(?<![^\W_])(?:verhandlungssicher|(?:sehr\s+)?fließend|(?:sehr\s+)?fliessend|sehr\s+gut|gut"
    r"|grundkenntnisse|kenntnisse|niveau|level)(?![^\W_])",
    re.I,
)
_IDIOM = re.compile(
    r"in\s+wort\s+(?:und|&|u\.)\s+schrift|\(\s*(?:alle|beide|jeweils)\s+(?:sehr\s+)?"
    r"(?:fließend|fliessend|gut)\s*\)",
    re.I,
)
_EMPTY_BRACKETS = re.compile(r"[(\[]\s*[-–:,]*\s*[)\]]")
_LOOSE_SIGN = re.compile(r"(?<=[\w.])\s*[-–:,]+\s*(?=[)\]])|(?<=[(\[])\s*[-–:,]+\s*")
_EDGE = " \t-–—:.=*·"
_LONGEST_CELL = 1_000
_OPENING, _CLOSING = "([", ")]"


@dataclass(frozen=True)
class SkillAnswer:
    """One language of a volunteer as read from a list.

    `written` is the language as written without its level; `level` is one of `LEVELS` or None.
    """

    written: str
    tag: str | None
    candidates: tuple[str, ...]
    level: str | None


def level_rank(level: str | None) -> int:
    """Rank of a level: 0 when unknown, 1 for A1 up to 7 for native.

    Raises
    ------
    ValueError
        If the level is none of `LEVELS`.
    """
    if level is None:
        return 0
    if level not in LEVELS:
        raise ValueError(f"{level!r} is no language level, expected one of {', '.join(LEVELS)}")
    return LEVELS.index(level) + 1


def read_skills(cell: str) -> tuple[SkillAnswer, ...]:
    """The languages of one cell such as ``"Bulgarisch C2, Tigrinja Muttersprache"``.

    A slash between two languages separates them, a slash before a country or variety
    (``"Arabisch/Marokko"``) does not. The same language twice keeps the higher level.

    Parameters
    ----------
    cell : str
        The cell as written.

    Returns
    -------
    tuple of SkillAnswer
        In the order written; empty for an empty cell; one unknown language for a cell of more
        than 1,000 characters.
    """
    if len(cell) > _LONGEST_CELL:
        return (SkillAnswer(cell.strip(), None, (), None),)
    answers: dict[str, SkillAnswer] = {}
    for piece in _pieces(_IDIOM.sub(" ", cell)):
        for written, level in _slashed(piece):
            _keep_higher(answers, _answer(written, level))
    return tuple(answers.values())


def _keep_higher(answers: dict[str, SkillAnswer], new: SkillAnswer) -> None:
    key = new.tag or f"?{fold(new.written) or new.written}"
    old = answers.get(key)
    if old is None:
        answers[key] = new
    elif level_rank(new.level) > level_rank(old.level):
        answers[key] = replace(old, level=new.level)


def _answer(written: str, level: str | None) -> SkillAnswer:
    answer = understand(written)
    return SkillAnswer(written, answer.tag, answer.candidates, level)


def _pieces(cell: str) -> list[str]:
    """Split at separators, but not inside brackets."""
    pieces, start = [], 0
    for match in _SEPARATOR.finditer(cell):
        before = cell[start : match.start()]
        if not _inside_brackets(before):
            pieces.append(before)
            start = match.end()
    pieces.append(cell[start:])
    return pieces


def _inside_brackets(text: str) -> bool:
    opened = sum(text.count(sign) for sign in _OPENING)
    return opened > sum(text.count(sign) for sign in _CLOSING)


def _slashed(piece: str) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for part in _slash_parts(piece):
        written, level = _without_level(part)
        if found and not written:
            found[-1] = (found[-1][0], _lower(found[-1][1], level))
        elif found and _belongs(found[-1], written):
            joined = f"{found[-1][0]}/{written}"
            found[-1] = (joined, found[-1][1] or level)
        elif written:
            found.append((written, level))
    return found


def _slash_parts(piece: str) -> list[str]:
    parts: list[str] = []
    for part in piece.split("/"):
        if parts and _inside_brackets(parts[-1]):
            parts[-1] += f"/{part}"
        else:
            parts.append(part)
    return parts


def _belongs(previous: tuple[str, str | None], written: str) -> bool:
    """Whether a slash joins: the right part is no language, or says which one the left means."""
    if not names_a_language(written):
        return True
    left = known(previous[0])
    joined = known(f"{previous[0]} {written}")
    return bool(left and joined and joined.tag in left.candidates)


def _without_level(part: str) -> tuple[str, str | None]:
    levels = [match.upper() for match in _CEFR.findall(part)]
    level = min(levels, key=level_rank, default=None)
    if _NATIVE.search(part):
        level = "native"
    rest = _FLUENCY.sub(" ", _NATIVE.sub(" ", _CEFR.sub(" ", part)))
    rest = " ".join(_LOOSE_SIGN.sub("", _EMPTY_BRACKETS.sub(" ", rest)).split())
    return _trimmed(rest), level


def _trimmed(rest: str) -> str:
    """The word without stray signs; the dot of an abbreviation stays."""
    kept = rest.strip(_EDGE)
    return f"{kept}." if rest.rstrip().endswith(f"{kept}.") and " " not in kept else kept


def _lower(first: str | None, second: str | None) -> str | None:
    levels = [level for level in (first, second) if level is not None]
    return min(levels, key=level_rank, default=None)
