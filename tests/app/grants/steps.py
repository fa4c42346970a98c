"""A grant's way in the tests, over HTTP."""

from datetime import date
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response
from sqlalchemy import Engine

from app import db
from app.tables import GrantNotice
from tests.cast import Cast

WHY = "Änderungsbescheid des Landes"


def planned(engine: Engine, cast: Cast, **more: Any) -> UUID:
    """A notice as it stands in the database: of interpreters in 2027, where nothing is said."""
    values: dict[str, Any] = {
        "sponsor_id": cast.wetterau,
        "funding_line": "wir",
        "year": 2027,
        "purpose": "interpreters",
        "starts_on": date(more.get("year", 2027), 1, 1),
        "ends_on": date(more.get("year", 2027), 12, 31),
    }
    with db.transaction(engine) as session:
        notice = GrantNotice(**values | more)
        session.add(notice)
        session.flush()
        return notice.id


def running(engine: Engine, cast: Cast, cents: int = 100_000, **more: Any) -> UUID:
    """A notice that was granted and has begun."""
    return planned(engine, cast, state="running", amount_cents=cents, **more)


async def verb(
    client: AsyncClient, cast: Cast, notice: UUID | str, name: str, who: str = "fatma", **body: Any
) -> Response:
    """One step of a notice."""
    path, key = f"/grant-notices/{notice}/{name}", cast.key(who)
    return await client.post(path, json=body or None, headers=key)


async def patched(client: AsyncClient, cast: Cast, notice: UUID | str, **body: Any) -> Response:
    """A notice changed by Fatma."""
    path, key = f"/grant-notices/{notice}", cast.key("fatma")
    tag = {"If-Match": (await client.get(path, headers=key)).headers["etag"]}
    return await client.patch(path, json=body, headers=key | tag)


async def got(client: AsyncClient, cast: Cast, path: str, who: str = "fatma") -> Any:
    """What somebody reads at an address."""
    answer = await client.get(path, headers=cast.key(who))
    assert answer.status_code == 200, answer.text
    return answer.json()
