"""A phrase cut into tokens."""

import re
import unicodedata
from collections.abc import Iterator

from scheduling.phrases.english import ENGLISH
from scheduling.phrases.grammar import BEFORE_PART, END, GERMAN
from scheduling.phrases.kinds import NEEDS_NUMBERS, Kind, Token

_COMPILED = tuple(
    (kind, re.compile(rf"(?:{pattern})(?:(?<=[\W_])|{END}|{BEFORE_PART})", re.I), reader)
    for kind, pattern, reader in (*GERMAN, *ENGLISH)
)
_WORD = re.compile(r"[^\W_]+|.", re.S)
_SIGNS = frozenset(" \t(.:!-–—*\"'")
_DASHES = str.maketrans(dict.fromkeys("–—‒−‐‑~", "-") | {"\u00a0": " "})  # noqa: RUF001


def normal(text: str) -> str:
    """The text with composed letters and one kind of dash."""
    return unicodedata.normalize("NFC", text).translate(_DASHES)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a `normal` text; signs without meaning are left out."""
    position = 0
    while position < len(text):
        token = _token(text, position)
        position = token.end
        if text[token.start : token.end] not in _SIGNS:
            yield token


def _token(text: str, position: int) -> Token:
    for kind, pattern, reader in _COMPILED:
        match = pattern.match(text, position)
        if match is not None:
            numbers = reader(match)
            known = numbers or kind not in NEEDS_NUMBERS
            return Token(kind if known else Kind.UNKNOWN, position, match.end(), numbers)
    match = _WORD.match(text, position)
    end = match.end() if match else len(text)
    return Token(Kind.UNKNOWN, position, end)
