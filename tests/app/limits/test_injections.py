"""A hundred hostile texts through every channel: nothing happens, and a control shows that it
would."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import openpyxl
import pypdf
import pytest
from httpx import AsyncClient
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine
from xlsxwriter.worksheet import Worksheet

import app.sheets
import scheduling.calendar_out
from allowance import transfers
from app import bodies, db
from app.messages import html, mail
from app.pages import render
from app.tables import Claim, Institution, Volunteer
from tests.app.examples import furnish
from tests.app.limits import judges
from tests.app.limits.judges import HARMLESS, SENDER, parcel
from tests.app.limits.payloads import PAYLOADS, Payload
from tests.app.messages import marked
from tests.app.messages.servers import Post, post_office
from tests.cast import Cast

Judge = Callable[[str], list[str]]
CHANNELS: dict[str, Judge] = {
    "csv": judges.in_csv,
    "xlsx": judges.in_xlsx,
    "calendar": judges.in_ics,
    "mail": judges.in_mail,
    "html mail": judges.in_html,
}


def effects(judge: Judge) -> dict[str, list[str]]:
    """What each payload does."""
    return {one.name: found for one in PAYLOADS if (found := judge(one.text))}


def test_there_are_a_hundred_different_payloads() -> None:
    assert len({one.text for one in PAYLOADS}) == len({one.name for one in PAYLOADS}) >= 100
    assert len({one.attacks for one in PAYLOADS}) >= 9


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_payload_takes_effect(channel: str) -> None:
    assert CHANNELS[channel](HARMLESS) == []
    assert effects(CHANNELS[channel]) == {}


@pytest.mark.parametrize("template", ["error.html", "home.html"])
@pytest.mark.parametrize("locale", ["de", "en"])
def test_no_payload_takes_effect_on_a_page(template: str, locale: str) -> None:
    def page(words: str) -> str:
        made = render._environment.get_template(template)  # noqa: SLF001
        return made.render(locale=locale, title=words, detail=words, go=(words, "/"))

    assert effects(lambda text: judges.in_html(text, page)) == {}


def test_no_payload_takes_effect_in_a_document() -> None:
    """All of them in one, in every place."""
    texts = [one.text.replace("\x00", "") for one in PAYLOADS]
    made = judges.document(texts)
    assert judges.pdf_effects(made) == []
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    said = "".join("".join(page.extract_text() for page in pages).split())
    assert said.count('#read("/etc/passwd")') >= 4, "it stands there as it was typed"


def test_control_a_document_whose_words_are_source_runs_them() -> None:
    acted = {name for name in effects(judges.as_source) if name.startswith("pdf_")}
    assert len(acted) >= 6
    assert "pdf_link" in acted


def accepted(text: str) -> str | None:
    """A name as a body takes it, or None when it is refused."""
    try:
        return str(TypeAdapter(bodies.Name).validate_python(bodies.no_control(text)))
    except (ValidationError, ValueError):
        return None


def payee(name: str) -> bytes:
    """The file for the bank in which this name is paid, and stands in the purpose."""
    account, day = "DE75512108001245126199", date(2027, 1, 12)
    paid = transfers.Payment("P-1", name, account, 1400, f"Aufwand {name}")
    payer = transfers.Payer("Lotsenbüro Wetterau", account)
    made_at = datetime.combine(day, time(9))
    return transfers.pain001(transfers.Order("M-1", made_at, day, payer, [paid]))


def test_no_name_that_is_taken_in_breaks_a_file_of_a_bank() -> None:
    taken = {one.name: name for one in PAYLOADS if (name := accepted(one.text)) is not None}
    written = {one: name for one, name in taken.items() if transfers.plain(name, 70)}
    assert len(written) > 80
    found = {one: judges.in_xml(name, payee) for one, name in written.items()}
    assert {one: said for one, said in found.items() if said} == {}


def test_control_a_file_written_by_hand_would_be_broken() -> None:
    def by_hand(name: str) -> bytes:
        return f"<C><Amt>14.00</Amt><Cdtr><Nm>{name}</Nm></Cdtr></C>".encode()

    assert len(effects(lambda text: judges.in_xml(text, by_hand))) >= 10


def test_a_name_has_one_line_and_no_sign_that_nobody_can_write() -> None:
    for sign in ("\n", "\r", "\t", "\x00", "\x0b", "\x1c", "\x7f", "\u0085", "\u2028", "\u2029"):
        assert accepted(f"Ada{sign}Bcc") is None, repr(sign)
    for sign in ("\ufffe", "\uffff"):
        assert accepted(f"Ada{sign}") is None, repr(sign)
    for name in ("Şükran Yılmaz-O'Brien", "ليلى", "Ngọc Ánh", "می‌خواهم", "李 小龍"):
        assert accepted(name) == name


def test_control_without_the_guard_formulas_run_in_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.sheets, "_disarmed", lambda text: text)
    assert len(effects(judges.in_csv)) >= 40


def test_control_a_guard_that_looks_at_the_first_sign_alone_is_evaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def first_sign(text: str) -> str:
        return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

    monkeypatch.setattr(app.sheets, "_disarmed", first_sign)
    assert len(effects(judges.in_csv)) >= 20


def test_control_a_cell_that_is_written_as_it_comes_is_a_formula(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Worksheet, "write_string", Worksheet.write)
    assert len(effects(judges.in_xlsx)) >= 10


def test_control_without_escaping_a_calendar_has_other_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scheduling.calendar_out, "_escaped", lambda text: text)
    assert len(effects(judges.in_ics)) >= 15


def test_control_a_mail_put_together_by_hand_has_other_headers() -> None:
    assert judges.in_mail_by_hand(HARMLESS) == []
    assert len(effects(judges.in_mail_by_hand)) >= 10


def test_control_without_escaping_a_mail_has_other_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "escape", lambda text: text)
    for environment in (html._environment, render._environment):  # noqa: SLF001
        monkeypatch.setattr(environment, "autoescape", False)
        environment.cache.clear()  # type: ignore[union-attr]
    try:
        assert len(effects(judges.in_html)) >= 10
    finally:
        for environment in (html._environment, render._environment):  # noqa: SLF001
            environment.cache.clear()  # type: ignore[union-attr]


def test_a_real_server_takes_each_mail_for_one_person() -> None:
    with post_office(Post()) as post:
        way = mail.Server(mail.Account("127.0.0.1", post.port, tls=False, starttls=False), SENDER)
        tried = [one for one in PAYLOADS if one.name.startswith("mail_")]
        for one in tried:
            way.deliver(parcel(one.text))
        taken, recipients = list(post.taken), list(post.recipients)
    assert recipients == [judges.TO] * len(tried)
    assert len(taken) == len(tried), "no mail ends early and none begins inside another"
    assert [found for content in taken if (found := judges.mail_effects(content))] == []


@dataclass(frozen=True)
class Hostile(marked.World):
    """Rows in which names, towns and streets are hostile."""

    text: str = HARMLESS

    @property
    def volunteer(self) -> Volunteer:
        row = super().volunteer
        row.surname = row.given_name = self.text
        return row

    @property
    def institution(self) -> Institution:
        row = super().institution
        row.name = row.town = row.street = row.contact_name = self.text
        return row

    def argument(self, name: str) -> Any:
        return self.text if name in ("name", "town", "by") else super().argument(name)


@pytest.mark.parametrize("builder", marked.builders())
def test_no_name_takes_effect_in_any_message_there_is(builder: str) -> None:
    def pieces(text: str) -> tuple[Any, Any]:
        made = Hostile("de", text=text).make(marked.builders()[builder])
        mailed = replace(parcel(HARMLESS), subject=made.subject, body=made.body)
        return judges.tags(html.page(mailed)), made.calendar and judges.shape(made.calendar)

    plain = pieces(HARMLESS)
    taken = {one.name: name for one in PAYLOADS[::4] if (name := accepted(one.text)) is not None}
    assert len(taken) > 20
    for one, name in taken.items():
        assert pieces(name) == plain, one


def test_a_button_leads_to_us_and_nowhere_else() -> None:
    """A town that is called like an address, on a line of its own."""
    for foreign in ("https://hostile.example/a/lw_x", "http://test.hostile.example/", "http://tes"):
        body = f"Guten Tag,\n\nJetzt antworten:\n{foreign}\n\n{foreign}\n"
        assert "<a " not in html.page(replace(parcel(HARMLESS), body=body))
    ours = "Guten Tag,\n\nJetzt antworten:\nhttp://test/a/lw_x\n"
    assert "<a " in html.page(replace(parcel(HARMLESS), body=ours)), "control"


def test_control_an_encoded_word_in_a_subject_would_be_a_header(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail, "_plain_words", lambda text: " ".join(text.split()))
    found = effects(judges.in_mail)
    assert {"mail_encoded", "mail_encoded_base64"} <= set(found)
    assert any("alle@hostile.example" in said for said in found["mail_encoded"])


async def test_what_is_in_the_database_already_does_nothing_on_its_way_out(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """The whole way: rows as an older version may have stored them, and what the routes give."""
    examples = furnish(engine, cast)
    body = {"kind": "coordinator", "detail": "full"}
    made = await client.post("/calendar-feeds", json=body, headers=cast.key("amal"))
    feed = made.json()["address"]
    report = "/reports/hours?from=2026-12-01&to=2027-03-31&format={}"
    paid = f"/payruns/{examples['payrun_id']}/paylist?format={{}}"
    asked = [(report, "amal"), (paid, "fatma")]
    plain = {path: await _shape(client, path, cast.key(who)) for path, who in asked}
    shown = await client.get(feed)
    assert "Löwenzahn" in shown.text, "control: names do get out"
    calendar = judges.shape(shown.content)
    for one in PAYLOADS[::6]:
        _store(engine, cast, examples.ids["claim_id"], one)
        for path, who in asked:
            assert await _shape(client, path, cast.key(who)) == plain[path], (one.name, path)
        assert judges.shape((await client.get(feed)).content) == calendar, one.name


def _store(engine: Engine, cast: Cast, claim_id: str, one: Payload) -> None:
    text = one.text.replace("\x00", "")[:90]
    with db.transaction(engine) as session:
        for volunteer_id in cast.volunteers.values():
            row = session.get_one(Volunteer, volunteer_id)
            row.surname = row.given_name = text
            session.add(row)
        school = session.get_one(Institution, cast.school)
        school.name = text
        claim = session.get_one(Claim, UUID(claim_id))
        claim.payee_name = text
        session.add_all([school, claim])


async def _shape(client: AsyncClient, path: str, key: dict[str, str]) -> Any:
    """Rows, columns and kinds of cells of a table as CSV and as XLSX; no formula in either."""
    text = (await client.get(path.format("csv"), headers=key)).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    for delimiter in judges.DELIMITERS:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            assert not [cell for cell in cells if judges.begins_formula(cell)], cells
    answer = await client.get(path.format("xlsx"), headers=key)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    kinds = [[cell.data_type for cell in line] for line in sheet.iter_rows()]
    assert not [line for line in kinds if "f" in line]
    return [len(cells) for cells in rows], kinds
