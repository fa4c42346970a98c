"""By which tax rule a role is paid: the sponsor's decision, written down with its reason."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.tables import AuditEvent
from tests.app.taxes.paying import in_the_books, ledger
from tests.cast import Cast

BODY: dict[str, Any] = {
    "role": "guide",
    "rule": "26",
    "from_year": 2026,
    "reason": "mit dem Steuerbüro geklärt",
}


async def choose(client: AsyncClient, cast: Cast, who: str = "lea", **more: Any) -> Response:
    """A decision of Wetterau."""
    return await client.post("/tax-choices", json=BODY | more, headers=cast.key(who))


async def test_the_lead_writes_down_what_was_decided_and_the_house_reads_it(
    client: AsyncClient, cast: Cast
) -> None:
    made = await choose(client, cast)
    assert made.status_code == 201, made.text
    assert made.json()["sentence"] == (
        "Der Träger hat entschieden: Für Integrationslotsen gilt ab 2026 Übungsleiterpauschale"
        " (§ 3 Nr. 26 EStG). Bitte mit dem Steuerbüro klären."
    )
    for who in ("amal", "fatma", "lea", "arno"):
        read = await client.get("/tax-choices", headers=cast.key(who))
        assert [one["id"] for one in read.json()["items"]] == [made.json()["id"]]
    foreign = await client.get("/tax-choices", headers=cast.key("kofi"))
    assert foreign.json()["items"] == []


async def test_a_role_has_one_decision_for_each_first_year(client: AsyncClient, cast: Cast) -> None:
    first = await choose(client, cast)
    again = await choose(client, cast, rule="26a")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/tax-rule-chosen")
    assert "Ab 2026" in again.json()["detail"]
    for more in ({"from_year": 2027}, {"role": "interpreter"}):
        assert (await choose(client, cast, **more)).status_code == 201
    path = f"/tax-choices/{first.json()['id']}"
    assert (await client.delete(path, headers=cast.key("kofi"))).status_code == 404
    assert (await client.delete(path, headers=cast.key("lea"))).status_code == 204
    assert (await choose(client, cast, rule="26a")).status_code == 201


async def test_a_decision_that_was_taken_back_stays_in_what_was_drawn_before(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    made = await choose(client, cast, role="interpreter")
    in_the_books(engine, cast.wetterau, cast.volunteers["dilan"], 1_000)
    clock.move_to(datetime(2027, 1, 6, 9, tzinfo=UTC))

    async def received(**when: str) -> dict[str, int]:
        years = await ledger(client, cast, 2027, **when)
        return {one["rule"]: one["received_cents"] for one in years}

    before = await received(as_of="2027-01-05")
    assert before["26"] == 1_000
    path = f"/tax-choices/{made.json()['id']}"
    assert (await client.delete(path, headers=cast.key("lea"))).status_code == 204
    assert await received(as_of="2027-01-05") == before
    assert (await received())["26a"] == 1_000
    assert (await client.delete(path, headers=cast.key("lea"))).status_code == 404
    again = await choose(client, cast, role="interpreter", rule="26a")
    assert again.status_code == 201
    listed = (await client.get("/tax-choices", headers=cast.key("lea"))).json()["items"]
    assert [one["id"] for one in listed] == [again.json()["id"]]


async def test_both_steps_stand_in_the_audit_with_the_rule_and_without_the_words(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await choose(client, cast)
    await client.delete(f"/tax-choices/{made.json()['id']}", headers=cast.key("lea"))
    with db.transaction(engine, read_only=True) as session:
        query = select(AuditEvent).where(col(AuditEvent.subject_type) == "tax_choice")
        events = session.exec(query.order_by(col(AuditEvent.id))).all()
    assert [event.action for event in events] == ["tax_choice.choose", "tax_choice.remove"]
    assert {event.rule_version for event in events} == {"tax:26@2026"}
    assert "Steuerbüro" not in str([event.details for event in events])


@pytest.mark.parametrize(
    ("field", "value"),
    [("rule", "27"), ("role", "clerk"), ("from_year", 2012), ("reason", "Frau Beispiel will es")],
)
async def test_what_is_no_decision_is_refused(
    client: AsyncClient, cast: Cast, field: str, value: object
) -> None:
    assert (await choose(client, cast, **{field: value})).status_code == 422
