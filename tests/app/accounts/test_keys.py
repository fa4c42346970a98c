"""Keys for programs: what they may do, who makes them, and no way into the account."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, update
from time_machine import Traveller

from app import db
from app.tables import Membership, Scope
from tests.app.accounts.ways import NEW, app_code, secret_of, signed_in
from tests.app.operations import operations, rule
from tests.cast import PASSWORD, Cast, in_browser

READ, WRITE = [Scope.READ], [Scope.READ, Scope.WRITE]


async def made(client: AsyncClient, here: dict[str, str], **body: Any) -> dict[str, str]:
    """The header of a new key."""
    answer = await client.post("/api-tokens", json={"name": "Skript"} | body, headers=here)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def test_a_key_is_shown_once_and_works_until_it_is_revoked(
    client: AsyncClient, cast: Cast
) -> None:
    amal = cast.browser("amal")
    answer = await client.post("/api-tokens", json={"name": "Skript"}, headers=amal)
    assert answer.json()["scopes"] == ["read"], "nothing was chosen: reading only"
    key = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert (await client.get("/me", headers=key)).status_code == 200
    listed = await client.get("/api-tokens", headers=amal)
    assert answer.json()["token"] not in listed.text
    used = {one["id"]: one["used_at"] for one in listed.json()}
    assert used[answer.json()["id"]] is not None
    path = f"/api-tokens/{answer.json()['id']}"
    assert (await client.delete(path, headers=cast.browser("kofi"))).status_code == 404
    assert (await client.delete(path, headers=amal)).status_code == 204
    assert (await client.get("/me", headers=key)).status_code == 401


async def test_a_key_ends_on_its_day(client: AsyncClient, cast: Cast, clock: Traveller) -> None:
    key = await made(client, cast.browser("amal"), expires_at="2027-01-05T09:00:00Z")
    assert (await client.get("/me", headers=key)).status_code == 200
    clock.shift(24 * 3600)
    assert (await client.get("/me", headers=key)).status_code == 401


CALLS = (
    ("GET", "/requests", Scope.READ),
    ("POST", "/phrases/availability", Scope.WRITE),
)


@pytest.mark.parametrize("scopes", [READ, [Scope.WRITE], WRITE, [Scope.EXPORT]])
async def test_a_key_does_what_its_scopes_say_and_no_more(
    client: AsyncClient, cast: Cast, scopes: list[Scope]
) -> None:
    key = await made(client, cast.browser("amal"), scopes=scopes)
    for method, path, needed in CALLS:
        answer = await client.request(method, path, json={"phrase": "Mo-Fr 8-18"}, headers=key)
        assert answer.is_success == (needed in scopes), (path, scopes, answer.text)
        if not answer.is_success:
            assert answer.json()["type"] == "/problems/scope-missing"


@pytest.mark.parametrize("scopes", [WRITE, [*WRITE, Scope.PAYOUT]])
async def test_only_a_key_made_for_it_moves_money(
    client: AsyncClient, cast: Cast, scopes: list[Scope]
) -> None:
    key = await made(client, cast.browser("fatma"), scopes=scopes)
    body = {"claim_ids": ["01900000-0000-7000-8000-000000000000"]}
    answer = await client.post("/payruns", json=body, headers=key)
    assert (answer.status_code == 403) == (Scope.PAYOUT not in scopes), answer.text


@pytest.mark.parametrize("scope", [Scope.PAYOUT, Scope.EXPORT, Scope.ERASE])
async def test_a_key_for_money_or_data_needs_a_fresh_proof(
    client: AsyncClient, cast: Cast, clock: Traveller, scope: Scope
) -> None:
    amal = await signed_in(client, "amal")
    await made(client, amal, scopes=[scope])
    clock.shift(11 * 60)
    body = {"name": "Skript", "scopes": [scope]}
    late = await client.post("/api-tokens", json=body, headers=amal)
    assert late.json()["type"] == "/problems/proof-needed"
    await made(client, amal, scopes=WRITE)
    proof = await client.post("/auth/proof", json={"password": PASSWORD}, headers=amal)
    await made(client, in_browser(secret_of(proof)), scopes=[scope])


async def test_who_pays_makes_no_key_without_her_second_factor(
    client: AsyncClient, cast: Cast
) -> None:
    lea = await signed_in(client, "lea")
    answer = await client.post("/api-tokens", json={"name": "Skript"}, headers=lea)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/factor-needed")
    given = await client.post("/auth/factor", json={"code": app_code()}, headers=lea)
    key = await made(client, in_browser(secret_of(given)))
    assert (await client.get("/payruns", headers=key)).status_code == 200


async def test_a_key_made_without_a_second_factor_never_takes_a_part_that_needs_one(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    key = await made(client, await signed_in(client, "amal"))
    with db.transaction(engine) as session:
        whose = col(Membership.account_id) == cast.accounts["amal"]
        session.exec(update(Membership).where(whose).values(role="lead"))
    answer = await client.get("/payruns", headers=key)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/factor-needed")
    assert (await client.get("/payruns", headers=cast.key("amal"))).status_code == 200, "control"


FOR_A_PERSON: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("POST", "/api-tokens", {"name": "Skript"}),
    ("DELETE", "/api-tokens/01900000-0000-7000-8000-000000000000", None),
    ("POST", "/auth/password", {"new": NEW, "old": PASSWORD}),
    ("POST", "/auth/proof", {"password": PASSWORD}),
    ("POST", "/auth/factor", {"code": "000000"}),
    ("POST", "/auth/factor/mail", None),
    ("POST", "/auth/factor/totp", None),
    ("POST", "/auth/factor/totp/confirm", {"code": "000000"}),
    ("DELETE", "/auth/factor/totp", None),
    ("GET", "/sessions", None),
    ("DELETE", "/sessions/01900000-0000-7000-8000-000000000000", None),
    ("POST", "/sessions/revoke-others", None),
)


@pytest.mark.parametrize(("method", "path", "body"), FOR_A_PERSON)
async def test_a_key_with_every_scope_is_no_way_into_the_account(
    client: AsyncClient, cast: Cast, method: str, path: str, body: dict[str, Any] | None
) -> None:
    answer = await client.request(method, path, json=body, headers=cast.key("amal"))
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/session-only")


@pytest.mark.parametrize(("method", "path", "body"), FOR_A_PERSON)
async def test_control_a_browser_gets_further(
    client: AsyncClient, cast: Cast, method: str, path: str, body: dict[str, Any] | None
) -> None:
    answer = await client.request(method, path, json=body, headers=cast.browser("amal"))
    assert answer.status_code != 403, answer.text


def test_the_list_above_is_whole() -> None:
    in_person = {one.name for one in operations() if rule(one).in_person}
    assert in_person == {f"{method} {_with_name(path)}" for method, path, _ in FOR_A_PERSON}


def _with_name(path: str) -> str:
    base, _, last = path.rpartition("/")
    names = {"/api-tokens": "{token_id}", "/sessions": "{session_id}"}
    return f"{base}/{names[base]}" if last.startswith("0190") else path


async def test_an_account_has_so_many_keys(
    client: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.accounts.keys.MOST", 2)
    await made(client, cast.browser("amal"))
    answer = await client.post("/api-tokens", json={"name": "B"}, headers=cast.browser("amal"))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/too-many-keys")
