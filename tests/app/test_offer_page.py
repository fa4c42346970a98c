"""Answering an offer by link, without an account."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from tests.app.test_the_way import ask, release
from tests.cast import Cast


def link_in(outbox: Path, kind: str) -> str:
    """The newest link of a kind among the messages, as a path."""
    found = []
    for file in sorted(outbox.glob("*.eml")):
        body = message_from_bytes(file.read_bytes(), policy=default).get_content()
        found += re.findall(rf"http://test(/{kind}/\S+)", body)
    return found[-1]


@pytest.fixture
async def link(client: AsyncClient, cast: Cast, engine: Engine, var: Path) -> str:
    """The address in the mail to Dilan."""
    await ask(client, cast, room="Zimmer 7")
    await release(client, cast, engine)
    return "http://test" + link_in(var / "outbox", "a")


async def test_looking_at_the_link_answers_nothing(client: AsyncClient, link: str) -> None:
    for _ in range(2):
        page = await client.get(link)
        assert page.status_code == 200
        assert "Können Sie helfen?" in page.text
        assert "Schulstr" not in page.text


async def test_yes_by_link_books_and_shows_the_address(client: AsyncClient, link: str) -> None:
    page = await client.post(link, data={"answer": "yes"})
    assert page.status_code == 200
    assert "der Termin steht" in page.text
    assert "Schulstr. 1" in page.text
    assert "Zimmer 7" in page.text
    again = await client.post(link, data={"answer": "yes"})
    assert again.status_code == 200


async def test_no_by_link_is_final(client: AsyncClient, link: str) -> None:
    assert "Sie haben abgesagt" in (await client.post(link, data={"answer": "no"})).text
    late_yes = await client.post(link, data={"answer": "yes"})
    assert late_yes.status_code == 409
    assert "schon beantwortet" in late_yes.text


async def test_an_expired_link_says_so(client: AsyncClient, link: str, clock: Any) -> None:
    clock.shift(26 * 3600)
    assert "Die Zeit ist abgelaufen" in (await client.get(link)).text
    answer = await client.post(link, data={"answer": "yes"})
    assert answer.status_code == 409
    clock.shift(20 * 24 * 3600)
    assert (await client.get(link)).status_code == 410


async def test_an_unknown_link_is_a_readable_page(client: AsyncClient, cast: Cast) -> None:
    page = await client.get("http://test/a/lw_unknown")
    assert page.status_code == 404
    assert "Dieser Link ist nicht bekannt" in page.text
    english = await client.get("http://test/a/lw_x", headers={"Accept-Language": "en"})
    assert "This link is not known" in english.text


async def test_an_answer_that_is_none_is_asked_again(client: AsyncClient, link: str) -> None:
    page = await client.post(link, data={"answer": "perhaps"})
    assert page.status_code == 422
    assert "Ja oder Nein" in page.text


async def test_a_form_that_cannot_be_read_is_a_readable_page(
    client: AsyncClient, link: str
) -> None:
    form = {"content-type": "multipart/form-data"}
    for page in (
        await client.post(link, data={"answer": "y" * 11}),
        await client.post(link, files={"answer": ("x", b"yes")}),
        await client.post(link, content=b"--x", headers=form),
    ):
        assert page.status_code == 422
        assert page.headers["content-type"].startswith("text/html")
        assert "nicht lesen" in page.text
