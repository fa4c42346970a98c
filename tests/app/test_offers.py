"""Who is asked, how often for one client, and what an answer is worth after a cancellation."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import select

from app import db, jobs
from app.planning import releasing
from app.tables import Enrolment, Message, Offer, RequestOption, Volunteer
from tests.app.test_requests import ask, book, offer
from tests.cast import Cast


def at(day: str, start: str = "10:00") -> list[dict[str, str]]:
    """One time."""
    return [{"day": day, "start": start}]


async def turn_down(client: AsyncClient, cast: Cast, request: dict[str, Any]) -> Response:
    """Amal rejects a request."""
    body = {"decision": "reject", "reason": "geht nicht"}
    path = f"/requests/{request['id']}/triage"
    return await client.post(path, json=body, headers=cast.key("amal"))


async def give_back(client: AsyncClient, cast: Cast, booked: dict[str, Any], who: str) -> Response:
    """Somebody cancels a booking."""
    path = f"/assignments/{booked['id']}/cancel"
    return await client.post(path, json={"reason": "krank geworden"}, headers=cast.key(who))


def mails(engine: Engine) -> list[Message]:
    """What was written, in order."""
    with db.transaction(engine) as session:
        return list(session.exec(select(Message).order_by(Message.created_at)).all())  # type: ignore[arg-type]


async def plan(client: AsyncClient, cast: Cast, engine: Engine, **days: str) -> dict[str, Any]:
    """A solved plan with its proposals."""
    body = {"first_day": "2027-01-11", "last_day": "2027-01-16"} | days
    made = await client.post("/plans", json=body, headers=cast.key("amal"))
    jobs.work_all(engine)
    path = f"/plans/{made.json()['id']}"
    found: dict[str, Any] = (await client.get(path, headers=cast.key("amal"))).json()
    rows = (await client.get(f"{path}/proposals", headers=cast.key("amal"))).json()
    return found | {"proposals": rows}


async def release(client: AsyncClient, cast: Cast, made: dict[str, Any]) -> dict[str, Any]:
    """The plan becomes offers."""
    path = f"/plans/{made['id']}/release"
    answer = await client.post(path, json={}, headers=cast.key("amal"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_booked_request_cannot_be_rejected(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast)
    booked = await book(client, cast, made["seats"][0], "dilan")
    answer = await turn_down(client, cast, made)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/request-booked"
    seen = await client.get(f"/assignments/{booked['id']}", headers=cast.key("dilan"))
    assert seen.json()["state"] == "booked"


async def test_rejecting_withdraws_what_is_being_asked(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast)
    asked = (await offer(client, cast, made["seats"][0], "dilan")).json()
    assert (await turn_down(client, cast, made)).json()["state"] == "rejected"
    seen = await client.get(f"/offers/{asked['id']}", headers=cast.key("dilan"))
    assert seen.json()["state"] == "withdrawn"


async def test_rejecting_by_the_rules_closes_the_other_questions(
    client: AsyncClient, cast: Cast
) -> None:
    made = await ask(client, cast, topic="Polizei, Vernehmung", seats=[{"language": "Kurdisch"}])
    tasks = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    assert len(tasks) == 2
    task = next(t for t in tasks if t["code"].startswith("policy"))
    body = {"decision": "reject", "reason": "nicht erlaubt"}
    path = f"/tasks/{task['id']}/resolve"
    assert (await client.post(path, json=body, headers=cast.key("amal"))).status_code == 200
    assert (await client.get("/tasks", headers=cast.key("amal"))).json()["items"] == []
    seen = await client.get(f"/requests/{made['id']}", headers=cast.key("amal"))
    assert seen.json()["state"] == "rejected"


async def test_who_gave_it_back_is_not_proposed_again_but_who_was_too_late_is(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await ask(client, cast)
    seat = made["seats"][0]
    assert (await offer(client, cast, seat, "mirela")).status_code == 201
    booked = await book(client, cast, seat, "dilan")
    assert (await give_back(client, cast, booked, "dilan")).status_code == 200
    found = await plan(client, cast, engine)
    assert [p["volunteer_id"] for p in found["proposals"]] == [str(cast.volunteers["mirela"])]


async def test_what_waits_for_the_morning_is_dropped_also_after_a_yes_that_was_given_back_at_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        her = session.get_one(Volunteer, cast.volunteers["dilan"])
        her.quiet_from_minute, her.quiet_to_minute = 60, 0
        session.add(her)
    made = await ask(client, cast)
    booked = await book(client, cast, made["seats"][0], "dilan")
    assert (await give_back(client, cast, booked, "dilan")).status_code == 200
    jobs.work_all(engine)
    hers = [m for m in mails(engine) if m.volunteer_id == cast.volunteers["dilan"]]
    assert [(mail.state, mail.body) for mail in hers if mail.event == "offer"] == [("dropped", "")]


async def test_a_plan_does_not_ask_who_said_no_but_a_coordinator_may(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await ask(client, cast)
    found = await plan(client, cast, engine)
    assert (await release(client, cast, found))["offers"] == 1
    asked = (await client.get("/offers", headers=cast.key("dilan"))).json()["items"][0]
    path = f"/offers/{asked['id']}/decline"
    assert (await client.post(path, headers=cast.key("dilan"))).status_code == 200
    assert (await release(client, cast, found))["offers"] == 0
    booked = await book(client, cast, made["seats"][0], "dilan")
    assert booked["state"] == "booked"


async def test_yes_to_an_appointment_that_was_cancelled_says_so(
    client: AsyncClient, cast: Cast
) -> None:
    made = await ask(client, cast)
    asked = (await offer(client, cast, made["seats"][0], "dilan")).json()
    path = f"/offers/{asked['id']}/accept"
    booked = (await client.post(path, headers=cast.key("dilan"))).json()
    assert (await give_back(client, cast, booked, "dilan")).status_code == 200
    answer = await client.post(path, headers=cast.key("dilan"))
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/not-booked"
    page = await client.get(asked["answer_url"])
    assert "Sie sind nicht mehr eingeplant" in page.text
    assert "der Termin steht" not in page.text


@pytest.mark.parametrize(
    ("who", "said"),
    [("dilan", "zurückgegeben"), ("amal", "nicht mehr eingeplant")],
)
async def test_the_mail_says_who_cancelled(
    client: AsyncClient, cast: Cast, engine: Engine, who: str, said: str
) -> None:
    made = await ask(client, cast)
    booked = await book(client, cast, made["seats"][0], "dilan")
    assert (await give_back(client, cast, booked, who)).status_code == 200
    bodies = [m.body for m in mails(engine)]
    assert any(said in body for body in bodies)
    assert not any("findet nicht statt" in body for body in bodies)


async def test_an_appointment_that_has_begun_cannot_be_cancelled(
    client: AsyncClient, cast: Cast, clock: Any
) -> None:
    made = await ask(client, cast, times=at("2027-01-05"))
    booked = await book(client, cast, made["seats"][0], "dilan")
    clock.shift(2 * 24 * 3600)
    answer = await give_back(client, cast, booked, "dilan")
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/appointment-begun"


@pytest.fixture
def tireless(engine: Engine, cast: Cast) -> None:
    """Nobody in the pool minds how often."""
    with db.transaction(engine) as session:
        for row in session.exec(select(Enrolment)).all():
            row.week_minutes, row.day_assignments = 3600, 12
            row.listing_renewed_on = date(2027, 1, 1)
            session.add(row)


@pytest.mark.usefixtures("tireless")
async def test_a_client_is_accompanied_five_times_a_year(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    for day in range(11, 16):
        made = await ask(client, cast, times=at(f"2027-01-{day}"), case_number="A-1")
        assert (await offer(client, cast, made["seats"][0], "dilan")).status_code == 201
    sixth = await ask(client, cast, times=at("2027-01-12", "15:00"), case_number="A-1")
    answer = await offer(client, cast, sixth["seats"][0], "dilan")
    assert answer.status_code == 409
    assert "client_cap" in answer.json()["reasons"]
    assert (await plan(client, cast, engine))["filled"] == 0
    other = await ask(client, cast, times=at("2027-01-13", "15:00"), case_number="B-2")
    assert (await offer(client, cast, other["seats"][0], "dilan")).status_code == 201
    later = await ask(client, cast, times=at("2028-01-03"), case_number="A-1")
    assert "client_cap" not in (await offer(client, cast, later["seats"][0], "dilan")).text


async def test_a_team_is_asked_together_or_not_at_all(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await ask(client, cast, seats=[{"language": "kmr"}, {"language": "ro"}])
    found = await plan(client, cast, engine)
    assert found["filled"] == 2
    with db.transaction(engine) as session:
        session.get_one(Enrolment, cast.enrolments["mirela"]).state = "paused"
    answer = await release(client, cast, found)
    assert answer["offers"] == 0
    assert {s["code"] for s in answer["skipped"]} == {"may-not-go", "team"}
    with db.transaction(engine) as session:
        assert session.exec(select(Offer)).all() == []


async def test_an_open_offer_keeps_its_time_for_the_others(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    times = at("2027-01-12") + at("2027-01-13")
    made = await ask(client, cast, times=times, seats=[{"language": "tr"}, {"language": "ro"}])
    seat = next(s for s in made["seats"] if s["language"] == "tr")
    second = made["times"][1]
    asked = await offer(client, cast, seat, "dilan", option_id=second["id"])
    assert asked.status_code == 201
    found = await plan(client, cast, engine)
    assert [p["starts_at"] for p in found["proposals"]] == [second["starts_at"]]


async def test_nobody_is_asked_for_a_time_that_has_gone_by(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    await ask(client, cast, times=at("2027-01-05"))
    days = {"first_day": "2027-01-04", "last_day": "2027-01-09"}
    found = await plan(client, cast, engine, **days)
    assert found["filled"] == 1
    clock.shift(2 * 24 * 3600)
    assert (await release(client, cast, found))["offers"] == 0
    assert (await plan(client, cast, engine, **days))["seats"] == 0


async def test_an_offer_made_meanwhile_does_not_spoil_the_release(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [await ask(client, cast, times=at(f"2027-01-{day}")) for day in (12, 13)]
    found = await plan(client, cast, engine)
    assert (await offer(client, cast, made[0]["seats"][0], "dilan")).status_code == 201
    unseen = {UUID(one["id"]): {} for one in made}  # type: ignore[var-annotated]
    monkeypatch.setattr(releasing, "pending_options", lambda *_: unseen)
    answer = await release(client, cast, found)
    assert answer["offers"] == 1
    assert [s["code"] for s in answer["skipped"]] == ["already-offered"]


@pytest.mark.parametrize(
    ("days", "word"),
    [
        (["2029-01-12"], "zwei Jahre"),
        (["2027-01-12", "2027-01-03"], "Vergangenheit"),
    ],
)
async def test_dates_far_away_or_gone_by_are_refused(
    client: AsyncClient, cast: Cast, days: list[str], word: str
) -> None:
    times = [time for day in days for time in at(day)]
    body = {
        "times": times,
        "duration_minutes": 60,
        "seats": [{"language": "kmr"}],
        "topic": "Elterngespräch",
    }
    answer = await client.post("/requests", json=body, headers=cast.key("selin"))
    assert answer.status_code == 422
    assert word in answer.json()["detail"]


async def test_a_plan_that_cannot_be_made_fails_with_a_sentence(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise OverflowError("date value out of range")

    for place in ("app.planning.service.gather", "app.planning.service._store"):
        with monkeypatch.context() as patch:
            patch.setattr(place, break_down)
            found = await plan(client, cast, engine)
        assert found["state"] == "failed", place
        assert found["failure"] == "The plan could not be made: OverflowError."
    assert jobs.work_all(engine) == 0


async def test_a_far_alternative_is_left_out_of_a_plan(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await ask(client, cast, times=at("2027-01-12") + at("2027-01-13"))
    with db.transaction(engine) as session:
        for option in session.exec(select(RequestOption)).all():
            if option.position == 1:
                option.day = date(9999, 12, 31)
                session.add(option)
    assert (await plan(client, cast, engine))["filled"] == 1
    path = f"/seats/{made['seats'][0]['id']}/candidates"
    answer = await client.get(path, headers=cast.key("amal"))
    assert answer.status_code == 200


async def test_nobody_has_to_answer_within_her_quiet_hours(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await ask(client, cast)
    plain = (await offer(client, cast, made["seats"][0], "dilan")).json()
    assert plain["expires_at"] == "2027-01-05T09:00:00Z", "24 hours, at 10:00 in Hessen"
    with db.transaction(engine) as session:
        mirela = session.get_one(Volunteer, cast.volunteers["mirela"])
        mirela.quiet_from_minute, mirela.quiet_to_minute = 9 * 60, 20 * 60
    hers = (await offer(client, cast, made["seats"][0], "mirela")).json()
    assert hers["expires_at"] == "2027-01-05T19:00:00Z"
