"""Which language a written word means, and when somebody has to ask."""

import difflib
import re
from dataclasses import dataclass

from scheduling.languages.table import Language, ask_names, catalogue, exact_names, fold

_QUALIFIED = re.compile(r"^(?P<head>[^(\[]+)[(\[](?P<qualifier>[^)\]]*)[)\]]?\s*$")
_SLASHED = re.compile(r"^(?P<head>[^/]+?)\s*/\s*(?P<qualifier>[^/]+)$")
_DIALECT = re.compile(r"\bdialekt\b:?", re.IGNORECASE)
_SIMILAR = 0.82
_LONGEST_NAME = 200
_SHORTEST_TYPO, _LONGEST_TYPO = 4, 40


@dataclass(frozen=True)
class LanguageAnswer:
    """What a written word means.

    A tag is an answer. No tag with candidates means: ask which of them. Neither means: unknown.
    """

    written: str
    tag: str | None
    candidates: tuple[str, ...] = ()


def understand(text: str) -> LanguageAnswer:
    """The language a person meant, or the candidates to ask about; never a silent guess.

    Parameters
    ----------
    text : str
        One language as written, such as ``"Arabisch/Marokko"`` or ``"Kurdisch (Sorani)"``.
        Case, umlauts, dots, spaces and combining marks do not matter.

    Returns
    -------
    LanguageAnswer
        With a tag, with candidates to choose from, or with neither when it is unknown.

    Examples
    --------
    >>> understand("Irakisch").tag
    'acm'
    >>> understand("Afghanisch").candidates
    ('prs', 'ps')
    """
    written = " ".join(text.split())
    if len(written) > _LONGEST_NAME:
        return LanguageAnswer(written, None)
    answer = known(written) or _qualified(written) or _misspelt(written)
    if answer.tag is not None and "?" in written:
        return LanguageAnswer(written, None, (answer.tag,))
    return answer


def known(written: str) -> LanguageAnswer | None:
    """The answer when the table holds exactly this word, else None."""
    key = fold(written)
    if not key:
        return None
    if key in ask_names():
        return LanguageAnswer(written, None, ask_names()[key])
    if key in exact_names():
        return LanguageAnswer(written, exact_names()[key])
    return None


def names_a_language(written: str) -> bool:
    """Whether a word, with or without a qualifier in brackets, names some language."""
    return known(written) is not None or _qualified(written) is not None


def _qualified(written: str) -> LanguageAnswer | None:
    match = _QUALIFIED.match(written) or _SLASHED.match(written)
    head = known(match["head"]) if match else None
    if match is None or head is None:
        return None
    full = _full_name(head, match["qualifier"])
    if full is not None:
        return LanguageAnswer(written, full.tag, full.candidates)
    inner = known(match["qualifier"])
    if inner is not None and inner.tag is not None and _narrows(head, inner.tag):
        return LanguageAnswer(written, inner.tag)
    if inner is not None and head.tag in inner.candidates and "(" in written:
        # "Sorani (Kurdisch)": the word before the bracket is the narrower one.
        return LanguageAnswer(written, head.tag)
    # The qualifier may change the meaning, so both are only candidates.
    return LanguageAnswer(written, None, tuple(dict.fromkeys([*_tags(head), *_tags(inner)])))


def _tags(answer: LanguageAnswer | None) -> tuple[str, ...]:
    if answer is None:
        return ()
    return answer.candidates if answer.tag is None else (answer.tag,)


def _full_name(head: LanguageAnswer, qualifier: str) -> LanguageAnswer | None:
    """The answer for an abbreviated head, "arab. (Syrien)", spelt out."""
    if head.tag is None:
        return None
    plain = _DIALECT.sub(" ", qualifier)
    spelt = (qualifier, plain, plain.strip().removesuffix("er"))
    answers = (known(f"{catalogue()[head.tag].german} {one}") for one in spelt if one.strip())
    return next((answer for answer in answers if answer is not None), None)


def _narrows(head: LanguageAnswer, tag: str) -> bool:
    return tag in head.candidates or head.tag in (tag, catalogue()[tag].variety_of)


def _misspelt(written: str) -> LanguageAnswer:
    key = fold(written)
    tags: dict[str, None] = {}
    for near in _near(key, 3):
        for tag in _tags_of(near):
            tags[tag] = None
    return LanguageAnswer(written, None, tuple(tags))


def _near(key: str, count: int) -> list[str]:
    if not _SHORTEST_TYPO <= len(key) <= _LONGEST_TYPO:
        return []
    words = [*exact_names(), *ask_names()]
    return difflib.get_close_matches(key, words, n=count, cutoff=_SIMILAR)


def _tags_of(key: str) -> tuple[str, ...]:
    return ask_names()[key] if key in ask_names() else (exact_names()[key],)


def suggest(query: str, limit: int = 10) -> tuple[Language, ...]:
    """Languages to offer while somebody types.

    Parameters
    ----------
    query : str
        Beginning of a name, a synonym or a near miss (``"kurmanc"``, ``"paschtu"``).
    limit : int
        Most languages to give, at least 1.

    Returns
    -------
    tuple of Language
        Exact names first, then beginnings, then parts of names, then near misses.

    Raises
    ------
    ValueError
        If `limit` is below 1.
    """
    if limit < 1:
        raise ValueError("the limit of a suggestion must be at least 1")
    key = fold(query)
    if not key and query.strip():
        return ()
    if not key:
        return tuple(catalogue().values())[:limit]
    ranked = [*_tags_of_exact(key), *_tags_starting(key), *_tags_containing(key)]
    ranked += [tag for near in _near(key, limit) for tag in _tags_of(near)]
    return tuple(catalogue()[tag] for tag in dict.fromkeys(ranked))[:limit]


def _tags_of_exact(key: str) -> list[str]:
    exact = [exact_names()[key]] if key in exact_names() else []
    return [*exact, *ask_names().get(key, ())]


def _tags_starting(key: str) -> list[str]:
    german = [tag for tag, one in catalogue().items() if fold(one.german).startswith(key)]
    exact = [tag for name, tag in exact_names().items() if name.startswith(key)]
    asked = [tag for name, tags in ask_names().items() if name.startswith(key) for tag in tags]
    return [*german, *exact, *asked]


def _tags_containing(key: str) -> list[str]:
    if len(key) < _SHORTEST_TYPO:
        return []
    return [tag for name, tag in exact_names().items() if key in name]
