"""The mailed link may end in the app: there, or at the account, and nowhere else."""

from pathlib import Path

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import jobs
from app.tables import Account
from tests.app.accounts.ways import Mail, alter, mails, newest, secret_of
from tests.app.calendars.subscribed import change
from tests.cast import Cast, in_browser

OURS = {"Sec-Fetch-Site": "same-origin"}
ELSEWHERE = (
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "app/../../evil",
    "App",
    "app\n",
    "app&to=//evil.example",
    "javascript:alert(1)",
    "",
)


async def asked(client: AsyncClient, engine: Engine, var: Path, to: object = None) -> Mail:
    """The mail that Dilan gets."""
    body = {"email": "dilan@example.org"} | ({"to": to} if to else {})
    answer = await client.post("/auth/link", json=body)
    assert answer.status_code == 202, answer.text
    jobs.work_all(engine)
    return newest(var)


async def test_a_link_that_was_asked_for_in_the_app_ends_there(
    client: AsyncClient, pages: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    link = (await asked(client, engine, var, "app")).link
    assert link.endswith("?to=app")
    shown = await pages.get(link)
    assert shown.status_code == 200
    assert f'action="{link}"' in shown.text
    pressed = await pages.post(link, headers=OURS)
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/app/")
    me = await client.get("/me", headers=in_browser(secret_of(pressed)))
    assert me.json()["name"] == "Dilan"
    assert (await pages.post(link, headers=OURS)).status_code == 401, "it holds once"


async def test_without_that_word_it_ends_at_the_account(
    client: AsyncClient, pages: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    link = (await asked(client, engine, var)).link
    assert "?" not in link
    pressed = await pages.post(link, headers=OURS)
    assert pressed.headers["location"] == "/account"


async def test_the_code_of_the_same_mail_signs_in_as_ever(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    mail = await asked(client, engine, var, "app")
    answer = await client.post("/auth/code", json={"email": mail.to, "code": mail.code})
    assert answer.status_code == 204


@pytest.mark.parametrize("to", ELSEWHERE)
async def test_nobody_is_led_anywhere_else(
    client: AsyncClient, pages: AsyncClient, cast: Cast, engine: Engine, var: Path, to: str
) -> None:
    link = (await asked(client, engine, var, "app")).link.partition("?")[0]
    shown = await pages.get(link, params={"to": to})
    assert f'action="{link}"' in shown.text
    assert "evil" not in shown.text
    pressed = await pages.post(link, params={"to": to}, headers=OURS)
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/account")


@pytest.mark.parametrize("to", [one for one in ELSEWHERE if one] + [["app"], 1, True])
async def test_another_word_is_not_taken(client: AsyncClient, cast: Cast, to: object) -> None:
    body = {"email": "dilan@example.org", "to": to}
    assert (await client.post("/auth/link", json=body)).status_code == 422


async def test_it_tells_nobody_who_has_an_account(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    alter(engine, cast, "selin", active=False)
    seen = set()
    for name in ("amal", "nie", "selin"):
        body = {"email": f"{name}@example.org", "to": "app"}
        answer = await client.post("/auth/link", json=body)
        seen.add((answer.status_code, answer.content, tuple(answer.headers.items())))
    assert len(seen) == 1
    assert jobs.work_all(engine) == 3, "as much work for everybody"
    assert [mail.to for mail in mails(var)] == ["amal@example.org"]


@pytest.mark.parametrize(
    ("who", "called"), [("dilan", "Dilan"), ("amal", "Frau Beispiel"), ("otto", "Frau Beispiel")]
)
async def test_she_reads_her_own_address_and_how_she_is_called(
    client: AsyncClient, cast: Cast, engine: Engine, who: str, called: str
) -> None:
    change(engine, Account, cast.accounts[who], name="Frau Beispiel")
    for headers in (cast.key(who), cast.browser(who)):
        me = (await client.get("/me", headers=headers)).json()
        said = (me["email"], me["name"], me["given_name"])
        assert said == (f"{who}@example.org", "Frau Beispiel", called)
