"""Addresses that look like hers, or become hers when they are folded: none is her account."""

from pathlib import Path

import pytest
from httpx import AsyncClient
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine

from app import jobs
from app.bodies import Email
from tests.app.accounts.ways import login, mails
from tests.cast import PASSWORD, Cast

ADDRESS = TypeAdapter(Email)
LOOK_ALIKES = (
    "\u0430mal@example.org",
    "amal@\u0435\u0445ample.org",
    "\uff41mal@example.org",
    "amal\uff20example.org",
    "amal\u200b@example.org",
    "amal\u00ad@example.org",
    "amal@example.org\u202e",
    "\u00e4mal@example.org",
    "ama\u013a@example.org",
    "ama\u017f@example.org",
    "amal@examp\u0130e.org",
    "amal@examp\u0131e.org",
    "amal@example\u3002org",
    "a\ufb01mal@example.org",
    "amal@example.org,kofi@example.org",
    "amal@example.org kofi@example.org",
    "amal@example.org\nBcc: kofi@example.org",
    "amal@@example.org",
    '"amal"@example.org',
    "amal+x@example.org",
    "amal@example.org.",
    "amal@[127.0.0.1]",
    "amal%40example.org@evil.example",
    "Amal <amal@example.org>",
)
HERS = ("amal@example.org", "AMAL@Example.org", "  amal@example.org ")


@pytest.mark.parametrize("typed", HERS)
async def test_her_own_address_is_hers_however_it_is_written(
    client: AsyncClient, cast: Cast, typed: str
) -> None:
    answer = await client.post("/auth/login", json={"email": typed, "password": PASSWORD})
    assert answer.status_code == 204


@pytest.mark.parametrize("typed", LOOK_ALIKES, ids=ascii)
async def test_no_look_alike_signs_in_or_gets_her_mail(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path, typed: str
) -> None:
    entered = await client.post("/auth/login", json={"email": typed, "password": PASSWORD})
    assert entered.status_code in (401, 422), entered.text
    asked = await client.post("/auth/link", json={"email": typed})
    assert asked.status_code in (202, 422), asked.text
    jobs.work_all(engine)
    assert mails(var) == []


async def test_mail_goes_to_the_address_that_is_stored_and_not_to_the_one_that_was_typed(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    assert (await client.post("/auth/link", json={"email": "AMAL@EXAMPLE.ORG"})).is_success
    jobs.work_all(engine)
    assert [mail.to for mail in mails(var)] == ["amal@example.org"]


@pytest.mark.parametrize("typed", [one for one in LOOK_ALIKES if not one.isascii()], ids=ascii)
def test_nobody_gets_an_account_with_letters_that_look_like_others(typed: str) -> None:
    with pytest.raises(ValidationError):
        ADDRESS.validate_python(typed)


def test_control_an_address_of_plain_letters_is_taken() -> None:
    for typed in ("amal.b+pool@xn--mller-kva.example", "o'hara_1@example.org", *HERS):
        assert ADDRESS.validate_python(typed) == typed.strip().lower()


async def test_letters_that_look_like_those_of_her_password_are_others(
    client: AsyncClient, cast: Cast
) -> None:
    for wrong in (PASSWORD.upper(), PASSWORD + "\u200b", PASSWORD.replace("i", "ı")):
        answer = await client.post("/auth/login", json=login("amal", wrong))
        assert answer.status_code == 401, ascii(wrong)
