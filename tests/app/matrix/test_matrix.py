"""The matrix: every operation, by everybody, with everybody's id at every place."""

import pytest

from app import db
from tests.app.callers import PEOPLE
from tests.app.examples import snapshot
from tests.app.matrix import cells
from tests.app.matrix.cells import Cell, Trial
from tests.app.matrix.people import CALLERS, MEANT, NOBODY, Whose, narrows
from tests.app.matrix.places import places, with_id
from tests.app.operations import operations, rule
from tests.app.rules import RULES


def cells_of(name: str, *, refused: bool) -> list[Cell]:
    """The cells of a caller of which nothing, or something, may come."""
    return [one for one in cells.cells([CALLERS[name]]) if one.is_refused == refused]


@pytest.mark.sqlite  # On a server a second wall stands behind the first.
@pytest.mark.parametrize("name", CALLERS)
async def test_what_is_not_hers_is_not_there(trial: Trial, name: str) -> None:
    engine = trial.world.engine
    home = trial.world.of(CALLERS[name], Whose.OWN).sponsor_id
    choosing, refused = [], []
    for cell in cells_of(name, refused=True):
        chooses = cell.may_call and cell.place and narrows(cell.operation, cell.place)
        (choosing if chooses else refused).append(cell)
    before = snapshot(engine)
    found = await trial.look_at(refused)
    assert found.leaks == []
    assert snapshot(engine) == before, "a refused call changed something"
    before = snapshot(engine, without=home)
    assert (await trial.look_at(choosing)).leaks == []
    assert snapshot(engine, without=home) == before, "somebody else's rows were changed"
    assert found.cells > 100


@pytest.mark.parametrize("name", sorted(set(CALLERS) - {"nobody"}))
async def test_what_is_hers_is_there(
    trial: Trial, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Taken back at the end of each request: no cell stands in the way of the next.
    monkeypatch.setattr(db, "_commit", lambda session: session.flush())
    trial.stored = False
    found = await trial.look_at(cells_of(name, refused=False))
    assert found.leaks == []
    assert found.cells > 0


@pytest.mark.sqlite
def test_every_place_of_an_id_has_a_rule(trial: Trial) -> None:
    assert cells.unruled(trial.world) == []


def test_every_operation_has_a_rule_and_every_rule_an_operation() -> None:
    found = {operation.name for operation in operations()}
    new, gone = sorted(found - set(RULES)), sorted(set(RULES) - found)
    assert new == [], "say in tests/app/rules.py who may call it, and with which body"
    assert gone == [], "these rules in tests/app/rules.py are of no operation"


@pytest.mark.sqlite
def test_control_a_place_or_a_route_without_a_rule_is_said(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(MEANT, "follow_up_of")
    said = cells.unruled(trial.world)
    assert len(said) == 2
    assert all("follow_up_of: say in" in one for one in said)
    monkeypatch.delitem(RULES, "GET /me")
    with pytest.raises(AssertionError, match="GET /me is new"):
        rule(next(one for one in operations() if one.name == "GET /me"))


def test_every_part_calls() -> None:
    assert {CALLERS[name].parts for name in PEOPLE} == {frozenset({p}) for p in PEOPLE.values()}
    assert CALLERS["nobody"] is NOBODY


def test_ids_are_found_wherever_they_stand() -> None:
    found = {f"{one.name} {place}" for one in operations() for place in places(one)}
    assert found >= {
        "GET /offers/{offer_id} path offer_id",
        "GET /claims query volunteer_id",
        "POST /offers body seat_id",
        "POST /payruns body claim_ids/*",
        "POST /plans/what-if body absent/*/volunteer_id",
        "PATCH /requests/{request_id} body seats/*/id",
        "DELETE /volunteers/{volunteer_id}/absences/{absence_id} path *",
    }
    assert with_id({"a": [{"b": 1, "c": 2}]}, ("a", "*", "b"), "x") == {"a": [{"b": "x", "c": 2}]}
    assert with_id(None, ("a", "*"), "x") == {"a": ["x"]}
