"""Requests: what is asked for, what must be cleared first, how they end."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import select

from app import db, jobs
from app.requests import tasks
from app.tables import Request
from tests.cast import Cast

ASKED: dict[str, Any] = {
    "times": [{"day": "2027-01-12", "start": "10:00"}],
    "duration_minutes": 60,
    "seats": [{"language": "Kurmandschi"}],
    "topic": "Elterngespräch",
}


async def send(client: AsyncClient, cast: Cast, **changes: Any) -> Response:
    """Selin asks for her school."""
    return await client.post("/requests", json=ASKED | changes, headers=cast.key("selin"))


async def ask(client: AsyncClient, cast: Cast, **changes: Any) -> dict[str, Any]:
    """Selin asks, and it is taken in."""
    answer = await send(client, cast, **changes)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def offer(
    client: AsyncClient, cast: Cast, seat: dict[str, Any], who: str, **more: Any
) -> Response:
    """Amal asks one person."""
    body = {"seat_id": seat["id"], "volunteer_id": str(cast.volunteers[who]), **more}
    return await client.post("/offers", json=body, headers=cast.key("amal"))


async def book(
    client: AsyncClient, cast: Cast, seat: dict[str, Any], who: str, **more: Any
) -> dict[str, Any]:
    """One person is asked and says yes."""
    made = await offer(client, cast, seat, who, **more)
    assert made.status_code == 201, made.text
    answer = await client.post(f"/offers/{made.json()['id']}/accept", headers=cast.key(who))
    assert answer.status_code == 200, answer.text
    booked: dict[str, Any] = answer.json()
    return booked


async def test_a_clear_request_is_open_at_once(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast)
    assert (made["state"], made["kind"], made["open_questions"]) == ("open", "single", [])
    assert made["seats"][0]["language"] == "kmr"
    assert made["seats"][0]["language_written"] == "Kurmandschi"
    time = made["times"][0]
    assert (time["start"], time["starts_at"]) == ("10:00", "2027-01-12T09:00:00Z")
    read = await client.get(f"/requests/{made['id']}", headers=cast.key("selin"))
    assert read.json() == made


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"times": []}, "times"),
        ({"times": [{"day": "2027-11-31", "start": "10:00"}]}, "day"),
        ({"times": [{"day": "2027-01-12", "start": "25:00"}]}, "start"),
        ({"times": [{"day": "2027-01-12", "start": "14.30h"}]}, "start"),
        ({"times": [{"day": "2027-01-12", "start": "10:00"}] * 4}, "times"),
        ({"times": [{"day": "2027-01-04", "start": "09:59"}]}, "Vergangenheit"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"duration_minutes": -30}, "duration_minutes"),
        ({"duration_minutes": 1440}, "duration_minutes"),
        ({"duration_minutes": "7,5"}, "duration_minutes"),
        ({"seats": []}, "seats"),
        ({"seats": [{"language": "tr"}] * 13}, "seats"),
        ({"seats": [{"language": "tr", "gender": "w"}]}, "gender"),
        ({"seats": [{"language": "tr", "gender_hard": True}]}, "eine Frau oder ein Mann"),
        ({"seats": [{"language": "tr", "min_level": "gut"}]}, "min_level"),
        ({"seats": [{"language": "tr", "role": "doctor"}]}, "role"),
        ({"topic": "x" * 121}, "topic"),
        ({"note": "x" * 301}, "note"),
        ({"people_count": 0}, "people_count"),
    ],
)
async def test_wrong_values_are_refused(
    client: AsyncClient, cast: Cast, wrong: dict[str, Any], word: str
) -> None:
    answer = await send(client, cast, **wrong)
    assert answer.status_code == 422, answer.text
    assert word in answer.json()["detail"]
    listed = await client.get("/requests", headers=cast.key("selin"))
    assert listed.json()["items"] == []


@pytest.mark.parametrize(
    ("day", "start", "kind", "priority"),
    [
        ("2027-01-05", "10:00", "primary_school", 4),
        ("2027-01-07", "10:00", "primary_school", 2),
        ("2027-01-12", "10:00", "primary_school", 2),
        ("2027-01-12", "10:00", "citizens_office", 1),
        ("2027-01-05", "10:00", "citizens_office", 4),
    ],
)
async def test_urgent_comes_before_children_before_others(
    client: AsyncClient, cast: Cast, day: str, start: str, kind: str, priority: int
) -> None:
    place = {"name": f"Haus {kind}", "kind": kind, "postal_code": "61169", "town": "Friedberg"}
    made = await client.post("/institutions", json=place, headers=cast.key("amal"))
    body = ASKED | {
        "times": [{"day": day, "start": start}],
        "institution_id": made.json()["id"],
    }
    answer = await client.post("/requests", json=body, headers=cast.key("amal"))
    assert answer.json()["priority"] == priority


async def test_over_midnight_and_over_new_year(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast, times=[{"day": "2027-12-31", "start": "23:30"}])
    assert made["times"][0]["starts_at"] == "2027-12-31T22:30:00Z"
    assert made["times"][0]["ends_at"] == "2027-12-31T23:30:00Z"
    path = "/requests?first_day=2027-12-31&last_day=2027-12-31"
    listed = await client.get(path, headers=cast.key("amal"))
    assert [r["id"] for r in listed.json()["items"]] == [made["id"]]
    later = await client.get("/requests?first_day=2028-01-01", headers=cast.key("amal"))
    assert later.json()["items"] == []


async def test_the_double_hour_is_chosen_and_lasts_real_minutes(
    client: AsyncClient, cast: Cast
) -> None:
    for fold, starts_at in ((0, "2027-10-31T00:30:00Z"), (1, "2027-10-31T01:30:00Z")):
        time = {"day": "2027-10-31", "start": "02:30", "fold": fold}
        made = await ask(client, cast, times=[time])
        assert made["times"][0]["starts_at"] == starts_at
    long = await ask(client, cast, times=[{"day": "2027-10-31", "start": "01:30"}],
                     duration_minutes=120)  # fmt: skip
    assert long["times"][0]["ends_at"] == "2027-10-31T01:30:00Z"


@pytest.mark.parametrize("written", ["Afghanisch", "Kurdisch", "🇦🇫", "Klingonisch", ""])
async def test_an_unclear_language_is_a_question(
    client: AsyncClient, cast: Cast, written: str
) -> None:
    made = await ask(client, cast, seats=[{"language": written}])
    assert made["state"] == "needs_info"
    assert made["open_questions"] == [f"language:{written}"]
    task = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"][0]
    assert "Welche Sprache" in task["question"]
    key = cast.key("amal") | {"Accept-Language": "en"}
    (english,) = (await client.get("/tasks", headers=key)).json()["items"]
    assert "Which language is meant" in english["question"]
    path = f"/requests/{made['id']}/triage"
    early = await client.post(path, json={"decision": "open"}, headers=cast.key("amal"))
    assert early.status_code == 409
    refused = await offer(client, cast, made["seats"][0], "dilan")
    assert refused.status_code == 409, "nobody is asked while a question is open"


@pytest.mark.parametrize("written", ["arab.", "ARABISCH", "kmr", "Türkisch"])
async def test_usual_spellings_are_understood(
    client: AsyncClient, cast: Cast, written: str
) -> None:
    made = await ask(client, cast, seats=[{"language": written}])
    assert made["state"] == "open"


@pytest.mark.parametrize(
    "words",
    [
        {"topic": "Kurzes Gespräch, danach Arzttermin"},
        {"topic": "Hilfe", "note": "es geht um die Abschiebung"},
        {"topic": "Bitte um Übersetzung von Zeugnissen"},
        {"topic": "Termin", "urgency_reason": "morgen vor Gericht"},
    ],
)
async def test_a_forbidden_topic_behind_harmless_words_is_a_question(
    client: AsyncClient, cast: Cast, words: dict[str, str]
) -> None:
    made = await ask(client, cast, **words)
    assert [q.partition(":")[0] for q in made["open_questions"]] == ["policy"]
    task = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"][0]
    path = f"/tasks/{task['id']}/resolve"
    bare = await client.post(path, json={"decision": "reject"}, headers=cast.key("amal"))
    assert bare.status_code == 422
    body = {"decision": "reject", "reason": "Bitte vereidigte Dolmetscher fragen."}
    done = await client.post(path, json=body, headers=cast.key("amal"))
    assert done.status_code == 200
    seen = (await client.get(f"/requests/{made['id']}", headers=cast.key("selin"))).json()
    assert (seen["state"], seen["end_reason"]) == ("rejected", body["reason"])
    assert seen["seats"][0]["state"] == "cancelled"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("note", "Es kommt Frau Yildiz"),
        ("note", "geb. 12.03.2001"),
        ("note", "erreichbar unter 0170 1234567"),
        ("topic", "Gespräch mit Familie Haddad"),
        ("urgency_reason", "die Mutter hat Depressionen"),
    ],
)
async def test_personal_data_is_asked_about_and_taken_out_where_it_stood(
    client: AsyncClient, cast: Cast, engine: Engine, name: str, text: str
) -> None:
    made = await ask(client, cast, **{name: text})
    assert made["open_questions"] == [f"personal_data:{name}"]
    task = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"][0]
    path, key = f"/tasks/{task['id']}/resolve", cast.key("amal")
    assert (await client.post(path, json={}, headers=key)).status_code == 422
    done = await client.post(path, json={"note": "Gespräch"}, headers=key)
    assert done.status_code == 200, done.text
    seen = await client.get(f"/requests/{made['id']}", headers=key)
    assert seen.json()["state"] == "open"
    with db.transaction(engine) as session:
        (row,) = session.exec(db_requests()).all()
        assert text not in str(row.model_dump())


def db_requests() -> Any:
    """Every request as it is stored."""
    return select(Request)


async def test_a_wish_for_a_woman_is_no_name(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast, note="nur Frau!!")
    assert made["open_questions"] == []


@pytest.mark.parametrize(("hard", "found"), [(True, 0), (False, 2)])
async def test_a_hard_wish_excludes_and_a_soft_one_does_not(
    client: AsyncClient, cast: Cast, hard: bool, found: int
) -> None:
    seat = {"language": "kmr", "gender": "m", "gender_hard": hard}
    made = await ask(client, cast, seats=[seat])
    path = f"/seats/{made['seats'][0]['id']}/candidates"
    answer = (await client.get(path, headers=cast.key("amal"))).json()
    assert len(answer["candidates"]) == found
    codes = {r["code"] for one in answer["rejected"] for r in one["reasons"]}
    assert ("gender" in codes) == hard


async def test_the_first_booking_chooses_the_time_for_the_whole_team(
    client: AsyncClient, cast: Cast
) -> None:
    times = [{"day": "2027-01-12", "start": "10:00"}, {"day": "2027-01-13", "start": "14:00"}]
    seats = [{"language": "kmr"}, {"language": "Rumänisch"}]
    made = await ask(client, cast, times=times, seats=seats)
    assert made["kind"] == "team"
    first, second = made["times"]
    await book(client, cast, made["seats"][0], "dilan", option_id=second["id"])
    seen = (await client.get(f"/requests/{made['id']}", headers=cast.key("selin"))).json()
    assert [t["chosen"] for t in seen["times"]] == [False, True]
    assert seen["state"] == "open", "one seat is still open"
    other = await offer(client, cast, made["seats"][1], "mirela", option_id=first["id"])
    assert other.status_code == 404, "the time is chosen"
    booked = await book(client, cast, made["seats"][1], "mirela")
    assert booked["starts_at"] == second["starts_at"]
    seen = (await client.get(f"/requests/{made['id']}", headers=cast.key("selin"))).json()
    assert seen["state"] == "booked"


async def test_a_team_is_complete_or_not_planned(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await ask(client, cast, seats=[{"language": "kmr"}, {"language": "Somali"}])
    days = {"first_day": "2027-01-11", "last_day": "2027-01-16"}
    made = await client.post("/plans", json=days, headers=cast.key("amal"))
    jobs.work_all(engine)
    plan = (await client.get(f"/plans/{made.json()['id']}", headers=cast.key("amal"))).json()
    assert (plan["seats"], plan["filled"]) == (2, 0)
    path = f"/plans/{plan['id']}/proposals"
    rows = (await client.get(path, headers=cast.key("amal"))).json()
    codes = {row["language"]: {r["code"] for r in row["reasons"]} for row in rows}
    assert "team" in codes["kmr"]
    assert "no_language" in codes["so"]


async def test_calling_off_ends_bookings_offers_and_questions(
    client: AsyncClient, cast: Cast
) -> None:
    made = await ask(client, cast, seats=[{"language": "kmr"}, {"language": "ro"}])
    booked = await book(client, cast, made["seats"][0], "dilan")
    pending = (await offer(client, cast, made["seats"][1], "mirela")).json()
    path, body = f"/requests/{made['id']}/cancel", {"reason": "Familie ist umgezogen"}
    short = await client.post(path, json={"reason": " "}, headers=cast.key("selin"))
    assert short.status_code == 422
    gone = await client.post(path, json=body, headers=cast.key("selin"))
    assert gone.json()["state"] == "cancelled"
    assert {s["state"] for s in gone.json()["seats"]} == {"cancelled"}
    mine = await client.get(f"/assignments/{booked['id']}", headers=cast.key("dilan"))
    assert mine.json()["state"] == "cancelled_early"
    assert mine.json()["contact"] is None
    late = await client.post(f"/offers/{pending['id']}/accept", headers=cast.key("mirela"))
    assert late.status_code == 409
    again = await client.post(path, json=body, headers=cast.key("selin"))
    assert again.status_code == 200, "called off twice is called off once"
    assert again.json() == gone.json()
    assert (await ask(client, cast))["state"] == "open", "the same may be asked again"


async def test_a_rejection_needs_a_reason(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast)
    path = f"/requests/{made['id']}/triage"
    bare = await client.post(path, json={"decision": "reject"}, headers=cast.key("amal"))
    assert bare.status_code == 422
    body = {"decision": "reject", "reason": "Wir haben niemanden."}
    done = await client.post(path, json=body, headers=cast.key("amal"))
    assert done.json()["end_reason"] == "Wir haben niemanden."
    assert (await offer(client, cast, made["seats"][0], "dilan")).status_code == 409
    again = await client.post(path, json={"decision": "open"}, headers=cast.key("amal"))
    assert again.status_code == 409


async def test_nobody_is_asked_for_what_has_gone_by(
    client: AsyncClient, cast: Cast, clock: Any
) -> None:
    made = await ask(client, cast)
    clock.shift(9 * 24 * 3600)
    late = await offer(client, cast, made["seats"][0], "dilan")
    assert late.status_code == 422
    assert "Vergangenheit" in late.json()["detail"]


async def test_somebody_who_may_not_go_cannot_be_asked(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast, seats=[{"language": "uk"}])
    refused = await offer(client, cast, made["seats"][0], "oksana")
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/may-not-go"
    twice = await ask(client, cast)
    assert (await offer(client, cast, twice["seats"][0], "dilan")).status_code == 201
    again = await offer(client, cast, twice["seats"][0], "dilan")
    assert again.json()["type"] == "/problems/already-offered"


async def test_no_client_name_reaches_a_volunteer_before_or_after(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await ask(client, cast, case_number="Mustermann-17", contact_phone="06031 77")
    sent = await offer(client, cast, made["seats"][0], "dilan")
    assert "06031 77" not in sent.text
    booked = await say_yes(client, cast, sent.json()["id"])
    assert booked["contact"]["phone"] == "06031 77"
    with db.transaction(engine) as session:
        assert "Mustermann" not in str([r.model_dump() for r in session.exec(db_requests())])


async def say_yes(client: AsyncClient, cast: Cast, offer_id: str) -> dict[str, Any]:
    """Dilan says yes."""
    answer = await client.post(f"/offers/{offer_id}/accept", headers=cast.key("dilan"))
    booked: dict[str, Any] = answer.json()
    return booked


def test_every_question_is_asked_in_both_languages() -> None:
    assert tasks.GERMAN.keys() == tasks.ENGLISH.keys()
    for code in [*tasks.GERMAN, "source:unknown"]:
        german, english = (tasks.question(f"{code}:x", {}, locale) for locale in ("de", "en"))
        assert german != english
    assert tasks.question("new:x", {}, "de") == "Bitte ansehen: new:x"
