"""Steps that the tests of series share."""

from typing import Any

from httpx import AsyncClient, Response

from tests.cast import Cast

TUESDAYS: dict[str, Any] = {
    "weekdays": ["TU"],
    "count": 6,
    "first_day": "2027-01-12",
    "start": "10:00",
    "duration_minutes": 60,
    "seats": [{"language": "Kurmandschi"}],
    "topic": "Begleitung in der Sprachförderung",
    "room": "Zimmer 3",
}
"""12, 19 and 26 January, 2, 9 and 16 February 2027."""


async def send(client: AsyncClient, cast: Cast, **changes: Any) -> Response:
    """Selin asks for a series."""
    body = {k: v for k, v in (TUESDAYS | changes).items() if v is not None}
    return await client.post("/series", json=body, headers=cast.key("selin"))


async def ask(client: AsyncClient, cast: Cast, **changes: Any) -> dict[str, Any]:
    """Selin asks for a series, and it is taken in."""
    answer = await send(client, cast, **changes)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def read(client: AsyncClient, cast: Cast, series_id: str) -> dict[str, Any]:
    """The series as it stands."""
    answer = await client.get(f"/series/{series_id}", headers=cast.key("selin"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def patch(client: AsyncClient, cast: Cast, series_id: str, **body: Any) -> Response:
    """Selin changes a series as it stands."""
    key = cast.key("selin") | {"If-Match": "*"}
    return await client.patch(f"/series/{series_id}", json=body, headers=key)


async def change(client: AsyncClient, cast: Cast, series_id: str, **body: Any) -> dict[str, Any]:
    """Selin changes a series, and it is done."""
    answer = await patch(client, cast, series_id, **body)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


def times(series: dict[str, Any], *, all_states: bool = False) -> list[str]:
    """Day and time of each date that is still to take place."""
    gone = () if all_states else ("cancelled", "rejected")
    return [f"{d['day'][5:]} {d['start']}" for d in series["dates"] if d["state"] not in gone]


async def seat_of(client: AsyncClient, cast: Cast, request_id: str) -> dict[str, Any]:
    """The first seat of a date."""
    answer = await client.get(f"/requests/{request_id}", headers=cast.key("amal"))
    seat: dict[str, Any] = answer.json()["seats"][0]
    return seat


async def offer(client: AsyncClient, cast: Cast, request_id: str, who: str = "dilan") -> str:
    """Amal asks somebody for a date."""
    seat = await seat_of(client, cast, request_id)
    body = {"seat_id": seat["id"], "volunteer_id": str(cast.volunteers[who])}
    made = await client.post("/offers", json=body, headers=cast.key("amal"))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def book(client: AsyncClient, cast: Cast, request_id: str, who: str = "dilan") -> None:
    """Somebody is asked for a date, and says yes."""
    offer_id = await offer(client, cast, request_id, who)
    answer = await client.post(f"/offers/{offer_id}/accept", headers=cast.key(who))
    assert answer.status_code == 200, answer.text
