"""Each rule of the first wall is needed: without any one of them the matrix finds a leak."""

from collections.abc import Iterable
from typing import Annotated, Any, get_args, get_origin
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlmodel import select

from app import access, db
from app.access import Actor
from tests.app.callers import PEOPLE
from tests.app.matrix.cells import Cell, Trial, cells
from tests.app.matrix.people import BETWEEN, CALLERS, Whose

OF_BOTH = "visible_lendings"
"""Both pools here see both lendings; `tests/app/lendings/test_third_pool.py` has a third."""
FILTERS = sorted(name for name in vars(access) if name.startswith("visible_") and name != OF_BOTH)
FOR_ALL = frozenset({"Anyone", "Exporter", "InPerson", "Oneself"})
"""No part is refused by these; what they ask for besides is tried in `tests/app/accounts`."""
PARTS = sorted(
    name
    for name, alias in vars(access).items()
    if get_origin(alias) is Annotated and get_args(alias)[0] is Actor and name not in FOR_ALL
)
"""The types by which a route says who may call it."""
LOOKING = ("amal", "fatma", "lea", "dilan", "selin")


def opened(name: str) -> Any:
    """What a filter would be without its condition."""
    nobody = Actor(uuid4(), "Niemand")
    table = getattr(access, name)(nobody).column_descriptions[0]["entity"]
    return lambda _actor: select(table)


def hidden(names: Iterable[str] = LOOKING, *whose: Whose) -> list[Cell]:
    """Calls in which somebody names or lists what she must not see; those that only read first."""
    found = [
        cell
        for cell in cells([CALLERS[name] for name in names])
        if cell.may_call
        and (cell.place is None or not cell.sees)
        and (not whose or cell.whose in whose)
    ]
    return sorted(found, key=lambda cell: cell.operation.method != "GET")


async def first_leak(trial: Trial, several: Iterable[Cell]) -> str | None:
    """The first thing that is wrong."""
    for cell in several:
        wrong = await trial.look(cell)
        if wrong:
            return wrong[0]
    return None


@pytest.fixture(autouse=True)
def _taken_back(monkeypatch: pytest.MonkeyPatch, trial: Trial) -> None:
    """Nothing is stored: no call stands in the way of the next."""
    trial.stored = False
    monkeypatch.setattr(db, "_commit", lambda session: session.flush())


def of(trial: Trial) -> FastAPI:
    """The application that is asked."""
    return trial.client._transport.app  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001


@pytest.mark.sqlite  # On a server the second wall stands, as the next test shows for all at once.
@pytest.mark.parametrize("name", FILTERS)
async def test_a_filter_that_is_taken_away_is_missed(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(access, name, opened(name))
    assert await first_leak(trial, hidden()), f"nothing depends on access.{name}"


async def test_the_second_wall_holds_without_the_first(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = [cell for cell in hidden() if cell.place and cell.whose is Whose.FOREIGN]
    assert len(foreign) > 100
    for name in FILTERS:
        monkeypatch.setattr(access, name, opened(name))
    leak = await first_leak(trial, foreign)
    assert (leak is None) == (trial.world.engine.dialect.name == "postgresql"), leak


@pytest.mark.sqlite
@pytest.mark.parametrize("name", PARTS)
async def test_a_part_that_is_taken_away_is_missed(trial: Trial, name: str) -> None:
    depends = get_args(getattr(access, name))[1]
    of(trial).dependency_overrides[depends.dependency] = access.current_actor
    assert await first_leak(trial, refused_by_part()), f"no route asks for access.{name}"


def refused_by_part() -> list[Cell]:
    """Calls that the part alone refuses: for each operation two people who may not call it."""
    found: dict[str, list[Cell]] = {}
    for cell in cells(CALLERS[name] for name in PEOPLE):
        others = found.setdefault(cell.operation.name, [])
        known = {other.caller for other in others}
        if not cell.may_call and cell.whose is Whose.OWN and cell.caller not in known:
            others.append(cell)
    return [cell for several in found.values() for cell in several[:2]]


@pytest.mark.sqlite
async def test_parts_that_are_not_narrowed_are_missed(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    between = hidden([BETWEEN])
    assert await first_leak(trial, between) is None
    monkeypatch.setattr(Actor, "narrowed", lambda actor, _allowed: actor)
    trial.nowhere.clear()
    assert await first_leak(trial, between) is not None


@pytest.mark.sqlite
async def test_control_with_all_rules_there_is_no_leak(trial: Trial) -> None:
    assert await first_leak(trial, hidden(["dilan", "selin"])) is None
