"""A volunteer would like to talk: the office hears of it, once for each open wish."""

from datetime import date

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.courses import debriefs
from app.tables import Task
from tests.app.hours.bookings import at, book
from tests.app.test_dossiers import share
from tests.cast import Cast

SUNDAY = date(2027, 1, 3)


def wishes(engine: Engine) -> list[Task]:
    """What the office is asked to see to."""
    with db.transaction(engine) as session:
        query = select(Task).where(col(Task.code) == "debrief:wanted").order_by(col(Task.id))
        return list(session.exec(query).all())


async def test_a_wish_to_talk_becomes_a_task(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    body = {"assignment_id": str(booking.id), "topic": "cooperation"}
    made = await client.post("/debriefs", json=body, headers=cast.key("dilan"))
    assert made.status_code == 201
    tasks = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    assert [one["question"] for one in tasks] == [
        "Dilan Dilan-Beispiel möchte über die Arbeit sprechen, über die Zusammenarbeit"
        " (Termin am 03.01.2027). Bitte melden Sie sich bald."
    ]
    english = cast.key("amal") | {"Accept-Language": "en"}
    (said,) = (await client.get("/tasks", headers=english)).json()["items"]
    assert "about working together (appointment on 03.01.2027)" in said["question"]


async def test_nothing_has_to_be_explained(client: AsyncClient, cast: Cast) -> None:
    assert (await client.post("/debriefs", json={}, headers=cast.key("dilan"))).status_code == 201
    (task,) = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    assert "über die Arbeit sprechen. Bitte" in task["question"]


async def test_an_open_wish_is_one_and_a_new_one_can_follow(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    key = cast.key("dilan")
    first = await client.post("/debriefs", json={}, headers=key)
    again = await client.post("/debriefs", json={"topic": "boundaries"}, headers=key)
    assert again.json() == first.json()
    path = f"/tasks/{first.json()['id']}/resolve"
    assert (await client.post(path, json={}, headers=cast.key("amal"))).status_code == 200
    await client.post("/debriefs", json={}, headers=key)
    assert [one.state for one in wishes(engine)] == ["resolved", "open"]


async def test_two_taps_at_one_moment_are_one_wish(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.post("/debriefs", json={}, headers=cast.key("dilan"))
    monkeypatch.setattr(debriefs, "_open", lambda *_: None)
    answer = await client.post("/debriefs", json={}, headers=cast.key("dilan"))
    assert (answer.status_code, len(wishes(engine))) == (201, 1)


async def test_a_wish_that_is_seen_to_at_the_moment_of_a_second_tap_is_that_wish(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    first = await client.post("/debriefs", json={}, headers=cast.key("dilan"))
    path = f"/tasks/{first.json()['id']}/resolve"
    await client.post(path, json={}, headers=cast.key("amal"))
    with engine.begin() as connection:  # the second tap came before, its row a moment too late
        connection.exec_driver_sql("CREATE UNIQUE INDEX uq_once ON task (subject_id, code)")
    again = await client.post("/debriefs", json={}, headers=cast.key("dilan"))
    assert (again.status_code, again.json()) == (201, first.json())


async def test_control_without_the_index_two_taps_are_two_wishes(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX uq_task_open")
    monkeypatch.setattr(debriefs, "_open", lambda *_: None)
    for _ in range(2):
        await client.post("/debriefs", json={}, headers=cast.key("dilan"))
    assert len(wishes(engine)) == 2


async def test_who_is_in_two_pools_says_in_which_one(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    share(engine, cast)
    key = cast.key("dilan")
    assert (await client.post("/debriefs", json={}, headers=key)).status_code == 422
    for sponsor_id in (cast.wetterau, cast.fulda):
        body = {"sponsor_id": str(sponsor_id)}
        assert (await client.post("/debriefs", json=body, headers=key)).status_code == 201
    assert {one.sponsor_id for one in wishes(engine)} == {cast.wetterau, cast.fulda}
    for who in ("amal", "kofi"):
        found = (await client.get("/tasks", headers=cast.key(who))).json()["items"]
        assert len([one for one in found if one["code"] == debriefs.WANTED]) == 1, found


async def test_nobody_talks_about_another_ones_appointment(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    body = {"assignment_id": str(booking.id)}
    answer = await client.post("/debriefs", json=body, headers=cast.key("mirela"))
    assert (answer.status_code, wishes(engine)) == (404, [])
    foreign = {"sponsor_id": str(cast.fulda)}
    assert (
        await client.post("/debriefs", json=foreign, headers=cast.key("dilan"))
    ).status_code == 404
