"""What pools owe each other: hours, ways and money of the people they lend."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col

from app import db, jobs
from app.lendings import following
from app.tables import Enrolment, Lending, Volunteer
from tests.app.examples import HOUR, MORNING, Asking
from tests.app.lendings import steps
from tests.app.payouts.steps import approve_all
from tests.cast import Cast

PERIOD = "from=2027-01-01&to=2027-01-31"


@pytest.fixture
def asked(engine: Engine, cast: Cast, asked: Asking) -> Asking:
    """Nuru can be paid."""
    with db.transaction(engine) as session:
        her = session.get_one(Volunteer, cast.volunteers["nuru"])
        her.iban = "DE02120300000000202051"
        session.add(her)
    return asked


async def performed(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking, clock: time_machine.Traveller
) -> str:
    """Nuru went there, said so, and the school confirmed it; the id of the lending."""
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    booked = (await steps.answer(client, engine, cast, "accept")).json()
    jobs.work_all(engine)
    clock.move_to(MORNING + 3 * HOUR)
    told = await client.post(
        "/service-records",
        json={
            "assignment_id": booked["id"],
            "started_at": booked["starts_at"],
            "ended_at": booked["ends_at"],
        },
        headers=cast.key("nuru"),
    )
    assert told.status_code == 201, told.text
    record = f"/service-records/{told.json()['id']}"
    confirmed = await client.post(
        f"{record}/confirm", json={"minutes": 60}, headers=cast.key("selin")
    )
    assert confirmed.status_code == 200, confirmed.text
    jobs.work_all(engine)
    return lending_id


async def report(client: AsyncClient, cast: Cast, who: str) -> list[dict[str, Any]]:
    """The settlement as somebody reads it."""
    answer = await client.get(f"/reports/lending?{PERIOD}", headers=cast.key(who))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["rows"])


async def test_the_pool_that_borrows_pays_and_both_read_the_same_from_their_side(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking, clock: time_machine.Traveller
) -> None:
    await performed(client, engine, cast, asked, clock)
    row = {
        "month": "2027-01",
        "volunteer": "Nuru-Beispiel, Nuru",
        "appointments": 1,
        "minutes": 60,
        "travel_minutes": 20,
        "paid_cents": 0,
    }
    lent = {"partner": "Sprachpool Wetterau", "direction": "verliehen"}
    borrowed = {"partner": "Lotsenbüro Fulda", "direction": "geliehen"}
    assert await report(client, cast, "kofi") == [
        {**row, **lent, "balance_minutes": 60, "balance_cents": 0}
    ]
    assert await report(client, cast, "lea") == [
        {**row, **borrowed, "balance_minutes": -60, "balance_cents": 0}
    ]
    clock.move_to(MORNING + timedelta(days=25))
    claims = await approve_all(client, cast)
    drawn = await client.post("/payruns", json={"claim_ids": claims}, headers=cast.key("fatma"))
    assert drawn.status_code == 201, drawn.text
    paid = await client.post(
        f"/payruns/{drawn.json()['id']}/paid",
        json={"paid_on": "2027-02-06"},
        headers=cast.key("fatma"),
    )
    assert paid.status_code == 200, paid.text
    seen = [await report(client, cast, who) for who in ("kofi", "lea")]
    assert [(rows[0]["paid_cents"], rows[0]["balance_cents"]) for rows in seen] == [
        (2000, 2000),
        (2000, -2000),
    ]
    following.watch(engine)
    at_wetterau = (
        col(Enrolment.volunteer_id) == cast.volunteers["nuru"],
        col(Enrolment.sponsor_id) == cast.wetterau,
    )
    assert steps.states(steps.rows(engine, Enrolment, *at_wetterau)) == ["ended"]
    claim = await client.get(f"/claims/{claims[0]}", headers=cast.key("fatma"))
    assert claim.json()["volunteer"] == "Nuru Nuru-Beispiel"


async def test_a_place_stays_open_as_long_as_she_waits_for_her_money(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking, clock: time_machine.Traveller
) -> None:
    await performed(client, engine, cast, asked, clock)
    clock.move_to(MORNING + timedelta(days=60))
    following.watch(engine)
    hers = (await client.get("/service-records", headers=cast.key("nuru"))).json()["items"]
    assert [one["minutes"] for one in hers] == [60]


async def test_who_has_nothing_to_do_with_it_reads_nothing_of_it(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking, clock: time_machine.Traveller
) -> None:
    await performed(client, engine, cast, asked, clock)
    steps.third_pool(engine, cast)
    assert await report(client, cast, "gundula") == []
    listed = await client.get("/lendings", headers=cast.key("gundula"))
    assert listed.json()["items"] == []


async def test_a_pool_that_was_asked_for_her_as_well_and_lent_nobody_gets_no_credit(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking, clock: time_machine.Traveller
) -> None:
    await performed(client, engine, cast, asked, clock)
    giessen = steps.third_pool(engine, cast)
    with db.transaction(engine) as session:
        session.add(
            Lending(
                sponsor_id=cast.wetterau,
                lender_id=giessen,
                seat_id=asked.seat.id,
                volunteer_id=cast.volunteers["nuru"],
                state="declined",
            )
        )
    assert await report(client, cast, "gundula") == []
    partners = [row["partner"] for row in await report(client, cast, "lea")]
    assert partners == ["Lotsenbüro Fulda"]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
async def test_the_settlement_can_be_saved(
    client: AsyncClient,
    engine: Engine,
    cast: Cast,
    asked: Asking,
    clock: time_machine.Traveller,
    format: str,
) -> None:
    await performed(client, engine, cast, asked, clock)
    answer = await client.get(
        f"/reports/lending?{PERIOD}&format={format}", headers=cast.key("fatma")
    )
    assert answer.status_code == 200
    assert "ausleihen-2027-01-01" in answer.headers["content-disposition"]
    if format == "csv":
        text = answer.content.decode("utf-8-sig")
        assert "Lotsenbüro Fulda;2027-01;geliehen" in text
        assert "1:00" in text
        assert "-60" in text
