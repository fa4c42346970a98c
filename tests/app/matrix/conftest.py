"""The world of the matrix, made once and cloned for each test."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from httpx import ASGITransport, AsyncClient

from tests.app.matrix.cells import Trial
from tests.app.matrix.world import World, found_world
from tests.conftest import NOW
from tests.databases import Databases
from tests.serving import serving


@pytest.fixture(scope="session")
def template(databases: Databases) -> Iterator[World]:
    """The world that all tests clone."""
    with databases.fresh() as engine:
        with time_machine.travel(NOW, tick=False):
            made = found_world(engine)
        engine.dispose()
        yield made


@pytest.fixture(scope="session")
def alone(databases: Databases) -> Iterator[World]:
    """Wetterau as it is, beside a Fulda where nothing has happened yet."""
    with databases.fresh() as engine:
        with time_machine.travel(NOW, tick=False):
            made = found_world(engine, fulda=False)
        engine.dispose()
        yield made


@pytest.fixture
def world(
    databases: Databases, template: World, clock: time_machine.Traveller, var: Path
) -> Iterator[World]:
    """Everybody and everything, in a database of its own."""
    with databases.fresh(like=template.engine) as engine:
        yield replace(template, engine=engine)


@pytest.fixture
async def trial(world: World) -> AsyncIterator[Trial]:
    """The application on this world, ready to be asked."""
    transport = ASGITransport(app=serving(world.engine), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test/api/v1") as client:
        yield Trial(client, world)
