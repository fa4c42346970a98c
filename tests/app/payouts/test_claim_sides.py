"""Beside the way of a claim: held and released, waived, rejected; the books say the same."""

from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import books, db
from app.backups import invariants
from app.tables import AuditEvent, LedgerEntry
from tests.app.hours.bookings import at, confirmed, link_account
from tests.app.payouts.steps import activity, build, claim, step
from tests.app.payouts.test_claims import claimed_before
from tests.cast import Cast

MONDAY = date(2027, 1, 4)
OK, CONFLICT = 200, 409


async def reached(client: AsyncClient, cast: Cast, engine: Engine, state: str) -> str:
    """A claim of Dilan's that has come so far."""
    confirmed(engine, cast, at(MONDAY, "10:00"))
    (made,) = [c["id"] for c in (await build(client, cast))["claims"]]
    way = {"submitted": ("amal", "submit"), "checked": ("fatma", "check")}
    way["approved"] = ("lea", "approve")
    for name, (who, verb) in way.items():
        if state == "open":
            break
        assert (await step(client, cast, who, made, verb)).status_code == OK
        if state == name:
            break
    return str(made)


def booked(engine: Engine) -> dict[str, int]:
    """Cents in the books of claims, by kind."""
    with db.transaction(engine, read_only=True) as session:
        rows = books.sums(session, col(LedgerEntry.claim_id).is_not(None), by=("kind",))
    return {row.kind: int(row.amount_cents) for row in rows if row.amount_cents}


@pytest.mark.parametrize("state", ["submitted", "checked", "approved"])
async def test_a_held_claim_goes_on_where_it_was(
    client: AsyncClient, cast: Cast, engine: Engine, state: str
) -> None:
    made = await reached(client, cast, engine, state)
    held = (await step(client, cast, "fatma", made, "hold")).json()
    assert (held["state"], held["held_from"]) == ("on_hold", state)
    assert held["return_reason"] == "bitte noch einmal prüfen"
    assert (await step(client, cast, "lea", made, "hold")).status_code == CONFLICT
    assert "angehalten" in (await claim(client, cast, made))["notes"][0]
    assert invariants.findings(engine) == []
    back = (await step(client, cast, "lea", made, "release")).json()
    assert (back["state"], back["held_from"], back["return_reason"]) == (state, "", "")
    assert invariants.findings(engine) == []


async def test_a_held_claim_is_not_paid(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    made = await reached(client, cast, engine, "approved")
    await step(client, cast, "fatma", made, "hold")
    asked = {"claim_ids": [made]}
    refused = await client.post("/payruns", json=asked, headers=cast.key("fatma"))
    assert refused.status_code == CONFLICT
    await step(client, cast, "fatma", made, "release")
    drawn = await client.post("/payruns", json=asked, headers=cast.key("fatma"))
    assert drawn.status_code == 201


async def test_an_open_or_paid_claim_is_not_held(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await reached(client, cast, engine, "open")
    assert "offen" in (await step(client, cast, "fatma", made, "hold")).json()["detail"]
    assert (await step(client, cast, "fatma", made, "release")).status_code == CONFLICT


@pytest.mark.parametrize("who", ["dilan", "fatma", "lea"])
@pytest.mark.parametrize("state", ["open", "approved"])
async def test_waived_money_is_booked_as_waived_and_never_paid(
    client: AsyncClient, cast: Cast, engine: Engine, who: str, state: str
) -> None:
    made = await reached(client, cast, engine, state)
    waived = await step(client, cast, who, made, "waive")
    assert waived.json()["state"] == "waived", waived.text
    assert booked(engine) == {"waived": 2000}
    assert "Die Stunden zählen trotzdem" in (await claim(client, cast, made))["notes"][0]
    refused = await client.post("/payruns", json={"claim_ids": [made]}, headers=cast.key("fatma"))
    assert refused.status_code == CONFLICT
    assert (await build(client, cast))["left_over"] == [], "it is claimed, only not paid"
    assert invariants.findings(engine) == []
    assert (await step(client, cast, "lea", made, "return")).json()["state"] == "returned"
    assert booked(engine) == {}
    assert [c["amount_cents"] for c in (await build(client, cast))["claims"]] == [2000]


async def test_nobody_else_gives_up_her_money(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await reached(client, cast, engine, "approved")
    assert (await step(client, cast, "mirela", made, "waive")).status_code == 404
    assert (await step(client, cast, "amal", made, "waive")).status_code == 403
    assert booked(engine) == {"approved": 2000}


async def test_hours_that_were_waived_use_up_no_cap(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    before = confirmed(engine, cast, at(MONDAY, "10:00"), role="guide")
    with db.transaction(engine) as session:
        claimed_before(session, before, 16_530, state="waived")
    confirmed(engine, cast, at(date(2027, 2, 1), "10:00"), role="guide")
    assert [c["amount_cents"] for c in (await build(client, cast, "2027-02"))["claims"]] == [500]


@pytest.mark.parametrize("state", ["submitted", "checked", "approved"])
async def test_a_rejected_claim_pays_nothing_and_frees_its_time(
    client: AsyncClient, cast: Cast, engine: Engine, state: str
) -> None:
    made = await reached(client, cast, engine, state)
    assert (await step(client, cast, "lea", made, "reject")).json()["state"] == "rejected"
    assert booked(engine) == {}
    assert invariants.findings(engine) == []
    late = confirmed(engine, cast, at(MONDAY, "15:00"))
    left = (await build(client, cast))["left_over"]
    assert [one["service_record_id"] for one in left] == [str(late.id)], "only what is new"
    activity(engine, cast, at(MONDAY, "10:30"), role="guide")
    await step(client, cast, "lea", made, "return")
    rebuilt = await build(client, cast)
    assert "04.01.2027" in rebuilt["left_out"][0]["sentence"], "both would be paid"


@pytest.mark.parametrize("verb", ["hold", "release", "reject", "return", "reverse"])
async def test_nobody_decides_about_her_own_claim(
    client: AsyncClient, cast: Cast, engine: Engine, verb: str
) -> None:
    made = await reached(client, cast, engine, "submitted")
    link_account(engine, cast, "dilan", "fatma")
    own = await step(client, cast, "fatma", made, verb)
    assert own.json()["type"] == "/problems/own-work", own.text
    assert (await claim(client, cast, made))["state"] == "submitted"


async def test_every_side_is_noted_without_a_word_of_the_reason(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await reached(client, cast, engine, "approved")
    verbs = ("hold", "release", "reject", "return")
    for verb in verbs:
        assert (await step(client, cast, "fatma", made, verb)).status_code == OK
    with db.transaction(engine, read_only=True) as session:
        query = select(AuditEvent).order_by(col(AuditEvent.id).desc()).limit(len(verbs))
        found = [(one.action, one.reason) for one in session.exec(query).all()]
    said: Any = [("claim.return", "stated"), ("claim.reject", "stated")]
    assert found == [*said, ("claim.release", ""), ("claim.hold", "stated")]
