"""Calendar addresses, asked for and read back."""

import re
from datetime import UTC
from typing import Any
from uuid import UUID

import icalendar
from httpx import AsyncClient
from sqlalchemy import Engine

from app import db
from app.tables import (
    Row,
)
from tests.app.examples import HOUR
from tests.cast import Cast

DAY = 24 * HOUR


async def subscribe(client: AsyncClient, cast: Cast, who: str, **body: Any) -> str:
    """The path of a new calendar address."""
    made = await client.post("/calendar-feeds", json=body, headers=cast.key(who))
    assert made.status_code == 201, made.text
    address: str = made.json()["address"]
    assert re.fullmatch(r"http://test/calendars/lw_[\w-]{43}\.ics", address)
    return address


async def events(client: AsyncClient, address: str) -> dict[str, dict[str, Any]]:
    """The entries of a calendar by id."""
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    found = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    return {
        str(one["UID"]): {
            "summary": str(one["SUMMARY"]),
            "location": str(one.get("LOCATION", "")),
            "status": str(one["STATUS"]),
            "sequence": int(one["SEQUENCE"]),
            "start": one.start.astimezone(UTC),
            "end": one.end.astimezone(UTC),
        }
        for one in found
    }


def change(engine: Engine, table: type[Row], row_id: str | UUID, **values: object) -> None:
    """Change a row as a route would."""
    with db.transaction(engine) as session:
        row = session.get_one(table, UUID(str(row_id)))
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
