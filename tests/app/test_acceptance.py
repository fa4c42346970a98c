"""Saying yes: what it costs, what it leaves behind, and what becomes of a yes that is too late."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from app import db, jobs
from app.offers import answering
from app.offers.refusals import LateYes
from app.tables import (
    Assignment,
    AuditEvent,
    ClientCase,
    Message,
    Offer,
    ParentsDay,
    Request,
    RequestOption,
    Search,
    Seat,
    Volunteer,
)
from tests.app.examples import HOUR, MORNING, Asking, asking, offer
from tests.cast import Cast, volunteer

AT_MOST = 8
APART = (
    "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "SELECT set_config", "INSERT INTO audit_event",
    "INSERT INTO idempotency_key", "UPDATE idempotency_key",
)  # fmt: skip
"""What is counted apart: the transaction itself, the second wall, the key, the trace."""


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that were sent to the database."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(APART):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def asked(engine: Engine, cast: Cast) -> Asking:
    """One seat at the school."""
    with db.transaction(engine) as session:
        return asking(session, cast.wetterau, cast.school, MORNING)


def ask(engine: Engine, asked: Asking, volunteer_id: UUID, **changes: object) -> UUID:
    """A question to somebody."""
    with db.transaction(engine) as session:
        made = offer(asked, volunteer_id, **changes)
        session.add(made)
    return made.id


def crowd(engine: Engine, cast: Cast, asked: Asking, count: int) -> None:
    """So many others are asked for the same seat."""
    with db.transaction(engine) as session:
        for number in range(count):
            who = volunteer(
                session, cast, f"gast{number}", languages={"kmr": "C1"}, sponsor_id=cast.wetterau
            )
            session.add(offer(asked, who.id))


async def accept(client: AsyncClient, cast: Cast, offer_id: UUID, name: str = "dilan") -> Any:
    """Somebody says yes."""
    return await client.post(f"/offers/{offer_id}/accept", headers=cast.key(name))


def hard(engine: Engine, cast: Cast, asked: Asking) -> None:
    """The seat belongs to a client, to a parents' day and to a search; a team goes there."""
    with db.transaction(engine) as session:
        case = ClientCase(sponsor_id=cast.wetterau, pseudonym="2" * 64)
        day = ParentsDay(
            sponsor_id=cast.wetterau,
            institution_id=cast.school,
            day=asked.option.day,
            start_minute=540,
            end_minute=1080,
            slot_minutes=15,
        )
        search = Search(
            sponsor_id=cast.wetterau, seat_id=asked.seat.id, strategy="all", act_by=MORNING
        )
        session.add_all([case, day, search])
        session.flush()
        request = session.get_one(Request, asked.request.id)
        request.client_case_id, request.parents_day_id = case.id, day.id
        values = {"sponsor_id": cast.wetterau, "request_id": request.id}
        session.add(Seat(**values, role="interpreter", language="kmr", position=1))


@pytest.mark.parametrize("others", [0, 3, 12])
async def test_a_yes_takes_few_statements_however_many_were_asked(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    asked: Asking,
    statements: list[str],
    others: int,
) -> None:
    hard(engine, cast, asked)
    crowd(engine, cast, asked, others)
    offer_id = ask(engine, asked, cast.volunteers["dilan"])
    statements.clear()
    answer = await accept(client, cast, offer_id)
    assert answer.status_code == 200, answer.text
    if engine.dialect.name == "postgresql":
        assert len(statements) <= AT_MOST, "\n\n".join(statements)
    writes = [s for s in statements if s.startswith(("UPDATE offer", "UPDATE search"))]
    assert len(writes) <= 3, "the number of those who were asked does not count"


async def test_who_comes_too_late_costs_next_to_nothing(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, statements: list[str]
) -> None:
    first = ask(engine, asked, cast.volunteers["dilan"])
    second = ask(engine, asked, cast.volunteers["mirela"])
    assert (await accept(client, cast, first)).status_code == 200
    assert (await accept(client, cast, second, "mirela")).status_code == 409
    statements.clear()
    again = await accept(client, cast, second, "mirela")
    assert again.json()["type"] == "/problems/late-yes"
    assert len(statements) <= 3, statements
    assert not any("FOR NO KEY UPDATE" in s for s in statements), "nobody waits to learn that"
