"""What was settled stays as it was worked out: another rate plan changes later days alone."""

from datetime import date
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db
from app.payouts import settled
from app.tables import Claim, ClaimLine, Enrolment, RatePlanChoice
from tests.app.callers import OWN_PLAN
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import approve_all, build, claim, step
from tests.cast import Cast

JANUARY = date(2027, 1, 1)
OWN = "own:satz-des-landkreises"


async def choose(client: AsyncClient, cast: Cast, key: str, first: str, **more: Any) -> Response:
    """Lea uses a plan from a day on."""
    body = {"source_key": key, "valid_from": first, **more}
    return await client.post("/rate-plans", json=body, headers=cast.key("lea"))


async def end(client: AsyncClient, cast: Cast, made: Response, last: str) -> Response:
    """Lea gives a choice its last day."""
    path = f"/rate-plans/{made.json()['id']}/end"
    return await client.post(path, json={"valid_to": last}, headers=cast.key("lea"))


def lines_of(engine: Engine, month: date) -> list[dict[str, Any]]:
    """Every line of a month, without the ids that a new line has."""
    query = (
        select(ClaimLine)
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .where(col(Claim.month) == month)
        .order_by(col(ClaimLine.started_at))
    )
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        found = session.exec(query).all()
        return [line.model_dump(exclude={"id", "created_at", "updated_at"}) for line in found]


def worked(engine: Engine, cast: Cast, month: int) -> None:
    """Three appointments and two hours as a guide."""
    for day, minutes in ((11, 20), (12, 61), (13, 95)):
        confirmed(engine, cast, at(date(2027, month, day), "10:00"), minutes=minutes)
    for day, minutes in ((14, 20), (15, 100)):
        confirmed(engine, cast, at(date(2027, month, day), "10:00"), minutes=minutes, role="guide")


@pytest.mark.parametrize("first_plan", ["wir_interpreter", "wetterau_interpreter"])
async def test_past_month_is_worked_out_again_to_the_same_cent_and_letter(
    client: AsyncClient, cast: Cast, engine: Engine, first_plan: str
) -> None:
    chosen = await choose(client, cast, first_plan, "2027-01-01")
    worked(engine, cast, 1)
    worked(engine, cast, 2)
    sums = sorted(one["amount_cents"] for one in (await build(client, cast))["claims"])
    before = lines_of(engine, JANUARY)
    explained = [await claim(client, cast, c["id"]) for c in (await build(client, cast))["claims"]]
    await client.post("/own-rate-plans", json=OWN_PLAN, headers=cast.key("lea"))
    assert (await end(client, cast, chosen, "2027-01-31")).status_code == 200
    assert (await choose(client, cast, OWN, "2027-02-01")).status_code == 201
    await client.post("/own-rate-plans", json=OWN_PLAN, headers=cast.key("lea"))
    again = (await build(client, cast))["claims"]
    assert sorted(one["amount_cents"] for one in again) == sums
    assert lines_of(engine, JANUARY) == before
    told = [await claim(client, cast, one["id"]) for one in again]
    assert [[line["explanation"] for line in c["lines"]] for c in told] == [
        [line["explanation"] for line in c["lines"]] for c in explained
    ]
    later = (await build(client, cast, "2027-02"))["claims"]
    keys = {line["plan_key"] for line in lines_of(engine, date(2027, 2, 1))}
    assert keys == {OWN, "wir_guide"}, "the new plan pays the month after"
    assert len(later) == 2


async def test_choice_does_not_end_before_a_day_it_has_settled(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    chosen = await choose(client, cast, "wetterau_interpreter", "2027-01-01")
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"))
    made = (await build(client, cast))["claims"][0]
    await step(client, cast, "amal", made["id"], "submit")
    refused = await end(client, cast, chosen, "2027-01-19")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/rate-plan-settled")
    assert "noch am 20.01.2027 abgerechnet" in refused.json()["detail"]
    assert (await end(client, cast, chosen, "2027-01-20")).status_code == 200


async def test_open_claim_binds_nobody_and_is_built_anew(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    chosen = await choose(client, cast, "wetterau_interpreter", "2027-01-01")
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"))
    await build(client, cast)
    assert (await end(client, cast, chosen, "2027-01-15")).status_code == 200
    assert (await choose(client, cast, "wir_interpreter", "2027-01-16")).status_code == 201
    (made,) = (await client.get("/claims", headers=cast.key("amal"))).json()["items"]
    refused = await step(client, cast, "amal", made["id"], "submit")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/rate-plan-changed")
    assert "Am 20.01.2027 gilt inzwischen ein anderer Satz" in refused.json()["detail"]
    (made,) = (await build(client, cast))["claims"]
    assert made["amount_cents"] == 2000
    assert (await step(client, cast, "amal", made["id"], "submit")).status_code == 200


async def test_days_that_were_settled_get_no_other_plan(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"))
    confirmed(engine, cast, at(date(2027, 1, 21), "10:00"), role="guide")
    claims = await approve_all(client, cast)
    refused = await choose(client, cast, "wetterau_interpreter", "2027-01-20")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/rate-plan-other")
    assert "am 20.01.2027 schon mit dem Satz wir_interpreter" in refused.json()["detail"]
    assert (await choose(client, cast, "wir_interpreter", "2027-01-01")).status_code == 201
    for one in claims:
        await step(client, cast, "fatma", one, "return")


async def test_first_choice_leaves_no_settled_day_without_a_plan(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """Until then the plan of WIR holds by itself; after the first choice it does no longer."""
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"))
    await approve_all(client, cast)
    ends = {"valid_to": "2027-01-10"}
    refused = await choose(client, cast, "wetterau_interpreter", "2027-01-01", **ends)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/rate-plan-none-after")
    assert "zuerst diesen ab dem 11.01.2027 wählen" in refused.json()["detail"]
    assert (await choose(client, cast, "wir_interpreter", "2027-01-11")).status_code == 201
    again = await choose(client, cast, "wetterau_interpreter", "2027-01-01", **ends)
    assert again.status_code == 201


async def test_another_plan_begins_the_day_after_what_was_settled(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"))
    await approve_all(client, cast)
    assert (await choose(client, cast, "wetterau_interpreter", "2027-01-21")).status_code == 201
    foreign = {"source_key": "wetterau_interpreter", "valid_from": "2027-01-01"}
    other = await client.post("/rate-plans", json=foreign, headers=cast.key("kofi"))
    assert other.status_code == 201, "what one sponsor has settled binds no other"


async def test_who_coordinates_later_changes_no_month_that_is_over(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    for month in (1, 2, 3):
        confirmed(engine, cast, at(date(2027, month, 20), "10:00"), role="guide")
    for month, coordinates in ((2, True), (3, False)):
        clock.move_to(at(date(2027, month, 20), "18:00"))
        with db.transaction(engine) as session:
            session.get_one(Enrolment, cast.enrolments["dilan"]).coordinating = coordinates
    keys = {}
    for month in (1, 2, 3):
        await build(client, cast, f"2027-{month:02d}")
        keys[month] = [line["plan_key"] for line in lines_of(engine, date(2027, month, 1))]
    assert keys == {1: ["wir_guide"], 2: ["wir_guide_coordinating"], 3: ["wir_guide"]}


async def test_whom_no_plan_pays_on_a_day_is_left_out_and_everybody_else_is_not(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    chosen = await choose(client, cast, "wir_guide", "2027-01-01")
    confirmed(engine, cast, at(date(2027, 1, 19), "10:00"))
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"), role="guide")
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"), name="mirela")
    assert len((await build(client, cast))["claims"]) == 2
    assert (await end(client, cast, chosen, "2027-01-19")).status_code == 200
    made = await build(client, cast)
    assert [one["volunteer"] for one in made["claims"]] == ["Mirela Mirela-Beispiel"]
    assert [(one["volunteer"], one["sentence"]) for one in made["left_out"]] == [(
        "Dilan Dilan-Beispiel",
        "Für Integrationslotsen ist am 20.01.2027 kein Satz gewählt. Bitte zuerst einen wählen.",
    )]  # fmt: skip
    assert len((await client.get("/claims", headers=cast.key("amal"))).json()["items"]) == 1


def _two_choices(session: Session, cast: Cast) -> RatePlanChoice:
    """As no program of ours makes them: a plan without an end before another one."""
    rows = [
        RatePlanChoice(sponsor_id=cast.wetterau, source_key=key, valid_from=first)
        for key, first in (
            ("wir_interpreter", date(2027, 1, 1)),
            ("wetterau_interpreter", date(2027, 7, 1)),
        )
    ]
    session.add_all(rows)
    session.flush()
    return rows[0]


async def test_end_that_leaves_a_gap_before_the_next_plan_is_refused(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        path = f"/rate-plans/{_two_choices(session, cast).id}/end"
    early = await client.post(path, json={"valid_to": "2027-05-31"}, headers=cast.key("lea"))
    assert (early.status_code, early.json()["type"]) == (409, "/problems/rate-plans-gap")
    assert "von 01.06.2027 bis 30.06.2027 keinen Satz" in early.json()["detail"]
    right = await client.post(path, json={"valid_to": "2027-06-30"}, headers=cast.key("lea"))
    assert right.status_code == 200


async def test_control_without_the_rule_a_settled_day_changes_its_plan(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = await choose(client, cast, "wetterau_interpreter", "2027-01-01")
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"))
    (approved,) = await approve_all(client, cast)
    monkeypatch.setattr(settled, "_last", lambda *_: None)
    assert (await end(client, cast, chosen, "2027-01-10")).status_code == 200
    assert (await choose(client, cast, "wir_interpreter", "2027-01-11")).status_code == 201
    await step(client, cast, "fatma", approved, "return")
    await build(client, cast)
    assert [line["amount_cents"] for line in lines_of(engine, JANUARY)] == [2000], "1500 before"
