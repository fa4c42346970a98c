"""More assignments of a client than the cap allows: granted, used, taken back while unused."""

from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import select

from app import db, rate_plans
from app.db import SYSTEM
from app.tables import Request
from tests.app.callers import GRANTED, OWN_PLAN
from tests.app.hours.bookings import at, client_case, confirmed
from tests.app.payouts.steps import approve_all, build, claim, step
from tests.cast import Cast

CAPPED = OWN_PLAN | {"unit": "assignment", "unit_minutes": 60}
Case = str


@pytest.fixture
def case(engine: Engine, cast: Cast) -> Case:
    """A client with seven confirmed appointments in January."""
    made = client_case(engine, cast)
    for day in range(11, 18):
        confirmed(engine, cast, at(date(2027, 1, day), "10:00"), client_case_id=made)
    return str(made)


async def grant(
    client: AsyncClient, cast: Cast, case: Case | None, who: str = "lea", **changes: Any
) -> Response:
    """What the service answers to an exception for a client."""
    body = GRANTED | ({"client_case_id": case} if case else {}) | changes
    return await client.post("/cap-exceptions", json=body, headers=cast.key(who))


async def withdraw(client: AsyncClient, cast: Cast, made: Response, who: str = "lea") -> Response:
    """What the service answers when an exception is taken back."""
    path = f"/cap-exceptions/{made.json()['id']}/withdraw"
    return await client.post(path, headers=cast.key(who))


async def paid(client: AsyncClient, cast: Cast) -> list[int]:
    """What each appointment of January pays."""
    made = (await build(client, cast))["claims"][0]
    return [line["amount_cents"] for line in (await claim(client, cast, made["id"]))["lines"]]


async def test_sixth_and_seventh_assignment_are_paid_when_they_were_granted(
    client: AsyncClient, cast: Cast, case: Case
) -> None:
    assert await paid(client, cast) == [2000] * 5 + [0] * 2
    assert (await grant(client, cast, case, extra=1)).status_code == 201
    assert await paid(client, cast) == [2000] * 6 + [0]
    assert (await grant(client, cast, case, extra=1)).status_code == 201
    assert await paid(client, cast) == [2000] * 7


async def test_exception_counts_in_its_grant_year_alone(
    client: AsyncClient, cast: Cast, case: Case, engine: Engine
) -> None:
    await grant(client, cast, case, grant_year=2026)
    assert await paid(client, cast) == [2000] * 5 + [0] * 2
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, SYSTEM)
        assert rate_plans.extra_assignments(session, cast.wetterau, 2026) == {case: 2}
        assert rate_plans.extra_assignments(session, cast.wetterau, 2027) == {}
        assert rate_plans.extra_assignments(session, cast.fulda, 2026) == {}


async def test_client_is_named_by_one_of_her_requests(
    client: AsyncClient, cast: Cast, case: Case, engine: Engine
) -> None:
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"))
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, SYSTEM)
        known = {str(one.client_case_id): str(one.id) for one in session.exec(select(Request))}
    made = await grant(client, cast, None, request_id=known[case])
    assert (made.status_code, made.json()["client_case_id"]) == (201, case)
    refused = await grant(client, cast, None, request_id=known["None"])
    assert (refused.status_code, "kein Aktenzeichen" in refused.json()["detail"]) == (422, True)
    assert (await grant(client, cast, None)).status_code == 422
    assert (await grant(client, cast, case, request_id=known[case])).status_code == 422


async def test_exceptions_are_the_sponsors_own(client: AsyncClient, cast: Cast, case: Case) -> None:
    made = await grant(client, cast, case)
    assert (await grant(client, cast, case, "kofi")).status_code == 404
    assert (await grant(client, cast, case, "fatma")).status_code == 403
    assert (await withdraw(client, cast, made, "kofi")).status_code == 404
    seen = {}
    for who in ("amal", "fatma", "lea", "arno", "kofi"):
        answer = await client.get("/cap-exceptions?year=2027", headers=cast.key(who))
        seen[who] = [(one["client_case_id"], one["reason"]) for one in answer.json()["items"]]
    told = [(case, GRANTED["reason"])]
    assert seen == {"amal": told, "fatma": told, "lea": told, "arno": [(None, "")], "kofi": []}
    other = await client.get("/cap-exceptions?year=2026", headers=cast.key("lea"))
    assert other.json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"granted_on": "2027-01-05"}, "liegt in der Zukunft"),
        ({"reason": "für Frau Musterfrau"}, "Im Text scheint etwas über einen Menschen"),
    ],
)
async def test_exception_that_cannot_be_is_refused(
    client: AsyncClient, cast: Cast, case: Case, changes: dict[str, Any], sentence: str
) -> None:
    answer = await grant(client, cast, case, **changes)
    assert (answer.status_code, sentence in answer.json()["detail"]) == (422, True)


async def test_unused_exception_is_withdrawn_once_and_pays_no_more(
    client: AsyncClient, cast: Cast, case: Case
) -> None:
    made = await grant(client, cast, case)
    taken = await withdraw(client, cast, made)
    assert taken.status_code == 200, taken.text
    assert taken.json()["withdrawn_at"] is not None
    assert await paid(client, cast) == [2000] * 5 + [0] * 2
    again = await withdraw(client, cast, made)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/cap-exception-withdrawn")


async def test_exception_on_which_a_payment_rests_stays(
    client: AsyncClient, cast: Cast, case: Case
) -> None:
    first, second = [await grant(client, cast, case, extra=1) for _ in range(2)]
    (approved,) = await approve_all(client, cast)
    refused = await withdraw(client, cast, second)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/cap-exception-used")
    assert "7 Einsätze sind abgerechnet" in refused.json()["detail"]
    third = await grant(client, cast, case, extra=1)
    assert (await withdraw(client, cast, first)).status_code == 200, "another one covers it"
    assert (await withdraw(client, cast, third)).status_code == 409
    await step(client, cast, "fatma", approved, "return")


async def test_cap_of_a_plan_by_which_nothing_was_claimed_holds_no_exception_back(
    client: AsyncClient, cast: Cast, case: Case
) -> None:
    unused = CAPPED | {"funding_line": "wir", "per_client_cap": 1}
    await client.post("/own-rate-plans", json=unused, headers=cast.key("lea"))
    made = await grant(client, cast, case)
    await approve_all(client, cast)
    await grant(client, cast, case)
    assert (await withdraw(client, cast, made)).status_code == 200


async def test_each_plan_of_a_month_keeps_its_own_cap(
    client: AsyncClient, cast: Cast, case: Case
) -> None:
    key, days = cast.key("lea"), [("2027-01-01", "2027-01-14", 1), ("2027-01-15", None, 3)]
    for first, last, cap in days:
        plan = CAPPED | {"per_client_cap": cap}
        made = (await client.post("/own-rate-plans", json=plan, headers=key)).json()
        choice = {"source_key": made["key"], "valid_from": first, "valid_to": last}
        chosen = await client.post("/rate-plans", json=choice, headers=key)
        assert chosen.status_code == 201, chosen.text
    assert await paid(client, cast) == [1200, 0, 0, 0, 1200, 1200, 0]


async def test_audit_says_how_much_was_granted_and_no_word_of_the_reason(
    client: AsyncClient, cast: Cast, case: Case
) -> None:
    await withdraw(client, cast, await grant(client, cast, case))
    found = (await client.get("/audit?limit=200", headers=cast.key("lea"))).json()["items"]
    mine = {one["action"]: one for one in found if one["subject_type"] == "cap_exception"}
    assert set(mine) == {"cap_exception.grant", "cap_exception.withdraw"}
    assert mine["cap_exception.grant"]["details"] == {"extra": 2, "grant_year": 2027}
    assert mine["cap_exception.grant"]["reason"] == "stated"
