"""The day itself: on the way, begun, ended, said by her and seen by the others."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.tables import AuditEvent, Membership, Message
from tests.app.bookings.acting import booked, cancel, row
from tests.app.examples import HOUR, MORNING
from tests.cast import Cast

MINUTE = timedelta(minutes=1)
STEPS = ("on_the_way", "started", "finished")


@pytest.fixture
def booking(engine: Engine, cast: Cast, clock: Any) -> UUID:
    """Dilan is booked for Tuesday at ten, and it is half past nine."""
    made = booked(engine, cast, MORNING)
    clock.move_to(MORNING - 30 * MINUTE)
    return made


async def say(
    client: AsyncClient,
    cast: Cast,
    booking: UUID,
    step: str,
    at: datetime | None = None,
    who: str = "dilan",
    **headers: str,
) -> Response:
    """What the service answers to a step."""
    body = {"step": step} | ({"at": at.isoformat()} if at else {})
    path = f"/assignments/{booking}/progress"
    return await client.post(path, json=body, headers=cast.key(who) | headers)


def entries(engine: Engine) -> list[str]:
    """The steps that the audit knows."""
    with db.transaction(engine) as session:
        query = select(AuditEvent).where(col(AuditEvent.action) == "assignment.progress")
        found = session.exec(query.order_by(col(AuditEvent.id))).all()
        return [one.details["step"] for one in found]


async def test_each_step_is_kept_and_the_office_and_the_place_see_it(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    for number, step in enumerate(STEPS):
        clock.move_to(MORNING + number * HOUR)
        answer = await say(client, cast, booking, step)
        assert answer.status_code == 200, answer.text
        assert answer.json()["contact"]["street"] == "Schulstr. 1"
    for who in ("dilan", "amal", "selin"):
        listed = await client.get("/assignments", headers=cast.key(who))
        read = listed.json()["items"][0]
        said = [datetime.fromisoformat(read[f"{step}_at"]) for step in STEPS]
        assert said == [MORNING + number * HOUR for number in range(3)], who
    assert entries(engine) == list(STEPS)
    with db.transaction(engine) as session:
        assert session.exec(select(Message)).all() == [], "nobody gets a mail"


async def test_the_first_word_counts_and_only_the_end_is_corrected(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    clock.move_to(MORNING + 2 * HOUR)
    for step in STEPS:
        await say(client, cast, booking, step, MORNING)
        await say(client, cast, booking, step, MORNING + HOUR)
    found = row(engine, booking)
    assert (found.on_the_way_at, found.started_at) == (MORNING, MORNING)
    assert found.finished_at == MORNING + HOUR
    assert entries(engine) == ["on_the_way", "started", "finished", "finished"]


@pytest.mark.parametrize("step", STEPS)
async def test_twice_is_once(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, step: str
) -> None:
    first = await say(client, cast, booking, step, MORNING - HOUR)
    again = await say(client, cast, booking, step, MORNING - HOUR)
    assert (again.status_code, again.json()) == (200, first.json())
    assert entries(engine) == [step]


async def test_an_end_without_a_beginning_is_fine(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    assert (await say(client, cast, booking, "finished")).status_code == 200
    found = row(engine, booking)
    assert (found.on_the_way_at, found.started_at) == (None, None)


async def test_the_same_key_says_it_once(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    key = {"Idempotency-Key": "unterwegs"}
    first = await say(client, cast, booking, "finished", **key)
    clock.shift(60)
    again = await say(client, cast, booking, "finished", **key)
    assert again.json() == first.json()
    assert row(engine, booking).finished_at == MORNING - 30 * MINUTE


@pytest.mark.parametrize(
    ("now", "at", "status"),
    [
        (-30 * MINUTE, -28 * MINUTE, 200),
        (-30 * MINUTE, -27 * MINUTE, 422),
        (-30 * MINUTE, -12 * HOUR, 200),
        (-30 * MINUTE, -12 * HOUR - MINUTE, 409),
        (-12 * HOUR - MINUTE, None, 409),
        (24 * HOUR, None, 200),
        (24 * HOUR + MINUTE, None, 409),
        (72 * HOUR, HOUR, 200),
    ],
)
async def test_a_step_lies_around_its_appointment(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    booking: UUID,
    clock: Any,
    now: timedelta,
    at: timedelta | None,
    status: int,
) -> None:
    clock.move_to(MORNING + now)
    said = await say(client, cast, booking, "started", None if at is None else MORNING + at)
    assert said.status_code == status, said.text
    if status == 409:
        assert said.json()["type"] == "/problems/progress-not-then"
        assert "12.01.2027 um 10:00 Uhr" in said.json()["detail"]
    assert (row(engine, booking).started_at is not None) == (status == 200)


async def test_only_she_who_is_booked_says_it(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    for who, status in (("amal", 403), ("selin", 403), ("mirela", 404), ("nuru", 404)):
        assert (await say(client, cast, booking, "started", who=who)).status_code == status
    with db.transaction(engine) as session:
        her = cast.accounts["mirela"]
        session.add(Membership(account_id=her, sponsor_id=cast.wetterau, role="coordinator"))
    assert (await say(client, cast, booking, "started", who="mirela")).status_code == 404
    assert row(engine, booking).started_at is None


async def test_what_was_given_back_has_no_steps(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    await cancel(client, cast, booking, "dilan")
    answer = await say(client, cast, booking, "on_the_way")
    assert answer.status_code == 409
    assert row(engine, booking).on_the_way_at is None
