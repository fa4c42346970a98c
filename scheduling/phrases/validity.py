"""From when and until when a phrase holds: "ab 1.2.2027"."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from scheduling.phrases.kinds import BREAKS, SILENT, Kind, Token

Days = tuple[date | None, date | None]


def split(tokens: Sequence[Token]) -> tuple[list[Token], Days]:
    """The tokens without full dates that speak for the whole phrase, and those dates.

    Dates speak for the whole phrase at its beginning or alone at its end; anywhere else it is
    open what they mean, and they stay as words that are not understood.
    """
    places = [index for index, token in enumerate(tokens) if token.kind is Kind.VALIDITY]
    if not places:
        return list(tokens), (None, None)
    days = _days([tokens[index] for index in places])
    if days is None or not all(_speaks_for_all(tokens, index) for index in places):
        return [_unknown(token) for token in tokens], (None, None)
    return [token for token in tokens if token.kind is not Kind.VALIDITY], days


def _unknown(token: Token) -> Token:
    return replace(token, kind=Kind.UNKNOWN) if token.kind is Kind.VALIDITY else token


def _days(found: Sequence[Token]) -> Days | None:
    firsts = [token.numbers[0] for token in found if token.numbers[0]]
    lasts = [token.numbers[1] for token in found if token.numbers[1]]
    if len(firsts) > 1 or len(lasts) > 1 or (firsts and lasts and firsts[0] > lasts[0]):
        return None
    first = date.fromordinal(firsts[0]) if firsts else None
    return first, date.fromordinal(lasts[0]) if lasts else None


def _speaks_for_all(tokens: Sequence[Token], index: int) -> bool:
    before, after = _content(tokens[:index]), _content(tokens[index + 1 :])
    if not before:
        stops = [at for at, kind in enumerate(after) if kind is Kind.STOP]
        return not stops or stops[0] in (0, len(after) - 1)
    if after:
        return False
    return before[-1] in BREAKS or not any(kind in BREAKS for kind in before)


def _content(tokens: Sequence[Token]) -> list[Kind]:
    """What is said beside the dates, without commas that hang in the air at its outer end."""
    kinds = [t.kind for t in tokens if t.kind not in SILENT | {Kind.VALIDITY}]
    return kinds if any(kind not in BREAKS for kind in kinds) else []
