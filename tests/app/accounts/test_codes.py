"""Signing in by mail: one use, the newest counts, and nobody else reads the code."""

import asyncio
import logging
from pathlib import Path

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, text
from sqlmodel import SQLModel, select
from time_machine import Traveller

from app import db, jobs
from app.accounts import codes, throttling
from app.tables import SignInCode
from app.tokens import hash_token
from app.upkeep import clearing
from tests.app.accounts.ways import Mail, alter, by_mail, mails, newest, secret_of
from tests.app.examples import snapshot
from tests.cast import Cast, in_browser

WRONG = {"email": "amal@example.org", "code": "000000"}


async def mailed(client: AsyncClient, engine: Engine, var: Path, name: str = "amal") -> Mail:
    """The mail that somebody gets who asks for one."""
    answer = await client.post("/auth/link", json={"email": f"{name}@example.org"})
    assert answer.status_code == 202, answer.text
    jobs.work_all(engine)
    return newest(var)


async def test_a_mailed_code_signs_in_once(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    mail = await mailed(client, engine, var)
    assert (mail.to, mail.subject) == ("amal@example.org", "Ihr Code zum Anmelden")
    body = {"email": "amal@example.org", "code": mail.code}
    answer = await client.post("/auth/code", json=body)
    assert answer.status_code == 204
    me = await client.get("/me", headers=in_browser(secret_of(answer)))
    assert me.json()["name"] == "Amal"
    again = await client.post("/auth/code", json=body)
    assert (again.status_code, again.json()["type"]) == (401, "/problems/wrong-code")


async def test_opening_the_link_signs_nobody_in_and_pressing_its_button_does_once(
    client: AsyncClient, pages: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    link = (await mailed(client, engine, var)).link
    before = snapshot(engine)
    for _ in range(3):
        shown = await pages.get(link)
        assert shown.status_code == 200
        assert "set-cookie" not in shown.headers
        assert "a…@example.org" in shown.text, "she sees as whom she signs in"
    assert snapshot(engine) == before
    ours = {"Sec-Fetch-Site": "same-origin"}
    pressed = await pages.post(link, headers=ours)
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/account")
    assert (await client.get("/me", headers=in_browser(secret_of(pressed)))).is_success
    assert (await pages.post(link, headers=ours)).status_code == 401
    assert (await pages.get(link)).status_code == 401


async def test_code_and_link_of_one_mail_are_one_use(
    client: AsyncClient, pages: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    mail = await mailed(client, engine, var)
    body = {"email": "amal@example.org", "code": mail.code}
    assert (await client.post("/auth/code", json=body)).status_code == 204
    pressed = await pages.post(mail.link, headers={"Sec-Fetch-Site": "same-origin"})
    assert pressed.status_code == 401


async def test_the_newest_mail_counts(
    client: AsyncClient, pages: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    first, second = [await mailed(client, engine, var) for _ in range(2)]
    old = await client.post("/auth/code", json={"email": first.to, "code": first.code})
    assert old.status_code == 401
    assert (await pages.get(first.link)).status_code == 401
    new = await client.post("/auth/code", json={"email": second.to, "code": second.code})
    assert new.status_code == 204


async def test_a_code_holds_for_a_quarter_of_an_hour(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path, clock: Traveller
) -> None:
    mail = await mailed(client, engine, var)
    clock.shift(codes.LASTS)
    answer = await client.post("/auth/code", json={"email": mail.to, "code": mail.code})
    assert answer.status_code == 401
    clock.shift(1)
    clearing.clear(engine)
    with db.transaction(engine) as session:
        assert session.exec(select(SignInCode)).all() == []


async def test_after_five_looks_a_code_is_void(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    mail = await mailed(client, engine, var)
    assert mail.code != WRONG["code"]
    for _ in range(codes.TRIES):
        assert (await client.post("/auth/code", json=WRONG)).status_code == 401
    right = await client.post("/auth/code", json=WRONG | {"code": mail.code})
    assert right.status_code == 401


async def test_control_without_that_count_the_code_would_still_hold(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "TRIES", 1_000_000)
    mail = await mailed(client, engine, var)
    for _ in range(5):
        await client.post("/auth/code", json=WRONG)
    assert (await client.post("/auth/code", json=WRONG | {"code": mail.code})).status_code == 204


async def test_many_guesses_at_once_get_five_looks(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.accounts.arrivals.CODE", throttling.Limit("code", 1_000))
    monkeypatch.setattr("app.accounts.arrivals.PLACE", throttling.Limit("place", 1_000))
    await mailed(client, engine, var)
    answers = await asyncio.gather(*(client.post("/auth/code", json=WRONG) for _ in range(40)))
    assert {answer.status_code for answer in answers} == {401}
    with db.transaction(engine) as session:
        assert session.exec(select(SignInCode.tries)).one() == codes.TRIES


async def test_of_many_who_use_one_code_at_once_one_is_signed_in(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    mail = await mailed(client, engine, var)
    body = {"email": mail.to, "code": mail.code}
    answers = await asyncio.gather(*(client.post("/auth/code", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 401, 401, 401]


async def test_asking_for_a_mail_tells_nobody_who_has_an_account(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    alter(engine, cast, "selin", active=False)
    seen = set()
    for name in ("amal", "nie", "selin"):
        answer = await client.post("/auth/link", json={"email": f"{name}@example.org"})
        seen.add((answer.status_code, answer.content, tuple(answer.headers.items())))
    assert len(seen) == 1
    assert jobs.work_all(engine) == 3, "as much work for everybody"
    assert [mail.to for mail in mails(var)] == ["amal@example.org"]
    seen = set()
    for name in ("amal", "nie", "selin"):
        body = {"email": f"{name}@example.org", "code": "000000"}
        answer = await client.post("/auth/code", json=body)
        seen.add((answer.status_code, answer.content))
    assert len(seen) == 1


async def test_nobody_floods_a_mailbox(client: AsyncClient, cast: Cast) -> None:
    said = {}
    for name in ("amal", "nie"):
        body = {"email": f"{name}@example.org"}
        answers = [await client.post("/auth/link", json=body) for _ in range(7)]
        said[name] = [(answer.status_code, answer.content) for answer in answers]
    assert said["amal"] == said["nie"]
    assert [status for status, _ in said["amal"]] == [202] * 3 + [429] * 4


async def test_whoever_floods_and_guesses_at_somebody_never_locks_her_out(
    client: AsyncClient,
    pages: AsyncClient,
    cast: Cast,
    engine: Engine,
    var: Path,
    clock: Traveller,
) -> None:
    amal = {"email": "amal@example.org"}
    for _ in range(4):
        while (await client.post("/auth/link", json=amal)).status_code == 202:
            jobs.work_all(engine)
        for _ in range(10):
            await client.post("/auth/login", json=amal | {"password": "x"})
            await client.post("/auth/code", json=amal | {"code": "000000"})
        clock.shift(14 * 60)
        hers = await client.post("/auth/link", json=amal)
        if hers.status_code == 202:
            jobs.work_all(engine)
        came = await pages.post(newest(var).link, headers={"Sec-Fetch-Site": "same-origin"})
        assert came.status_code == 303, "the newest link in her mailbox lets her in"


async def test_no_code_and_no_link_lies_anywhere_but_in_the_mail(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    var: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        mail = await mailed(client, engine, var, "lea")
    token = mail.link.removeprefix("/l/")
    stored = str(snapshot(engine))
    assert hash_token(token) in stored, "control: its hash is found"
    with db.transaction(engine) as session:
        row = session.exec(select(SignInCode)).one()
        assert codes.hash_code(row.id, mail.code) in stored
        assert len(session.execute(text("SELECT id FROM message")).all()) == 0
    for where in (stored, caplog.text):
        assert token not in where
        assert mail.code not in where.replace(str(row.id), "")
    listed = await client.get("/messages", headers=cast.key("amal"))
    assert listed.json()["items"] == [], "the coordinator reads nothing of it"
    assert "sign_in_code" in SQLModel.metadata.tables


async def test_a_mail_that_does_not_leave_is_tried_again_with_a_fresh_code(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path, clock: Traveller
) -> None:
    var.mkdir(exist_ok=True)
    (var / "outbox").write_text("in the way")
    await client.post("/auth/link", json={"email": "amal@example.org"})
    jobs.work_all(engine)
    (var / "outbox").unlink()
    clock.shift(5)
    jobs.work_all(engine)
    mail = newest(var)
    answer = await client.post("/auth/code", json={"email": mail.to, "code": mail.code})
    assert answer.status_code == 204


async def test_a_volunteer_stays_signed_in_and_an_office_does_not(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path, clock: Traveller
) -> None:
    dilan = await by_mail(client, engine, var, "dilan")
    amal = await by_mail(client, engine, var, "amal")
    clock.shift(13 * 24 * 3600)
    assert (await client.get("/me", headers=dilan)).status_code == 200
    assert (await client.get("/me", headers=amal)).status_code == 401
    clock.shift(13 * 24 * 3600)
    assert (await client.get("/me", headers=dilan)).status_code == 200
    clock.shift(5 * 24 * 3600)
    assert (await client.get("/me", headers=dilan)).status_code == 401, "after 30 days in any case"
