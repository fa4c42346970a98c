"""Her word about what she was paid elsewhere: the newest one counts, and one sponsor hears it."""

from typing import Any

from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.tables import AuditEvent
from tests.app.taxes.paying import declare
from tests.app.test_dossiers import share
from tests.cast import Cast


async def told(client: AsyncClient, cast: Cast, who: str, query: str = "") -> list[dict[str, Any]]:
    """What `who` reads in the list."""
    answer = await client.get(f"/declared-incomes{query}", headers=cast.key(who))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_the_newest_word_counts_and_the_earlier_ones_stay(
    client: AsyncClient, cast: Cast
) -> None:
    for cents in (10_000, 25_000, 0):
        made = await declare(client, cast, "dilan", cents)
        assert made.status_code == 201, made.text
        assert made.json()["counts"]
    found = await told(client, cast, "dilan")
    assert [(one["amount_cents"], one["counts"]) for one in found] == [
        (10_000, False),
        (25_000, False),
        (0, True),
    ]
    other = await declare(client, cast, "dilan", 500, tax_year=2026)
    assert other.json()["counts"]
    assert len(await told(client, cast, "dilan", "?year=2026")) == 1


async def test_no_other_sponsor_hears_it_and_she_sees_her_own_in_every_pool(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    share(engine, cast)
    unclear = await declare(client, cast, "dilan", 100)
    assert (unclear.status_code, unclear.json()["type"]) == (409, "/problems/pool-unclear")
    for home, cents in ((cast.wetterau, 100), (cast.fulda, 200)):
        said = await declare(client, cast, "dilan", cents, sponsor_id=str(home))
        assert said.status_code == 201
    assert [one["amount_cents"] for one in await told(client, cast, "dilan")] == [100, 200]
    assert [one["amount_cents"] for one in await told(client, cast, "fatma")] == [100]
    assert [one["amount_cents"] for one in await told(client, cast, "kofi")] == [200]
    assert await told(client, cast, "mirela") == []


async def test_the_office_passes_on_the_word_of_its_own_people_only(
    client: AsyncClient, cast: Cast
) -> None:
    hers = {"volunteer_id": str(cast.volunteers["dilan"])}
    missing = await declare(client, cast, "fatma", 100)
    assert (missing.status_code, missing.json()["type"]) == (409, "/problems/volunteer-missing")
    assert (await declare(client, cast, "fatma", 100, **hers)).status_code == 201
    assert (await declare(client, cast, "kofi", 100, **hers)).status_code == 404
    nurus = {"volunteer_id": str(cast.volunteers["nuru"])}
    assert (await declare(client, cast, "fatma", 100, **nurus)).status_code == 404
    assert (await declare(client, cast, "mirela", 100, **hers)).status_code == 404
    at_fulda = hers | {"sponsor_id": str(cast.fulda)}
    assert (await declare(client, cast, "fatma", 100, **at_fulda)).status_code == 404
    assert (await declare(client, cast, "dilan", 100, **at_fulda)).status_code == 404
    assert len(await told(client, cast, "dilan")) == 1


async def test_only_rules_with_a_limit_and_years_with_a_figure_are_taken(
    client: AsyncClient, cast: Cast
) -> None:
    for wrong in ({"rule": "none"}, {"tax_year": 2012}, {"amount_cents": -1}):
        sent = {"tax_year": 2027, "rule": "26a", "amount_cents": 1} | wrong
        answer = await client.post("/declared-incomes", json=sent, headers=cast.key("dilan"))
        assert answer.status_code == 422, wrong


async def test_the_audit_says_that_something_was_declared_and_not_how_much(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assert (await declare(client, cast, "dilan", 12_345)).status_code == 201
    with db.transaction(engine, read_only=True) as session:
        query = select(AuditEvent).where(col(AuditEvent.action) == "declared_income.declare")
        (event,) = session.exec(query).all()
    assert event.account_id == cast.accounts["dilan"]
    assert "12345" not in str(event.details)
