"""Somebody who reads a mailbox and nothing else: how far does she come?"""

from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import jobs
from tests.app.accounts.ways import by_mail, in_browser, login, mails, newest, secret_of
from tests.cast import Cast

MONEY = ("/payruns", "/webhooks")
TRIES: tuple[tuple[str, dict[str, Any] | None], ...] = (
    ("/auth/password", {"new": "Neun Diebe ziehen los"}),
    ("/auth/factor/totp", None),
    ("/api-tokens", {"name": "Hintertür", "scopes": ["read", "write", "payout"]}),
    ("/api-tokens", {"name": "Hintertür", "scopes": ["read"]}),
)


async def closed(client: AsyncClient, headers: dict[str, str]) -> bool:
    """Whether nothing of the money opens."""
    return all([(await client.get(path, headers=headers)).status_code == 403 for path in MONEY])


@pytest.mark.parametrize("name", ["kofi", "lea", "fatma"])
async def test_a_mailbox_alone_opens_nothing_of_the_money(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path, name: str
) -> None:
    thief = await by_mail(client, engine, var, name)
    assert await closed(client, thief)
    for path, body in TRIES:
        answer = await client.post(path, json=body, headers=thief)
        assert answer.status_code == 403, (path, answer.text)
    again = await client.post("/auth/factor/mail", headers=thief)
    jobs.work_all(engine)
    given = await client.post("/auth/factor", json={"code": newest(var).code}, headers=thief)
    assert (again.status_code, given.status_code) == (
        (202, 409) if name == "kofi" else (409, 422)
    ), "a mailed link and a mailed code are one factor; the others have an app, or must"
    assert await closed(client, thief)


async def test_control_with_the_password_as_well_who_is_alone_comes_in(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    owner = await client.post("/auth/login", json=login("kofi"))
    headers = in_browser(secret_of(owner))
    assert await closed(client, headers)
    assert (await client.post("/auth/factor/mail", headers=headers)).status_code == 202
    jobs.work_all(engine)
    given = await client.post("/auth/factor", json={"code": newest(var).code}, headers=headers)
    assert given.status_code == 204, given.text
    assert not await closed(client, in_browser(secret_of(given)))


async def test_a_code_for_one_is_none_for_another_and_none_for_another_purpose(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    assert (await client.post("/auth/link", json={"email": "amal@example.org"})).is_success
    jobs.work_all(engine)
    code = newest(var).code
    for email in ("kofi@example.org", "nobody@example.org"):
        answer = await client.post("/auth/code", json={"email": email, "code": code})
        assert answer.status_code == 401
    amal = in_browser(secret_of(await client.post("/auth/login", json=login("amal"))))
    assert (await client.post("/auth/factor", json={"code": code}, headers=amal)).status_code >= 400
    assert (await client.post("/auth/proof", json={"code": code}, headers=amal)).status_code >= 400
    right = await client.post("/auth/code", json={"email": "amal@example.org", "code": code})
    assert right.status_code == 204, "wrong hands did not use it up"
    assert len(mails(var)) == 1
