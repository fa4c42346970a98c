"""Hours become money in the tests, by the way that every claim goes."""

from datetime import date
from typing import Any

from httpx import AsyncClient

from tests.app.payouts.steps import approve_all
from tests.cast import Cast


async def paid(client: AsyncClient, cast: Cast, month: str, on: date) -> str:
    """Build, approve, draw and pay the claims of a month; the id of the payrun."""
    await approve_all(client, cast, month)
    made = await client.post("/payruns", json={}, headers=cast.key("fatma"))
    assert made.status_code == 201, made.text
    path, sent = f"/payruns/{made.json()['id']}/paid", {"paid_on": on.isoformat()}
    done = await client.post(path, json=sent, headers=cast.key("fatma"))
    assert done.status_code == 200, done.text
    return str(made.json()["id"])


async def ledger(
    client: AsyncClient,
    cast: Cast,
    year: int,
    *,
    who: str = "fatma",
    of: str = "dilan",
    **more: Any,
) -> list[dict[str, Any]]:
    """What `who` reads of one person's tax year."""
    params = {"year": year, "volunteer_id": str(cast.volunteers[of]), **more}
    answer = await client.get("/tax-ledger", params=params, headers=cast.key(who))
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    return list(items[0]["years"]) if items else []


async def declare(client: AsyncClient, cast: Cast, who: str, cents: int, **more: Any) -> Any:
    """Somebody says what was paid elsewhere."""
    sent = {"tax_year": 2027, "rule": "26a", "amount_cents": cents, **more}
    return await client.post("/declared-incomes", json=sent, headers=cast.key(who))
