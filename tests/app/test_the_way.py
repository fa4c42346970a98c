"""The way of one request: asked, planned, offered, accepted, booked."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import jobs
from tests.cast import Cast

REQUEST: dict[str, Any] = {
    "times": [{"day": "2027-01-12", "start": "10:00"}],
    "duration_minutes": 60,
    "seats": [{"language": "Kurmandschi"}],
    "topic": "Elterngespräch",
    "case_number": "A-1",
}


async def ask(client: AsyncClient, cast: Cast, **changes: Any) -> dict[str, Any]:
    answer = await client.post("/requests", json=REQUEST | changes, headers=cast.key("selin"))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def plan(client: AsyncClient, cast: Cast, engine: Engine) -> dict[str, Any]:
    body = {"first_day": "2027-01-11", "last_day": "2027-01-16"}
    asked = await client.post("/plans", json=body, headers=cast.key("amal"))
    assert asked.status_code == 202
    jobs.work_all(engine)
    answer = await client.get(asked.headers["location"][7:], headers=cast.key("amal"))
    made: dict[str, Any] = answer.json()
    assert made["state"] == "ready", made
    return made


async def release(client: AsyncClient, cast: Cast, engine: Engine) -> list[dict[str, Any]]:
    made = await plan(client, cast, engine)
    path = f"/plans/{made['id']}/release"
    answer = await client.post(path, json={}, headers=cast.key("amal"))
    assert answer.status_code == 200, answer.text
    jobs.work_all(engine)
    offers = await client.get("/offers?state=pending", headers=cast.key("amal"))
    items: list[dict[str, Any]] = offers.json()["items"]
    return items


async def test_a_plan_proposes_the_native_speaker_next_door(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await ask(client, cast)
    made = await plan(client, cast, engine)
    assert (made["seats"], made["filled"], made["waiting"]) == (1, 1, 0)
    assert made["status"] == "optimal"
    assert made["objective"] == made["bound"]
    path = f"/plans/{made['id']}/proposals"
    proposals = (await client.get(path, headers=cast.key("amal"))).json()
    assert proposals[0]["volunteer_id"] == str(cast.volunteers["dilan"])
    assert proposals[0]["reasons"][0]["code"] == "travel"
    assert proposals[0]["reasons"][0]["params"] == {"points": 2 * 20 * 20}


async def test_an_open_seat_has_a_reason(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    await ask(client, cast, seats=[{"language": "Somali"}])
    made = await plan(client, cast, engine)
    path = f"/plans/{made['id']}/proposals"
    proposals = (await client.get(path, headers=cast.key("amal"))).json()
    assert proposals[0]["volunteer_id"] is None
    assert "no_language" in [reason["code"] for reason in proposals[0]["reasons"]]
    assert "Sprache fehlt oder reicht nicht" in str(proposals[0]["reasons"])


async def test_from_request_to_booking(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    request = await ask(client, cast)
    offers = await release(client, cast, engine)
    assert [o["volunteer_id"] for o in offers] == [str(cast.volunteers["dilan"])]
    assert "Schulstr" not in str(offers), "the address comes only after a yes"
    path = f"/offers/{offers[0]['id']}/accept"
    assert (await client.post(path, headers=cast.key("mirela"))).status_code == 404
    booked = await client.post(path, headers=cast.key("dilan"))
    assert booked.status_code == 200, booked.text
    assert booked.json()["contact"]["street"] == "Schulstr. 1"
    again = await client.post(path, headers=cast.key("dilan"))
    assert again.json()["id"] == booked.json()["id"], "yes twice is the same as once"
    seen = await client.get(f"/requests/{request['id']}", headers=cast.key("selin"))
    assert seen.json()["state"] == "booked"


async def test_a_declined_offer_goes_to_somebody_else(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await ask(client, cast)
    first = (await release(client, cast, engine))[0]
    path = f"/offers/{first['id']}/decline"
    assert (await client.post(path, headers=cast.key("dilan"))).json()["state"] == "declined"
    second = (await release(client, cast, engine))[0]
    assert second["volunteer_id"] == str(cast.volunteers["mirela"])


async def test_an_expired_offer_cannot_be_accepted_when_somebody_else_is_asked(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    await ask(client, cast)
    offer = (await release(client, cast, engine))[0]
    clock.shift(26 * 3600)
    other = {"seat_id": offer["seat_id"], "volunteer_id": str(cast.volunteers["mirela"])}
    assert (await client.post("/offers", json=other, headers=cast.key("amal"))).status_code == 201
    path = f"/offers/{offer['id']}/accept"
    answer = await client.post(path, headers=cast.key("dilan"))
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/late-yes"
    jobs.work_all(engine)
    seen = await client.get(f"/offers/{offer['id']}", headers=cast.key("dilan"))
    assert seen.json()["state"] == "expired"


async def test_a_booking_given_back_late_opens_the_seat_again(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    request = await ask(client, cast)
    offer = (await release(client, cast, engine))[0]
    booked = await client.post(f"/offers/{offer['id']}/accept", headers=cast.key("dilan"))
    clock.shift(7 * 24 * 3600 + 12 * 3600)
    path = f"/assignments/{booked.json()['id']}/cancel"
    body = {"reason": "krank geworden"}
    given_back = await client.post(path, json=body, headers=cast.key("dilan"))
    assert given_back.json()["state"] == "cancelled_late"
    seen = await client.get(f"/requests/{request['id']}", headers=cast.key("selin"))
    assert seen.json()["state"] == "open"
    assert seen.json()["seats"][0]["state"] == "open"
    assert not seen.json()["times"][0]["chosen"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"times": [{"day": "2027-03-28", "start": "02:30"}]}, "gibt es die Uhrzeit 02:30 nicht"),
        ({"times": [{"day": "2027-10-31", "start": "02:30"}]}, "zweimal"),
        ({"times": [{"day": "2026-12-01", "start": "10:00"}]}, "liegt in der Vergangenheit"),
    ],
)
async def test_times_that_are_not_clear_are_refused(
    client: AsyncClient, cast: Cast, change: dict[str, Any], sentence: str
) -> None:
    answer = await client.post("/requests", json=REQUEST | change, headers=cast.key("selin"))
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


async def test_the_same_request_twice_is_refused(client: AsyncClient, cast: Cast) -> None:
    first = await ask(client, cast)
    answer = await client.post("/requests", json=REQUEST, headers=cast.key("selin"))
    assert answer.status_code == 409
    assert first["id"] in answer.json()["detail"]


async def test_the_same_key_twice_is_one_request(client: AsyncClient, cast: Cast) -> None:
    headers = cast.key("selin") | {"Idempotency-Key": "double click"}
    first = await client.post("/requests", json=REQUEST, headers=headers)
    again = await client.post("/requests", json=REQUEST, headers=headers)
    assert again.status_code == first.status_code == 201
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await client.post("/requests", json=REQUEST | {"topic": "x"}, headers=headers)
    assert other.status_code == 422


async def test_a_question_waits_for_a_person(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    request = await ask(client, cast, seats=[{"language": "Kurdisch"}])
    assert request["state"] == "needs_info"
    assert request["open_questions"] == ["language:Kurdisch"]
    made = await plan(client, cast, engine)
    assert (made["seats"], made["waiting"]) == (0, 1)
    task = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"][0]
    path = f"/tasks/{task['id']}/resolve"
    wrong = await client.post(path, json={"language": "xx"}, headers=cast.key("amal"))
    assert wrong.status_code == 422
    answer = await client.post(path, json={"language": "kmr"}, headers=cast.key("amal"))
    assert answer.status_code == 200, answer.text
    seen = await client.get(f"/requests/{request['id']}", headers=cast.key("selin"))
    assert seen.json()["state"] == "open"
    assert seen.json()["seats"][0]["language"] == "kmr"
    twice = await client.post(path, json={"language": "kmr"}, headers=cast.key("amal"))
    assert twice.status_code == 409


async def test_candidates_come_with_reasons(client: AsyncClient, cast: Cast) -> None:
    request = await ask(client, cast)
    path = f"/seats/{request['seats'][0]['id']}/candidates"
    answer = (await client.get(path, headers=cast.key("amal"))).json()
    best = [c["volunteer_id"] for c in answer["candidates"]]
    assert best == [str(cast.volunteers["dilan"]), str(cast.volunteers["mirela"])]
    rejected = {r["volunteer_id"]: [x["code"] for x in r["reasons"]] for r in answer["rejected"]}
    assert "paper:released" in rejected[str(cast.volunteers["oksana"])]
