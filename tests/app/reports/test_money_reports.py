"""Payments, proof of use, courses, lump sum and thresholds: the figures that the Land asks for."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, update

from app import db
from app.tables import LedgerKind, Sponsor
from tests.app.courses.planned import course, send, were_there
from tests.app.grants.steps import running
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import approve_all, step
from tests.app.reports.worlds import YEAR, drawn, line, rows, written
from tests.app.taxes.paying import paid
from tests.cast import Cast

DECEMBER, MONDAY = date(2026, 12, 15), date(2027, 1, 4)
BOTH = "from=2026-06-01&to=2027-06-30"


async def test_assignment_of_december_paid_in_january_counts_for_both_years(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    confirmed(engine, cast, at(DECEMBER, "10:00"))
    await paid(client, cast, "2026-12", MONDAY)
    keys = ("volunteer", "tax_year", "grant_year", "role", "amount_cents", "first_paid_on")
    assert await rows(client, cast, "payments", *keys, query=BOTH) == [
        ("Dilan-Beispiel, Dilan", 2027, 2026, "Dolmetscher/in", 2000, "2027-01-04")
    ]
    assert await rows(client, cast, "payments", *keys) == [], "the period is that of the payment"
    assert await rows(client, cast, "hours", "transferred_cents") == [(2000,)]


async def test_travel_and_what_came_back_stand_apart(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    money = {"paid_on": date(2026, 12, 20), "funding_line": "own", "amount_cents": 2385}
    written(
        engine,
        [
            line(cast, LedgerKind.PAID, **money, travel_cents=385),
            line(cast, LedgerKind.PAID, **money | {"amount_cents": -2000}, quantity=-1),
        ],
    )
    keys = ("allowance_cents", "travel_cents", "amount_cents")
    assert await rows(client, cast, "payments", *keys) == [(0, 385, 385)]


async def test_proof_of_use_tells_what_was_granted_spent_and_done(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    running(engine, cast, 100_000, reference="WIR-27", year=2027)
    confirmed(engine, cast, at(MONDAY, "10:00"))
    confirmed(engine, cast, at(MONDAY, "12:00"), minutes=30)
    confirmed(engine, cast, at(MONDAY, "10:00"), name="mirela")
    confirmed(engine, cast, at(MONDAY, "14:00"), name="mirela", role="guide", minutes=90)
    ids = await approve_all(client, cast)
    assert len(ids) == 2
    keys = (
        "funding_line", "purpose", "reference", "granted_cents", "spent_cents", "left_cents",
        "minutes", "people", "assignments",
    )  # fmt: skip
    query = "from=2027-01-01&to=2027-12-31"
    assert await rows(client, cast, "proof-of-use", *keys, query=query) == [
        ("wir", "guides", "", 0, 750, -750, 90, 1, 1),
        ("wir", "interpreters", "WIR-27", 100_000, 6_000, 94_000, 150, 2, 3),
    ]


async def test_hours_count_in_the_proof_although_she_waives_the_money(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    (claim,) = await approve_all(client, cast)
    assert (await step(client, cast, "fatma", claim, "waive")).status_code == 200
    keys = ("spent_cents", "minutes", "waived_minutes", "people", "assignments")
    query = "from=2027-01-01&to=2027-12-31"
    assert await rows(client, cast, "proof-of-use", *keys, query=query) == [(0, 60, 60, 1, 1)]
    assert await rows(
        client, cast, "hours", "minutes", "waived_minutes", "unclaimed_minutes", query=query
    ) == [(60, 60, 0)]


async def held(client: AsyncClient, cast: Cast) -> str:
    """A basic course in which Dilan and Mirela took part, and Oksana did not."""
    path = await course(client, cast, "dilan", "mirela", "oksana")
    await were_there(client, cast, path, dilan=24, mirela=24, oksana=0)
    assert (await send(client, cast, f"{path}/held")).status_code == 200
    return path


async def test_participants_of_courses_bring_a_grant_each(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await held(client, cast)
    keys = ("course", "kind", "ends_on", "volunteer", "units", "grant_cents", "cost_cents")
    common = ("Basiskurs Dolmetschen", "Basiskurs Dolmetschen", "2026-12-11")
    assert await rows(client, cast, "participants", *keys) == [
        (*common, "Dilan-Beispiel, Dilan", 24, 24 * 1250, 120_000),
        (*common, "Mirela-Beispiel, Mirela", 24, 24 * 1250, None),
    ]
    figures = ("purpose", "courses", "participants", "units", "spent_cents")
    assert await rows(client, cast, "proof-of-use", *figures) == [
        ("courses", 1, 2, 48, 2 * 24 * 1250)
    ]


async def test_a_course_that_is_opened_again_is_no_longer_told(
    client: AsyncClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    path = await held(client, cast)
    then = (await drawn(client, cast, "participants")).json()
    clock.shift(timedelta(minutes=1))
    again = await send(client, cast, f"{path}/reopen", reason="falsche Liste")
    assert again.status_code == 200
    assert await rows(client, cast, "participants", "volunteer") == []
    before = await drawn(client, cast, "participants", f"{YEAR}&as_of={then['as_of']}")
    assert before.json()["rows"] == then["rows"]


async def test_what_becomes_of_an_opened_course_changes_no_earlier_report(
    client: AsyncClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    path = await held(client, cast)
    moment = (await drawn(client, cast, "participants")).json()["as_of"]
    asked = f"{YEAR}&as_of={moment}"
    names = ("participants", "proof-of-use")
    then = [(await drawn(client, cast, name, asked)).content for name in names]
    clock.shift(timedelta(minutes=1))
    key = cast.key("amal")
    await send(client, cast, f"{path}/reopen", reason="falsche Liste")
    mirela = f"{path}/participants/{cast.volunteers['mirela']}"
    refused = await client.delete(mirela, headers=key)
    assert refused.json()["type"] == "/problems/was-certified"
    oksana = f"{path}/participants/{cast.volunteers['oksana']}"
    assert (await client.delete(oksana, headers=key)).status_code == 204
    items = [
        {"volunteer_id": str(cast.volunteers[name]), "attendance": "registered"}
        for name in ("dilan", "mirela")
    ]
    await send(client, cast, f"{path}/attendance", items=items)
    tag = (await client.get(path, headers=key)).headers["etag"]
    changed = await client.patch(path, json={"units": 30}, headers=key | {"If-Match": tag})
    assert changed.json()["units"] == 30
    assert [(await drawn(client, cast, name, asked)).content for name in names] == then


async def test_a_grant_that_is_only_planned_is_no_line_of_the_proof(
    client: AsyncClient, cast: Cast
) -> None:
    body = {
        "funding_line": "wir", "year": 2026, "purpose": "guides", "applied_cents": 100_000,
        "starts_on": "2026-01-01", "ends_on": "2026-12-31",
    }  # fmt: skip
    made = await client.post("/grant-notices", json=body, headers=cast.key("lea"))
    assert made.status_code == 201, made.text
    assert await rows(client, cast, "proof-of-use", "purpose") == []


def nonprofit(engine: Engine, cast: Cast) -> None:
    """The pool is one that may get the lump sum."""
    with db.transaction(engine) as session:
        session.exec(update(Sponsor).where(col(Sponsor.id) == cast.wetterau).values(nonprofit=True))


async def test_lump_sum_names_the_guides_of_each_key_date(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    nonprofit(engine, cast)
    keys = ("day", "guides", "met", "volunteer")
    query = "from=2026-12-01&to=2027-06-30"
    found = await rows(client, cast, "lump-sum", *keys, query=query)
    assert found == [
        ("2026-12-01", 0, "nein", None),
        ("2027-01-01", 0, "nein", None),
    ], "nobody was released before today"
    clock.move_to(at(date(2027, 7, 1), "10:00"))
    found = await rows(client, cast, "lump-sum", *keys, query=query)
    assert [row for row in found if row[0] == "2027-04-01"] == [
        ("2027-04-01", 2, "nein", "Dilan-Beispiel, Dilan"),
        ("2027-04-01", 2, "nein", "Mirela-Beispiel, Mirela"),
    ]


async def test_thresholds_tell_conditions_deadlines_and_what_is_ahead(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    running(engine, cast, year=2027)
    query = "from=2027-01-01&to=2028-02-01"
    answer = (await drawn(client, cast, "thresholds", query)).json()["rows"]
    told: Any = {(row["kind"], row["code"]): row for row in answer}
    assert told["Bedingung", "pool_condition"]["state"] == "nicht erfüllt"
    assert told["Bedingung", "pool_condition"]["sentence"]
    assert told["Frist", "follow_up_application"]["state"] == "offen"
    assert ("Vorschau", "lump_sum") in told
    clock.shift(timedelta(days=1))
    then = (await drawn(client, cast, "thresholds", f"{query}&as_of=2027-01-04")).json()["rows"]
    assert {row["kind"] for row in then} == {"Bedingung"}


async def test_a_grant_has_a_picture_of_what_is_left(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    notice = running(engine, cast, 10_000, year=2027)
    confirmed(engine, cast, at(MONDAY, "10:00"))
    await approve_all(client, cast)
    path = f"/grant-notices/{notice}/picture"
    shown = await client.get(path, headers=cast.key("arno"))
    assert "sind am 04.01.2027 noch 80,00" in shown.text.replace("\xa0", " ")
    png = await client.get(f"{path}?format=png", headers=cast.key("arno"))
    assert png.content.startswith(b"\x89PNG")
    clock.shift(timedelta(days=40))
    then = f"{path}?as_of=2027-01-04T09:00:00Z"
    first = await client.get(then, headers=cast.key("amal"))
    confirmed(engine, cast, at(MONDAY, "14:00"))
    assert (await client.get(then, headers=cast.key("amal"))).content == first.content
    assert (await client.get(path, headers=cast.key("kofi"))).status_code == 404
    missing = f"/grant-notices/{uuid4()}/picture"
    assert (await client.get(missing, headers=cast.key("amal"))).status_code == 404
