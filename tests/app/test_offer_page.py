"""Answering an offer by link, without an account."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, text

from app import db
from tests.app.examples import snapshot
from tests.app.test_the_way import ask, release
from tests.cast import Cast


def link_in(outbox: Path, kind: str) -> str:
    """The newest link of a kind among the messages, as a path."""
    found = []
    for file in sorted(outbox.glob("*.eml")):
        body = message_from_bytes(file.read_bytes(), policy=default).get_body(("plain",))
        assert body is not None
        found += re.findall(rf"http://test(/{kind}/\S+)", body.get_content())
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
    assert "Sie haben abgesagt" in late_yes.text


async def ask_mirela(client: AsyncClient, cast: Cast) -> None:
    """Somebody else is asked for the same seat."""
    offers = await client.get("/offers", headers=cast.key("amal"))
    body = {
        "seat_id": offers.json()["items"][0]["seat_id"],
        "volunteer_id": str(cast.volunteers["mirela"]),
    }
    assert (await client.post("/offers", json=body, headers=cast.key("amal"))).status_code == 201


async def test_an_expired_link_says_so_and_keeps_a_yes(
    client: AsyncClient, cast: Cast, link: str, clock: Any
) -> None:
    clock.shift(26 * 3600)
    await ask_mirela(client, cast)
    assert "Die Zeit ist abgelaufen" in (await client.get(link)).text
    answer = await client.post(link, data={"answer": "yes"})
    assert answer.status_code == 409
    assert "notiert" in answer.text
    offers = (await client.get("/offers", headers=cast.key("amal"))).json()["items"]
    kept = {o["volunteer_id"]: o["late_yes_at"] for o in offers}
    assert kept[str(cast.volunteers["dilan"])] == "2027-01-05T11:00:00Z"
    assert "Danke für Ihre Zusage" in (await client.get(link)).text
    assert (await client.post(link, data={"answer": "no"})).status_code == 200
    clock.shift(20 * 24 * 3600)
    assert (await client.get(link)).status_code == 410


async def test_an_expired_link_still_counts_while_nobody_else_is_asked(
    client: AsyncClient, link: str, clock: Any
) -> None:
    clock.shift(26 * 3600)
    page = await client.get(link)
    assert "wir suchen noch" in page.text
    assert "Antwort bis" not in page.text
    booked = await client.post(link, data={"answer": "yes"})
    assert booked.status_code == 200
    assert "der Termin steht" in booked.text


@pytest.mark.parametrize("hours", [0, 26])
@pytest.mark.parametrize(
    ("change", "is_asked"),
    [
        ("UPDATE seat SET position = position", True),
        ("UPDATE seat SET state = 'booked'", False),
        ("UPDATE request SET state = 'cancelled'", False),
        ("UPDATE request_option SET starts_at = created_at", False),
    ],
)
async def test_whose_yes_would_be_too_late_is_asked_nothing(
    client: AsyncClient,
    engine: Engine,
    link: str,
    clock: Any,
    hours: int,
    change: str,
    is_asked: bool,
) -> None:
    clock.shift(hours * 3600)
    with db.transaction(engine) as session:
        session.execute(text(change))
    assert ("<button" in (await client.get(link)).text) is is_asked
    answer = await client.post(link, data={"answer": "yes"})
    assert answer.status_code == (200 if is_asked else 409)


async def test_a_late_no_is_taken_and_not_asked_again(
    client: AsyncClient, link: str, clock: Any
) -> None:
    clock.shift(26 * 3600)
    assert "wir suchen noch" in (await client.get(link)).text
    said = await client.post(link, data={"answer": "no"})
    assert said.status_code == 200
    for page in (said.text, (await client.get(link)).text):
        assert "Sie haben abgesagt" in page
        assert "<button" not in page


async def test_a_program_that_fetches_links_answers_nothing(
    client: AsyncClient, cast: Cast, engine: Engine, link: str
) -> None:
    before = snapshot(engine)
    for headers in ({}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}):
        for _ in range(3):
            assert (await client.get(link, headers=headers)).status_code == 200
        await client.head(link, headers=headers)
    for answer in ("?answer=yes", "?answer=no", "/yes"):
        await client.get(link + answer)
    assert snapshot(engine) == before


async def test_control_who_goes_to_the_page_has_read_the_message(
    client: AsyncClient, cast: Cast, engine: Engine, link: str
) -> None:
    before = snapshot(engine)
    await client.get(link, headers={"Sec-Fetch-Mode": "navigate"})
    after = snapshot(engine)
    assert [name for name in after if after[name] != before[name]] == ["message"]


async def test_a_used_link_shows_what_stands_and_cannot_answer_differently(
    client: AsyncClient, link: str
) -> None:
    await client.post(link, data={"answer": "yes"})
    assert "der Termin steht" in (await client.get(link)).text
    no = await client.post(link, data={"answer": "no"})
    assert no.status_code == 409
    assert "der Termin steht" in no.text


async def test_page_and_app_give_one_answer(
    client: AsyncClient, cast: Cast, engine: Engine, link: str
) -> None:
    offer = (await client.get("/offers", headers=cast.key("dilan"))).json()["items"][0]
    path = f"/offers/{offer['id']}/accept"
    await client.post(link, data={"answer": "yes"})
    first = await client.post(path, headers=cast.key("dilan"))
    by_phone = await client.post(path, headers=cast.key("amal"))
    assert first.json()["id"] == by_phone.json()["id"]
    cancel = f"/assignments/{first.json()['id']}/cancel"
    body = {"reason": "krank geworden"}
    assert (await client.post(cancel, json=body, headers=cast.key("dilan"))).status_code == 200
    again = await client.post(path, headers=cast.key("dilan"))
    assert again.json()["type"] == "/problems/not-booked"
    page = await client.post(link, data={"answer": "yes"})
    assert page.status_code == 409
    assert "nicht mehr eingeplant" in page.text


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
