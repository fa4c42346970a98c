"""A seat, people who could go there, and the steps of a search."""

from datetime import datetime
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs
from app.offers import answering, seeking
from app.offers.seeking import Way
from app.searches import advancing
from app.tables import Message, Offer, Request, Search, Seat, Task, Volunteer
from tests.app.examples import MORNING, Asking, asking
from tests.cast import Cast, volunteer


def crowd(engine: Engine, cast: Cast, *names: str) -> None:
    """More people in Wetterau's pool who speak Kurmandschi and could go."""
    with db.transaction(engine) as session:
        for name in names:
            volunteer(session, cast, name, sponsor_id=cast.wetterau, languages={"kmr": "native"})


def seat(engine: Engine, cast: Cast, starts_at: datetime = MORNING, **changes: Any) -> Asking:
    """An open seat at the school for Kurmandschi."""
    with db.transaction(engine) as session:
        return asking(session, cast.wetterau, cast.school, starts_at, **changes)


def begin(
    engine: Engine, asked: Asking, strategy: str | None = None, wave_size: int | None = None
) -> UUID:
    """A search for the seat, its first step taken."""
    with db.transaction(engine) as session:
        chosen = Way(strategy, wave_size) if strategy else None
        row = session.get_one(Seat, asked.seat.id)
        search = seeking.begin(session, None, row, cause="office", chosen=chosen)
        search_id = search.id
    advancing.advance(engine, search_id)
    return search_id


def search(engine: Engine, search_id: UUID) -> Search:
    """The search as it stands."""
    with db.transaction(engine) as session:
        return session.get_one(Search, search_id)


def offers(engine: Engine, asked: Asking | None = None) -> list[Offer]:
    """Everybody who was asked, in order."""
    with db.transaction(engine) as session:
        query = select(Offer).order_by(col(Offer.id))
        if asked is not None:
            query = query.where(col(Offer.seat_id) == asked.seat.id)
        return list(session.exec(query).all())


def names(engine: Engine, rows: list[Offer]) -> list[str]:
    """Who was asked."""
    with db.transaction(engine) as session:
        return [session.get_one(Volunteer, row.volunteer_id).given_name.lower() for row in rows]


def pending(engine: Engine, asked: Asking) -> list[str]:
    """Who is being asked for the seat now."""
    return names(engine, [o for o in offers(engine, asked) if o.state == "pending"])


def decline(engine: Engine, offer: Offer) -> None:
    """She says no, and what follows from it is done."""
    with db.transaction(engine) as session:
        answering.decline(session, None, session.get_one(Offer, offer.id))
    jobs.work_all(engine)


def say_no(engine: Engine, asked: Asking) -> None:
    """Everybody who is being asked says no."""
    for offer in offers(engine, asked):
        if offer.state == "pending":
            decline(engine, offer)


def rows(engine: Engine, table: Any) -> list[Any]:
    """Every row of a table, in order."""
    with db.transaction(engine) as session:
        return list(session.exec(select(table).order_by(table.id)).all())


def change(session: Session, table: Any, row_id: UUID, **values: Any) -> None:
    """Set columns of one row."""
    row = session.get_one(table, row_id)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)


def mails_about(engine: Engine, request: Request) -> list[Message]:
    """What was written to the institution about a request."""
    return [m for m in rows(engine, Message) if m.subject_id == request.id]


def open_tasks(engine: Engine) -> list[str]:
    """The codes of open questions to the office."""
    return [task.code for task in rows(engine, Task) if task.state == "open"]


async def post(client: AsyncClient, cast: Cast, path: str, **body: Any) -> Any:
    """Amal calls."""
    return await client.post(path, json=body, headers=cast.key("amal"))
