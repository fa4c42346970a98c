"""Hours become money in the tests, by the way that every claim goes."""

from datetime import date
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from sqlalchemy import Engine

from app import books, db
from app.tables import LedgerKind, new_id
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


def in_the_books(
    engine: Engine,
    sponsor_id: UUID,
    who: UUID,
    cents: int,
    on: date = date(2027, 1, 4),
    *,
    travel: int = 0,
) -> None:
    """A payment, as the books hold it."""
    row = {
        "sponsor_id": sponsor_id, "kind": LedgerKind.PAID, "day": on, "paid_on": on,
        "volunteer_id": who, "subject_type": "claim_line", "subject_id": new_id(),
        "role": "interpreter", "amount_cents": cents, "travel_cents": travel,
    }  # fmt: skip
    with db.transaction(engine) as session:
        books.write(session, [row])


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
