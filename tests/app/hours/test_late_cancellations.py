"""What was called off late and is paid, what counted and was wrong, and what a way costs."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select

from app import books, db
from app.tables import Assignment, LedgerEntry, OwnRatePlan, RatePlanChoice
from tests.app.example_money import OWN_KEY, RULE
from tests.app.hours.bookings import at, book, confirmed, link_account
from tests.app.hours.test_reporting import body, report
from tests.cast import Cast

SUNDAY = date(2027, 1, 3)
REASON = {"reason": "am Morgen abgesagt"}


def pays(engine: Engine, cast: Cast, **rule: Any) -> None:
    """Wetterau's own plan for interpreters, from 2026 on."""
    first = date(2026, 1, 1)
    with db.transaction(engine) as session:
        at_wetterau = {"sponsor_id": cast.wetterau}
        own = RULE | {"valid_from": first.isoformat()} | rule
        session.add(OwnRatePlan(**at_wetterau, key=OWN_KEY, rule=own))
        session.add(RatePlanChoice(**at_wetterau, source_key=OWN_KEY, valid_from=first))


def called_off(engine: Engine, cast: Cast, clock: str = "10:00", **more: Any) -> Assignment:
    """An hour of Dilan's that fell away on the day itself."""
    made = book(engine, cast, at(SUNDAY, clock))
    with db.transaction(engine) as session:
        row = session.get_one(Assignment, made.id)
        row.state, row.pay_rule = (
            more.get("state", "cancelled_late"),
            more.get("rule", "late_cancel"),
        )
        session.add(row)
    return made


async def keep(client: AsyncClient, cast: Cast, made: Assignment, who: str = "amal") -> Response:
    """Record a late cancellation."""
    sent = {"assignment_id": str(made.id)} | REASON
    path = "/service-records/late-cancellation"
    return await client.post(path, json=sent, headers=cast.key(who))


def worked(engine: Engine) -> list[tuple[int, int]]:
    """Records and minutes in the books."""
    with db.transaction(engine, read_only=True) as session:
        about = col(LedgerEntry.subject_type) == "service_record"
        return [(row.quantity, row.minutes) for row in books.sums(session, about)]


async def test_a_late_cancellation_is_paid_by_the_plan(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    pays(engine, cast, late_cancel_percent=50)
    made = await keep(client, cast, called_off(engine, cast))
    read = made.json()
    assert made.status_code == 201
    assert (read["state"], read["outcome"], read["minutes"]) == ("resolved", "cancelled_late", 60)
    assert (read["source"], read["reason"]) == ("office", REASON["reason"])
    sent = {"month": "2027-01"}
    built = await client.post("/claims", json=sent, headers=cast.key("fatma"))
    assert [one["amount_cents"] for one in built.json()["claims"]] == [900]


async def test_a_late_cancellation_is_recorded_once_and_never_beside_other_work(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    pays(engine, cast, late_cancel_minutes=60)
    made = called_off(engine, cast)
    assert (await keep(client, cast, made)).status_code == 201
    again = await keep(client, cast, made)
    assert again.json()["type"] == "/problems/already-reported"
    other = book(engine, cast, at(SUNDAY, "10:30"))
    answer = await report(client, cast, "dilan", body(other))
    assert answer.json()["type"] == "/problems/records-overlap"


@pytest.mark.parametrize(
    ("more", "rule", "problem"),
    [
        ({"state": "cancelled_early"}, {}, "not-cancelled-late"),
        ({"rule": "none"}, {}, "not-cancelled-late"),
        ({"state": "booked", "rule": "none"}, {}, "not-cancelled-late"),
        ({}, {"late_cancel_minutes": 0}, "late-unpaid"),
    ],
)
async def test_what_is_not_paid_is_not_recorded(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    more: dict[str, str],
    rule: dict[str, int],
    problem: str,
) -> None:
    pays(engine, cast, **{"late_cancel_minutes": 60} | rule)
    answer = await keep(client, cast, called_off(engine, cast, **more))
    assert (answer.status_code, answer.json()["type"]) == (409, f"/problems/{problem}")


async def test_a_late_cancellation_waits_for_its_time_and_for_somebody_else(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    pays(engine, cast, late_cancel_minutes=60)
    made = called_off(engine, cast)
    clock.move_to(made.ends_at - timedelta(seconds=1))
    assert (await keep(client, cast, made)).status_code == 422
    clock.move_to(made.ends_at)
    assert (await keep(client, cast, made, "kofi")).status_code == 404
    link_account(engine, cast, "dilan", "amal")
    assert (await keep(client, cast, made)).json()["type"] == "/problems/own-work"


@pytest.mark.parametrize("outcome", ["aborted", "cut_short", "client_no_show"])
async def test_how_it_went_is_kept(
    client: AsyncClient, cast: Cast, engine: Engine, outcome: str
) -> None:
    made = await report(
        client, cast, "dilan", body(book(engine, cast, at(SUNDAY, "10:00")), outcome=outcome)
    )
    assert (made.status_code, made.json()["outcome"]) == (201, outcome)


async def test_a_record_that_counts_and_is_wrong_is_revised_in_the_books_as_well(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    stands = confirmed(engine, cast, at(SUNDAY, "12:00"))
    path = f"/service-records/{stands.id}/revise"
    for minutes in (45, 50):
        said = {"minutes": minutes, "reason": "war kürzer"}
        done = await client.post(path, json=said, headers=cast.key("amal"))
        assert (done.json()["state"], done.json()["minutes"]) == ("resolved", minutes)
        assert worked(engine) == [(1, minutes)]
    await client.post("/claims", json={"month": "2027-01"}, headers=cast.key("fatma"))
    kept = await client.post(path, json=said, headers=cast.key("amal"))
    assert (kept.status_code, kept.json()["type"]) == (409, "/problems/hours-claimed")
    (claim,) = (await client.get("/claims", headers=cast.key("fatma"))).json()["items"]
    why = {"reason": "Stunden falsch"}
    await client.post(f"/claims/{claim['id']}/return", json=why, headers=cast.key("fatma"))
    free = await client.post(path, json=said | {"minutes": 40}, headers=cast.key("amal"))
    assert (free.status_code, worked(engine)) == (200, [(1, 40)]), "it is built anew"
    waits = confirmed(engine, cast, at(SUNDAY, "14:00"), state="reported")
    early = await client.post(
        f"/service-records/{waits.id}/revise", json=said, headers=cast.key("amal")
    )
    assert (early.status_code, early.json()["type"]) == (409, "/problems/record-state")


async def test_what_is_decided_is_true_beside_what_was_reported_meanwhile(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    first = confirmed(engine, cast, at(SUNDAY, "10:00"))
    second = confirmed(engine, cast, at(SUNDAY, "12:00"), state="disputed")
    path = f"/service-records/{first.id}/revise"

    async def decide(path: str, minutes: int) -> Response:
        said = {"minutes": minutes, "reason": "nach Anruf"}
        return await client.post(path, json=said, headers=cast.key("amal"))

    day = await decide(f"/service-records/{second.id}/resolve", 541)
    assert day.json()["type"] == "/problems/day-too-long"
    longer = await decide(f"/service-records/{second.id}/resolve", 90)
    ends = second.started_at + timedelta(minutes=90)
    assert datetime.fromisoformat(longer.json()["ended_at"]) == ends
    assert (await decide(path, 121)).json()["type"] == "/problems/records-overlap"
    assert (await decide(path, 0)).is_success
    times = ("started_at", "10:30"), ("ended_at", "11:00")
    instead = {"kind": "other"} | {name: at(SUNDAY, clock).isoformat() for name, clock in times}
    meanwhile = await client.post("/activities", json=instead, headers=cast.key("dilan"))
    assert meanwhile.status_code == 201
    again = await decide(path, 20)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/records-overlap")


async def test_no_time_is_decided_that_has_not_passed_yet(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    stands = confirmed(engine, cast, at(SUNDAY, "10:00"))
    clock.move_to(at(SUNDAY, "12:00"))
    path = f"/service-records/{stands.id}/revise"
    for minutes, status in ((121, 422), (120, 200)):
        said = {"minutes": minutes, "reason": "war länger"}
        answer = await client.post(path, json=said, headers=cast.key("amal"))
        assert answer.status_code == status, minutes


async def test_an_outcome_that_was_noted_wrongly_is_decided_anew(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    stands = confirmed(engine, cast, at(SUNDAY, "10:00"), outcome="client_no_show")
    said = {"minutes": 60, "reason": "falsch getippt", "outcome": "performed"}
    path = f"/service-records/{stands.id}/revise"
    done = await client.post(path, json=said, headers=cast.key("amal"))
    assert (done.status_code, done.json()["outcome"]) == (200, "performed")
    with db.transaction(engine) as session:
        booking = session.exec(select(Assignment)).one()
        about = col(LedgerEntry.detail) == "performed"
        assert (booking.state, booking.pay_rule) == ("performed", "none")
        assert [row.minutes for row in books.sums(session, about)] == [60]
    pays(engine, cast, late_cancel_minutes=60)
    late = await keep(client, cast, called_off(engine, cast, "14:00"))
    path = f"/service-records/{late.json()['id']}/revise"
    refused = await client.post(path, json=said, headers=cast.key("amal"))
    assert refused.json()["type"] == "/problems/assignment-not-booked"


async def test_kilometres_are_taken_where_the_plan_pays_them(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = book(engine, cast, at(SUNDAY, "10:00"))
    included = await report(client, cast, "dilan", body(made, kilometres=12))
    assert included.status_code == 422
    assert included.json()["detail"].startswith("Die Fahrt ist im Satz enthalten.")
    pays(engine, cast, km_cents=35)
    done = await report(client, cast, "dilan", body(made, kilometres=12))
    assert (done.status_code, done.json()["kilometres"]) == (201, 12)
    with db.transaction(engine) as session:
        called = session.exec(select(Assignment)).one()
        called.mode = "phone"
        session.add(called)
    key = cast.key("dilan") | {"If-Match": "*"}
    path = f"/service-records/{done.json()['id']}"
    by_phone = await client.patch(path, json={"kilometres": 13}, headers=key)
    assert (by_phone.status_code, "Telefon" in by_phone.json()["detail"]) == (422, True)
    assert (await client.patch(path, json={"kilometres": 0}, headers=key)).status_code == 200


async def test_doubts_are_for_the_office_and_for_her(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = book(engine, cast, at(SUNDAY, "10:00"))
    with db.transaction(engine) as session:
        session.connection().exec_driver_sql("DELETE FROM training")
    sent = await report(client, cast, "dilan", body(made))
    path = f"/service-records/{sent.json()['id']}"
    for who, told in (("dilan", 1), ("amal", 1), ("arno", 1), ("selin", 0)):
        read = (await client.get(path, headers=cast.key(who))).json()
        assert len(read["doubts"]) == told, who
        assert (read["source"], read["kilometres"]) == ("app", 0)


async def test_the_office_reports_late_with_a_reason(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    old = book(engine, cast, at(date(2026, 12, 18), "10:00"))
    unsaid = await report(client, cast, "amal", body(old))
    assert (unsaid.status_code, "Grund" in unsaid.json()["detail"]) == (422, True)
    made = await report(client, cast, "amal", body(old, reason="Zettel verlegt"))
    assert (made.status_code, made.json()["source"]) == (201, "office")
    path = f"/service-records/{made.json()['id']}/confirm"
    done = await client.post(path, json={"minutes": 60}, headers=cast.key("selin"))
    assert (done.json()["state"], done.json()["reason"]) == ("confirmed", "Zettel verlegt")
