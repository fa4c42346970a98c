"""A month is closed: its hours stand still, its claims do not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import Session, select

from app import db
from app.access import Actor
from app.errors import ApiError
from app.hours import activities, closing
from app.hours.closing import HoursWait, MonthClosed
from app.hours.schemas_activities import ActivityCreate, MonthClose
from app.tables import Activity, Assignment, ClosedMonth
from tests.app.hours.bookings import at, book, confirmed
from tests.app.hours.test_activities import body
from tests.app.waiting import wait_for
from tests.cast import Cast

DAY = date(2026, 12, 29)
DECEMBER = {"month": "2026-12"}
CLOSED = "Der Monat 12/2026 ist abgeschlossen."


async def close(client: AsyncClient, cast: Cast, who: str = "fatma", **more: Any) -> Response:
    """What the service answers to who closes December."""
    return await client.post("/closed-months", json=DECEMBER | more, headers=cast.key(who))


async def say(client: AsyncClient, cast: Cast, who: str, path: str, **said: Any) -> Response:
    """What the service answers to a statement."""
    return await client.post(path, json=said, headers=cast.key(who))


def record(booked: Any) -> dict[str, str]:
    """A report of exactly the booked time."""
    return {
        "assignment_id": str(booked.id),
        "started_at": booked.starts_at.isoformat(),
        "ended_at": booked.ends_at.isoformat(),
    }


async def test_nothing_is_reported_changed_or_decided_in_a_closed_month(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    waiting = confirmed(engine, cast, at(DAY, "08:00"), state="reported")
    disputed = confirmed(engine, cast, at(DAY, "10:00"), state="disputed")
    stands = confirmed(engine, cast, at(DAY, "12:00"))
    booked = book(engine, cast, at(DAY, "14:00"))
    made = await client.post(
        "/activities", json=body(DAY, "16:00", "17:00"), headers=cast.key("dilan")
    )
    activity = f"/activities/{made.json()['id']}"
    assert (await close(client, cast, despite_open=True)).status_code == 201
    said = {"minutes": 60, "reason": "am Telefon gesagt"}
    match = {"If-Match": "*"}
    moved = {"started_at": at(date(2027, 1, 2), "16:00"), "ended_at": at(date(2027, 1, 2), "17:00")}
    moved = {name: moment.isoformat() for name, moment in moved.items()}
    refused = {
        "report": await client.post(
            "/service-records", json=record(booked), headers=cast.key("dilan")
        ),
        "correct": await client.patch(
            f"/service-records/{waiting.id}",
            json={"break_minutes": 5},
            headers=cast.key("dilan") | match,
        ),
        "confirm": await say(
            client, cast, "amal", f"/service-records/{waiting.id}/confirm", **said
        ),
        "dispute": await say(
            client, cast, "amal", f"/service-records/{waiting.id}/dispute", **said
        ),
        "resolve": await say(
            client, cast, "amal", f"/service-records/{disputed.id}/resolve", **said
        ),
        "revise": await say(client, cast, "amal", f"/service-records/{stands.id}/revise", **said),
        "activity": await client.post(
            "/activities", json=body(DAY, "18:00", "19:00"), headers=cast.key("dilan")
        ),
        "move it out": await client.patch(activity, json=moved, headers=cast.key("dilan") | match),
        "confirm it": await say(client, cast, "amal", f"{activity}/confirm", fundable="yes"),
        "reject it": await say(
            client, cast, "amal", f"{activity}/reject", reason="fand nicht statt"
        ),
        "withdraw it": await say(
            client, cast, "dilan", f"{activity}/withdraw", reason="doppelt da"
        ),
    }
    for what, answer in refused.items():
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/month-closed"), what
        assert answer.json()["detail"].startswith(CLOSED), what


async def test_what_is_moved_into_a_closed_month_is_refused(
    client: AsyncClient, cast: Cast
) -> None:
    assert (await close(client, cast)).status_code == 201
    made = await client.post("/activities", json=body(), headers=cast.key("dilan"))
    into = {"started_at": at(DAY, "16:00").isoformat(), "ended_at": at(DAY, "17:00").isoformat()}
    key = cast.key("dilan") | {"If-Match": "*"}
    answer = await client.patch(f"/activities/{made.json()['id']}", json=into, headers=key)
    assert answer.json()["detail"].startswith(CLOSED)


async def test_the_institution_may_still_confirm_what_was_reported_before(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    first = confirmed(engine, cast, at(DAY, "08:00"), state="reported")
    second = confirmed(engine, cast, at(DAY, "10:00"), state="reported")
    await close(client, cast, despite_open=True)
    path = f"/service-records/{first.id}/confirm"
    assert (await say(client, cast, "selin", path, minutes=60)).json()["state"] == "confirmed"
    path = f"/service-records/{second.id}/dispute"
    done = await say(client, cast, "selin", path, minutes=0, reason="niemand war da")
    assert done.json()["state"] == "disputed"


async def test_claims_of_a_closed_month_are_built(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(DAY, "10:00"))
    await close(client, cast)
    built = await client.post("/claims", json=DECEMBER, headers=cast.key("fatma"))
    assert built.status_code == 201, built.text
    assert [one["amount_cents"] for one in built.json()["claims"]] == [2000]


async def test_what_still_waits_is_counted_and_closed_only_knowingly(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(DAY, "08:00"), state="reported")
    confirmed(engine, cast, at(DAY, "10:00"), state="disputed")
    confirmed(engine, cast, at(DAY, "12:00"))
    confirmed(engine, cast, at(DAY, "13:00"), outcome="client_no_show")
    missed = book(engine, cast, at(DAY, "14:00"))
    with db.transaction(engine) as session:
        session.get_one(Assignment, missed.id).state = "client_no_show"
    book(engine, cast, at(DAY, "15:00"))
    book(engine, cast, at(date(2027, 1, 2), "14:00"))
    await client.post("/activities", json=body(DAY, "16:00", "17:00"), headers=cast.key("dilan"))
    refused = await close(client, cast)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/hours-wait")
    told = "(Nachweise: 2, Tätigkeiten: 1, Termine ohne Nachweis: 2)"
    assert told in refused.json()["detail"]
    assert (await close(client, cast, despite_open=True)).status_code == 201
    (noted,) = [
        one
        for one in (await client.get("/audit", headers=cast.key("lea"))).json()["items"]
        if one["action"] == "month.close"
    ]
    assert noted["details"] == {"month": "2026-12", "records": 2, "activities": 1, "unreported": 2}


async def test_only_a_month_that_is_over_is_closed_and_only_once(
    client: AsyncClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    january = await close(client, cast, month="2027-01")
    assert (january.status_code, "01.02.2027" in january.json()["detail"]) == (409, True)
    clock.move_to(at(date(2027, 2, 1), "00:00") - timedelta(seconds=1))
    assert (await close(client, cast, month="2027-01")).status_code == 409
    clock.shift(timedelta(seconds=1))
    assert (await close(client, cast, month="2027-01")).status_code == 201
    again = await close(client, cast, "lea", month="2027-01")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/month-already-closed")


async def test_the_lead_opens_it_again_with_a_reason(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    booked = book(engine, cast, at(DAY, "14:00"))
    made = await close(client, cast, despite_open=True)
    path = f"/closed-months/{made.json()['id']}/reopen"
    assert (await say(client, cast, "fatma", path, reason="Nachtrag")).status_code == 403
    assert (await say(client, cast, "kofi", path, reason="Nachtrag")).status_code == 404
    done = await say(client, cast, "lea", path, reason="ein Nachweis fehlte")
    assert (done.status_code, done.json()["reason"]) == (200, "ein Nachweis fehlte")
    again = await say(client, cast, "lea", path, reason="ein Nachweis fehlte")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/month-not-closed")
    sent = await client.post("/service-records", json=record(booked), headers=cast.key("dilan"))
    assert sent.status_code == 201
    assert (await close(client, cast, despite_open=True)).status_code == 201
    listed = (await client.get("/closed-months?month=2026-12", headers=cast.key("amal"))).json()
    assert [one["reopened_at"] is None for one in listed["items"]] == [False, True]
    assert (await client.get("/closed-months", headers=cast.key("kofi"))).json()["items"] == []


async def test_a_month_is_closed_for_one_sponsor_alone(client: AsyncClient, cast: Cast) -> None:
    assert (await close(client, cast, "kofi")).status_code == 201
    made = await client.post("/activities", json=body(DAY), headers=cast.key("dilan"))
    assert made.status_code == 201
    hers = await client.post("/activities", json=body(DAY), headers=cast.key("nuru"))
    assert hers.json()["detail"].startswith(CLOSED)


def _report(session: Session, cast: Cast) -> None:
    amal = Actor(cast.accounts["amal"], "Amal", frozenset({(cast.wetterau, "coordinator")}))
    sent = body(DAY, volunteer_id=cast.volunteers["dilan"])
    activities.create(session, amal, ActivityCreate.model_validate(sent))


def _close(session: Session, cast: Cast) -> None:
    fatma = Actor(cast.accounts["fatma"], "Fatma", frozenset({(cast.wetterau, "finance")}))
    closing.close(session, fatma, MonthClose(month="2026-12"))


def race(engine: Engine, cast: Cast, first: Any, second: Any) -> list[object]:
    """The first has written and not committed when the second begins; what became of both."""
    written, ended = threading.Event(), threading.Event()

    def before() -> object:
        with db.transaction(engine) as session:
            first(session, cast)
            written.set()
            wait_for(engine, ended)
        return None

    def after() -> object:
        written.wait(20)
        try:
            with db.transaction(engine) as session:
                second(session, cast)
        except ApiError as error:
            return type(error)
        finally:
            ended.set()
        return None

    with ThreadPoolExecutor(2) as pool:
        return [one.result() for one in (pool.submit(before), pool.submit(after))]


def left(engine: Engine) -> tuple[int, int]:
    """How many months are closed, and how many activities were reported."""
    with db.transaction(engine, read_only=True) as session:
        return len(session.exec(select(ClosedMonth)).all()), len(
            session.exec(select(Activity)).all()
        )


def test_who_closes_sees_what_is_being_reported(engine: Engine, cast: Cast) -> None:
    assert race(engine, cast, _report, _close) == [None, HoursWait]
    assert left(engine) == (0, 1)


def test_who_reports_sees_that_the_month_is_being_closed(engine: Engine, cast: Cast) -> None:
    assert race(engine, cast, _close, _report) == [None, MonthClosed]
    assert left(engine) == (1, 0)


@pytest.mark.postgres  # SQLite lets one writer in at a time: there is nothing to switch off.
@pytest.mark.parametrize("order", [(_report, _close), (_close, _report)])
def test_control_without_the_lock_hours_come_into_a_closed_month(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch, order: tuple[Any, Any]
) -> None:
    monkeypatch.setattr(closing, "_alone", lambda *_: None)
    monkeypatch.setattr(closing, "_together", lambda *_: None)
    assert race(engine, cast, *order) == [None, None]
    assert left(engine) == (1, 1)
