"""Two worlds that differ only in what another sponsor has look the same, to the last byte."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from app import access
from tests.app.matrix.people import SEVERAL
from tests.app.matrix.test_needed_rules import opened
from tests.app.matrix.world import NAMES, World, rows_of
from tests.app.matrix.worlds import Chance, book_at_fulda, differences, live_in_fulda, share
from tests.databases import Databases

LOOKING = ("amal", "fatma", "lea", "dilan", "selin", "arno", SEVERAL)
Pair = tuple[Engine, Engine]


@pytest.fixture
def chance(monkeypatch: pytest.MonkeyPatch, clock: object, var: object) -> Chance:
    """The same draws in both worlds, at the same moment."""
    return Chance(monkeypatch)


@pytest.fixture
def pair(databases: Databases, alone: World) -> Iterator[Pair]:
    """The same world twice."""
    like = alone.engine
    with databases.fresh(like=like) as one, databases.fresh(like=like) as other:
        yield one, other


@pytest.mark.parametrize("name", LOOKING)
async def test_nothing_is_heard_of_another_sponsor(
    pair: Pair, alone: World, chance: Chance, name: str
) -> None:
    live_in_fulda(pair[1], alone.cast)
    assert await differences(pair, alone, chance, name) == {}


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["visible_requests", "visible_volunteers", "visible_claims"])
async def test_control_without_a_filter_the_other_sponsor_is_heard(
    pair: Pair, alone: World, chance: Chance, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    live_in_fulda(pair[1], alone.cast)
    monkeypatch.setattr(access, name, opened(name))
    heard = await differences(pair, alone, chance, "amal")
    assert bool(heard) == (pair[0].dialect.name == "sqlite")


@pytest.mark.parametrize("name", sorted(set(LOOKING) - {"dilan"}))
async def test_of_a_shared_volunteer_only_that_she_is_busy_is_heard(
    pair: Pair, alone: World, chance: Chance, name: str
) -> None:
    for engine in pair:
        share(engine, alone.cast)
    live_in_fulda(pair[1], alone.cast)
    book_at_fulda(pair[1], alone.cast)
    heard = await differences(pair, alone, chance, name)
    told = {(called.split(" ", 2)[2], at) for called, two in heard.items() for at in where(*two)}
    assert {one for one in told if not may_differ(*one)} == set()
    secret = rows_of(pair[1], alone.cast.fulda) - {str(alone.cast.fulda)}
    said = " ".join(other[2] for _, other in heard.values())
    assert [one for one in (*secret, *NAMES["fulda"]) if one in said] == []
    if name == "amal":
        assert told, "control: that she is busy is noticed"


REFUSED = ("/detail", "/reasons")
MAY_DIFFER: dict[str, tuple[str, ...]] = {
    "GET /seats/{seat_id}/candidates": ("/rejected/*/reasons",),
    "GET /seats/{seat_id}/candidates/{volunteer_id}": ("/reasons",),
    "GET /seats/{seat_id}/explanation": ("/funnel/*", "/reasons", "/repairs", "/volunteer"),
    "GET /offers": ("/items/*/why",),
    "GET /offers/{offer_id}": ("/why",),
    "POST /offers": REFUSED,
    "POST /offers/{offer_id}/accept": REFUSED,
    "POST /assignments": REFUSED,
}
"""Where it may be noticed that a shared volunteer is busy, and in which members."""


def may_differ(operation: str, at: str) -> bool:
    """Whether a difference says no more than that she is busy."""
    allowed = MAY_DIFFER.get(operation, ())
    # Two refusals may be of two kinds.
    return at.startswith(allowed) or (at == "" and allowed == REFUSED)


def where(one: Any, other: Any) -> set[str]:
    """Members in which two answers differ."""
    if one[0] != other[0]:
        return {f"{one[0]} {other[0]}"}
    return set(_where(json.loads(one[2]), json.loads(other[2])))


def _where(one: Any, other: Any, at: str = "") -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name in one:
            yield from _where(one[name], other[name], f"{at}/{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for first, second in zip(one, other, strict=True):
            yield from _where(first, second, f"{at}/*")
    elif one != other:
        yield at
