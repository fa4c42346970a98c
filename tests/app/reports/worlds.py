"""What the tests of reports write into the books, and how they ask for reports."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response
from sqlalchemy import Engine

from app import books, db
from app.tables import Activity, LedgerKind, new_id
from tests.app.hours.bookings import at
from tests.cast import Cast

WETTERAU, FULDA, GIESSEN = "06440", "06631", "06531"
"""Kreise by their AGS."""
DAY = date(2026, 12, 7)
YEAR = "from=2026-01-01&to=2026-12-31"


def line(cast: Cast, kind: LedgerKind = LedgerKind.WORK, **more: Any) -> dict[str, Any]:
    """A line of the books of Wetterau: an hour of Dilan's at a school, unless told otherwise."""
    common: dict[str, Any] = {
        "sponsor_id": cast.wetterau, "kind": kind, "day": DAY, "subject_id": new_id(),
        "subject_type": "service_record", "volunteer_id": cast.volunteers["dilan"],
        "role": "interpreter", "language": "kmr", "region_ags": WETTERAU,
        "institution_kind": "primary_school", "detail": "performed", "minutes": 60,
    }  # fmt: skip
    if kind == LedgerKind.UNFILLED:
        common |= {"volunteer_id": None, "subject_type": "seat", "detail": "no_language"}
        common |= {"minutes": 0}
    return common | more


def written(engine: Engine, lines: Sequence[dict[str, Any]]) -> None:
    """Write lines into the books."""
    with db.transaction(engine) as session:
        books.write(session, lines)


def activity(engine: Engine, cast: Cast, day: date, clock: str, **more: Any) -> UUID:
    """Guide's hours without an appointment, as the office has confirmed them."""
    starts_at = at(day, clock)
    with db.transaction(engine) as session:
        row = Activity(
            sponsor_id=cast.wetterau, volunteer_id=cast.volunteers["mirela"], role="guide",
            kind="consultation", started_at=starts_at, ended_at=starts_at + timedelta(hours=2),
            minutes=120, fundable="yes", state="confirmed", **more,
        )  # fmt: skip
        session.add(row)
        session.flush()
        books.work_of_activity(session, row)
        return row.id


async def drawn(
    client: AsyncClient, cast: Cast, name: str, query: str = YEAR, who: str = "amal", **more: str
) -> Response:
    """What the service answers to somebody who asks for a report."""
    headers = cast.key(who) | more
    return await client.get(f"/reports/{name}?{query}", headers=headers)


async def rows(client: AsyncClient, cast: Cast, name: str, *keys: str, query: str = YEAR) -> Any:
    """These members of each row."""
    answer = await drawn(client, cast, name, query)
    assert answer.status_code == 200, answer.text
    return [tuple(row[key] for key in keys) for row in answer.json()["rows"]]
