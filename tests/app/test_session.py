"""Signing in and out."""

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, update

from app import db
from app.accounts import service as accounts
from app.passwords import hash_password
from app.tables import Account
from tests.cast import Cast


def _password(engine: Engine, cast: Cast, name: str, password: str) -> None:
    with db.transaction(engine) as session:
        session.exec(
            update(Account)
            .where(col(Account.id) == cast.accounts[name])
            .values(password_hash=hash_password(password))
        )


async def test_me_tells_who_is_signed_in(client: AsyncClient, cast: Cast) -> None:
    answer = await client.get("/me", headers=cast.key("amal"))
    assert answer.status_code == 200
    assert answer.json()["memberships"][0]["sponsor"] == "Sprachpool Wetterau"
    assert answer.json()["memberships"][0]["role"] == "coordinator"


async def test_without_a_key_nobody_is_known(client: AsyncClient, cast: Cast) -> None:
    answer = await client.get("/me")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/not-signed-in"


async def test_session_cookie_is_locked_down(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    _password(engine, cast, "amal", "ein langes Passwort")
    body = {"email": "Amal@Example.org", "password": "ein langes Passwort"}
    answer = await client.post("/auth/login", json=body)
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    secret = cookie.split("=", 1)[1].split(";")[0]
    headers = {"Cookie": f"__Host-session={secret}"}
    assert (await client.get("/me", headers=headers)).status_code == 200
    foreign = {**headers, "Sec-Fetch-Site": "cross-site"}
    assert (await client.post("/auth/logout", headers=foreign)).status_code == 403
    own = {**headers, "Sec-Fetch-Site": "same-origin"}
    assert (await client.post("/auth/logout", headers=own)).status_code == 204
    assert (await client.get("/me", headers=headers)).status_code == 401


async def test_wrong_password_and_unknown_address_look_alike(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    _password(engine, cast, "amal", "ein langes Passwort")
    wrong = await client.post("/auth/login", json={"email": "amal@example.org", "password": "x"})
    unknown = await client.post("/auth/login", json={"email": "nie@example.org", "password": "x"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


async def test_too_many_wrong_passwords_have_to_wait(client: AsyncClient, cast: Cast) -> None:
    body = {"email": "amal@example.org", "password": "x"}
    for _ in range(10):
        assert (await client.post("/auth/login", json=body)).status_code == 401
    answer = await client.post("/auth/login", json=body)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "900"


async def test_api_token_works_until_it_is_revoked(client: AsyncClient, cast: Cast) -> None:
    made = await client.post("/api-tokens", json={"name": "Skript"}, headers=cast.key("amal"))
    assert made.status_code == 201
    key = {"Authorization": f"Bearer {made.json()['token']}"}
    assert (await client.get("/me", headers=key)).status_code == 200
    path = f"/api-tokens/{made.json()['id']}"
    assert (await client.delete(path, headers=cast.key("kofi"))).status_code == 404
    assert (await client.delete(path, headers=cast.key("amal"))).status_code == 204
    assert (await client.get("/me", headers=key)).status_code == 401


async def test_a_hash_that_is_computed_keeps_nobody_from_writing(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _password(engine, cast, "amal", "ein langes Passwort")
    verify = accounts.verify_password

    def verify_while_somebody_writes(password: str, password_hash: str | None) -> bool:
        _password(engine, cast, "kofi", "ein anderes Passwort")
        return verify(password, password_hash)

    monkeypatch.setattr(accounts, "verify_password", verify_while_somebody_writes)
    body = {"email": "amal@example.org", "password": "ein langes Passwort"}
    assert (await client.post("/auth/login", json=body)).status_code == 204


async def test_wrong_passwords_from_one_place_have_to_wait(client: AsyncClient, cast: Cast) -> None:
    for number in range(accounts.PLACE_TRIES):
        body = {"email": f"nie{number}@example.org", "password": "x"}
        assert (await client.post("/auth/login", json=body)).status_code == 401
    body = {"email": "amal@example.org", "password": "x"}
    assert (await client.post("/auth/login", json=body)).status_code == 429


def test_many_addresses_do_not_clear_the_slate_of_the_newest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(accounts, "MOST_KEPT", 20)
    throttle = accounts.Throttle()
    for number in range(50):
        throttle.miss(f"nie{number}@example.org", f"192.0.2.{number}")
        throttle.miss("amal@example.org", f"198.51.100.{number}")
    with pytest.raises(accounts.TooManyTries):
        throttle.check("amal@example.org", "203.0.113.1")
    throttle.check("nie0@example.org", "192.0.2.0")
