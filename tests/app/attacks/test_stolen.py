"""A phone that was left lying about, and a key out of a spreadsheet: whose money goes where."""

import io
import zipfile
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, update

from app import access, db
from app.tables import Claim, ClaimState, Payment, Scope
from tests.app.attacks.doors import browser, key
from tests.app.examples import furnish
from tests.cast import Cast

THIEF = {"iban": "DE02120300000000202051"}
TAG = {"If-Match": "*"}


async def account(client: AsyncClient, cast: Cast) -> str:
    """What one sees of the account to which Dilan is paid."""
    read = await client.get(f"/volunteers/{cast.volunteers['dilan']}", headers=cast.key("dilan"))
    return str(read.json()["iban_masked"])


async def test_an_open_phone_does_not_say_where_the_money_goes(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path, phone = f"/volunteers/{cast.volunteers['dilan']}", browser(engine, cast, "dilan")
    refused = await client.patch(path, json=THIEF, headers=phone | TAG)
    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/proof-needed"
    assert await account(client, cast) == "DE89 … 00"
    harmless = await client.patch(path, json={"phone": "0170 8"}, headers=phone | TAG)
    assert harmless.status_code == 200, "nothing else asks for it"
    proven = browser(engine, cast, "dilan", proven=True)
    assert (await client.patch(path, json=THIEF, headers=proven | TAG)).status_code == 200


async def test_a_key_that_writes_does_not_say_where_the_money_goes(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    leaked = key(engine, cast, "amal", Scope.READ, Scope.WRITE)
    refused = await client.patch(path, json=THIEF, headers=leaked | TAG)
    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/scope-missing"
    assert await account(client, cast) == "DE89 … 00"
    same = {"iban": "DE89370400440532013000", "phone": "0170 8"}
    assert (await client.patch(path, json=same, headers=leaked | TAG)).status_code == 200


async def test_control_without_the_proof_a_thief_is_paid(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "require_proof", lambda *_: None)
    path, phone = f"/volunteers/{cast.volunteers['dilan']}", browser(engine, cast, "dilan")
    assert (await client.patch(path, json=THIEF, headers=phone | TAG)).status_code == 200
    assert await account(client, cast) == "DE02 … 51"


def drawn(engine: Engine, cast: Cast) -> str:
    """A payrun with a claim of Dilan's; its id."""
    ids = furnish(engine, cast).ids
    run, payee = UUID(ids["payrun_id"]), {"payee_iban": "DE89370400440532013000"}
    claim = payee | {"payrun_id": run, "state": ClaimState.IN_PAYRUN}
    with db.transaction(engine) as session:
        session.exec(update(Claim).where(col(Claim.id) == UUID(ids["claim_id"])).values(**claim))
        session.exec(update(Payment).where(col(Payment.payrun_id) == run).values(**payee))
    return ids["payrun_id"]


async def test_a_key_that_reads_gets_no_whole_account_of_anybody(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    payrun = drawn(engine, cast)
    leaked, open_phone = (
        key(engine, cast, "fatma", Scope.READ),
        browser(engine, cast, "fatma", factor=True),
    )
    for headers in (leaked, open_phone):
        for path in ("/payruns", f"/payruns/{payrun}", "/claims"):
            answer = await client.get(path, headers=headers)
            assert "0532013000" not in answer.text, path
        for file in ("csv", "xlsx"):
            answer = await client.get(f"/payruns/{payrun}/paylist?format={file}", headers=headers)
            content = answer.content if file != "xlsx" else unzipped(answer)
            assert b"0532013000" not in content, file


async def test_control_whoever_proves_it_is_she_reads_where_to_pay(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    payrun = drawn(engine, cast)
    proven = browser(engine, cast, "fatma", factor=True, proven=True)
    for file in ("csv", "xlsx"):
        answer = await client.get(f"/payruns/{payrun}/paylist?format={file}", headers=proven)
        content = answer.content if file != "xlsx" else unzipped(answer)
        assert b"0532013000" in content, file


def unzipped(answer: Response) -> bytes:
    """Everything in a workbook; nothing where there is none."""
    if answer.status_code != 200:
        return b""
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        return b"".join(book.read(name) for name in book.namelist())
