"""What the tests of bookings do again and again."""

from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db, jobs
from app.tables import Assignment, Message, Request, Seat, Standby, Task
from tests.app.examples import Asking, asking, assignment
from tests.cast import Cast


def booked(engine: Engine, cast: Cast, starts_at: Any, who: str = "dilan", **more: Any) -> UUID:
    """A booking at the school, made long ago."""
    with db.transaction(engine) as session:
        made = asking(
            session, cast.wetterau, cast.school, starts_at, state="booked", seat_state="booked"
        )
        return _book(session, cast, made, who, **more)


def _book(session: Any, cast: Cast, made: Asking, who: str, **more: Any) -> UUID:
    made.option.chosen = True
    made.request.critical = more.pop("critical", False)
    row = assignment(made, cast.volunteers[who], **more)
    session.add_all([made.option, made.request, row])
    session.flush()
    return row.id


def row(engine: Engine, booking_id: UUID) -> Assignment:
    """A booking as it stands."""
    with db.transaction(engine) as session:
        return session.get_one(Assignment, booking_id)


def seat_of(engine: Engine, booking_id: UUID) -> Seat:
    """The seat of a booking."""
    with db.transaction(engine) as session:
        return session.get_one(Seat, session.get_one(Assignment, booking_id).seat_id)


def request_of(engine: Engine, booking_id: UUID) -> Request:
    """The request of a booking."""
    with db.transaction(engine) as session:
        seat = session.get_one(Seat, session.get_one(Assignment, booking_id).seat_id)
        return session.get_one(Request, seat.request_id)


def said(engine: Engine, event: str, who: UUID | None = None) -> list[Message]:
    """The messages of a kind to somebody, in order."""
    query = select(Message).where(col(Message.event) == event).order_by(col(Message.id))
    if who is not None:
        query = query.where(col(Message.volunteer_id) == who)
    with db.transaction(engine) as session:
        return list(session.exec(query).all())


def open_tasks(engine: Engine, code: str) -> list[Task]:
    """The open questions of a kind."""
    with db.transaction(engine) as session:
        query = select(Task).where(col(Task.code).startswith(code), col(Task.state) == "open")
        return list(session.exec(query).all())


def jobs_named(engine: Engine, name: str) -> int:
    """How often work of that name was asked for."""
    with db.transaction(engine) as session:
        return sum(one.name == name for one in jobs.listed(session))


def standby(engine: Engine, cast: Cast, booking_id: UUID, who: str, state: str = "ready") -> UUID:
    """Somebody who stands by for a booking."""
    with db.transaction(engine) as session:
        booking = session.get_one(Assignment, booking_id)
        made = Standby(
            sponsor_id=booking.sponsor_id,
            seat_id=booking.seat_id,
            option_id=booking.option_id,
            volunteer_id=cast.volunteers[who],
            state=state,
            answered_at=booking.created_at if state == "ready" else None,
        )
        session.add(made)
        session.flush()
        return made.id


async def post(client: AsyncClient, cast: Cast, who: str, path: str, /, **body: Any) -> Response:
    """Somebody does something."""
    return await client.post(path, json=body, headers=cast.key(who))


async def cancel(client: AsyncClient, cast: Cast, booking_id: UUID, who: str, **more: Any) -> Any:
    """Somebody ends a booking."""
    body = {"reason": "geht nicht"} | more
    answer = await post(client, cast, who, f"/assignments/{booking_id}/cancel", **body)
    assert answer.status_code == 200, answer.text
    return answer.json()
