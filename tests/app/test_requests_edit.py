"""Changing a request: texts at any time, times and form while nobody counts on them."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.tables import Offer, RequestOption
from tests.app.test_requests import ask, book, offer
from tests.cast import Cast

LATER = {"day": "2027-01-13", "start": "14:00"}


async def patch(
    client: AsyncClient, cast: Cast, request_id: str, *, who: str = "selin", **body: Any
) -> Response:
    """Somebody changes a request as it stands."""
    key = cast.key(who) | {"If-Match": "*"}
    return await client.patch(f"/requests/{request_id}", json=body, headers=key)


async def change(client: AsyncClient, cast: Cast, request_id: str, **body: Any) -> dict[str, Any]:
    """Selin changes a request, and it is done."""
    answer = await patch(client, cast, request_id, **body)
    assert answer.status_code == 200, answer.text
    seen: dict[str, Any] = answer.json()
    return seen


async def open_tasks(client: AsyncClient, cast: Cast) -> list[dict[str, Any]]:
    """What the office is asked."""
    answer = await client.get("/tasks", headers=cast.key("amal"))
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_only_what_is_sent_changes(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast, room="Zimmer 3", note="bitte klingeln")
    seen = await change(client, cast, made["id"], room="Aula", people_count=3)
    changed = {name for name in made if made[name] != seen[name]}
    assert changed == {"room", "people_count"}
    assert (await change(client, cast, made["id"], note=""))["note"] == ""


async def test_a_clients_consent_may_come_later(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast)
    assert made["consent_substitution"] is False
    seen = await change(client, cast, made["id"], consent_substitution=True)
    assert seen["consent_substitution"] is True


async def test_the_version_is_asked_for(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast)
    path, selin = f"/requests/{made['id']}", cast.key("selin")
    tag = (await client.get(path, headers=selin)).headers["ETag"]
    bare = await client.patch(path, json={"room": "1"}, headers=selin)
    assert bare.status_code == 428
    done = await client.patch(path, json={"room": "1"}, headers=selin | {"If-Match": tag})
    assert done.status_code == 200
    late = await client.patch(path, json={"room": "2"}, headers=selin | {"If-Match": tag})
    assert late.status_code == 412
    next_tag = done.headers["ETag"]
    again = await client.patch(path, json={"room": "2"}, headers=selin | {"If-Match": next_tag})
    assert again.status_code == 200
    foreign = await patch(client, cast, made["id"], who="kofi", room="3")
    assert foreign.status_code == 404


async def test_a_warning_changes_no_version(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast)
    path, selin = f"/requests/{made['id']}", cast.key("selin")
    before = await client.get(path, headers=selin)
    await ask(client, cast, another=True)
    after = await client.get(path, headers=selin)
    assert after.json()["warnings"] != before.json()["warnings"]
    assert after.headers["ETag"] == before.headers["ETag"]


async def test_times_move_while_nobody_counts_on_them(client: AsyncClient, cast: Cast) -> None:
    times = [{"day": "2027-01-12", "start": "10:00"}, {"day": "2027-01-14", "start": "10:00"}]
    made = await ask(client, cast, times=times)
    seen = await change(client, cast, made["id"], duration_minutes=90)
    assert [t["ends_at"][11:16] for t in seen["times"]] == ["10:30", "10:30"]
    assert seen["times"][0]["id"] == made["times"][0]["id"]
    seen = await change(client, cast, made["id"], times=[LATER])
    assert [(t["day"], t["start"], t["duration_minutes"]) for t in seen["times"]] == [
        ("2027-01-13", "14:00", 90)
    ]
    three = [LATER, *times]
    seen = await change(client, cast, made["id"], times=three, duration_minutes=30)
    assert [t["position"] for t in seen["times"]] == [0, 1, 2]
    past = await patch(client, cast, made["id"], times=[{"day": "2027-01-03", "start": "10:00"}])
    assert past.status_code == 422


async def test_urgency_is_weighed_from_when_it_was_asked(
    client: AsyncClient, cast: Cast, clock: Any
) -> None:
    made = await ask(client, cast)
    assert (made["lead_time"], made["priority"]) == ("normal", 2)
    clock.shift(3 * 24 * 3600)
    seen = await change(client, cast, made["id"], times=[LATER])
    assert seen["lead_time"] == "normal", "the office had its notice"
    soon = await change(client, cast, made["id"], times=[{"day": "2027-01-08", "start": "10:00"}])
    assert (soon["lead_time"], soon["priority"]) == ("short", 2)
    bare = await patch(client, cast, made["id"], urgent=True)
    assert bare.status_code == 422
    hurried = await change(client, cast, made["id"], urgent=True, urgency_reason="Frist")
    assert hurried["priority"] == 4
    assert (await change(client, cast, made["id"], urgent=False))["priority"] == 2


async def test_a_booked_time_stays_and_its_texts_change(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast)
    booked = await book(client, cast, made["seats"][0], "dilan")
    refused = await patch(client, cast, made["id"], times=[LATER])
    assert refused.json()["type"] == "/problems/time-booked"
    assert "gebucht" in refused.json()["detail"]
    longer = await patch(client, cast, made["id"], duration_minutes=90)
    assert longer.status_code == 409
    await change(client, cast, made["id"], room="Aula")
    seen = await client.get(f"/assignments/{booked['id']}", headers=cast.key("dilan"))
    assert seen.json()["contact"]["room"] == "Aula"


async def test_while_somebody_is_asked_the_time_stays(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast)
    sent = (await offer(client, cast, made["seats"][0], "dilan")).json()
    refused = await patch(client, cast, made["id"], times=[LATER])
    assert refused.json()["type"] == "/problems/time-offered"
    await client.post(f"/offers/{sent['id']}/decline", headers=cast.key("dilan"))
    seen = await change(client, cast, made["id"], times=[LATER])
    assert seen["times"][0]["start"] == "14:00"


async def test_an_alternative_somebody_declined_can_be_taken_away(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    times = [{"day": "2027-01-12", "start": "10:00"}, {"day": "2027-01-14", "start": "10:00"}]
    made = await ask(client, cast, times=times)
    second = made["times"][1]["id"]
    sent = (await offer(client, cast, made["seats"][0], "dilan", option_id=second)).json()
    await client.post(f"/offers/{sent['id']}/decline", headers=cast.key("dilan"))
    await change(client, cast, made["id"], times=times[:1])
    with db.transaction(engine) as session:
        (left,) = session.exec(select(RequestOption)).all()
        assert session.exec(select(Offer)).one().option_id == left.id


async def test_seats_change_one_by_one(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast, seats=[{"language": "kmr"}, {"language": "ro"}])
    first, second = made["seats"]
    await book(client, cast, first, "dilan")
    taken = await patch(client, cast, made["id"], seats=[{"id": first["id"], "mode": "phone"}])
    assert taken.json()["type"] == "/problems/time-booked"
    wish = {"id": second["id"], "mode": "video", "gender": "f", "gender_hard": True}
    seen = await change(client, cast, made["id"], seats=[wish])
    assert [(s["mode"], s["gender"]) for s in seen["seats"]] == [("on_site", None), ("video", "f")]
    none = {"id": second["id"], "gender": None}
    seen = await change(client, cast, made["id"], seats=[none])
    assert (seen["seats"][1]["gender"], seen["seats"][1]["gender_hard"]) == (None, False)
    bare = await patch(client, cast, made["id"], seats=[{"id": second["id"], "gender_hard": True}])
    assert bare.status_code == 422
    other = await ask(client, cast, another=True)
    foreign = [{"id": other["seats"][0]["id"], "mode": "video"}]
    assert (await patch(client, cast, made["id"], seats=foreign)).status_code == 404


@pytest.mark.parametrize("name", ["topic", "note", "urgency_reason"])
async def test_texts_are_looked_at_again(client: AsyncClient, cast: Cast, name: str) -> None:
    made = await ask(client, cast, note="Gespräch")
    seen = await change(client, cast, made["id"], **{name: "Es kommt Frau Yildiz"})
    assert (seen["state"], seen["open_questions"]) == ("needs_info", [f"personal_data:{name}"])
    (task,) = await open_tasks(client, cast)
    body = {"note": "Gespräch mit den Eltern"}
    await client.post(f"/tasks/{task['id']}/resolve", json=body, headers=cast.key("amal"))
    again = await change(client, cast, made["id"], **{name: "Es kommt Frau Haddad"})
    assert again["state"] == "needs_info", "also after an answer"
    mended = await change(client, cast, made["id"], **{name: "Es kommt die Familie"})
    assert (mended["state"], mended["open_questions"]) == ("open", [])
    assert await open_tasks(client, cast) == []


async def test_the_rules_are_asked_again_when_the_topic_is_another(
    client: AsyncClient, cast: Cast
) -> None:
    made = await ask(client, cast)
    seen = await change(client, cast, made["id"], topic="Termin vor Gericht")
    assert [code.partition(":")[0] for code in seen["open_questions"]] == ["policy"]
    (task,) = await open_tasks(client, cast)
    allowed = {"decision": "allow", "reason": "nur Begleitung im Flur"}
    await client.post(f"/tasks/{task['id']}/resolve", json=allowed, headers=cast.key("amal"))
    seen = await change(client, cast, made["id"], note="Eingang B")
    assert seen["state"] == "open", "what was allowed is not asked again for the same topic"
    seen = await change(client, cast, made["id"], topic="Arzttermin")
    assert seen["state"] == "needs_info"
    assert (await change(client, cast, made["id"], topic="Elterngespräch"))["state"] == "open"


async def test_a_question_does_not_unbook_anybody(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast)
    await book(client, cast, made["seats"][0], "dilan")
    seen = await change(client, cast, made["id"], note="Es kommt Frau Yildiz")
    assert (seen["state"], seen["open_questions"]) == ("booked", ["personal_data:note"])
    assert (await change(client, cast, made["id"], note=""))["state"] == "booked"


async def test_what_has_ended_is_not_changed(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast)
    path, body = f"/requests/{made['id']}/cancel", {"reason": "verschoben"}
    await client.post(path, json=body, headers=cast.key("selin"))
    refused = await patch(client, cast, made["id"], room="Aula")
    assert refused.json()["type"] == "/problems/request-ended"
