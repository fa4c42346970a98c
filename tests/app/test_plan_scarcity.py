"""Where one more volunteer would help most."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.tables import Institution, Proposal
from tests.app.examples import HOUR, MORNING, asking, snapshot
from tests.app.planned import planned
from tests.cast import Cast

DAY = 24 * HOUR


@pytest.fixture
async def plan_id(client: AsyncClient, cast: Cast, engine: Engine) -> str:
    """A plan: Somali is missing twice on Tuesday and once on Wednesday, Kurmandschi never."""
    with db.transaction(engine) as session:
        for language, later in (("so", 0), ("so", 2), ("so", 24), ("kmr", 0)):
            asking(session, cast.wetterau, cast.school, MORNING + later * HOUR, language=language)
    return await planned(client, cast, engine)


async def scarce(client: AsyncClient, cast: Cast, plan_id: str, query: str = "") -> Any:
    path = f"/plans/{plan_id}/scarcity{query}"
    answer = await client.get(path, headers=cast.key("amal"))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_language_region_and_weekday_that_help_most_come_first(
    client: AsyncClient, cast: Cast, engine: Engine, plan_id: str
) -> None:
    before = snapshot(engine)
    rows = await scarce(client, cast, plan_id)
    first, second = rows[:2]
    shown = ("language", "region", "weekday", "seats", "open")
    assert [first[name] for name in shown] == ["so", "Friedberg", 1, 2, 2]
    assert [second[name] for name in shown] == ["so", "Friedberg", 2, 1, 1]
    assert first["points"] > second["points"] > 0
    assert first["sentence"] == "Gesucht: Somali, Friedberg, am Dienstag. Offen: 2 von 2."
    assert [row["points"] for row in rows] == sorted((r["points"] for r in rows), reverse=True)
    assert snapshot(engine) == before


async def test_what_is_filled_is_not_scarce(client: AsyncClient, cast: Cast, plan_id: str) -> None:
    rows = await scarce(client, cast, plan_id)
    kurmanji = [row for row in rows if row["language"] == "kmr"]
    assert all(row["points"] < rows[1]["points"] for row in kurmanji)
    assert all(row["open"] == 0 for row in kurmanji)


async def test_the_region_is_the_kreis_where_it_is_known(
    client: AsyncClient, cast: Cast, engine: Engine, plan_id: str
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Institution, cast.school).region_ags = "06440"
    assert (await scarce(client, cast, plan_id))[0]["region"] == "Wetteraukreis"


async def test_the_prices_of_the_run_decide_where_there_are_any(
    client: AsyncClient, cast: Cast, engine: Engine, plan_id: str
) -> None:
    with db.transaction(engine) as session:
        for proposal in session.exec(select(Proposal)).all():
            proposal.price = 90_000
    first = (await scarce(client, cast, plan_id))[0]
    assert (first["language"], first["open"]) == ("kmr", 0)


async def test_only_as_many_rows_as_wanted(client: AsyncClient, cast: Cast, plan_id: str) -> None:
    assert len(await scarce(client, cast, plan_id, "?limit=1")) == 1


async def test_a_plan_of_which_nothing_is_open_has_no_rows(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assert await scarce(client, cast, await planned(client, cast, engine)) == []
