"""The common frame of messages: said once, shown in plain words, as a page and on the telephone."""

import re
from datetime import UTC, datetime

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages import cutting, html, invitations, sms, wording
from app.messages.channels import Parcel
from app.messages.wording import Block
from tests.app.messages.marked import MOMENT, NUMBER, World

URL = "http://test/a/lw_abc-DEF_123"


def parcel(body: str, subject: str = "Anfrage", locale: str = "de") -> Parcel:
    """A message on its way."""
    return Parcel(
        message_id=NUMBER,
        event="offer",
        locale=locale,
        sponsor="Sprachpool & Söhne",
        recipient="dilan@example.org",
        subject=subject,
        body=body,
        short="",
        calendar="",
        made_at=datetime(2027, 1, 4, tzinfo=UTC),
    )


LETTER = wording.letter(
    "de",
    "Dilan",
    subject="Anfrage: Dienstag",
    lead="können Sie helfen?",
    facts=[("when", "Dienstag, 10:00"), ("Hinweis", "ohne Auto"), ("where", "")],
    action=("Jetzt antworten", URL),
    after="Sie müssen nicht begründen.",
)


def test_a_letter_has_its_parts_in_order() -> None:
    assert LETTER.body == (
        "Hallo Dilan,\n\nkönnen Sie helfen?\n\nWann: Dienstag, 10:00\nHinweis: ohne Auto\n\n"
        f"Jetzt antworten:\n{URL}\n\nSie müssen nicht begründen.\n\nVielen Dank\nIhr Lotsenwerk\n"
    )


def test_its_shape_is_read_again() -> None:
    assert list(wording.blocks(LETTER.body)) == [
        Block("Hallo Dilan,"),
        Block("können Sie helfen?"),
        Block(facts=(("Wann", "Dienstag, 10:00"), ("Hinweis", "ohne Auto"))),
        Block(label="Jetzt antworten", url=URL),
        Block("Sie müssen nicht begründen."),
        Block("Vielen Dank\nIhr Lotsenwerk"),
    ]


def test_running_text_is_no_table() -> None:
    said = "Gemeldet sind 60 Minuten: von 10 bis 11 Uhr.\nStimmt das?"
    assert list(wording.blocks(said)) == [Block(said)]


def test_in_english_it_is_english() -> None:
    text = wording.letter("en-GB", "", subject="x", lead="y.", facts=[("when", "Tuesday")])
    assert text.body == "Hello,\n\ny.\n\nWhen: Tuesday\n\nThank you\nLotsenwerk\n"


def test_a_value_cannot_begin_a_line_of_its_own() -> None:
    text = wording.letter(
        "de",
        "Eve\n\nJetzt antworten:\nhttps://boese.example/",
        subject="Hallo\r\nBcc: alle@example.org",
        lead="x",
        facts=[("where", "Bad\n\nhttps://boese.example/")],
    )
    assert "\n" not in text.subject
    assert [block.url for block in wording.blocks(text.body) if block.url] == []
    assert "<a " not in html.page(parcel(text.body))


def test_the_page_escapes_everything_and_loads_nothing() -> None:
    bad = '<img src="https://spy.example/x.png">'
    page = html.page(parcel(f"Hallo {bad},\n\nWo: {bad}\n\n{bad}:\n{URL}\n", subject=bad))
    assert "<img" not in page
    assert page.count("&lt;img") == 6
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == [URL]
    assert "url(" not in page
    assert "Sprachpool &amp; Söhne" in page
    assert "<script" not in page


def test_the_page_has_a_language_a_title_and_headings() -> None:
    page = html.page(parcel(LETTER.body, subject=LETTER.subject))
    assert page.startswith('<!doctype html>\n<html lang="de">')
    assert "<title>Anfrage: Dienstag</title>" in page
    assert page.count("<h1") == 1
    assert '<th scope="row"' in page
    assert 'role="presentation"' in page, "the table around the button is no table"
    assert "color-scheme" in page


def test_the_button_is_easy_to_hit_also_where_the_style_sheet_is_left_out() -> None:
    page = html.page(parcel(LETTER.body, subject=LETTER.subject))
    bare = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    table, link = re.findall(r'<(?:table|a)[^>]*class="button"[^>]*>|<a [^>]*>', bare)
    assert 'width="100%"' in table
    assert "display:block;padding:15px" in link, "the whole width of the cell, 44 px and more"


def test_on_the_telephone_no_address_is_read_out() -> None:
    assert wording.spoken(LETTER.body) == (
        "Können Sie helfen? Wann: Dienstag, 10:00. Hinweis: ohne Auto. Sie müssen nicht begründen."
    )


def test_several_become_one() -> None:
    body = wording.gathered("de", "das ist gekommen:", [("Eins", LETTER.body), ("Zwei", "Text\n")])
    assert body.count("Hallo") == 0
    assert body.count("Vielen Dank") == 1
    assert [b.heading for b in wording.blocks(body) if b.heading] == ["Eins", "Zwei"]


def test_links_are_cut_and_nothing_else() -> None:
    cut = cutting.cut(LETTER.body)
    assert "http://test/a/…" in cut
    assert "lw_" not in cut
    assert cutting.cut(cut) == cut
    assert cutting.cut("https://x.example/lotsen/ und lw_") == "https://x.example/lotsen/ und lw_"


@given(st.text(alphabet=st.sampled_from("ab:/ \n.hHtTpPsS■-"), max_size=80))
def test_any_body_becomes_a_page(body: str) -> None:
    said = "".join(
        block.text + block.heading + "".join(map("".join, block.facts)) + block.label + block.url
        for block in wording.blocks(body)
    )
    plain = re.sub(r"[\s:■]", "", body)
    assert re.sub(r"[\s:■]", "", said) == plain, "nothing is lost"
    assert "</html>" in html.page(parcel(body))


@pytest.mark.parametrize(
    ("locale", "short"),
    [
        ("de", "Anfrage: 12.01. 10:00, Bad Nauheim https://x.example/a/1"),
        ("en", "Anfrage: 12 Jan 10:00, Bad Nauheim https://x.example/a/1"),
    ],
)
def test_in_brief(locale: str, short: str) -> None:
    town, url = "Bad\nNauheim", "https://x.example/a/1"
    assert wording.brief(locale, "Anfrage", MOMENT, town, url) == short
    assert wording.brief("de", "Verlegt", None, "") == "Verlegt."


class TestEntry:
    """The entry in a calendar follows the booking."""

    BOOKING = World("de").booking

    def read(self, text: str) -> tuple[str, icalendar.Event]:
        calendar = icalendar.Calendar.from_ical(text)
        (entry,) = calendar.walk("VEVENT")
        return str(calendar["METHOD"]), entry

    def test_it_is_entered_and_taken_away_again(self, clock: object, var: object) -> None:
        made = invitations.booked(
            self.BOOKING, locale="de", language="Kurmandschi", location="Schulstr. 1, Friedberg"
        )
        method, entry = self.read(made)
        assert (method, str(entry["SUMMARY"])) == ("PUBLISH", "Einsatz Kurmandschi")
        assert (str(entry["LOCATION"]), str(entry["STATUS"])) == (
            "Schulstr. 1, Friedberg",
            "CONFIRMED",
        )
        assert str(entry["UID"]) == f"{NUMBER}@test"
        clock.shift(60)  # type: ignore[attr-defined]
        method, gone = self.read(invitations.called_off(self.BOOKING, locale="en"))
        assert (method, str(gone["STATUS"])) == ("CANCEL", "CANCELLED")
        assert str(gone["SUMMARY"]) == "Cancelled"
        assert gone["UID"] == entry["UID"]
        assert int(gone["SEQUENCE"]) > int(entry["SEQUENCE"])
        assert gone["ORGANIZER"] == entry["ORGANIZER"] == "mailto:noreply@lotsenwerk.invalid"


def test_an_address_in_the_name_of_a_town_leads_nobody_away() -> None:
    link = "http://test/a/lw_geheim"
    short = wording.brief("de", "Anfrage", None, "https://evil.example/x", link)
    assert wording.first_link(short) == link
    assert sms.fitted(short + " x" * 200).endswith(link)
    assert wording.first_link("Abgesagt: https://evil.example/x") == ""
    assert wording.first_link("Anfrage: http://test.evil.example/x") == ""
