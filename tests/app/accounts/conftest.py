"""What the tests of signing in may ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import Engine

from tests.serving import serving


@pytest.fixture
async def pages(engine: Engine, var: Path) -> AsyncIterator[AsyncClient]:
    """The pages, called without a network."""
    transport = ASGITransport(app=serving(engine))
    async with AsyncClient(transport=transport, base_url="http://test") as made:
        yield made
