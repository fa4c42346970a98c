"""Names in letters that every font has, for a document whose fonts lack some."""

import re
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Any

_TWO = {"SHEEN": "sh", "KHAH": "kh", "THEH": "th", "THAL": "dh", "GHAIN": "gh", "TCHEH": "tsch"}
"""Arabic letters that are two in Latin."""
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Begins a file; no document may hold it."""


ALL = "*"
"""Stands for every writing but Latin, Greek and Cyrillic, and for pictures."""
_ARMENIAN, _PUNCTUATION, _SIGNS = 0x0530, range(0x2010, 0x2028), range(0x20A0, 0x20C1)
_LATIN_1, _USUAL = 0xFF, frozenset("–—’“”„…€−")


def script(letter: str) -> str:
    """The writing a letter belongs to: "ETHIOPIC", "ARABIC", "HANGUL".

    A plain one is missed only where an unknown sign hangs on it: then it is `ALL`.
    """
    if ord(letter) < _ARMENIAN:
        return ALL
    return unicodedata.name(letter, ALL).split()[0]


def _is_missing(letter: str, scripts: frozenset[str]) -> bool:
    code = ord(letter)
    if code < _ARMENIAN or code in _PUNCTUATION or code in _SIGNS:
        return False
    return ALL in scripts or script(letter) in scripts


def without(content: Any, scripts: frozenset[str]) -> Any:
    """Lists, members and texts with the letters of some writings in brackets, as Latin ones."""
    return _each(content, partial(_bracketed, is_missing=partial(_is_missing, scripts=scripts)))


def plain(content: Any) -> Any:
    """The same with nothing but letters and signs of Western Europe: every font has those."""
    return _each(content, lambda text: _bracketed(_blanked(text), _is_rare))


def printable(content: Any) -> Any:
    """The same with a blank for each control character and each break."""
    return _each(content, _blanked)


def _each(content: Any, change: Callable[[str], str]) -> Any:
    if isinstance(content, dict):
        return {key: _each(value, change) for key, value in content.items()}
    if isinstance(content, list):
        return [_each(value, change) for value in content]
    return change(content) if isinstance(content, str) else content


def _blanked(text: str) -> str:
    unseen = (x == _MARK or unicodedata.category(x) in _UNSEEN for x in text)
    return "".join(" " if gone else x for x, gone in zip(text, unseen, strict=True))


def _is_rare(letter: str) -> bool:
    return ord(letter) > _LATIN_1 and letter not in _USUAL


def _bracketed(text: str, is_missing: Callable[[str], bool]) -> str:
    if text.isascii() or not any(is_missing(letter) for letter in text):
        return text
    marked = "".join(f"\x00{_latin(x)}\x01" if is_missing(x) else x for x in text)
    joined = marked.replace("\x01\x00", "")
    return re.sub(r"\x00([^\x01]*)\x01", lambda found: f"[{found[1]}]", joined)


def _latin(letter: str) -> str:
    """`ሰ` is "sa", `م` is "m"; a sign without a sound is its number."""
    name = unicodedata.name(letter, "")
    if "SYLLABLE" in name:
        return name.split()[-1].lower()
    if sounds := name.partition("LETTER ")[2].split():
        return _TWO.get(sounds[0], sounds[0][:1].lower())
    return f"U+{ord(letter):04X}"
