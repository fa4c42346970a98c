"""A parents' day at the school, as the tests ask for it."""

from typing import Any

from httpx import AsyncClient, Response

from tests.cast import Cast

AFTERNOON: dict[str, Any] = {
    "day": "2027-01-13",
    "start": "14:00",
    "end": "18:00",
    "slot_minutes": 15,
    "needs": [
        {"language": "Kurmandschi", "slots": 11},
        {"language": "Rumänisch", "slots": 4, "min_level": "B2"},
    ],
    "room": "Aula",
}


async def send(client: AsyncClient, cast: Cast, who: str = "selin", **changes: Any) -> Response:
    """Somebody asks; nothing is looked at yet."""
    return await client.post("/parents-days", json=AFTERNOON | changes, headers=cast.key(who))


async def made(client: AsyncClient, cast: Cast, **changes: Any) -> dict[str, Any]:
    """Selin asks for her school, and it is taken in."""
    answer = await send(client, cast, **changes)
    assert answer.status_code == 201, answer.text
    day: dict[str, Any] = answer.json()
    return day


async def seen(client: AsyncClient, cast: Cast, day_id: str, who: str = "selin") -> dict[str, Any]:
    """The parents' day as somebody sees it."""
    answer = await client.get(f"/parents-days/{day_id}", headers=cast.key(who))
    assert answer.status_code == 200, answer.text
    day: dict[str, Any] = answer.json()
    return day


async def offer(client: AsyncClient, cast: Cast, seat_id: str, who: str) -> Response:
    """Amal asks one person for a shift."""
    body = {"seat_id": seat_id, "volunteer_id": str(cast.volunteers[who])}
    return await client.post("/offers", json=body, headers=cast.key("amal"))


async def book(client: AsyncClient, cast: Cast, seat_id: str, who: str) -> None:
    """One person is asked and says yes."""
    asked = await offer(client, cast, seat_id, who)
    assert asked.status_code == 201, asked.text
    answer = await client.post(f"/offers/{asked.json()['id']}/accept", headers=cast.key(who))
    assert answer.status_code == 200, answer.text


def times(shift: dict[str, Any]) -> tuple[str, str]:
    """From when to when somebody is needed."""
    return shift["start"], shift["end"]
