"""The catalogue of languages, read once from the package's table."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from scheduling import reference

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i"})


@dataclass(frozen=True)
class Language:
    """One language or variety that people ask for.

    Parameters
    ----------
    tag : str
        BCP-47 tag; ``kmr`` and ``ckb`` are two languages, never one.
    german, english, own_name : str
        Names shown to people.
    script : str
        ISO 15924 code, ``Zxxx`` for a language without writing.
    direction : str
        ``ltr`` or ``rtl``.
    variety_of : str or None
        Tag of the language this one is a spoken variety of.
    synonyms : tuple of str
        Other words that mean this language and no other.
    ask_words : tuple of str
        Words that may mean this language among others, so that somebody has to ask.
    """

    tag: str
    german: str
    english: str
    own_name: str
    script: str
    direction: str
    variety_of: str | None
    synonyms: tuple[str, ...]
    ask_words: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every word that means this language and no other."""
        return (self.german, self.english, self.own_name, *self._codes(3), *self.synonyms)

    @property
    def questions(self) -> tuple[str, ...]:
        """Every word after which somebody has to ask."""
        # Codes of two letters are words as well: "ja" in a list is seldom Japanese.
        return (*self.ask_words, *self._codes(2))

    def _codes(self, length: int) -> tuple[str, ...]:
        return (self.tag,) if len(self.tag) == length else ()


@cache
def catalogue() -> Mapping[str, Language]:
    """All known languages by tag, in the order of demand of their families."""
    return MappingProxyType({row["tag"]: _language(row) for row in reference.rows("languages.csv")})


def _language(row: Mapping[str, str]) -> Language:
    return Language(
        tag=row["tag"],
        german=row["german"],
        english=row["english"],
        own_name=row["own_name"],
        script=row["script"],
        direction=row["direction"],
        variety_of=row["variety_of"] or None,
        synonyms=_words(row["synonyms"]),
        ask_words=_words(row["ask_words"]),
    )


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word for word in cell.split("|") if word)


def fold(text: str) -> str:
    """Spelling without case, umlauts, accents, spaces and punctuation; flags stay."""
    composed = unicodedata.normalize("NFC", text).casefold()
    return _kept(composed.translate(_UMLAUTS))


def _bare(text: str) -> str:
    """The same for people whose keyboard has no umlauts at all: ``Turkisch``."""
    return _kept(unicodedata.normalize("NFC", text).casefold())


def _kept(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if unicodedata.category(c)[0] in "LN" or _is_flag(c))


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


@cache
def exact_names() -> Mapping[str, str]:
    """Folded spelling to tag, for words that mean one language."""
    found: dict[str, str] = {}
    for language in catalogue().values():
        for name in language.names:
            for key in (fold(name), _bare(name)):
                found.setdefault(key, language.tag)
    return MappingProxyType(found)


@cache
def ask_names() -> Mapping[str, tuple[str, ...]]:
    """Folded spelling to candidate tags, for words that mean several languages."""
    found: dict[str, dict[str, None]] = {}
    for language in catalogue().values():
        for word in language.questions:
            for key in (fold(word), _bare(word)):
                found.setdefault(key, {})[language.tag] = None
    return MappingProxyType({key: tuple(tags) for key, tags in found.items()})
