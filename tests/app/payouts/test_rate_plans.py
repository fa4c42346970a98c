"""The catalogue of rate plans, and what a sponsor chooses from it."""

from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import build, claim
from tests.cast import Cast

CHOICE = {"source_key": "wetterau_interpreter", "valid_from": "2027-01-01"}


async def choose(client: AsyncClient, cast: Cast, who: str = "lea", **changes: Any) -> Any:
    """What the service answers."""
    return await client.post("/rate-plans", json=CHOICE | changes, headers=cast.key(who))


async def test_catalogue_shows_sources_and_what_must_be_checked(
    client: AsyncClient, cast: Cast
) -> None:
    assert (await choose(client, cast)).status_code == 201
    listed = await client.get("/rate-plans", headers=cast.key("fatma"))
    found = {plan["key"]: plan for plan in listed.json()}
    assert found["wetterau_interpreter"]["status"] == "unverified"
    assert found["wetterau_interpreter"]["choices"][0]["valid_from"] == "2027-01-01"
    assert found["wir_guide"]["is_default"]
    assert all(plan["source"] for plan in found.values())
    foreign = await client.get("/rate-plans", headers=cast.key("kofi"))
    assert all(plan["choices"] == [] for plan in foreign.json())


async def test_only_the_lead_chooses(client: AsyncClient, cast: Cast) -> None:
    assert (await choose(client, cast, "fatma")).status_code == 403
    foreign = await choose(client, cast, "kofi", sponsor_id=str(cast.wetterau))
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"source_key": "wir_interpreter"}, 409, "gilt am 01.01.2027 schon"),
        ({"source_key": "wir_interpreter", "valid_from": "2026-06-01"}, 409, "01.01.2027"),
        ({"source_key": "wir_interpreter", "valid_from": "2026-06-01", "valid_to": "2026-12-30"},
         409, "von 31.12.2026 bis 31.12.2026 keinen Satz"),
        ({"source_key": "wir_interpreter_2018", "valid_from": "2018-01-01"}, 422, "31.12.2018"),
        ({"source_key": "unbekannt"}, 422, "unbekannt"),
        ({"valid_to": "2026-12-31"}, 422, "valid_to"),
    ],
)  # fmt: skip
async def test_a_role_has_one_plan_on_each_day(
    client: AsyncClient, cast: Cast, changes: dict[str, Any], status: int, sentence: str
) -> None:
    await choose(client, cast)
    answer = await choose(client, cast, **changes)
    assert answer.status_code == status
    assert sentence in answer.json()["detail"]


async def test_next_plan_follows_when_the_first_has_ended(client: AsyncClient, cast: Cast) -> None:
    path = f"/rate-plans/{(await choose(client, cast)).json()['id']}/end"
    last = {"valid_to": "2027-03-31"}
    assert (await client.post(path, json=last, headers=cast.key("kofi"))).status_code == 404
    assert (await client.post(path, json=last, headers=cast.key("lea"))).status_code == 200
    assert (await client.post(path, json=last, headers=cast.key("lea"))).status_code == 409
    later = {"source_key": "wir_interpreter", "valid_from": "2027-04-01"}
    assert (await choose(client, cast, **later)).status_code == 201
    guide = {"source_key": "wir_guide", "valid_from": "2027-06-01"}
    assert (await choose(client, cast, **guide)).status_code == 201


async def test_chosen_plan_pays_from_its_first_day_and_wir_before(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await choose(client, cast, valid_from="2027-02-01")
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"), minutes=90)
    confirmed(engine, cast, at(date(2027, 2, 3), "10:00"), minutes=90)
    paid = {}
    for month in ("2027-01", "2027-02"):
        made = (await build(client, cast, month))["claims"][0]
        lines = (await claim(client, cast, made["id"]))["lines"]
        paid[month] = (lines[0]["plan_key"], lines[0]["amount_cents"])
    assert paid == {"2027-01": ("wir_interpreter", 2000), "2027-02": ("wetterau_interpreter", 3000)}


async def test_who_worked_after_the_last_plan_is_left_out(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await choose(client, cast, valid_to="2027-01-15")
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"))
    sent = {"month": "2027-01"}
    answer = await client.post("/claims", json=sent, headers=cast.key("fatma"))
    assert (answer.status_code, answer.json()["claims"]) == (201, [])
    assert "am 20.01.2027 kein Satz" in answer.json()["left_out"][0]["sentence"]


async def test_the_audit_says_which_plan_in_which_version_decided(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    chosen = (await choose(client, cast)).json()
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"), minutes=90)
    assert len((await build(client, cast))["claims"]) == 1
    path = f"/rate-plans/{chosen['id']}/end"
    ended = await client.post(path, json={"valid_to": "2027-06-30"}, headers=cast.key("lea"))
    assert ended.status_code == 200, ended.text
    found = (await client.get("/audit?limit=200", headers=cast.key("lea"))).json()["items"]
    rules = {one["action"]: one["rule_version"] for one in found if one["rule_version"]}
    mine = "rate_plan:wetterau_interpreter@2018-01-01"
    assert rules == dict.fromkeys(("rate_plan.choose", "claim.build", "rate_plan.end"), mine)
