"""A parents' day is booked, changed and called off."""

from typing import Any

from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.tables import Message, Request, Volunteer
from tests.app.parents_days.asking import book, made, offer, seen, times
from tests.cast import Cast

ROMANIAN: dict[str, Any] = {"language": "Rumänisch", "slots": 4, "min_level": "B2"}


async def change(
    client: AsyncClient, cast: Cast, day_id: str, needs: list[dict[str, Any]], tag: str = "*"
) -> Response:
    """Selin sends other needs."""
    return await client.put(
        f"/parents-days/{day_id}/needs",
        json={"needs": needs},
        headers=cast.key("selin") | {"If-Match": tag},
    )


async def test_the_office_sees_who_is_asked_the_school_only_who_comes(
    client: AsyncClient, cast: Cast
) -> None:
    day = await made(client, cast)
    seat = day["shifts"][0]["seat_id"]
    asked = await offer(client, cast, seat, "dilan")
    in_office = (await seen(client, cast, day["id"], "amal"))["shifts"][0]
    at_school = (await seen(client, cast, day["id"]))["shifts"][0]
    assert (in_office["state"], in_office["who"], in_office["asked"]) == ("asked", "", ["Dilan"])
    assert (at_school["state"], at_school["who"], at_school["asked"]) == ("asked", "", [])
    await client.post(f"/offers/{asked.json()['id']}/accept", headers=cast.key("dilan"))
    for who in ("amal", "selin"):
        day = await seen(client, cast, day["id"], who)
        shift = day["shifts"][0]
        assert (shift["state"], shift["who"], shift["asked"]) == ("booked", "Dilan", [])
        assert day["needs"][0]["booked_slots"] == 11
        assert day["state"] == "open"


async def test_a_shift_is_taken_also_by_who_has_one_name_only(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Volunteer, cast.volunteers["dilan"]).given_name = ""
    day = await made(client, cast)
    await book(client, cast, day["shifts"][0]["seat_id"], "dilan")
    assert (await seen(client, cast, day["id"]))["shifts"][0]["who"] == "Dilan-Beispiel"


async def test_a_booked_shift_does_not_depend_on_the_others(
    client: AsyncClient, cast: Cast
) -> None:
    day = await made(client, cast)
    kurdish, romanian = day["shifts"]
    await book(client, cast, kurdish["seat_id"], "dilan")
    gone = await client.post(
        f"/requests/{romanian['request_id']}/cancel",
        json={"reason": "nicht mehr nötig"},
        headers=cast.key("selin"),
    )
    assert gone.status_code == 200
    day = await seen(client, cast, day["id"])
    assert (day["state"], len(day["shifts"])) == ("booked", 1)
    assert [need["people"] for need in day["needs"]] == [1, 0]


async def test_calling_off_ends_every_shift_and_tells_who_is_booked(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    day = await made(client, cast)
    await book(client, cast, day["shifts"][0]["seat_id"], "dilan")
    await offer(client, cast, day["shifts"][1]["seat_id"], "mirela")
    path = f"/parents-days/{day['id']}/cancel"
    body = {"reason": "Die Schule ist zu"}
    answer = await client.post(path, json=body, headers=cast.key("selin"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "cancelled"
    assert {shift["state"] for shift in answer.json()["shifts"]} == {"cancelled"}
    with db.transaction(engine) as session:
        assert {r.end_reason for r in session.exec(select(Request)).all()} == {body["reason"]}
        told = [m.recipient for m in session.exec(select(Message)).all() if "bgesagt" in m.subject]
        assert told == ["dilan@example.org"]
    offers = (await client.get("/offers", headers=cast.key("amal"))).json()["items"]
    assert sorted(offer["state"] for offer in offers) == ["accepted", "withdrawn"]
    again = await client.post(path, json=body, headers=cast.key("selin"))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/request-ended")
    assert (await made(client, cast))["state"] == "open", "the time is free again"


async def test_open_shifts_are_laid_out_again_and_booked_ones_stay(
    client: AsyncClient, cast: Cast
) -> None:
    day = await made(client, cast, needs=[{"language": "Kurmandschi", "slots": 16}, ROMANIAN])
    first, second, romanian = day["shifts"]
    await book(client, cast, first["seat_id"], "dilan")
    await offer(client, cast, second["seat_id"], "mirela")
    answer = await change(client, cast, day["id"], [
        {"language": "Kurmandschi", "slots": 12}, ROMANIAN,
    ])  # fmt: skip
    assert answer.status_code == 200, answer.text
    kurdish, more, same = answer.json()["shifts"]
    assert (kurdish["seat_id"], kurdish["who"]) == (first["seat_id"], "Dilan")
    assert (len(more["slots"]), more["state"]) == (4, "open")
    assert more["seat_id"] != second["seat_id"]
    assert same["seat_id"] == romanian["seat_id"], "what does not change is left alone"
    offers = (await client.get("/offers?state=pending", headers=cast.key("amal"))).json()
    assert offers["items"] == []
    assert await seen(client, cast, day["id"]) == answer.json()


async def test_a_language_can_come_and_go(client: AsyncClient, cast: Cast) -> None:
    day = await made(client, cast)
    answer = await change(client, cast, day["id"], [ROMANIAN, {"language": "ar", "slots": 2}])
    assert answer.status_code == 200, answer.text
    found = [(s["language"], times(s)) for s in answer.json()["shifts"]]
    assert found == [("ro", ("14:00", "15:00")), ("ar", ("14:00", "14:30"))]


async def test_fewer_than_are_booked_is_refused(client: AsyncClient, cast: Cast) -> None:
    day = await made(client, cast)
    await book(client, cast, day["shifts"][0]["seat_id"], "dilan")
    for needs in ([ROMANIAN], [{"language": "Kurmandschi", "slots": 5}, ROMANIAN]):
        answer = await change(client, cast, day["id"], needs)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/parents-day-booked")
        assert "11 Gespräche" in answer.json()["detail"]
    assert len((await seen(client, cast, day["id"]))["shifts"]) == 2


async def test_a_change_needs_the_version_that_was_read(client: AsyncClient, cast: Cast) -> None:
    day = await made(client, cast)
    path = f"/parents-days/{day['id']}"
    english = cast.key("selin") | {"Accept-Language": "en"}
    tag = (await client.get(path, headers=english)).headers["etag"]
    missing = await client.put(
        f"{path}/needs", json={"needs": [ROMANIAN]}, headers=cast.key("selin")
    )
    assert missing.status_code == 428
    assert (await change(client, cast, day["id"], [ROMANIAN], tag)).status_code == 200
    late = await change(client, cast, day["id"], [{"language": "tr", "slots": 1}], tag)
    assert late.status_code == 412


async def test_an_answered_language_is_not_asked_about_again(
    client: AsyncClient, cast: Cast
) -> None:
    day = await made(client, cast, needs=[{"language": "Kurdisch", "slots": 8}])
    (task,) = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    await client.post(
        f"/tasks/{task['id']}/resolve", json={"language": "kmr"}, headers=cast.key("amal")
    )
    answer = await change(client, cast, day["id"], [{"language": "Kurdisch", "slots": 6}])
    assert answer.status_code == 200, answer.text
    assert [(s["language"], s["state"]) for s in answer.json()["shifts"]] == [("kmr", "open")]


async def test_what_is_over_or_called_off_is_not_changed(
    client: AsyncClient, cast: Cast, clock: Any
) -> None:
    gone, past = await made(client, cast), await made(client, cast, day="2027-01-14")
    await client.post(
        f"/parents-days/{gone['id']}/cancel", json={"reason": "fällt aus"}, headers=cast.key("amal")
    )
    assert (await change(client, cast, gone["id"], [ROMANIAN])).status_code == 409
    clock.move_to("2027-01-14T15:00:00+00:00")
    assert (await change(client, cast, past["id"], [ROMANIAN])).status_code == 422


async def test_a_language_under_another_name_is_the_same_need(
    client: AsyncClient, cast: Cast
) -> None:
    day = await made(client, cast)
    kurdish = day["shifts"][0]
    await book(client, cast, kurdish["seat_id"], "dilan")
    by_tag = [{"language": need["language"], "slots": need["slots"]} for need in day["needs"]]
    by_tag[1] |= {"slots": 5, "min_level": "B2"}
    answer = await change(client, cast, day["id"], by_tag)
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["shifts"]
    assert (first["seat_id"], first["who"]) == (kurdish["seat_id"], "Dilan")
    assert (second["written"], len(second["slots"])) == ("Rumänisch", 5)
    assert [need["written"] for need in answer.json()["needs"]] == ["Kurmandschi", "Rumänisch"]


async def test_a_language_is_not_listed_beside_its_answered_name(
    client: AsyncClient, cast: Cast
) -> None:
    day = await made(client, cast, needs=[{"language": "Kurdisch", "slots": 8}])
    (task,) = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    await client.post(
        f"/tasks/{task['id']}/resolve", json={"language": "kmr"}, headers=cast.key("amal")
    )
    both = [{"language": "Kurdisch", "slots": 8}, {"language": "kmr", "slots": 2}]
    answer = await change(client, cast, day["id"], both)
    assert (answer.status_code, "zweimal" in answer.json()["detail"]) == (422, True)


async def test_slots_of_a_shift_called_off_alone_are_missed_and_laid_out_again(
    client: AsyncClient, cast: Cast
) -> None:
    needs = [{"language": "Kurmandschi", "slots": 16}, ROMANIAN]
    day = await made(client, cast, needs=needs)
    kept, gone, _ = day["shifts"]
    await book(client, cast, kept["seat_id"], "dilan")
    path, body = f"/requests/{gone['request_id']}/cancel", {"reason": "Lehrerin krank"}
    await client.post(path, json=body, headers=cast.key("selin"))
    found = await seen(client, cast, day["id"])
    assert (found["needs"][0]["slots"], found["needs"][0]["planned_slots"]) == (16, 8)
    assert found["warnings"] == [
        "Kurdisch (Kurmandschi): für 8 Gespräche ist niemand eingeplant. Bitte unter needs noch"
        " einmal angeben, was gebraucht wird."
    ]
    answer = await change(client, cast, day["id"], needs)
    assert answer.status_code == 200, answer.text
    assert [len(s["slots"]) for s in answer.json()["shifts"]] == [8, 8, 4]
    assert answer.json()["shifts"][0]["who"] == "Dilan"
    assert answer.json()["warnings"] == []


async def test_the_pause_stays_unless_another_one_is_sent(client: AsyncClient, cast: Cast) -> None:
    day = await made(client, cast, needs=[ROMANIAN], pause_minutes=5)
    assert (day["pause_minutes"], times(day["shifts"][0])) == (5, ("14:00", "15:15"))
    answer = await change(client, cast, day["id"], [ROMANIAN | {"slots": 3}])
    assert times(answer.json()["shifts"][0]) == ("14:00", "14:55")
    path, key = f"/parents-days/{day['id']}/needs", cast.key("selin") | {"If-Match": "*"}
    body = {"needs": [ROMANIAN | {"slots": 3}], "pause_minutes": 0}
    answer = await client.put(path, json=body, headers=key)
    assert answer.json()["pause_minutes"] == 0
    assert times(answer.json()["shifts"][0]) == ("14:00", "14:45")


async def test_room_and_contact_change_for_all_shifts_whoever_is_booked(
    client: AsyncClient, cast: Cast
) -> None:
    day = await made(client, cast)
    await book(client, cast, day["shifts"][0]["seat_id"], "dilan")
    path, key = f"/parents-days/{day['id']}", cast.key("selin") | {"If-Match": "*"}
    answer = await client.patch(path, json={"room": "Turnhalle"}, headers=key)
    assert answer.status_code == 200, answer.text
    assert answer.json() == day | {
        "room": "Turnhalle", "shifts": answer.json()["shifts"], "needs": answer.json()["needs"],
    }  # fmt: skip
    for shift in day["shifts"]:
        request = await client.get(f"/requests/{shift['request_id']}", headers=cast.key("selin"))
        assert request.json()["room"] == "Turnhalle"
    booked = (await client.get("/assignments", headers=cast.key("dilan"))).json()["items"]
    assert [one["contact"]["room"] for one in booked] == ["Turnhalle"]
    await client.patch(path, json={"note": "Frau Musterfrau, geb. 01.02.1980"}, headers=key)
    found = await seen(client, cast, day["id"])
    assert found["open_questions"] == ["personal_data:note"]
    foreign = cast.key("kofi") | {"If-Match": "*"}
    assert (await client.patch(path, json={"room": "x"}, headers=foreign)).status_code == 404
    await client.post(f"{path}/cancel", json={"reason": "fällt aus"}, headers=cast.key("selin"))
    assert (await client.patch(path, json={"room": "x"}, headers=key)).status_code == 409


async def test_who_is_booked_counts_for_how_many_may_be_there_at_once(
    client: AsyncClient, cast: Cast
) -> None:
    need = {"language": "kmr", "slots": 12, "at_once": 1}
    day = await made(client, cast, needs=[need])
    first, second = day["shifts"]
    assert [times(s) for s in (first, second)] == [("14:00", "15:30"), ("15:30", "17:00")]
    await book(client, cast, first["seat_id"], "dilan")
    answer = await change(client, cast, day["id"], [need | {"slots": 13}])
    assert answer.status_code == 200, answer.text
    assert [times(s) for s in answer.json()["shifts"]] == [("14:00", "15:30"), ("15:30", "17:15")]
    refused = await change(client, cast, day["id"], [need | {"slots": 17}])
    assert refused.status_code == 422
    assert "passen nur 16 Gespräche" in refused.json()["detail"]
    answer = await change(client, cast, day["id"], [need | {"slots": 13, "at_once": 2}])
    assert times(answer.json()["shifts"][1]) != ("15:30", "17:15")
