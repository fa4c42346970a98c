"""What would change in a plan: nothing is stored, and the fewest people are moved."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import db
from tests.app.examples import MORNING, asking, assignment, snapshot
from tests.app.planned import ask, planned
from tests.cast import Cast


async def what_if(client: AsyncClient, cast: Cast, plan_id: str, **more: Any) -> dict[str, Any]:
    """The answer to one question."""
    body = {"plan_id": plan_id} | more
    answer = await client.post("/plans/what-if", json=body, headers=cast.key("amal"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def absent(cast: Cast, name: str, **days: str) -> list[dict[str, str]]:
    return [{"volunteer_id": str(cast.volunteers[name])} | days]


def moves(found: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    """Who was there before and who is after, by given name."""

    def given(name: str | None) -> str | None:
        return name and name.split(" ")[0]

    return [(given(c["volunteer_before"]), given(c["volunteer_after"])) for c in found["changes"]]


async def test_somebody_else_steps_in_for_who_is_absent_and_nothing_is_stored(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    seat_id = ask(engine, cast)
    plan_id = await planned(client, cast, engine)
    before = snapshot(engine)
    found = await what_if(client, cast, plan_id, absent=absent(cast, "dilan"))
    assert moves(found) == [("Dilan", "Mirela")]
    (change,) = found["changes"]
    assert change["seat_id"] == seat_id
    assert change["seat"] == "Löwenzahnschule, 12.01.2027 10:00"
    assert change["language"] == "kmr"
    assert change["volunteer_id_after"] == str(cast.volunteers["mirela"])
    assert (found["filled"], found["priority"]) == (0, 0)
    assert found["points"] < 0
    again = await what_if(client, cast, plan_id, absent=absent(cast, "dilan"))
    assert again == found
    assert snapshot(engine) == before


async def test_nobody_steps_in_where_nobody_else_can(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ask(engine, cast, "tr")
    plan_id = await planned(client, cast, engine)
    found = await what_if(client, cast, plan_id, absent=absent(cast, "dilan"))
    assert moves(found) == [("Dilan", None)]
    assert (found["filled"], found["priority"]) == (-1, -1)


async def test_an_absence_on_other_days_changes_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ask(engine, cast)
    plan_id = await planned(client, cast, engine)
    for first, last, expected in (
        ("2027-01-13", "2027-01-14", []),
        ("2027-01-11", "2027-01-12", [("Dilan", "Mirela")]),
    ):
        away = absent(cast, "dilan", first_day=first, last_day=last)
        assert moves(await what_if(client, cast, plan_id, absent=away)) == expected


async def test_bookings_of_who_is_absent_count_as_open_again(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        booked = asking(
            session, cast.wetterau, cast.school, MORNING, state="booked", seat_state="booked"
        )
        session.add(assignment(booked, cast.volunteers["dilan"]))
    plan_id = await planned(client, cast, engine)
    found = await what_if(client, cast, plan_id, absent=absent(cast, "dilan"))
    assert moves(found) == [("Dilan", "Mirela")]
    assert moves(await what_if(client, cast, plan_id, absent=absent(cast, "mirela"))) == []


async def test_one_more_seat_is_filled_if_somebody_can(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ask(engine, cast)
    plan_id = await planned(client, cast, engine)
    more = {
        "institution_id": str(cast.school),
        "day": "2027-01-14",
        "start": "10:00",
        "duration_minutes": 60,
    }
    kurdish = await what_if(client, cast, plan_id, seats=[more | {"language": "kmr"}])
    assert moves(kurdish) == [(None, "Dilan")]
    assert kurdish["changes"][0]["seat_id"] is None
    assert kurdish["filled"] == 1
    somali = await what_if(client, cast, plan_id, seats=[more | {"language": "so"}])
    assert (moves(somali), somali["filled"]) == ([], 0)


async def test_one_more_speaker_fills_what_was_open(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ask(engine, cast, "so")
    ask(engine, cast, "kmr", 3)
    plan_id = await planned(client, cast, engine)
    speaker = {"languages": ["so"], "postal_code": "61169"}
    found = await what_if(client, cast, plan_id, volunteers=[speaker])
    assert found["filled"] == 1
    assert [c["language"] for c in found["changes"]] == ["so"]
    assert found["changes"][0]["volunteer_id_after"] is None
    other = await what_if(client, cast, plan_id, volunteers=[speaker | {"languages": ["vi"]}])
    assert (moves(other), other["filled"]) == ([], 0)


async def test_nothing_supposed_changes_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ask(engine, cast)
    plan_id = await planned(client, cast, engine)
    assert await what_if(client, cast, plan_id) == {
        "filled": 0, "priority": 0, "points": 0, "changes": [],
    }  # fmt: skip


@pytest.mark.parametrize("who", ["nuru", None])
async def test_people_of_other_pools_are_unknown(
    client: AsyncClient, cast: Cast, engine: Engine, who: str | None
) -> None:
    plan_id = await planned(client, cast, engine)
    stranger = cast.volunteers[who] if who else uuid4()
    body = {"plan_id": plan_id, "absent": [{"volunteer_id": str(stranger)}]}
    answer = await client.post("/plans/what-if", json=body, headers=cast.key("amal"))
    assert answer.status_code == 404


async def test_places_of_other_pools_and_unknown_words_are_refused(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    plan_id = await planned(client, cast, engine)
    seat = {"day": "2027-01-14", "start": "10:00", "duration_minutes": 60}
    wrong: list[tuple[int, dict[str, Any]]] = [
        (404, {"seats": [seat | {"institution_id": str(cast.school_fulda)}]}),
        (422, {"seats": [seat | {"institution_id": str(cast.school), "language": "xx"}]}),
        (422, {"volunteers": [{"languages": ["xx"], "postal_code": "61169"}]}),
        (422, {"volunteers": [{"languages": ["so"], "postal_code": "00000"}]}),
        (422, {"absent": absent(cast, "dilan", first_day="0001-01-01")}),
    ]
    for status, more in wrong:
        body = {"plan_id": plan_id} | more
        answer = await client.post("/plans/what-if", json=body, headers=cast.key("amal"))
        assert answer.status_code == status, (more, answer.text)


async def test_an_answer_is_repeated_under_its_key(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ask(engine, cast)
    body = {"plan_id": await planned(client, cast, engine), "absent": absent(cast, "dilan")}
    headers = cast.key("amal") | {"Idempotency-Key": "eins"}
    first = await client.post("/plans/what-if", json=body, headers=headers)
    again = await client.post("/plans/what-if", json=body, headers=headers)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
