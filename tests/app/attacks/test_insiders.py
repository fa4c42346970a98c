"""Somebody who reads the database, a backup or the folder of the service."""

import stat
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from app import db, sealing
from app.settings import get_settings
from tests.app.examples import Examples
from tests.cast import APP_SECRET, PASSWORD, Cast

IBAN = "DE89370400440532013000"


def cells(engine: Engine) -> list[tuple[str, str]]:
    """Every value of every table as it lies there, with the name of its column."""
    found = []
    with engine.connect() as connection:
        db.see_all(connection)
        for name, table in SQLModel.metadata.tables.items():
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            rows = connection.execute(text(f'SELECT {columns} FROM "{name}"'))  # noqa: S608 - ours
            for row in rows:
                found += [
                    (f"{name}.{column.name}", _said(value))
                    for column, value in zip(table.columns, row, strict=True)
                ]
    return found


def _said(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def where(engine: Engine, needle: str) -> set[str]:
    """The columns in which something lies open."""
    return {column for column, value in cells(engine) if needle in value}


async def test_nothing_that_opens_a_door_lies_open_in_the_database(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    feed = await client.post(
        "/calendar-feeds", json={"detail": "full", "name": "Handy"}, headers=cast.key("dilan")
    )
    hook = await client.post(
        "/webhooks",
        json={"address": "https://hooks.example/neu", "name": "Kalender"},
        headers=cast.key("lea"),
    )
    login = {"email": "amal@example.org", "password": PASSWORD}
    entered = await client.post("/auth/login", json=login)
    secrets = {
        "a calendar": feed.json()["address"].rsplit("/", 1)[1].removesuffix(".ics"),
        "a webhook": hook.json()["secret"],
        "a session": entered.headers["set-cookie"].split("=", 1)[1].split(";")[0],
        "a password": PASSWORD,
        "an authenticator app": APP_SECRET,
        "an account": IBAN,
        "the key of the service": get_settings().secret.get_secret_value(),
    }
    lying = {name: found for name, secret in secrets.items() if (found := where(engine, secret))}
    assert lying == {}


async def test_control_what_is_not_sealed_is_found(cast: Cast, engine: Engine) -> None:
    assert where(engine, "0170 0000000") == {"volunteer.phone"}


def test_what_is_sealed_opens_with_our_key_alone(
    cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = next(v for column, v in cells(engine) if column == "volunteer.iban" and v)
    assert sealing.unseal(stored) == IBAN
    monkeypatch.setenv("LOTSENWERK_SECRET", "guessed")
    get_settings.cache_clear()
    sealing.forget_keys()
    try:
        with pytest.raises(sealing.NotOurs):
            sealing.unseal(stored)
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
        sealing.forget_keys()


@pytest.mark.parametrize(
    "attempt",
    [
        "DELETE FROM audit_event",
        "UPDATE audit_event SET action = 'nothing.happened'",
        "UPDATE audit_event SET account_id = NULL",
    ],
)
async def test_the_record_of_what_was_done_is_not_rewritten(
    client: AsyncClient, cast: Cast, engine: Engine, attempt: str
) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    headers = cast.key("amal") | {"If-Match": "*"}
    assert (await client.patch(path, json={"phone": "0170 1"}, headers=headers)).status_code == 200
    with engine.connect() as connection:
        db.see_all(connection)
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(attempt))


def test_files_with_keys_are_for_their_owner_alone(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOTSENWERK_SECRET")
    get_settings.cache_clear()
    sealing.forget_keys()
    try:
        sealing.master_key()
        made = [path for path in var.rglob("*") if path.is_file()]
        assert made
        assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
        sealing.forget_keys()
