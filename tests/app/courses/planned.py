"""Courses for the tests, made through the API."""

from datetime import date
from typing import Any

from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, delete

from app import db
from app.tables import Training
from tests.cast import Cast

LAST_DAY = date(2026, 12, 11)
COURSE = {
    "kind": "basic_interpreter",
    "title": "Basiskurs Dolmetschen",
    "moderator": "Ingrid Muster",
    "units": 24,
    "starts_on": "2026-12-07",
    "ends_on": LAST_DAY.isoformat(),
    "cost_cents": 120_000,
}


async def send(
    client: AsyncClient, cast: Cast, path: str, who: str = "amal", **body: Any
) -> Response:
    """What the service answers to a call."""
    return await client.post(path, json=body or None, headers=cast.key(who))


async def course(
    client: AsyncClient, cast: Cast, *names: str, who: str = "amal", **more: Any
) -> str:
    """The address of a course with these people in it."""
    made = await client.post("/courses", json=COURSE | more, headers=cast.key(who))
    assert made.status_code == 201, made.text
    path = f"/courses/{made.json()['id']}"
    if names:
        ids = [str(cast.volunteers[name]) for name in names]
        await send(client, cast, f"{path}/participants", who, volunteer_ids=ids)
    return path


async def were_there(client: AsyncClient, cast: Cast, path: str, **units: int) -> Response:
    """Note for how many units each was there; 0 means that she was missed."""
    items = [
        {"volunteer_id": str(cast.volunteers[name]), "attendance": "attended", "units": n}
        if n
        else {"volunteer_id": str(cast.volunteers[name]), "attendance": "missed"}
        for name, n in units.items()
    ]
    return await send(client, cast, f"{path}/attendance", items=items)


def untrained(engine: Engine, cast: Cast, name: str) -> None:
    """Somebody who has no course yet."""
    with db.transaction(engine) as session:
        hers = col(Training.volunteer_id) == cast.volunteers[name]
        session.exec(delete(Training).where(hers))
