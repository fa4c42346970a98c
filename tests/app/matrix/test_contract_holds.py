"""Whatever is sent, the service answers as its contract says: never 5xx, nothing undocumented."""

from typing import Any

import pytest
import time_machine
from fastapi import FastAPI

from app import access, db
from app.main import create_app
from tests.app.callers import PEOPLE
from tests.app.matrix.fuzzing import Fuzzer
from tests.app.matrix.world import World

EXAMPLES = 2
"""Right calls and wrong calls for each operation; `python -m bench.contract` tries longer."""


@pytest.fixture
def app(world: World, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The application, in which nothing lasts."""
    monkeypatch.setattr(db, "_commit", lambda session: session.flush())
    return create_app(world.engine)


@pytest.mark.parametrize("name", [*PEOPLE, "nobody"])
def test_every_answer_is_one_of_the_contract(app: FastAPI, world: World, name: str) -> None:
    found = Fuzzer(app, world, name).try_all(EXAMPLES)
    assert found.wrong == {}
    assert found.calls >= (5 if name == "nobody" else 20)
    assert 200 in found.statuses


@pytest.mark.sqlite
def test_the_whole_document_is_tried(app: FastAPI, world: World) -> None:
    names = [*PEOPLE, "nobody"]
    tried = [one for name in names for _, one in Fuzzer(app, world, name).operations()]
    said = {f"{method} {path}" for path, item in app.openapi()["paths"].items() for method in item}
    assert said - {f"{one.method} {one.path}" for one in tried} == set()
    assert len(said) > 150


@pytest.mark.sqlite
def test_control_an_answer_of_another_shape_is_found(app: FastAPI, world: World) -> None:
    document = app.openapi()
    document["components"]["schemas"]["MeRead"]["required"].append("shoe_size")
    app.openapi = lambda: document  # type: ignore[method-assign]
    assert "GET /api/v1/me 200" in Fuzzer(app, world, "petra").try_all(1).wrong


@pytest.mark.sqlite
def test_control_a_service_that_breaks_is_found(app: FastAPI, world: World) -> None:
    def broken() -> Any:
        raise ZeroDivisionError

    app.dependency_overrides[access.current_actor] = broken
    found = Fuzzer(app, world, "petra").try_all(1)
    assert "GET /api/v1/me 500" in found.wrong
