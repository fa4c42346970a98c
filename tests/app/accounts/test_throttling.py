"""Guessing: so many tries and no more, however many come at once."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, func, select
from time_machine import Traveller

from app import db
from app.accounts import arrivals, throttling
from app.accounts.throttling import PASSWORD, PLACE
from app.tables import SignInMiss
from app.upkeep import clearing
from tests.app.accounts.ways import login, signed_in
from tests.cast import Cast

AT_ONCE = 200


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every look at a password."""
    seen: list[str] = []
    verify = arrivals.verify_password

    def noted(password: str, stored: str | None) -> bool:
        seen.append(password)
        return verify(password, stored)

    monkeypatch.setattr(arrivals, "verify_password", noted)
    return seen


async def test_too_many_wrong_passwords_have_to_wait(
    client: AsyncClient, cast: Cast, looks: list[str], clock: Traveller
) -> None:
    for _ in range(PASSWORD.most):
        assert (await client.post("/auth/login", json=login("amal", "x"))).status_code == 401
    right = await client.post("/auth/login", json=login("amal"))
    assert (right.status_code, right.headers["retry-after"]) == (429, "900")
    assert len(looks) == PASSWORD.most, "the right one is not even looked at"
    clock.shift(PASSWORD.within)
    assert (await client.post("/auth/login", json=login("amal"))).status_code == 204


async def test_an_unknown_address_is_refused_after_as_many_tries_in_the_same_words(
    client: AsyncClient, cast: Cast
) -> None:
    answers = {
        name: [await client.post("/auth/login", json=login(name, "x")) for _ in range(12)]
        for name in ("amal", "nie")
    }
    said = {name: [(a.status_code, a.content) for a in some] for name, some in answers.items()}
    assert said["amal"] == said["nie"]
    assert [status for status, _ in said["nie"]] == [401] * 10 + [429] * 2


async def test_the_right_password_clears_the_slate(client: AsyncClient, cast: Cast) -> None:
    for _ in range(3):
        for _ in range(PASSWORD.most - 1):
            assert (await client.post("/auth/login", json=login("amal", "x"))).status_code == 401
        await signed_in(client, "amal")


async def test_another_account_is_not_held_up(client: AsyncClient, cast: Cast) -> None:
    for _ in range(PASSWORD.most):
        await client.post("/auth/login", json=login("amal", "x"))
    assert (await client.post("/auth/login", json=login("amal"))).status_code == 429
    await signed_in(client, "selin")


async def test_wrong_passwords_from_one_place_have_to_wait(client: AsyncClient, cast: Cast) -> None:
    for number in range(PLACE.most):
        body = login(f"nie{number}", "x")
        assert (await client.post("/auth/login", json=body)).status_code == 401
    assert (await client.post("/auth/login", json=login("amal"))).status_code == 429


async def test_who_asks_for_mails_to_many_addresses_is_told_that_it_is_her_connection(
    client: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(throttling.MAILS_FROM_PLACE, most=3)
    monkeypatch.setattr("app.accounts.service.MAILS_FROM_PLACE", few)
    for number in range(few.most):
        answer = await client.post("/auth/link", json={"email": f"nie{number}@example.org"})
        assert answer.status_code == 202
    answer = await client.post("/auth/link", json={"email": "amal@example.org"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3600")
    assert "An diese Adresse" not in answer.json()["detail"]


async def test_right_passwords_do_not_use_up_a_place_that_many_share(
    client: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "PLACE", throttling.Limit("place", 3))
    for _ in range(5):
        await signed_in(client, "amal")


async def test_many_guesses_at_once_get_no_more_looks_than_one_after_the_other(
    client: AsyncClient, cast: Cast, engine: Engine, looks: list[str]
) -> None:
    calls = [client.post("/auth/login", json=login("amal", f"x{n}")) for n in range(AT_ONCE)]
    answers = await asyncio.gather(*calls)
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(401) == len(looks) <= PASSWORD.most
    assert len(looks) > 0
    assert set(statuses) <= {401, 429, 503}


async def test_control_counted_only_afterwards_more_get_through(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, looked = threading.Barrier(PASSWORD.most + 2, timeout=30), []

    def naive(_engine: Engine, *_asked: object) -> throttling.Attempt:
        with db.transaction(engine, read_only=True) as session:
            counted = session.exec(select(func.count()).select_from(SignInMiss)).one()
            assert counted < PASSWORD.most
        return throttling.Attempt((), "")

    def slowly(password: str, _stored: str | None) -> bool:
        together.wait()
        looked.append(password)
        return False

    monkeypatch.setattr(throttling, "attempt", naive)
    monkeypatch.setattr(arrivals, "verify_password", slowly)
    calls = [client.post("/auth/login", json=login("amal", "x")) for _ in range(PASSWORD.most + 2)]
    await asyncio.gather(*calls)
    assert len(looked) > PASSWORD.most


async def test_two_processes_count_together(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    for _ in range(PASSWORD.most):
        throttling.attempt(engine, PASSWORD, "amal@example.org")
    assert (await client.post("/auth/login", json=login("amal"))).status_code == 429


async def test_no_address_lies_in_the_table(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await client.post("/auth/login", json=login("amal", "x"))
    with db.transaction(engine) as session:
        rows = [str(row.model_dump()) for row in session.exec(select(SignInMiss)).all()]
    assert len(rows) == 2
    assert not any("amal" in row or "127.0.0.1" in row for row in rows)


async def test_what_no_limit_counts_any_more_is_cleared(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Traveller
) -> None:
    await client.post("/auth/login", json=login("amal", "x"))
    clearing.clear(engine)
    assert _count(engine) == 2
    clock.shift(throttling.KEPT.total_seconds() + 1)
    clearing.clear(engine)
    assert _count(engine) == 0


async def test_proving_anew_is_guessing_as_well(client: AsyncClient, cast: Cast) -> None:
    here = await signed_in(client, "amal")
    for _ in range(PASSWORD.most):
        wrong = await client.post("/auth/proof", json={"password": "x"}, headers=here)
        assert wrong.status_code == 422
    late = await client.post("/auth/proof", json={"password": "x"}, headers=here)
    assert late.status_code == 429


async def test_a_hash_that_is_computed_keeps_nobody_from_writing(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await signed_in(client, "amal")
    verify = arrivals.verify_password

    def while_somebody_writes(password: str, stored: str | None) -> bool:
        db.in_transaction(engine, _write)
        return verify(password, stored)

    monkeypatch.setattr(arrivals, "verify_password", while_somebody_writes)
    monkeypatch.setattr("app.accounts.choosing.verify_password", while_somebody_writes)
    await signed_in(client, "amal")
    proof = {"password": login("amal")["password"]}
    assert (await client.post("/auth/proof", json=proof, headers=here)).is_success


def _write(session: Session) -> None:
    session.add(SignInMiss(key_hash="0" * 64))


def _count(engine: Engine) -> int:
    with db.transaction(engine) as session:
        return session.exec(select(func.count()).select_from(SignInMiss)).one()
