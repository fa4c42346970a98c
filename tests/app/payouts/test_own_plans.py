"""A sponsor's own rate plans: checked like the catalogue, chosen like it, and never changed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine

import allowance
from allowance import RatePlan
from app import db
from app.access import Actor
from app.payouts import own_plans
from app.payouts.plan_schemas import OwnPlanCreate
from app.rate_plans import Book, PlanMissing
from app.tables import RatePlanChoice
from tests.app.callers import OWN_PLAN
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import build, claim
from tests.cast import Cast

KEY = "own:satz-des-landkreises"
RULE = set(RatePlan.__dataclass_fields__) - {"key"}
HOURLY = {"unit": "hour", "unit_minutes": 60}
FLAT = {"unit": "assignment", "unit_minutes": 60}


async def make(client: AsyncClient, cast: Cast, who: str = "lea", **changes: Any) -> Response:
    """What the service answers to a plan of our own."""
    return await client.post("/own-rate-plans", json=OWN_PLAN | changes, headers=cast.key(who))


async def listed(client: AsyncClient, cast: Cast, who: str = "lea") -> dict[str, Any]:
    """All plans somebody sees, by key."""
    answer = await client.get("/rate-plans", headers=cast.key(who))
    return {plan["key"]: plan for plan in answer.json()}


def test_every_member_of_a_rule_can_be_given_and_is_told() -> None:
    assert set(OwnPlanCreate.model_fields) == RULE | {"based_on", "sponsor_id"}
    assert set(own_plans.RatePlanRead.model_fields) > RULE


async def test_own_plan_is_listed_with_all_its_members(client: AsyncClient, cast: Cast) -> None:
    more = {
        "rounding": "nearest", "minimum_minutes": 60, "maximum_minutes": 180, "per_client_cap": 8,
        "group": "per_client", "late_cancel_percent": 50, "no_show": "minimum", "km_cents": 35,
        "valid_to": "2028-12-31", "based_on": "wetterau_interpreter", "status": "unverified",
    }  # fmt: skip
    made = await make(client, cast, **more)
    assert made.status_code == 201, made.text
    found = (await listed(client, cast, "amal"))[KEY]
    assert found == made.json()
    assert {name: found[name] for name in OWN_PLAN | more} == OWN_PLAN | more
    assert (found["own"], found["is_default"], found["choices"]) == (True, False, [])
    assert found["sponsor_id"] == str(cast.wetterau)


async def test_catalogue_is_told_as_not_our_own(client: AsyncClient, cast: Cast) -> None:
    found = await listed(client, cast)
    assert len(found) == len(allowance.catalogue())
    assert {plan["own"] for plan in found.values()} == {False}
    assert found["wetterau_interpreter"]["no_show"] == "minimum"


async def test_own_plan_is_seen_and_chosen_by_its_sponsor_alone(
    client: AsyncClient, cast: Cast
) -> None:
    assert (await make(client, cast)).status_code == 201
    assert KEY not in await listed(client, cast, "kofi")
    choice = {"source_key": KEY, "valid_from": "2027-01-01"}
    foreign = await client.post("/rate-plans", json=choice, headers=cast.key("kofi"))
    assert (foreign.status_code, KEY in foreign.json()["detail"]) == (422, True)
    assert (await make(client, cast, "kofi", based_on=KEY)).status_code == 422
    assert (await make(client, cast, "kofi")).json()["key"] == KEY
    assert (await make(client, cast, "kofi", sponsor_id=str(cast.wetterau))).status_code == 404


async def test_same_key_at_two_sponsors_shows_each_its_own_choice(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    for who in ("lea", "kofi"):
        await make(client, cast, who)
    choice = {"source_key": KEY, "valid_from": "2027-01-01"}
    made = await client.post("/rate-plans", json=choice, headers=cast.key("kofi"))
    assert made.status_code == 201, made.text
    assert (await listed(client, cast))[KEY]["choices"] == []
    chosen = (await listed(client, cast, "kofi"))[KEY]["choices"]
    assert [one["sponsor_id"] for one in chosen] == [str(cast.fulda)]
    leads_both = frozenset((sponsor, "lead") for sponsor in (cast.wetterau, cast.fulda))
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        found = own_plans.listed(session, Actor(cast.accounts["lea"], "Lea", leads_both))
    both = {one.sponsor_id: len(one.choices) for one in found if one.key == KEY}
    assert both == {cast.wetterau: 0, cast.fulda: 1}


async def test_keys_are_ours_and_never_those_of_the_catalogue(
    client: AsyncClient, cast: Cast
) -> None:
    titles = ["Satz des Landkreises", "Satz des Landkreises", "سعر", "!!", "wir_guide", "ß" * 100]
    keys = [(await make(client, cast, title_de=title)).json()["key"] for title in titles]
    assert keys[:2] == [KEY, f"{KEY}-2"]
    assert len(set(keys)) == len(keys)
    assert all(key.startswith("own:") and key.isascii() and len(key) < 40 for key in keys)
    assert not [plan.key for plan in allowance.catalogue() if ":" in plan.key]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (HOURLY | {"unit_minutes": 45}, "hat die Einheit 60 Minuten"),
        (FLAT | {"year_cap_minutes": 600}, "nur bei Zahlung nach Stunden"),
        (FLAT | {"late_cancel_minutes": 60}, "nur einen Anteil in Prozent"),
        ({"late_cancel_minutes": 60, "late_cancel_percent": 50}, "nicht beides"),
        (HOURLY | {"rounding": "down"}, "nur bei angefangenen Einheiten"),
        ({"rounding": "down", "grace_minutes": 5}, "nur, wenn aufgerundet wird"),
        ({"grace_minutes": 30}, "kürzer sein als die Einheit"),
        ({"minimum_minutes": 90, "maximum_minutes": 60}, "länger als die Höchstzeit"),
        (HOURLY | {"no_show": "minimum"}, "aber es gibt keine"),
        ({"coordinating": True}, "Nur Integrationslotsen koordinieren"),
        ({"funding_line": "wir", "km_cents": 35}, "stecken die Fahrtkosten schon im Betrag"),
        ({"valid_to": "2025-12-31"}, "Das Ende am 31.12.2025 liegt vor dem Beginn am 01.01.2026"),
        ({"title_de": "Satz von Frau Musterfrau"}, "Namen"),
        ({"source": "Anruf bei Herrn Beispiel"}, "Namen"),
        ({"based_on": "unbekannt"}, "Den Satz unbekannt gibt es nicht"),
    ],
)  # fmt: skip
async def test_rule_that_cannot_hold_is_refused_with_a_sentence(
    client: AsyncClient, cast: Cast, changes: dict[str, Any], sentence: str
) -> None:
    answer = await make(client, cast, **changes)
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]
    assert answer.json()["detail"].endswith(".")
    assert len(await listed(client, cast)) == len(allowance.catalogue())


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_cents": 0}, {"unit": "km"}, {"role": "driver"}, {"unit_minutes": 0},
        {"late_cancel_percent": 101}, {"grace_minutes": -1}, {"funding_line": "Der Kreis!"},
        {"km_cents": -1}, {"per_client_cap": 0}, {"year_cap_minutes": 0}, {"status": "sicher"},
        {"key": "wir_guide"}, {"amount_cents": 12.5},
    ],
)  # fmt: skip
async def test_member_outside_its_range_is_refused(
    client: AsyncClient, cast: Cast, changes: dict[str, Any]
) -> None:
    assert (await make(client, cast, **changes)).status_code == 422


async def test_only_the_lead_makes_one(client: AsyncClient, cast: Cast) -> None:
    assert (await make(client, cast, "fatma")).status_code == 403


async def test_chosen_own_plan_pays_and_the_audit_names_it(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await make(client, cast, minimum_minutes=60)
    choice = {"source_key": KEY, "valid_from": "2027-01-01"}
    chosen = await client.post("/rate-plans", json=choice, headers=cast.key("lea"))
    assert chosen.status_code == 201, chosen.text
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"), minutes=61)
    made = (await build(client, cast))["claims"][0]
    assert (made["funding_line"], made["amount_cents"]) == ("landkreis", 3600)
    line = (await claim(client, cast, made["id"]))["lines"][0]
    assert line["plan_key"] == KEY
    assert "3 × 12,00 EUR" in line["explanation"]
    found = (await client.get("/audit?limit=200", headers=cast.key("lea"))).json()["items"]
    rules = {one["action"]: one["rule_version"] for one in found if one["rule_version"]}
    actions = ("own_rate_plan.create", "rate_plan.choose", "claim.build")
    assert rules == dict.fromkeys(actions, f"rate_plan:{KEY}@2026-01-01")


def test_chosen_plan_that_has_ended_itself_pays_no_more(cast: Cast) -> None:
    old = replace(allowance.catalogue()[0], key="old", role="guide", coordinating=False)
    old = replace(old, valid_to=date(2027, 3, 31))
    choice = RatePlanChoice(sponsor_id=cast.wetterau, source_key="old", valid_from=date(2027, 1, 1))
    book = Book((old,), (choice,))
    assert book.plan_for("guide", date(2027, 3, 31)) is old
    assert book.plan_for("guide", date(2026, 12, 31)).key == "wir_guide"
    assert book.plan_for("guide", date(2027, 4, 1), coordinating=True).funding_line == "wir"
    with pytest.raises(PlanMissing, match=r"01\.04\.2027"):
        book.plan_for("guide", date(2027, 4, 1))


async def test_unverified_own_plan_is_noted_in_the_claim(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await make(client, cast, status="unverified")
    choice = {"source_key": KEY, "valid_from": "2027-01-01"}
    await client.post("/rate-plans", json=choice, headers=cast.key("lea"))
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"))
    made = (await build(client, cast))["claims"][0]
    notes = (await claim(client, cast, made["id"]))["notes"]
    assert any("Satz des Landkreises" in note and "prüfen" in note for note in notes)
