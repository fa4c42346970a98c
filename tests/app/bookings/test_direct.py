"""Booking after a telephone call."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db, jobs
from app.tables import Assignment, AuditEvent, Offer
from tests.app.bookings.acting import booked, cancel, post, said
from tests.app.examples import HOUR, MORNING, asking, offer
from tests.cast import Cast


@pytest.fixture
def seat(engine: Engine, cast: Cast) -> dict[str, str]:
    """An open seat."""
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING)
        return {"seat_id": str(made.seat.id), "option_id": str(made.option.id)}


def call(cast: Cast, seat: dict[str, str], who: str, **more: Any) -> dict[str, Any]:
    return {"seat_id": seat["seat_id"], "volunteer_id": str(cast.volunteers[who])} | more


async def test_a_yes_on_the_telephone_is_booked_and_marked_as_such(
    client: AsyncClient, cast: Cast, engine: Engine, seat: dict[str, str]
) -> None:
    answer = await post(client, cast, "amal", "/assignments", **call(cast, seat, "dilan"))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["booked_via"], made["state"]) == ("phone", "booked")
    assert made["contact"]["street"] == "Schulstr. 1"
    jobs.work_all(engine)
    assert len(said(engine, "booked", cast.volunteers["dilan"])) == 1
    with db.transaction(engine) as session:
        query = select(AuditEvent).where(AuditEvent.action == "assignment.book")
        event = session.exec(query).one()
    assert event.account_id == cast.accounts["amal"]
    assert event.details["via"] == "phone"


async def test_booking_twice_is_once(
    client: AsyncClient, cast: Cast, engine: Engine, seat: dict[str, str]
) -> None:
    first = await post(client, cast, "amal", "/assignments", **call(cast, seat, "dilan"))
    again = await post(client, cast, "amal", "/assignments", **call(cast, seat, "dilan"))
    assert again.json() == first.json()
    other = await post(client, cast, "amal", "/assignments", **call(cast, seat, "mirela"))
    assert (other.status_code, other.json()["type"]) == (409, "/problems/seat-taken")


async def test_open_questions_for_the_seat_end_and_hers_is_answered(
    client: AsyncClient, cast: Cast, engine: Engine, seat: dict[str, str]
) -> None:
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING + 24 * HOUR)
        session.add_all(offer(made, cast.volunteers[name]) for name in ("dilan", "mirela"))
        body = {"seat_id": str(made.seat.id), "volunteer_id": str(cast.volunteers["dilan"])}
    assert (await post(client, cast, "amal", "/assignments", **body)).status_code == 201
    with db.transaction(engine) as session:
        states = {one.volunteer_id: one.state for one in session.exec(select(Offer)).all()}
    assert states == {
        cast.volunteers["dilan"]: "accepted",
        cast.volunteers["mirela"]: "withdrawn",
    }


async def test_a_booking_at_the_same_time_is_refused(
    client: AsyncClient, cast: Cast, engine: Engine, seat: dict[str, str]
) -> None:
    booked(engine, cast, MORNING + HOUR / 2)
    answer = await post(client, cast, "amal", "/assignments", **call(cast, seat, "dilan"))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/overlap")
    with db.transaction(engine) as session:
        assert len(session.exec(select(Assignment)).all()) == 1


async def test_who_may_not_go_is_refused_with_the_reason(
    client: AsyncClient, cast: Cast, seat: dict[str, str]
) -> None:
    answer = await post(client, cast, "amal", "/assignments", **call(cast, seat, "oksana"))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/may-not-go")
    assert "paper:released" in answer.json()["reasons"]


async def test_a_stranger_cannot_be_booked(
    client: AsyncClient, cast: Cast, seat: dict[str, str]
) -> None:
    answer = await post(client, cast, "amal", "/assignments", **call(cast, seat, "nuru"))
    assert answer.status_code == 404
    kofi = await post(client, cast, "kofi", "/assignments", **call(cast, seat, "nuru"))
    assert kofi.status_code == 404


async def test_a_time_that_is_not_the_requests_is_not_found(
    client: AsyncClient, cast: Cast, engine: Engine, seat: dict[str, str]
) -> None:
    with db.transaction(engine) as session:
        other = asking(session, cast.wetterau, cast.school, MORNING + 48 * HOUR).option.id
    body = call(cast, seat, "dilan", option_id=str(other))
    assert (await post(client, cast, "amal", "/assignments", **body)).status_code == 404


async def test_nobody_is_booked_for_what_has_begun(
    client: AsyncClient, cast: Cast, seat: dict[str, str], clock: Any
) -> None:
    clock.move_to(MORNING + HOUR / 2)
    answer = await post(client, cast, "amal", "/assignments", **call(cast, seat, "dilan"))
    assert answer.status_code == 422


async def test_who_was_booked_by_telephone_and_gave_it_back_is_not_asked_again(
    client: AsyncClient, cast: Cast, engine: Engine, seat: dict[str, str]
) -> None:
    made = await post(client, cast, "amal", "/assignments", **call(cast, seat, "dilan"))
    await cancel(client, cast, UUID(made.json()["id"]), "dilan")
    path = f"/seats/{seat['seat_id']}/candidates"
    found = (await client.get(path, headers=cast.key("amal"))).json()
    assert [one["volunteer_id"] for one in found["candidates"]] == [str(cast.volunteers["mirela"])]
