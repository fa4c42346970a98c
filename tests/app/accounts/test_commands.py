"""`lotsenwerk account`: letting people in, and helping who cannot get in."""

import logging
from pathlib import Path

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select
from typer.testing import CliRunner, Result

from app import db, demo, jobs
from app.cli import cli
from app.clock import now
from app.settings import get_settings
from app.tables import Account
from tests.app.accounts.ways import NEW, login, newest, secret_of, signed_in
from tests.cast import APP_SECRET, Cast, in_browser

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def here(engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The commands work on the tests' database."""
    url = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("LOTSENWERK_DATABASE_URL", url)
    get_settings.cache_clear()
    return engine


def account(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(cli, ["account", *arguments])


async def test_an_invited_person_comes_in_by_her_link_and_chooses_a_password(
    client: AsyncClient, pages: AsyncClient, here: Engine, cast: Cast, var: Path
) -> None:
    said = account(
        "invite", "Ines@example.org", "--name", "Ines Beispiel",
        "--sponsor", "Sprachpool Wetterau", "--role", "coordinator",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    jobs.work_all(here)
    mail = newest(var)
    assert (mail.to, mail.subject) == ("ines@example.org", "Ihr Zugang zu Lotsenwerk")
    assert "Code:" not in mail.text, "six digits are too few for three days"
    pressed = await pages.post(mail.link, headers=OURS)
    ines = in_browser(secret_of(pressed))
    assert (await client.get("/requests", headers=ines)).status_code == 200
    chosen = await client.post("/auth/password", json={"new": NEW}, headers=ines)
    assert chosen.status_code == 204
    assert (await client.post("/auth/login", json=login("ines", NEW))).status_code == 204


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["invite", "keine"], "is no e-mail address"),
        (["invite", "neu@example.org"], "give --name"),
        (["invite", "amal@example.org", "--role", "lead"], "Give both --sponsor"),
        (["invite", "amal@example.org", "--sponsor", "X", "--role", "lead"], "Give both --sponsor"),
        (["reset-factor", "nie@example.org"], "There is no account"),
        (["close", "nie@example.org"], "There is no account"),
    ],
)
def test_a_wrong_call_changes_nothing_and_says_why(
    here: Engine, arguments: list[str], sentence: str
) -> None:
    said = account(*arguments)
    assert said.exit_code == 1
    assert sentence in said.output
    with db.transaction(here) as session:
        new = select(Account).where(col(Account.email) == "neu@example.org")
        assert session.exec(new).all() == []


@pytest.mark.parametrize("command", ["invite", "reset-password"])
async def test_nobody_is_told_of_a_link_that_a_closed_account_does_not_get(
    client: AsyncClient, here: Engine, cast: Cast, command: str
) -> None:
    assert account("close", "fatma@example.org").exit_code == 0
    said = account(command, "fatma@example.org")
    assert said.exit_code == 1
    assert "is closed. Reopen it first." in said.output
    assert account("reopen", "fatma@example.org").exit_code == 0
    await signed_in(client, "fatma")


async def test_who_lost_her_app_sets_up_another_one(
    client: AsyncClient,
    here: Engine,
    cast: Cast,
    var: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = cast.browser("lea")
    with caplog.at_level(logging.INFO):
        assert account("reset-factor", "lea@example.org").exit_code == 0
    assert f"account {cast.accounts['lea']}: second factor reset by the operators" in caplog.text
    assert "lea@" not in caplog.text
    assert (await client.get("/me", headers=before)).status_code == 401
    lea = await signed_in(client, "lea")
    begun = await client.post("/auth/factor/totp", headers=lea)
    assert begun.json()["secret"] != APP_SECRET
    jobs.work_all(here)
    assert newest(var).subject == "Die App wurde entfernt"


async def test_who_forgot_her_password_gets_a_link_from_the_operators(
    client: AsyncClient, pages: AsyncClient, here: Engine, cast: Cast, var: Path
) -> None:
    assert account("reset-password", "fatma@example.org").exit_code == 0
    assert (await client.post("/auth/login", json=login("fatma"))).status_code == 401
    jobs.work_all(here)
    fatma = in_browser(secret_of(await pages.post(newest(var).link, headers=OURS)))
    chosen = await client.post("/auth/password", json={"new": NEW}, headers=fatma)
    assert chosen.status_code == 204


async def test_a_closed_account_lets_nobody_in_until_it_is_opened_again(
    client: AsyncClient, here: Engine, cast: Cast
) -> None:
    assert account("close", "amal@example.org").exit_code == 0
    assert (await client.post("/auth/login", json=login("amal"))).status_code == 401
    assert (await client.get("/me", headers=cast.browser("amal"))).status_code == 401
    assert (await client.get("/me", headers=cast.key("amal"))).status_code == 401
    assert account("reopen", "amal@example.org").exit_code == 0
    await signed_in(client, "amal")
    assert (await client.get("/me", headers=cast.key("amal"))).status_code == 401


def test_the_demo_pool_says_its_code(here: Engine, cast: Cast) -> None:
    said = CliRunner().invoke(cli, ["demo-code"])
    assert said.exit_code == 0
    assert said.output.strip() == demo.app_code(now())
