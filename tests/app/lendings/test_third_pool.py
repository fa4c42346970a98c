"""A pool that neither asks nor is asked learns nothing of a lending."""

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import access, db
from app.tables import Lending, Sponsor
from tests.app.lendings import steps
from tests.cast import Cast, member


@pytest.fixture
async def lending_id(client: AsyncClient, engine: Engine, cast: Cast) -> str:
    """Wetterau asks Fulda; Mona coordinates a third pool."""
    steps.alone(engine, cast)
    steps.willing(engine, cast, "nuru")
    with db.transaction(engine) as session:
        third = Sponsor(name="Pool Hanau", regions=["06435"])
        session.add(third)
        session.flush()
        member(session, cast, "mona", third.id, "coordinator")
    return await steps.asked_of_fulda(client, cast, steps.seat(engine, cast))


async def seen(client: AsyncClient, cast: Cast, who: str, lending_id: str) -> tuple[int, int]:
    """How many lendings somebody lists, and the answer about this one."""
    listed = await client.get("/lendings", headers=cast.key(who))
    one = await client.get(f"/lendings/{lending_id}", headers=cast.key(who))
    return len(listed.json()["items"]), one.status_code


async def test_only_the_two_pools_see_it(client: AsyncClient, cast: Cast, lending_id: str) -> None:
    assert await seen(client, cast, "amal", lending_id) == (1, 200)
    assert await seen(client, cast, "kofi", lending_id) == (1, 200)
    assert await seen(client, cast, "mona", lending_id) == (0, 404)


async def test_control_without_the_filter_a_third_pool_would_list_it(
    client: AsyncClient,
    engine: Engine,
    cast: Cast,
    lending_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(access, "visible_lendings", lambda _actor: select(Lending))
    listed = await client.get("/lendings", headers=cast.key("mona"))
    assert listed.status_code == 200
    # On PostgreSQL the second wall stands.
    assert len(listed.json()["items"]) == (0 if engine.dialect.name == "postgresql" else 1)
