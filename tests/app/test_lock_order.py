"""Request, seat, volunteer, then the rest: who waits for a request holds nothing behind it.

Somebody holds the request of an appointment. Whoever wants to change something about it waits, and
meanwhile keeps nobody else from its seats, its people, and what hangs on them: so nobody ever waits
in a circle.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine, text
from sqlmodel import Session

from app import db
from app.offers import booking
from app.requests import ending
from app.tables import Assignment, Seat, Standby
from tests.app.examples import HOUR, MORNING, asking, assignment, offer
from tests.cast import Cast
from tests.conftest import NOW

BEHIND = ("seat", "volunteer", "offer", "assignment", "search", "standby", "task", "message")
YESTERDAY = NOW - 23 * HOUR
OPEN, BOOKED, PAST = "open", "booked", "past"
Call = tuple[str, str, str, dict[str, Any] | None]


@pytest.fixture
def ids(engine: Engine, cast: Cast) -> dict[str, UUID]:
    """An open seat that Dilan is asked for, one she has, one she had; ids by `kind.state`."""
    found: dict[str, UUID] = {}
    with db.transaction(engine) as session:
        for state, starts_at in ((OPEN, MORNING), (BOOKED, MORNING + 48 * HOUR), (PAST, YESTERDAY)):
            held = OPEN if state == OPEN else BOOKED
            made = asking(
                session, cast.wetterau, cast.school, starts_at, state=held, seat_state=held
            )
            found |= {f"request.{state}": made.request.id, f"seat.{state}": made.seat.id}
            if state == OPEN:
                row: Any = offer(made, cast.volunteers["dilan"])
            else:
                made.option.chosen = True
                row = assignment(made, cast.volunteers["dilan"], created_at=NOW - timedelta(days=9))
            session.add(row)
            session.flush()
            found[f"row.{state}"] = row.id
        waits = Standby(
            sponsor_id=cast.wetterau,
            seat_id=found["seat.booked"],
            option_id=session.get_one(Assignment, found["row.booked"]).option_id,
            volunteer_id=cast.volunteers["mirela"],
        )
        session.add(waits)
        session.flush()
        found["standby.booked"] = waits.id
    return found


def call(what: str, ids: dict[str, UUID], cast: Cast) -> tuple[str, Call]:
    """Which request is held, and what somebody does about it."""
    mirela = str(cast.volunteers["mirela"])
    start, end = YESTERDAY.isoformat(), (YESTERDAY + HOUR).isoformat()
    seat, row = ids["seat.open"], ids["row.booked"]
    day = {"times": [{"day": "2027-01-20", "start": "10:00"}]}
    return {
        "accept": (OPEN, ("POST", f"/offers/{ids['row.open']}/accept", "dilan", None)),
        "offer": (
            OPEN,
            ("POST", "/offers", "amal", {"seat_id": f"{seat}", "volunteer_id": mirela}),
        ),
        "book": (
            OPEN,
            ("POST", "/assignments", "amal", {"seat_id": f"{seat}", "volunteer_id": mirela}),
        ),
        "search": (OPEN, ("POST", f"/seats/{seat}/searches", "amal", {"first": [mirela]})),
        "edit": (OPEN, ("PATCH", f"/requests/{ids['request.open']}", "amal", {"room": "7"})),
        "give back": (BOOKED, ("POST", f"/assignments/{row}/cancel", "dilan", {"reason": "krank"})),
        "call off": (
            BOOKED,
            ("POST", f"/requests/{ids['request.booked']}/cancel", "selin", {"reason": "fällt aus"}),
        ),
        "move": (BOOKED, ("POST", f"/requests/{ids['request.booked']}/move", "selin", day)),
        "stand by": (BOOKED, ("POST", f"/standbys/{ids['standby.booked']}/accept", "mirela", None)),
        "ask to stand by": (
            BOOKED,
            ("POST", f"/seats/{ids['seat.booked']}/standbys", "amal", {"volunteer_id": mirela}),
        ),
        "not there": (
            PAST,
            ("POST", f"/assignments/{ids['row.past']}/no-show", "amal", {"who": "client"}),
        ),
        "hours": (
            PAST,
            (
                "POST",
                "/service-records",
                "dilan",
                {"assignment_id": f"{ids['row.past']}", "started_at": start, "ended_at": end},
            ),
        ),
    }[what]


CALLS = (
    "accept", "offer", "book", "search", "edit", "give back", "call off", "move", "stand by",
    "ask to stand by", "not there", "hours",
)  # fmt: skip


@asynccontextmanager
async def waiting(
    client: AsyncClient, cast: Cast, engine: Engine, request_id: UUID, wanted: Call
) -> AsyncIterator[list[Response]]:
    """Somebody holds the request; another one calls and waits. Afterwards he is answered."""
    method, path, who, body = wanted
    headers = cast.key(who) | {"If-Match": "*"}
    answers: list[Response] = []
    with db.open_session(engine) as session:
        db.set_scope(session, db.SYSTEM)
        ending.lock(session, request_id)
        calling = asyncio.create_task(client.request(method, path, json=body, headers=headers))
        try:
            await _until_he_waits(engine, calling)
            yield answers
        finally:
            session.rollback()
            answers.append(await calling)


async def _until_he_waits(engine: Engine, calling: asyncio.Task[Response]) -> None:
    for _ in range(400):
        with engine.connect() as connection:
            waits = connection.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
            )
        if waits:
            return
        assert not calling.done(), f"he did not wait: {calling.result().text}"
        await asyncio.sleep(0.02)
    raise AssertionError("he neither waits nor is done")


def held(engine: Engine) -> set[str]:
    """The tables in which somebody holds a row that nobody else may change now."""
    with db.open_session(engine) as session:
        db.set_scope(session, db.SYSTEM)
        return {table for table in BEHIND if _count(session, table) > _free(session, table)}


def _count(session: Session, table: str) -> int:
    return int(session.connection().scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608


def _free(session: Session, table: str) -> int:
    query = text(f"SELECT id FROM {table} FOR NO KEY UPDATE SKIP LOCKED")  # noqa: S608
    return len(session.connection().execute(query).all())


@pytest.mark.parametrize("what", CALLS)
async def test_who_waits_for_a_request_holds_nothing_behind_it(
    client: AsyncClient, cast: Cast, engine: Engine, ids: dict[str, UUID], what: str
) -> None:
    state, wanted = call(what, ids, cast)
    if engine.dialect.name == "sqlite":
        method, path, who, body = wanted
        headers = cast.key(who) | {"If-Match": "*"}
        answer = await client.request(method, path, json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return
    async with waiting(client, cast, engine, ids[f"request.{state}"], wanted) as answers:
        assert held(engine) == set()
    assert answers[0].status_code < 300, answers[0].text


async def test_control_hours_that_begin_at_the_seat_hold_it_meanwhile(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    ids: dict[str, UUID],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(booking, "lock", lambda session, seat_id, _her: session.get(Seat, seat_id))
    if engine.dialect.name == "sqlite":
        return
    _, wanted = call("hours", ids, cast)
    async with waiting(client, cast, engine, ids["request.past"], wanted):
        assert "seat" in held(engine)
