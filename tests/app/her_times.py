"""Saying when Dilan can, and what stands in the way."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.tables import Enrolment, Task
from tests.app.examples import asking, assignment
from tests.cast import Cast

TUESDAY = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
"""10 to 11 in Friedberg, in the week after the tests' present."""


async def put(
    client: AsyncClient, cast: Cast, name: str = "dilan", who: str = "dilan", **body: Any
) -> Response:
    """`name` says when `who` can, on the version that is current."""
    query = "?preview=true" if body.pop("preview", False) else ""
    address = f"/volunteers/{cast.volunteers[who]}"
    read = await client.get(address, headers=cast.key(name))
    headers = cast.key(name) | {"If-Match": read.headers.get("etag", "*")}
    return await client.put(f"{address}/availability{query}", json=body, headers=headers)


async def post(
    client: AsyncClient, cast: Cast, path: str, name: str = "dilan", **body: Any
) -> Response:
    """`name` adds something to Dilan's calendar."""
    address = f"/volunteers/{cast.volunteers['dilan']}/{path}"
    return await client.post(address, json=body, headers=cast.key(name))


async def availability(client: AsyncClient, cast: Cast) -> dict[str, Any]:
    """What Dilan reads about her times."""
    path = f"/volunteers/{cast.volunteers['dilan']}"
    found: dict[str, Any] = (await client.get(path, headers=cast.key("dilan"))).json()
    return dict(found["availability"])


def book(engine: Engine, cast: Cast, *starts: datetime, foreign: bool = False) -> list[str]:
    """Dilan is booked for an hour at each of these times, at the school or in another pool."""
    sponsor_id = cast.fulda if foreign else cast.wetterau
    school_id = cast.school_fulda if foreign else cast.school
    with db.transaction(engine) as session:
        made = []
        for start in starts:
            asked = asking(session, sponsor_id, school_id, start, state="booked")
            asked.seat.state = "booked"
            made.append(assignment(asked, cast.volunteers["dilan"]))
            session.add_all([asked.seat, made[-1]])
        session.flush()
        return [str(one.id) for one in made]


def share(engine: Engine, cast: Cast) -> None:
    """Dilan helps in Fulda as well."""
    with db.transaction(engine) as session:
        session.add(
            Enrolment(
                sponsor_id=cast.fulda,
                volunteer_id=cast.volunteers["dilan"],
                roles=["interpreter"],
                state="released",
                listing_renewed_on=date(2026, 11, 1),
            )
        )


def tasks(engine: Engine) -> list[tuple[UUID, str, str]]:
    """Whom is asked what about which booking."""
    with db.transaction(engine) as session:
        found = session.exec(
            select(Task).where(col(Task.code) == "availability:outside").order_by(col(Task.id))
        ).all()
        return [(task.sponsor_id, task.subject_type, str(task.subject_id)) for task in found]


def times(windows: Sequence[dict[str, Any]]) -> list[tuple[int, int, int]]:
    return [(w["weekday"], w["start_minute"], w["end_minute"]) for w in windows]
