"""A school asks for a parents' day: people, breaks, questions, and what is refused."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, func, select

from app import db
from app.tables import ParentsDay, Request, RequestOption, Seat
from tests.app.examples import snapshot
from tests.app.parents_days.asking import AFTERNOON, made, seen, send, times
from tests.cast import Cast


async def test_a_language_becomes_shifts_of_few_people_with_breaks(
    client: AsyncClient, cast: Cast
) -> None:
    day = await made(client, cast)
    assert (day["state"], day["topic"], day["room"]) == ("open", "Elternsprechtag", "Aula")
    assert (day["start"], day["end"], day["warnings"]) == ("14:00", "18:00", [])
    kurdish, romanian = day["shifts"]
    assert (kurdish["language"], times(kurdish)) == ("kmr", ("14:00", "17:00"))
    assert len(kurdish["slots"]) == 11
    assert kurdish["breaks"] == [{"start": "15:30", "end": "15:45"}]
    assert (romanian["language"], times(romanian)) == ("ro", ("14:00", "15:00"))
    assert romanian["slots"][0] == {"start": "14:00", "end": "14:15"}
    assert {shift["who"] for shift in day["shifts"]} == {""}
    assert [(n["name"], n["slots"], n["people"], n["booked_slots"]) for n in day["needs"]] == [
        ("Kurdisch (Kurmandschi)", 11, 1, 0),
        ("Rumänisch", 4, 1, 0),
    ]
    assert await seen(client, cast, day["id"]) == day


async def test_each_shift_is_a_request_with_one_seat(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    day = await made(client, cast, contact_name="Sekretariat", note="Eingang Hof")
    with db.transaction(engine) as session:
        found = session.exec(
            select(Request, RequestOption, Seat)
            .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
            .join(Seat, col(Seat.request_id) == col(Request.id))
            .order_by(col(RequestOption.duration_minutes).desc())
        ).all()
        assert [str(request.id) for request, _, _ in found] == [
            shift["request_id"] for shift in day["shifts"]
        ]
        request, option, seat = found[0]
        assert (request.kind, str(request.parents_day_id)) == ("parents_day", day["id"])
        assert (request.room, request.contact_name, request.note) == (
            "Aula", "Sekretariat", "Eingang Hof",
        )  # fmt: skip
        assert (option.start_minute, option.duration_minutes) == (840, 180)
        assert option.starts_at.isoformat() == "2027-01-13T13:00:00+00:00"
        assert (seat.mode, seat.language, seat.slots[:2]) == ("on_site", "kmr", [840, 855])
        assert found[1][2].min_level == "B2"
    listed = (await client.get("/requests", headers=cast.key("selin"))).json()["items"]
    assert {item["kind"] for item in listed} == {"parents_day"}


async def test_people_of_a_language_share_its_slots(client: AsyncClient, cast: Cast) -> None:
    day = await made(client, cast, needs=[{"language": "ar", "slots": 25, "at_once": 2}])
    assert [times(shift) for shift in day["shifts"]] == [
        ("14:00", "16:00"), ("14:00", "16:30"), ("16:00", "18:00"),
    ]  # fmt: skip
    assert [shift["number"] for shift in day["shifts"]] == [1, 2, 3]
    assert sum(len(shift["slots"]) for shift in day["shifts"]) == 25


async def test_looking_before_asking_stores_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await send(client, cast, needs=[])
    before = snapshot(engine)
    body = AFTERNOON | {"day": "2027-01-16", "needs": [{"language": "Kurdisch", "slots": 12}]}
    answer = await client.post("/parents-days/check", json=body, headers=cast.key("selin"))
    assert answer.status_code == 200, answer.text
    plan = answer.json()
    assert (plan["people"], plan["open_questions"]) == (2, ["language:Kurdisch"])
    assert [len(shift["slots"]) for shift in plan["shifts"]] == [6, 6]
    assert plan["warnings"] == ["Der 16.01.2027 ist ein Samstag. Bitte das Datum prüfen."]
    unused = {"api_token"}
    after = snapshot(engine)
    assert {n for n in before if before[n] != after[n]} <= unused


@pytest.mark.parametrize(("day", "locale", "said"), [
    ("2027-01-17", "de", "Der 17.01.2027 ist ein Sonntag"),
    ("2027-01-17", "en", "2027-01-17 is a Sunday"),
    ("2027-05-06", "de", "Feiertag (Christi Himmelfahrt)"),
    ("2027-04-01", "de", "in den Schulferien (Oster"),
    ("2027-01-05", "de", "weniger als zwei Arbeitstage"),
    ("2027-01-05", "en", "fewer than two working days"),
])  # fmt: skip
async def test_a_doubtful_day_is_taken_with_a_warning(
    client: AsyncClient, cast: Cast, day: str, locale: str, said: str
) -> None:
    answer = await client.post(
        "/parents-days",
        json=AFTERNOON | {"day": day},
        headers=cast.key("selin") | {"Accept-Language": locale},
    )
    assert answer.status_code == 201
    assert any(said in sentence for sentence in answer.json()["warnings"])


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"day": "2026-12-15"}, "liegt in der Vergangenheit"),
    ({"day": "2029-06-01"}, "mehr als zwei Jahre"),
    ({"start": "18:00", "end": "14:00"}, "bitte zwei Tage anlegen"),
    ({"start": "22:00", "end": "01:00"}, "bitte zwei Tage anlegen"),
    ({"start": "07:00", "end": "20:00"}, "höchstens 12 Stunden"),
    ({"day": "2027-03-28", "start": "01:00", "end": "05:00"}, "die Uhren umgestellt"),
    ({"day": "2027-03-28", "start": "02:30", "end": "05:00"}, "die Uhren umgestellt"),
    ({"day": "2027-10-31", "start": "01:00", "end": "05:00"}, "die Uhren umgestellt"),
    ({"start": "14:00", "end": "14:10"}, "passt nicht zwischen 14:00 und 14:10"),
    ({"needs": [{"language": "tr", "slots": 40, "at_once": 2}]}, "passen nur 32 Gespräche"),
    ({"needs": [{"language": "tr", "slots": 200}] * 2}, "steht zweimal da"),
    ({"needs": [{"language": "tr", "slots": 4}, {"language": "Türkisch", "slots": 2}]}, "zweimal"),
    (
        {"slot_minutes": 60, "needs": [{"language": "tr", "slots": 200}]},
        "100 Personen, höchstens 60",
    ),
]


@pytest.mark.parametrize(("changes", "said"), WRONG, ids=[said for _, said in WRONG])
async def test_what_cannot_be_is_refused_with_a_sentence(
    client: AsyncClient, cast: Cast, engine: Engine, changes: dict[str, Any], said: str
) -> None:
    for path in ("/parents-days", "/parents-days/check"):
        answer = await client.post(path, json=AFTERNOON | changes, headers=cast.key("selin"))
        assert answer.status_code == 422
        assert said in answer.json()["detail"], answer.json()["detail"]
    with db.transaction(engine) as session:
        assert session.exec(select(func.count()).select_from(ParentsDay)).one() == 0


@pytest.mark.parametrize("changes", [
    {"slot_minutes": 4}, {"slot_minutes": 61}, {"needs": []}, {"pause_minutes": 6},
    {"start": "25:00"}, {"needs": [{"language": "", "slots": 3}]},
    {"needs": [{"language": "tr", "slots": 0}]}, {"note": "\x07"}, {"wrong": 1},
])  # fmt: skip
async def test_a_malformed_body_is_refused(
    client: AsyncClient, cast: Cast, changes: dict[str, Any]
) -> None:
    assert (await send(client, cast, **changes)).status_code == 422


async def test_an_unclear_language_waits_and_the_others_do_not(
    client: AsyncClient, cast: Cast
) -> None:
    needs = [{"language": "Kurdisch", "slots": 12}, {"language": "ro", "slots": 4}]
    day = await made(client, cast, needs=needs)
    assert (day["state"], day["open_questions"]) == ("needs_info", ["language:Kurdisch"])
    assert [s["state"] for s in day["shifts"]] == ["needs_info", "needs_info", "open"]
    found = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    assert {task["subject_id"] for task in found} == {
        s["request_id"] for s in day["shifts"] if s["state"] == "needs_info"
    }
    for task in found:
        answer = await client.post(
            f"/tasks/{task['id']}/resolve", json={"language": "kmr"}, headers=cast.key("amal")
        )
        assert answer.status_code in (200, 409)
    day = await seen(client, cast, day["id"])
    assert (day["state"], day["open_questions"]) == ("open", [])
    assert day["needs"][0]["language"] == day["shifts"][0]["language"] == "kmr"
    assert day["needs"][0]["name"] == "Kurdisch (Kurmandschi)"


async def test_words_about_a_client_and_a_forbidden_topic_are_asked_about(
    client: AsyncClient, cast: Cast
) -> None:
    day = await made(client, cast, note="Frau Yılmaz kommt um drei", topic="Klage gegen die Note")
    assert day["state"] == "needs_info"
    assert {code.partition(":")[0] for code in day["open_questions"]} == {
        "policy", "personal_data",
    }  # fmt: skip


async def test_a_double_click_is_one_parents_day(client: AsyncClient, cast: Cast) -> None:
    first = await made(client, cast)
    again = await send(client, cast)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/parents-day-exists")
    assert first["id"] in again.json()["detail"]
    later = await made(client, cast, start="18:00", end="20:00")
    assert later["id"] != first["id"]
    assert (await send(client, cast, another=True)).status_code == 201
    key = cast.key("selin") | {"Idempotency-Key": "sprechtag-1"}
    body = AFTERNOON | {"day": "2027-01-20"}
    twice = [await client.post("/parents-days", json=body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in twice] == [201, 201]
    assert twice[0].json() == twice[1].json()
    assert twice[0].headers["location"] == f"/api/v1/parents-days/{twice[0].json()['id']}"


async def test_only_partners_may_ask_and_only_for_themselves(
    client: AsyncClient, cast: Cast
) -> None:
    assert (await send(client, cast, institution_id=str(cast.school_fulda))).status_code == 404
    assert (await send(client, cast, "dilan")).status_code == 403
    assert (await send(client, cast, "amal")).status_code == 422
    for_her = await send(client, cast, "amal", institution_id=str(cast.school))
    assert for_her.status_code == 201


async def test_lists_show_ones_own_in_pages(client: AsyncClient, cast: Cast) -> None:
    for day in ("2027-01-13", "2027-01-14", "2027-01-20"):
        await made(client, cast, day=day)
    first = (await client.get("/parents-days?limit=2", headers=cast.key("selin"))).json()
    cursor = first["next"]
    rest = await client.get(f"/parents-days?limit=2&cursor={cursor}", headers=cast.key("selin"))
    found = [item["day"] for item in first["items"] + rest.json()["items"]]
    assert sorted(found) == ["2027-01-13", "2027-01-14", "2027-01-20"]
    other = {"institution_id": str(cast.school_fulda)}
    none = await client.get("/parents-days", params=other, headers=cast.key("selin"))
    assert none.json()["items"] == []
    foreign = await client.get("/parents-days", headers=cast.key("kofi"))
    assert foreign.json()["items"] == []
