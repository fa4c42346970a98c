"""The pages of signing in and of one's own account: without script, in two languages."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select
from time_machine import Traveller

from app import db, jobs
from app.access import COOKIE
from app.main import create_app
from app.pages.account_words import WORDS
from app.tables import Account
from tests.app.accounts.test_factors import alone
from tests.app.accounts.ways import (
    NEW,
    alter,
    app_code,
    by_mail,
    login,
    mails,
    newest,
    secret_of,
)
from tests.app.examples import snapshot
from tests.app.test_commit_fails import FAILURES, SIGNING_IN, writing_pages
from tests.app.trials import calling
from tests.cast import PASSWORD, Cast

OURS = {"Sec-Fetch-Site": "same-origin"}
Headers = dict[str, str]
SIGN_IN = {"email": "amal@example.org", "password": PASSWORD}


def cookie(answer: Response) -> Headers:
    """What the browser sends along from now on."""
    return OURS | {"Cookie": f"{COOKIE}={secret_of(answer)}"}


async def entered(pages: AsyncClient, name: str) -> Headers:
    """The headers of a browser after the sign-in page."""
    answer = await pages.post("/sign-in", data=login(name), headers=OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    return cookie(answer)


class Page(HTMLParser):
    """What a reader with another way of reading needs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.inputs: list[dict[str, str | None]] = []
        self.described: set[str] = set()
        self.tags: list[str] = []
        self.actions: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "form":
            self.actions.append(str(values["action"]))
        if tag == "label":
            self.labelled.add(str(values["for"]))
        if tag == "input" and values.get("type") != "hidden":
            self.inputs.append(values)
            self.described |= set((values.get("aria-describedby") or "").split())


def well_made(html: str) -> Page:
    """A page in which every field has a label and every id is there once."""
    page = Page(html)
    assert len(page.ids) == len(set(page.ids)), page.ids
    assert {one["id"] for one in page.inputs} <= page.labelled
    assert page.described <= set(page.ids)
    assert page.tags.count("h1") == 1
    assert not {"script", "style", "iframe", "object"} & set(page.tags)
    assert ' style="' not in html, "the policy for contents lets no style in"
    assert not re.search(r'="[^"<>]*"[a-z]', html), "a blank parts attributes"
    return page


async def test_signing_in_with_a_password(pages: AsyncClient, cast: Cast) -> None:
    shown = await pages.get("/sign-in")
    well_made(shown.text)
    assert shown.headers["referrer-policy"] == "strict-origin"
    amal = await entered(pages, "amal")
    account = await pages.get("/account", headers=amal)
    assert account.status_code == 200
    assert "Angemeldet als Amal." in account.text
    well_made(account.text)


async def test_a_wrong_password_is_told_beside_its_field(pages: AsyncClient, cast: Cast) -> None:
    answer = await pages.post("/sign-in", data=SIGN_IN | {"password": "falsch"}, headers=OURS)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    page = well_made(answer.text)
    wrong = [one["id"] for one in page.inputs if one.get("aria-invalid")]
    assert wrong == ["password-password"]
    assert 'value="amal@example.org"' in answer.text
    assert "falsch" not in answer.text, "a password is never shown"
    unknown = await pages.post("/sign-in", data=login("nie", "falsch"), headers=OURS)
    assert unknown.text.replace("nie@", "amal@") == answer.text


@pytest.mark.parametrize("sent", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/mail", "/sign-in/code", "/l/lw_x"])
async def test_a_form_of_another_site_signs_nobody_in(
    pages: AsyncClient, cast: Cast, path: str, sent: Headers
) -> None:
    answer = await pages.post(path, data=SIGN_IN, headers=sent)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_signing_in_with_a_code_by_mail(
    pages: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    asked = await pages.post("/sign-in/mail", data={"email": "Amal@example.org"}, headers=OURS)
    assert asked.status_code == 200
    well_made(asked.text)
    unknown = await pages.post("/sign-in/mail", data={"email": "nie@example.org"}, headers=OURS)
    assert unknown.text.replace("nie@", "amal@") == asked.text
    jobs.work_all(engine)
    form = {"email": "amal@example.org", "code": "12"}
    unread = await pages.post("/sign-in/code", data=form, headers=OURS)
    assert unread.status_code == 422
    well_made(unread.text)
    wrong = await pages.post("/sign-in/code", data=form | {"code": "000000"}, headers=OURS)
    assert wrong.status_code == 401
    code = newest(var).code
    right = await pages.post(
        "/sign-in/code", data=form | {"code": f"{code[:3]} {code[3:]}"}, headers=OURS
    )
    assert right.status_code == 303
    assert (await pages.get("/account", headers=cookie(right))).status_code == 200


async def test_who_is_not_signed_in_is_led_to_the_sign_in(pages: AsyncClient, cast: Cast) -> None:
    for path in ("/account", "/account/proof", "/sign-in/factor"):
        answer = await pages.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_a_link_that_holds_no_more_leads_back_to_the_sign_in(
    pages: AsyncClient, cast: Cast
) -> None:
    shown = await pages.get("/l/lw_x")
    assert shown.status_code == 401
    assert "Dieser Link gilt nicht mehr." in shown.text
    assert 'href="/sign-in">Zur Anmeldung' in shown.text


async def test_who_needs_no_second_step_is_not_asked_for_one(
    pages: AsyncClient, cast: Cast
) -> None:
    amal = await entered(pages, "amal")
    asked = await pages.get("/sign-in/factor", headers=amal)
    assert (asked.status_code, asked.headers["location"]) == (303, "/account")


async def test_who_needs_a_second_step_is_told_and_gives_it(
    pages: AsyncClient, client: AsyncClient, cast: Cast
) -> None:
    lea = await entered(pages, "lea")
    account = (await pages.get("/account", headers=lea)).text
    assert account.index('href="/sign-in/factor"') < account.index("Angemeldete Geräte")
    asked = await pages.get("/sign-in/factor", headers=lea)
    well_made(asked.text)
    assert "Ihre App" in asked.text
    wrong = await pages.post("/sign-in/factor", data={"code": "000000"}, headers=lea)
    assert wrong.status_code == 422
    well_made(wrong.text)
    right = await pages.post("/sign-in/factor", data={"code": app_code()}, headers=lea)
    assert right.status_code == 303
    lea = cookie(right)
    assert (await client.get("/payruns", headers=lea)).status_code == 200
    assert 'href="/sign-in/factor"' not in (await pages.get("/account", headers=lea)).text


async def test_who_is_alone_in_paying_gets_the_code_by_mail(
    pages: AsyncClient, client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    alone(engine, cast, "fatma")
    fatma = await entered(pages, "fatma")
    asked = await pages.get("/sign-in/factor", headers=fatma)
    assert well_made(asked.text).actions == ["/sign-in/factor/mail", "/sign-in/factor"]
    sent = await pages.post("/sign-in/factor/mail", headers=fatma)
    assert "unterwegs" in sent.text
    assert well_made(sent.text).actions == ["/sign-in/factor", "/sign-in/factor/mail"]
    jobs.work_all(engine)
    form = {"code": newest(var).code}
    right = await pages.post("/sign-in/factor", data=form, headers=fatma)
    assert right.status_code == 303
    assert (await client.get("/payruns", headers=cookie(right))).status_code == 200


async def test_setting_up_an_app_from_its_picture_to_its_end(
    pages: AsyncClient, client: AsyncClient, cast: Cast, clock: Traveller
) -> None:
    fatma = await entered(pages, "fatma")
    begun = await pages.post("/account/app", headers=fatma)
    assert begun.status_code == 200
    page = well_made(begun.text)
    assert "svg" in page.tags
    assert 'href="otpauth://totp/' in begun.text, "nobody scans the screen she holds"
    found = re.search(r'class="secret">([A-Z2-7]{32})<', begun.text)
    assert found
    wrong = await pages.post("/account/app/confirm", data={"code": "000000"}, headers=fatma)
    assert wrong.status_code == 422
    assert found[1] in wrong.text
    form = {"code": app_code(found[1])}
    done = await pages.post("/account/app/confirm", data=form, headers=fatma)
    assert done.headers["location"] == "/account?done=app"
    fatma = cookie(done)
    shown = await pages.get(done.headers["location"], headers=fatma)
    assert "Die App ist eingerichtet." in shown.text
    assert found[1] not in shown.text
    clock.shift(11 * 60)
    late = await pages.post("/account/app/remove", headers=fatma)
    assert late.headers["location"] == "/account/proof"
    asked = await pages.get("/account/proof", headers=fatma)
    well_made(asked.text)
    wrong = await pages.post("/account/proof", data={"password": "falsch"}, headers=fatma)
    assert wrong.status_code == 422
    proof = await pages.post("/account/proof", data={"code": app_code(found[1])}, headers=fatma)
    fatma = cookie(proof)
    gone = await pages.post("/account/app/remove", headers=fatma)
    assert gone.headers["location"] == "/account?done=no_app"


async def test_who_has_no_password_proves_it_with_a_mailed_code(
    pages: AsyncClient,
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    var: Path,
    clock: Traveller,
) -> None:
    alter(engine, cast, "dilan", password_hash=None)
    dilan = await by_mail(client, engine, var, "dilan") | OURS
    clock.shift(11 * 60)
    form = {"old": "", "new": NEW}
    late = await pages.post("/account/password", data=form, headers=dilan)
    assert late.headers["location"] == "/account/proof"
    asked = well_made((await pages.get("/account/proof", headers=dilan)).text)
    assert asked.actions == ["/account/proof", "/account/proof/mail", "/account/proof"]
    sent = await pages.post("/account/proof/mail", headers=dilan)
    assert "unterwegs" in sent.text
    assert well_made(sent.text).actions[-1] == "/account/proof/mail", "first the field for it"
    jobs.work_all(engine)
    code = newest(var).code
    proof = await pages.post("/account/proof", data={"code": code}, headers=dilan)
    assert proof.headers["location"] == "/account?done=proof"
    done = await pages.post("/account/password", data=form, headers=cookie(proof))
    assert done.headers["location"] == "/account?done=password"


async def test_who_came_by_mail_and_is_alone_in_paying_is_asked_for_her_password(
    pages: AsyncClient, client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    alone(engine, cast, "fatma")
    fatma = await by_mail(client, engine, var, "fatma") | OURS
    asked = await pages.get("/sign-in/factor", headers=fatma)
    well_made(asked.text)
    assert "/sign-in/factor/mail" not in asked.text, "a second mail is no second factor"
    assert 'action="/account/proof"' in asked.text
    right = await pages.post("/account/proof", data={"password": PASSWORD}, headers=fatma)
    assert (await client.get("/payruns", headers=cookie(right))).status_code == 200


async def test_who_came_by_mail_proves_her_password_before_she_sets_up_an_app(
    pages: AsyncClient, client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    fatma = await by_mail(client, engine, var, "fatma") | OURS
    led = await pages.post("/account/app", headers=fatma)
    assert (led.status_code, led.headers["location"]) == (303, "/account/proof")
    right = await pages.post("/account/proof", data={"password": PASSWORD}, headers=fatma)
    assert (await pages.post("/account/app", headers=cookie(right))).status_code == 200


async def test_a_code_that_is_no_code_is_told_beside_its_field_and_is_no_wrong_password(
    pages: AsyncClient, cast: Cast
) -> None:
    lea = await entered(pages, "lea")
    answer = await pages.post("/account/proof", data={"code": "12"}, headers=lea)
    assert answer.status_code == 422
    page = well_made(answer.text)
    assert [one["id"] for one in page.inputs if one.get("aria-invalid")] == ["prove-code"]
    assert "Bitte geben Sie die sechs Ziffern ein." in answer.text


async def test_changing_the_password(pages: AsyncClient, cast: Cast) -> None:
    amal = await entered(pages, "amal")
    weak = {"old": PASSWORD, "new": "Passwort1234"}
    answer = await pages.post("/account/password", data=weak, headers=amal)
    assert answer.status_code == 422
    page = well_made(answer.text)
    assert [one["id"] for one in page.inputs if one.get("aria-invalid")] == ["change-new"]
    assert "Passwort1234" not in answer.text
    wrong = {"old": "falsch", "new": NEW}
    answer = await pages.post("/account/password", data=wrong, headers=amal)
    assert answer.status_code == 422
    page = well_made(answer.text)
    assert [one["id"] for one in page.inputs if one.get("aria-invalid")] == ["change-old"]
    right = {"old": PASSWORD, "new": NEW}
    done = await pages.post("/account/password", data=right, headers=amal)
    assert done.headers["location"] == "/account?done=password"
    assert (await pages.get("/account", headers=amal)).status_code == 303
    assert (await pages.get("/account", headers=cookie(done))).status_code == 200


async def test_other_devices_are_signed_out_one_by_one_or_all_at_once(
    pages: AsyncClient, cast: Cast
) -> None:
    here, there, third = [await entered(pages, "amal") for _ in range(3)]
    shown = await pages.get("/account", headers=here)
    well_made(shown.text)
    found = re.findall(r'action="(/account/sessions/[0-9a-f-]{36}/end)"', shown.text)
    assert len(found) == 3, "the two of this test and the one of the cast"
    for path in found[:1]:
        answer = await pages.post(path, headers=here)
        assert answer.headers["location"] == "/account?done=ended"
    states = [(await pages.get("/account", headers=one)).status_code for one in (there, third)]
    assert sorted(states) == [200, 303]
    await pages.post("/account/sessions/end-others", headers=here)
    assert (await pages.get("/account", headers=third)).status_code == 303
    assert (await pages.get("/account", headers=there)).status_code == 303
    left = await pages.post("/account/sign-out", headers=here)
    assert left.headers["location"] == "/sign-in"
    assert (await pages.get("/account", headers=here)).status_code == 303


async def test_the_pages_speak_english_where_it_is_wished(pages: AsyncClient, cast: Cast) -> None:
    english = {"Accept-Language": "en"}
    assert "E-mail address" in (await pages.get("/sign-in", headers=english)).text
    amal = await entered(pages, "amal")
    assert "Signed in as Amal." in (await pages.get("/account", headers=amal | english)).text
    assert WORDS["de"].keys() == WORDS["en"].keys()


async def test_what_somebody_types_is_only_ever_text(pages: AsyncClient, cast: Cast) -> None:
    nasty = '"><script>alert(1)</script>@example.org'
    for path in ("/sign-in", "/sign-in/mail", "/sign-in/code"):
        answer = await pages.post(path, data={"email": nasty, "code": "1"}, headers=OURS)
        assert answer.status_code < 500
        assert "<script" not in answer.text
    amal = await entered(pages, "amal")
    assert "<script" not in (await pages.get("/account?done=<script>alert(1)", headers=amal)).text


async def test_a_name_in_an_account_is_only_ever_text(
    pages: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        query = select(Account).where(col(Account.id) == cast.accounts["amal"])
        amal = session.exec(query).one()
        amal.name = "<b>Amal</b>"
        session.add(amal)
    assert "<b>Amal" not in (await pages.get("/account", headers=await entered(pages, "amal"))).text


FORMS: dict[str, tuple[str, Headers]] = {
    "/sign-in": ("", SIGN_IN),
    "/sign-in/mail": ("", {"email": "amal@example.org"}),
    "/sign-in/code": ("", {"email": "amal@example.org", "code": "CODE"}),
    "/l/{token}": ("", {}),
    "/sign-in/factor": ("lea", {"code": "APP"}),
    "/sign-in/factor/mail": ("amal", {}),
    "/account/password": ("amal", {"old": PASSWORD, "new": NEW}),
    "/account/app": ("amal", {}),
    "/account/app/confirm": ("fatma", {"code": "APP"}),
    "/account/app/remove": ("lea", {}),
    "/account/proof/mail": ("amal", {}),
    "/account/proof": ("amal", {"password": PASSWORD}),
    "/account/sessions/end-others": ("amal", {}),
    "/account/sessions/{session_id}/end": ("amal", {}),
    "/account/sign-out": ("amal", {}),
}
"""Every page here that takes a form: who sends it, and what is right."""


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("path", FORMS)
async def test_no_page_says_that_it_is_done_when_its_commit_fails(
    client: AsyncClient,
    engine: Engine,
    cast: Cast,
    var: Path,
    monkeypatch: pytest.MonkeyPatch,
    failure: str,
    path: str,
) -> None:
    monkeypatch.setattr(db, "PAUSES", ())
    name, form = FORMS[path]
    headers = OURS | (cast.browser(name) if name else {})
    await client.post("/auth/link", json={"email": "amal@example.org"})
    jobs.work_all(engine)
    mail = mails(var)[-1]
    with db.transaction(engine) as session:
        fatma = session.get_one(Account, cast.accounts["fatma"])
        fatma.totp_secret = session.get_one(Account, cast.accounts["lea"]).totp_secret
        session.add(fatma)
    said = {"CODE": mail.code, "APP": app_code()}
    form = {key: said.get(value, value) for key, value in form.items()}
    session_id = (await client.get("/sessions", headers=cast.browser("amal"))).json()[0]["id"]
    address = path.format(token=mail.link.removeprefix("/l/"), session_id=session_id)
    before = snapshot(engine)
    async with calling(create_app(engine), "") as pages:
        with FAILURES[failure](engine):
            answer = await pages.post(address, data=form, headers=headers)
            assert snapshot(engine) == before
        assert answer.status_code in (500, 503), answer.text
        assert "set-cookie" not in answer.headers
        again = await pages.post(address, data=form, headers=headers)
        assert again.status_code in (200, 303), again.text


def test_every_page_that_takes_a_form_is_tried() -> None:
    found = writing_pages(create_app(db.make_engine("sqlite://")))
    assert {path for path in found if path.startswith(SIGNING_IN)} == set(FORMS)
