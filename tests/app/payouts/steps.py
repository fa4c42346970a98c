"""A claim's way in the tests, over HTTP."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from sqlalchemy import Engine

from app import db
from app.tables import Activity
from tests.cast import Cast

WITH_REASON = ("return", "hold", "reject", "waive", "reverse")


async def build(client: AsyncClient, cast: Cast, month: str = "2027-01", **more: Any) -> Any:
    """What the service answers when Fatma builds the claims of a month."""
    sent = {"month": month, **more}
    answer = await client.post("/claims", json=sent, headers=cast.key("fatma"))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def step(client: AsyncClient, cast: Cast, who: str, claim: str, verb: str) -> Any:
    """One step of a claim."""
    sent = {"reason": "bitte noch einmal prüfen"} if verb in WITH_REASON else None
    return await client.post(f"/claims/{claim}/{verb}", json=sent, headers=cast.key(who))


async def approve_all(client: AsyncClient, cast: Cast, month: str = "2027-01") -> list[str]:
    """Build, submit, check and approve every claim of a month; their ids."""
    ids = [claim["id"] for claim in (await build(client, cast, month))["claims"]]
    for claim in ids:
        for who, verb in (("amal", "submit"), ("fatma", "check"), ("lea", "approve")):
            answer = await step(client, cast, who, claim, verb)
            assert answer.status_code == 200, answer.text
    return ids


async def claim(client: AsyncClient, cast: Cast, claim_id: str, who: str = "fatma") -> Any:
    """A claim with its lines."""
    return (await client.get(f"/claims/{claim_id}", headers=cast.key(who))).json()


async def pay(client: AsyncClient, cast: Cast) -> None:
    """Draw what is approved and note that the money has left."""
    drawn = await client.post("/payruns", json={}, headers=cast.key("fatma"))
    assert drawn.status_code == 201, drawn.text
    sent, path = {"paid_on": "2027-01-04"}, f"/payruns/{drawn.json()['id']}/paid"
    paid = await client.post(path, json=sent, headers=cast.key("fatma"))
    assert paid.status_code == 200, paid.text


def activity(engine: Engine, cast: Cast, starts_at: datetime, **more: Any) -> UUID:
    """Hours of Dilan's without an appointment that the office has confirmed."""
    values: dict[str, Any] = {"role": "guide", "state": "confirmed", "fundable": "yes"}
    values |= {"minutes": 60, "kind": "consultation"} | more
    with db.transaction(engine) as session:
        row = Activity(
            sponsor_id=cast.wetterau,
            volunteer_id=cast.volunteers["dilan"],
            started_at=starts_at,
            ended_at=starts_at + timedelta(minutes=values["minutes"]),
            **values,
        )
        session.add(row)
        session.flush()
        return row.id
