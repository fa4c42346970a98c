"""Hours without an appointment, as they are reported and decided in tests."""

from datetime import date
from typing import Any

from httpx import AsyncClient, Response

from tests.app.hours.bookings import at
from tests.cast import Cast

SATURDAY = date(2027, 1, 2)
SUNDAY = date(2027, 1, 3)


def body(day: date = SUNDAY, start: str = "14:00", end: str = "16:00", **more: Any) -> Any:
    """Two hours of a team meeting."""
    return {
        "kind": "team_meeting",
        "started_at": at(day, start).isoformat(),
        "ended_at": at(day, end).isoformat(),
        **more,
    }


async def report(client: AsyncClient, cast: Cast, who: str = "dilan", **more: Any) -> Response:
    """What the service answers to a report; the office's is about Dilan."""
    hers = {} if who == "dilan" else {"volunteer_id": str(cast.volunteers["dilan"])}
    return await client.post("/activities", json=body(**hers | more), headers=cast.key(who))


async def reported(client: AsyncClient, cast: Cast, who: str = "dilan", **more: Any) -> str:
    """The address of two reported hours of Dilan's."""
    made = await report(client, cast, who, **more)
    assert made.status_code == 201, made.text
    return f"/activities/{made.json()['id']}"


async def say(client: AsyncClient, cast: Cast, who: str, path: str, **said: Any) -> Response:
    """What the service answers to a decision."""
    return await client.post(path, json=said, headers=cast.key(who))
