"""How somebody stands in a pool is kept over time: who was active on a day can be said later."""

from typing import Any
from uuid import UUID

from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.tables import Enrolment, EnrolmentChange
from tests.cast import Cast


def changes(engine: Engine, cast: Cast, who: str) -> list[tuple[Any, ...]]:
    """State, roles and whether she coordinates, one after the other."""
    query = select(EnrolmentChange).where(col(EnrolmentChange.volunteer_id) == cast.volunteers[who])
    with db.transaction(engine, read_only=True) as session:
        found = session.exec(query.order_by(col(EnrolmentChange.id))).all()
    return [(one.state, one.roles, one.coordinating) for one in found]


async def patch(client: AsyncClient, cast: Cast, enrolment_id: UUID, **body: Any) -> None:
    """The office changes an enrolment."""
    headers = cast.key("amal") | {"If-Match": "*"}
    answer = await client.patch(f"/enrolments/{enrolment_id}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text


async def test_each_change_of_standing_is_kept_and_nothing_else(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    (first,) = changes(engine, cast, "dilan")
    assert first[0] == "released"
    hers = cast.enrolments["dilan"]
    await patch(client, cast, hers, week_minutes=120)
    assert changes(engine, cast, "dilan") == [first]
    await patch(client, cast, hers, state="paused")
    await patch(client, cast, hers, state="released", coordinating=not first[2])
    assert changes(engine, cast, "dilan") == [
        first,
        ("paused", first[1], first[2]),
        ("released", first[1], not first[2]),
    ]


def test_it_is_kept_whoever_changes_the_row(engine: Engine, cast: Cast) -> None:
    before = changes(engine, cast, "dilan")
    with db.transaction(engine) as session:
        row = session.get_one(Enrolment, cast.enrolments["dilan"])
        row.state = "ended"
        session.add(row)
    assert len(changes(engine, cast, "dilan")) == len(before) + 1
