"""The service as it is tested here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from tests.app.hours.wiring import service


@pytest.fixture
async def client(engine: Engine, var: Path) -> AsyncIterator[AsyncClient]:
    async with service(engine) as made:
        yield made
