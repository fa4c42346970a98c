"""Roles, the treasurer and whole IBANs: a session left open, or a lesser key, is not enough."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, update

from app import access, db
from app.clock import now
from app.tables import ApiToken, SessionToken
from tests.app.examples import Examples, furnish
from tests.cast import Cast, in_browser

NEW = {"email": "neu@example.org", "name": "Nele Neu", "role": "finance"}


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind."""
    return furnish(engine, cast)


async def attempts(
    client: AsyncClient, cast: Cast, examples: Examples, headers: dict[str, str]
) -> list[Response]:
    """What only somebody does who has shown who she is."""
    match = headers | {"If-Match": "*"}
    settings = f"/sponsors/{cast.wetterau}/settings"
    return [
        await client.post("/members", json=NEW, headers=headers),
        await client.delete(f"/members/{examples['member_id']}", headers=headers),
        await client.patch(settings, json={"treasurer_name": "Tilda"}, headers=match),
        await client.get(f"/payruns/{examples['payrun_id']}/paylist", headers=headers),
    ]


def proven(engine: Engine, cast: Cast, before: timedelta) -> None:
    """Lea gave password or code so long ago."""
    whose = col(SessionToken.account_id) == cast.accounts["lea"]
    with db.transaction(engine) as session:
        session.exec(update(SessionToken).where(whose).values(proven_at=now() - before))


async def test_a_session_asks_for_a_fresh_proof(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    browser = in_browser("lw_lea")
    proven(engine, cast, timedelta(minutes=11))
    refused = await attempts(client, cast, examples, browser)
    assert [one.json()["type"] for one in refused] == ["/problems/proof-needed"] * 4
    proven(engine, cast, timedelta(minutes=9))
    done = await attempts(client, cast, examples, browser)
    assert [one.status_code for one in done] == [201, 204, 200, 200]


async def test_a_key_needs_the_scope_for_payouts(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    whose = col(ApiToken.account_id) == cast.accounts["lea"]
    with db.transaction(engine) as session:
        session.exec(update(ApiToken).where(whose).values(scopes=["read", "write"]))
    refused = await attempts(client, cast, examples, cast.key("lea"))
    assert [one.json()["type"] for one in refused] == ["/problems/scope-missing"] * 4


async def test_control_without_the_proof_an_open_session_would_do(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    examples: Examples,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proven(engine, cast, timedelta(minutes=11))
    monkeypatch.setattr(access, "require_proof", lambda *_: None)
    done = await attempts(client, cast, examples, in_browser("lw_lea"))
    assert [one.status_code for one in done] == [201, 204, 200, 200]


async def test_an_auditor_reads_the_masked_list_without_a_proof(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    path = f"/payruns/{examples['payrun_id']}/paylist"
    answer: Any = await client.get(path, headers=cast.key("arno"))
    assert answer.status_code == 200
