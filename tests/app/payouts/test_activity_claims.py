"""Hours without an appointment are claimed as well, once it is known that they are fundable."""

from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select, update

from app import books, db
from app.backups import invariants
from app.tables import Activity, ClaimLine, LedgerEntry, ServiceRecord
from tests.app.hours.bookings import at, client_case, confirmed
from tests.app.payouts.steps import activity, approve_all, build, claim, pay, step
from tests.cast import Cast

MONDAY = date(2027, 1, 4)


def own_plan(**more: Any) -> dict[str, Any]:
    """A rate plan of our own that pays for kilometres."""
    return {
        "title_de": "Kreissatz", "title_en": "District rate", "role": "guide",
        "unit": "hour", "unit_minutes": 60, "amount_cents": 900, "km_cents": 35,
        "valid_from": "2027-01-01", "source": "Beschluss des Kreises", "status": "verified",
        "funding_line": "kreis",
    } | more  # fmt: skip


async def choose_own(client: AsyncClient, cast: Cast, **more: Any) -> None:
    """Use a plan of our own from the new year on."""
    made = await client.post("/own-rate-plans", json=own_plan(**more), headers=cast.key("lea"))
    assert made.status_code == 201, made.text
    choice = {"source_key": made.json()["key"], "valid_from": "2027-01-01"}
    chosen = await client.post("/rate-plans", json=choice, headers=cast.key("lea"))
    assert chosen.status_code == 201, chosen.text


async def test_activities_and_appointments_stand_in_one_claim(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"), role="guide")
    hours = activity(engine, cast, at(MONDAY, "14:00"), minutes=90)
    (made,) = (await build(client, cast))["claims"]
    assert (made["minutes"], made["amount_cents"]) == (150, 1250)
    lines = (await claim(client, cast, made["id"]))["lines"]
    assert [line["activity_id"] for line in lines] == [None, str(hours)]
    assert "1 Std. 30 Min. zu 5,00 EUR pro Stunde" in lines[1]["explanation"]
    assert (await build(client, cast))["claims"][0]["amount_cents"] == 1250, "and once only"


async def test_only_confirmed_activities_that_are_fundable_are_claimed(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    activity(engine, cast, at(MONDAY, "08:00"), state="reported")
    activity(engine, cast, at(MONDAY, "10:00"), fundable="no")
    open_ = activity(engine, cast, at(MONDAY, "12:00"), fundable="unknown")
    made = await build(client, cast)
    assert made["claims"] == []
    (left,) = made["left_over"]
    assert (left["activity_id"], left["claim_id"]) == (str(open_), None)
    assert left["sentence"].startswith("Bei der Tätigkeit vom 04.01.2027 ist offen")
    with db.transaction(engine) as session:
        session.exec(update(Activity).where(col(Activity.id) == open_).values(fundable="yes"))
    assert [c["amount_cents"] for c in (await build(client, cast))["claims"]] == [500]


async def test_local_start_decides_the_month_of_an_activity(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    activity(engine, cast, at(date(2027, 1, 1), "00:15"), minutes=30)
    activity(engine, cast, at(date(2026, 12, 31), "23:30"), minutes=45)
    for month, minutes in (("2027-01", 30), ("2026-12", 45)):
        assert [c["minutes"] for c in (await build(client, cast, month))["claims"]] == [minutes]


async def test_kilometres_are_paid_where_the_plan_pays_for_them(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await choose_own(client, cast)
    record = confirmed(engine, cast, at(MONDAY, "10:00"), role="guide")
    with db.transaction(engine) as session:
        session.exec(
            update(ServiceRecord).where(col(ServiceRecord.id) == record.id).values(kilometres=10)
        )
    activity(engine, cast, at(MONDAY, "14:00"), kilometres=4)
    (made,) = (await build(client, cast))["claims"]
    assert (made["amount_cents"], made["travel_cents"]) == (1800 + 490, 490)
    lines = (await claim(client, cast, made["id"]))["lines"]
    assert [line["travel_cents"] for line in lines] == [350, 140]
    assert "4 km zu 0,35 EUR: 1,40 EUR" in lines[1]["explanation"]


async def test_kilometres_on_wir_money_are_named_and_not_paid(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    activity(engine, cast, at(MONDAY, "14:00"), kilometres=4)
    (made,) = (await build(client, cast))["claims"]
    read = await claim(client, cast, made["id"])
    assert read["amount_cents"] == 500
    assert read["notes"] == [
        "Nachweis vom 04.01.2027 nennt Kilometer. Die Fahrt ist im Satz enthalten und wird nicht"
        " extra bezahlt."
    ]


async def test_an_activity_is_no_assignment_where_each_assignment_is_paid(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    activity(engine, cast, at(MONDAY, "14:00"), role="interpreter", kind="team_meeting")
    (made,) = (await build(client, cast))["claims"]
    (line,) = (await claim(client, cast, made["id"]))["lines"]
    assert (line["amount_cents"], line["explanation"]) == (
        0, "Nicht förderfähig. Keine Zahlung: 0,00 EUR.",
    )  # fmt: skip


async def test_activities_stand_in_the_books_by_role_and_kind(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    activity(engine, cast, at(MONDAY, "14:00"))
    await approve_all(client, cast)
    await pay(client, cast)
    with db.transaction(engine, read_only=True) as session:
        paid = col(LedgerEntry.kind) == "paid"
        (row,) = books.sums(session, paid, by=("role", "detail", "day", "paid_on"))
    assert tuple(row)[:4] == ("guide", "consultation", MONDAY, MONDAY)
    assert row.amount_cents == 500
    assert invariants.findings(engine) == []


async def test_notes_name_the_day_and_no_number_of_a_record(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    record = confirmed(engine, cast, at(MONDAY, "10:00"))
    (made,) = (await build(client, cast))["claims"]
    notes = (await claim(client, cast, made["id"]))["notes"]
    assert any(note.startswith("Bitte prüfen: Nachweis vom 04.01.2027") for note in notes)
    assert str(record.id) not in " ".join(notes)


async def test_granted_exceptions_are_paid_beyond_the_cap_of_a_client(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    case = client_case(engine, cast)
    for hour in range(8, 15):
        confirmed(engine, cast, at(MONDAY, f"{hour:02}:00"), client_case_id=case)
    assert [c["amount_cents"] for c in (await build(client, cast))["claims"]] == [10_000]
    asked = {
        "client_case_id": str(case), "grant_year": 2027, "extra": 1, "granted_on": "2027-01-04",
        "reason": "vom Land bewilligt",
    }  # fmt: skip
    granted = await client.post("/cap-exceptions", json=asked, headers=cast.key("lea"))
    assert granted.status_code == 201, granted.text
    assert [c["amount_cents"] for c in (await build(client, cast))["claims"]] == [12_000]


async def test_what_was_resolved_to_no_minutes_did_not_happen(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    record = confirmed(engine, cast, at(MONDAY, "10:00"), state="disputed")
    with db.transaction(engine) as session:
        row = session.get_one(ServiceRecord, record.id)
        row.state, row.minutes = "resolved", 0
        session.add(row)
        session.flush()
        books.work_of_records(session, col(ServiceRecord.id) == row.id)
    assert (await build(client, cast))["claims"] == []
    with db.transaction(engine, read_only=True) as session:
        assert session.exec(select(LedgerEntry.quantity)).all() == [0]


@pytest.mark.parametrize("verb", ["hold", "waive", "reject"])
async def test_claims_of_activities_go_every_way(
    client: AsyncClient, cast: Cast, engine: Engine, verb: str
) -> None:
    activity(engine, cast, at(MONDAY, "14:00"))
    (made,) = await approve_all(client, cast)
    assert (await step(client, cast, "fatma", made, verb)).status_code == 200
    assert (await step(client, cast, "fatma", made, "return")).status_code == 200
    assert len((await build(client, cast))["claims"]) == 1
    with db.transaction(engine, read_only=True) as session:
        assert session.exec(select(ClaimLine.counts)).all() == [True]
    assert invariants.findings(engine) == []
