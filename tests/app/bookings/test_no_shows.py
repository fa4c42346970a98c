"""Somebody did not come: who may say it, what it means, and how it is taken back."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from tests.app.bookings.acting import (
    booked,
    cancel,
    open_tasks,
    post,
    request_of,
    row,
    said,
    seat_of,
    standby,
)
from tests.app.examples import HOUR, MORNING
from tests.cast import Cast


@pytest.fixture
def booking(engine: Engine, cast: Cast, clock: Any) -> UUID:
    """Dilan's appointment has begun half an hour ago."""
    made = booked(engine, cast, MORNING)
    clock.move_to(MORNING + HOUR / 2)
    return made


@pytest.mark.parametrize(
    ("who", "missing", "status"),
    [
        ("dilan", "client", 200),
        ("dilan", "volunteer", 200),
        ("selin", "volunteer", 200),
        ("selin", "client", 403),
        ("amal", "client", 200),
        ("amal", "volunteer", 200),
        ("mirela", "client", 404),
        ("kofi", "client", 404),
    ],
)
async def test_who_may_say_what(
    client: AsyncClient, cast: Cast, booking: UUID, who: str, missing: str, status: int
) -> None:
    answer = await post(client, cast, who, f"/assignments/{booking}/no-show", who=missing)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("missing", "rule"), [("client", "client_no_show"), ("volunteer", "none")])
async def test_a_missing_client_is_worth_something_a_missing_volunteer_is_not(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, missing: str, rule: str
) -> None:
    answer = await post(client, cast, "amal", f"/assignments/{booking}/no-show", who=missing)
    read = answer.json()
    assert (read["state"], read["pay_rule"]) == (f"{missing}_no_show", rule)
    assert (read["cancelled_by"], read["notice_hours"]) == ("office", 0.0)
    assert seat_of(engine, booking).state == "done"
    assert request_of(engine, booking).state == "done"


async def test_nobody_is_missing_before_it_begins(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    made = booked(engine, cast, MORNING)
    clock.move_to(MORNING - HOUR)
    path = f"/assignments/{made}/no-show"
    early = await post(client, cast, "dilan", path, who="client")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/appointment-not-begun")
    assert "12.01.2027 10:00" in early.json()["detail"]
    clock.move_to(MORNING)
    assert (await post(client, cast, "dilan", path, who="client")).status_code == 200


async def test_said_twice_is_once_and_the_first_one_counts(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    path = f"/assignments/{booking}/no-show"
    first = await post(client, cast, "dilan", path, who="client")
    assert (await post(client, cast, "amal", path, who="client")).json() == first.json()
    other = await post(client, cast, "selin", path, who="volunteer")
    assert (other.status_code, other.json()["type"]) == (409, "/problems/no-show-state")
    assert row(engine, booking).cancelled_by == "volunteer"


async def test_she_hears_that_somebody_says_she_was_not_there(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    path = f"/assignments/{booking}/no-show"
    await post(client, cast, "selin", path, who="volunteer")
    await post(client, cast, "amal", path, who="volunteer")
    told = said(engine, "changed", cast.volunteers["dilan"])
    assert len(told) == 1
    assert "melden Sie sich" in told[0].body


async def test_a_cancelled_booking_has_no_no_show(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    made = booked(engine, cast, MORNING + HOUR)
    await cancel(client, cast, made, "dilan")
    clock.move_to(MORNING + 2 * HOUR)
    answer = await post(client, cast, "amal", f"/assignments/{made}/no-show", who="client")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-booked")


async def test_the_office_takes_it_back(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    await post(client, cast, "selin", f"/assignments/{booking}/no-show", who="volunteer")
    path = f"/assignments/{booking}/undo-no-show"
    assert (await post(client, cast, "dilan", path)).status_code == 403
    undone = await post(client, cast, "amal", path)
    read = undone.json()
    assert (read["state"], read["pay_rule"], read["cancelled_by"]) == ("booked", "none", "")
    assert read["notice_hours"] is None
    assert request_of(engine, booking).state == "booked"
    again = await post(client, cast, "amal", path)
    assert again.json() == read


async def test_undoing_does_not_book_two_at_one_time(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    await post(client, cast, "amal", f"/assignments/{booking}/no-show", who="volunteer")
    booked(engine, cast, MORNING + HOUR / 2)
    answer = await post(client, cast, "amal", f"/assignments/{booking}/undo-no-show")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/overlap")
    assert row(engine, booking).state == "volunteer_no_show"


def report(booking: UUID, **more: Any) -> dict[str, Any]:
    times = {"started_at": "2027-01-12T10:00:00+01:00", "ended_at": "2027-01-12T11:00:00+01:00"}
    return {"assignment_id": str(booking), **times, **more}


async def test_the_record_says_in_the_end_what_became_of_it(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    await post(client, cast, "dilan", f"/assignments/{booking}/no-show", who="client")
    clock.move_to(MORNING + 2 * HOUR)
    body = report(booking, outcome="client_no_show")
    made = await post(client, cast, "dilan", "/service-records", **body)
    assert made.status_code == 201, made.text
    assert (row(engine, booking).state, row(engine, booking).pay_rule) == ("client_no_show",) * 2
    undo = await post(client, cast, "amal", f"/assignments/{booking}/undo-no-show")
    assert (undo.status_code, undo.json()["type"]) == (409, "/problems/hours-reported")


async def test_a_record_that_it_took_place_overrules_a_missing_client(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    await post(client, cast, "amal", f"/assignments/{booking}/no-show", who="client")
    clock.move_to(MORNING + 2 * HOUR)
    made = await post(client, cast, "dilan", "/service-records", **report(booking))
    assert made.status_code == 201, made.text
    assert (row(engine, booking).state, row(engine, booking).pay_rule) == ("performed", "none")


async def test_a_missing_volunteer_reports_no_hours(
    client: AsyncClient, cast: Cast, booking: UUID, clock: Any
) -> None:
    await post(client, cast, "selin", f"/assignments/{booking}/no-show", who="volunteer")
    clock.move_to(MORNING + 2 * HOUR)
    made = await post(client, cast, "dilan", "/service-records", **report(booking))
    assert (made.status_code, made.json()["type"]) == (409, "/problems/assignment-not-booked")


async def test_who_stood_by_is_let_go(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    standby(engine, cast, booking, "mirela")
    await post(client, cast, "dilan", f"/assignments/{booking}/no-show", who="client")
    read = (await client.get("/standbys", headers=cast.key("mirela"))).json()["items"]
    assert [one["state"] for one in read] == ["released"]
    assert open_tasks(engine, "unconfirmed") == []
