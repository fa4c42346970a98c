"""A week's plan of open seats at the school, as the tests of its questions need it."""

from uuid import UUID

from httpx import AsyncClient
from sqlalchemy import Engine

from app import db, jobs
from app.tables import Plan
from tests.app.examples import HOUR, MORNING, asking
from tests.cast import Cast

DAYS = {"first_day": "2027-01-11", "last_day": "2027-01-16"}


async def planned(client: AsyncClient, cast: Cast, engine: Engine) -> str:
    """A plan of the open seats."""
    asked = await client.post("/plans", json=DAYS, headers=cast.key("amal"))
    jobs.work_all(engine)
    plan_id: str = asked.json()["id"]
    with db.transaction(engine) as session:
        assert session.get_one(Plan, UUID(plan_id)).state == "ready"
    return plan_id


def ask(engine: Engine, cast: Cast, language: str = "kmr", hours: float = 0) -> str:
    """One open seat at the school."""
    with db.transaction(engine) as session:
        made = asking(
            session, cast.wetterau, cast.school, MORNING + hours * HOUR, language=language
        )
        return str(made.seat.id)
