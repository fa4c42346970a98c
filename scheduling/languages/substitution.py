"""Which spoken language can stand in for a wanted one, and at what cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from scheduling import reference
from scheduling.languages.table import catalogue

NEVER = -1
"""Cost in a table where one language never stands in for the other."""

_EVERY_VARIETY = "*"


@dataclass(frozen=True)
class Substitution:
    """A stand-in: its cost from 0 (the same language) to 100, and whether the client must agree."""

    cost: int
    needs_consent: bool = False


_SAME = Substitution(0)


def substitution(wanted: str, spoken: str) -> Substitution | None:
    """How well a spoken language serves a wanted one.

    Parameters
    ----------
    wanted, spoken : str
        Tags of the catalogue. The order matters: Russian may stand in for Ukrainian with
        consent, not the other way round.

    Returns
    -------
    Substitution or None
        None when the one never stands in for the other, as Sorani for Kurmandschi.

    Raises
    ------
    ValueError
        If a tag is not in the catalogue.
    """
    for tag in (wanted, spoken):
        if tag not in catalogue():
            raise ValueError(f"{tag!r} is no language of the catalogue")
    return _SAME if wanted == spoken else _rules().get((wanted, spoken))


@cache
def stand_ins(wanted: str) -> tuple[tuple[str, Substitution], ...]:
    """Other languages that may stand in for a wanted one, the best first.

    Parameters
    ----------
    wanted : str
        Tag of the catalogue.

    Returns
    -------
    tuple of (tag, Substitution)
        By cost, then in the order of the catalogue.

    Raises
    ------
    ValueError
        If the tag is not in the catalogue.
    """
    others = (tag for tag in catalogue() if tag != wanted)
    found = ((tag, substitution(wanted, tag)) for tag in others)
    known = [(tag, one) for tag, one in found if one is not None]
    return tuple(sorted(known, key=lambda pair: pair[1].cost))


def substitution_table(
    tags: Sequence[str],
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[bool, ...], ...]]:
    """Costs and needed consent among some languages.

    Parameters
    ----------
    tags : sequence of str
        n tags of the catalogue.

    Returns
    -------
    costs : tuple of tuple of int
        n × n, row = wanted, column = spoken, 0 to 100, or -1 for never.
    consent : tuple of tuple of bool
        n × n, whether the client has to agree first.

    Raises
    ------
    ValueError
        If a tag is not in the catalogue.
    """
    cells = [[substitution(wanted, spoken) for spoken in tags] for wanted in tags]
    costs = tuple(tuple(NEVER if cell is None else cell.cost for cell in row) for row in cells)
    consent = tuple(tuple(cell is not None and cell.needs_consent for cell in row) for row in cells)
    return costs, consent


@cache
def _rules() -> Mapping[tuple[str, str], Substitution]:
    found: dict[tuple[str, str], Substitution] = {}
    for row in reference.rows("substitution.csv"):
        rule = Substitution(int(row["cost"]), row["needs_consent"] == "yes")
        for pair in _pairs(row["wanted"], row["spoken"]):
            found[pair] = rule
    return MappingProxyType(found)


def _pairs(wanted: str, spoken: str) -> list[tuple[str, str]]:
    if wanted == _EVERY_VARIETY:
        return [(tag, spoken) for tag in _varieties(spoken)]
    if spoken == _EVERY_VARIETY:
        return [(wanted, tag) for tag in _varieties(wanted)]
    return [(wanted, spoken)]


def _varieties(of: str) -> list[str]:
    return [tag for tag, language in catalogue().items() if language.variety_of == of]
