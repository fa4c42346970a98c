"""The statement and the certificate: right sums, read by everybody, and safe from what is typed."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from allowance import Line, Reason
from app.payouts import papers
from app.payouts.paper_words import together
from app.payouts.papers import (
    Certificate,
    RolePayment,
    RoleYear,
    Statement,
    StatementLine,
    TaxYear,
    TrainingDone,
)
from tests.app.limits import judges
from tests.app.limits.payloads import PAYLOADS

IBAN = "DE89 3704 0044 0532 0130 00"
HOSTILE = (
    '#read("/etc/passwd") $x^2$ \\ @ref = Titel *fett* _k_ `c` <l> // weg /* weg */ #eval("1")'
)
NAMES = [
    "محمد عبد الله",
    "ሰላም ተስፋይ",
    "Нина Щербина",
    "김철수",
    "中文",
    "😀 💌",
    "\ue000 \x07 \ud800",
]
_HOURS: dict[str, int | str] = {"rate_cents": 500, "unit": "hour"}
_FLAT: dict[str, int | str] = {"rate_cents": 2000, "unit": "assignment"}


def hours(minutes: int, cents: int) -> Line:
    return Line("r", minutes, minutes, cents, "guide", Reason("hours", _HOURS))


TRIP = Line(
    "r",
    60,
    60,
    2385,
    "interpreter",
    Reason("flat", _FLAT | {"kilometres": 11, "km_cents": 35}),
    385,
)
STATEMENT = Statement(
    sponsor="Musterkreis",
    volunteer="Dilan Şimşek",
    payrun_number=12,
    paid_on=date(2026, 12, 15),
    issued_on=date(2026, 12, 11),
    iban=IBAN,
    lines=[
        StatementLine(date(2026, 12, 2), "Kita", TRIP),
        StatementLine(date(2026, 11, 3), "Grundschule", hours(90, 750)),
        StatementLine(date(2026, 12, 8), "Sprechstunde", hours(-90, -750), correction=True),
        StatementLine(date(2026, 11, 17), "Sprechstunde", hours(125, 1042)),
    ],
    taxes=[TaxYear("26a", 2026, 72_000, 12_000)],
    contact="Amal Beispiel, 0641 5550100",
    notes=[Reason("year_cap", {"count": 1})],
    waived=[date(2026, 10, 1)],
)
CERTIFICATE = Certificate(
    sponsor="Musterkreis",
    volunteer="Dilan Şimşek",
    year=2026,
    issued_on=date(2027, 1, 15),
    roles=[RoleYear("guide", 12, 7230), RoleYear("interpreter", 31, 2415)],
    payments=[RolePayment("guide", "26a", 60_250), RolePayment("interpreter", "26", 62_000)],
    languages=["Arabisch", "Dari"],
    trainings=[TrainingDone("Schweigepflicht", date(2026, 9, 19), 4)],
    travel_cents=1_925,
    signatory="Amal Beispiel",
)


def read(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made))


def said(made: bytes) -> str:
    """The words in reading order, with single blanks."""
    return " ".join(" ".join(page.extract_text() for page in read(made).pages).split())


def squeezed(text: str) -> str:
    return "".join(text.split())


def tags(made: bytes) -> Iterator[DictionaryObject]:
    """Every element of the tree that a screen reader follows."""
    waiting: list[Any] = [read(made).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        one = waiting.pop().get_object()
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, DictionaryObject):
            yield one
            waiting.append(one.get("/K", []))


def kinds(made: bytes) -> list[str]:
    return [str(one.get("/S")) for one in tags(made)]


def metadata(made: bytes) -> dict[str, str]:
    """What the file says of itself, by local name; it must be readable."""
    stream = read(made).trailer["/Root"]["/Metadata"].get_data()
    return {
        one.tag.partition("}")[2]: "".join(one.itertext())
        for one in ET.fromstring(stream).iter()  # noqa: S314 - written by ourselves
        if "pdfaSchema" not in one.tag
    }


PAPERS = {
    "statement": lambda locale: papers.statement(STATEMENT, locale),
    "certificate": lambda locale: papers.certificate(CERTIFICATE, locale),
}


@pytest.mark.parametrize("locale", ["de", "en"])
@pytest.mark.parametrize("paper", PAPERS)
def test_everybody_can_read_it_and_it_lasts(paper: str, locale: str) -> None:
    made = PAPERS[paper](locale)
    root = read(made).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == locale
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    about = metadata(made)
    assert about["conformance"] == "A"
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert {"statement": " 12", "certificate": " 2026"}[paper] in about["title"]
    found = kinds(made)
    assert found.count("/Table") == len([one for one in found if one == "/THead"]) >= 3
    assert found.count("/TH") >= 9
    scopes = [one["/A"] for one in tags(made) if one.get("/S") == "/TH"]
    assert all("/Column" in str(scope) for scope in scopes)


@pytest.mark.parametrize("paper", PAPERS)
def test_it_bears_the_given_day_and_is_the_same_twice(paper: str) -> None:
    made = PAPERS[paper]("de")
    assert made == PAPERS[paper]("de")
    day = {"statement": "D:20261211", "certificate": "D:20270115"}[paper]
    dates = read(made).metadata or {}
    assert str(dates["/CreationDate"]).startswith(day)
    assert str(dates["/ModDate"]).startswith(day)
    assert metadata(made)["CreateDate"].startswith(f"{day[2:6]}-{day[6:8]}-{day[8:]}")


def test_another_day_makes_another_file() -> None:
    later = replace(STATEMENT, issued_on=STATEMENT.issued_on + timedelta(days=1))
    assert papers.statement(later, "de") != papers.statement(STATEMENT, "de")


def test_the_statement_explains_every_cent() -> None:
    text = said(papers.statement(STATEMENT, "de"))
    for words in (
        "Abrechnung: Zahllauf 12",
        "Träger Musterkreis",
        "Für Dilan Şimşek",
        "Zahlung bezahlt am 15.12.2026",
        "03.11.2026 Grundschule 1:30 1:30 1 Std. 30 Min. zu 5,00 EUR pro Stunde: 7,50 EUR."
        " 0,00 7,50",
        "Dazu Fahrtkosten: 11 km zu 0,35 EUR: 3,85 EUR. 3,85 23,85",
        "Durch die Jahresgrenze gekürzte Zeilen: 1.",
        "Auf die Zahlung für Oktober 2026 haben Sie verzichtet.",
        "Stimmt etwas nicht? Bitte melden Sie sich bei: Amal Beispiel, 0641 5550100",
    ):
        assert words in text
    assert text.index("03.11.2026") < text.index("17.11.2026") < text.index("02.12.2026")


def test_the_sums_are_those_of_the_lines() -> None:
    text = said(papers.statement(STATEMENT, "de"))
    assert "Summe 3:35 3:35 0,00 17,92" in text
    assert "Summe −0:30 −0:30 3,85 16,35" in text
    assert "Summe 3:05 3:05 3,85 34,27" in text
    assert "Betrag 34,27 EUR" in text


def test_one_month_needs_no_table_of_months() -> None:
    one = replace(STATEMENT, lines=STATEMENT.lines[1:2])
    assert "Alle Monate zusammen" in said(papers.statement(STATEMENT, "de"))
    assert "Alle Monate zusammen" not in said(papers.statement(one, "de"))


def test_a_correction_says_so_and_has_a_minus() -> None:
    text = said(papers.statement(STATEMENT, "de"))
    assert "Korrektur: Sprechstunde −1:30 −1:30 Zurückgenommen: 1 Std. 30 Min." in text
    assert "0,00 −7,50" in text
    assert "Eine Zeile mit dem Wort „Korrektur“" in text
    without = replace(STATEMENT, lines=STATEMENT.lines[:2])
    assert "Korrektur" not in said(papers.statement(without, "de"))


@pytest.mark.parametrize(
    ("line", "correction"),
    [
        (hours(90, 750), True),
        (hours(-90, -750), False),
        (replace(TRIP, amount_cents=-2385), True),
    ],
)
def test_a_sign_that_contradicts_the_word_is_refused(line: Line, correction: bool) -> None:
    wrong = [StatementLine(date(2026, 11, 3), "Kita", line, correction)]
    with pytest.raises(ValueError, match=r"of 2026-11-03"):
        papers.statement(replace(STATEMENT, lines=wrong), "de")


@pytest.mark.parametrize(
    ("tax", "words"),
    [
        (
            TaxYear("26a", 2026, 72_000, 12_000),
            "Ehrenamtspauschale (§ 3 Nr. 26a EStG): Im Jahr 2026 haben Sie dafür von uns bisher"
            " 720,00 EUR bekommen. Diese Zahlung ist mitgezählt, Fahrtkosten nicht. Aus anderen"
            " Tätigkeiten haben Sie 120,00 EUR angegeben. Steuerfrei bleiben 960,00 EUR im Jahr."
            " Davon sind noch 120,00 EUR frei.",
        ),
        (TaxYear("26", 2026, 330_000), "3.300,00 EUR im Jahr. Diese Grenze ist erreicht."),
        (TaxYear("26a", 2025, 84_001), "Diese Grenze ist um 0,01 EUR überschritten."),
        (TaxYear("26a", 2026, -500), "bisher −5,00 EUR bekommen"),
        (TaxYear("none", 2026, 5_000), "Für diese Zahlungen ist keine steuerfreie Grenze"),
    ],
)
def test_she_reads_what_is_left_free_of_tax(tax: TaxYear, words: str) -> None:
    text = said(papers.statement(replace(STATEMENT, taxes=[tax]), "de"))
    assert words in text
    assert "Das ist keine Steuerberatung." in text


def test_a_year_without_a_limit_and_an_unknown_rule_are_refused() -> None:
    for tax in (TaxYear("26a", 1999, 0), TaxYear("27", 2026, 0)):
        with pytest.raises(ValueError, match="No tax"):
            papers.statement(replace(STATEMENT, taxes=[tax]), "de")


@pytest.mark.parametrize("iban", [IBAN, IBAN.replace(" ", "")])
def test_only_four_digits_of_the_account_leave(iban: str) -> None:
    made = papers.statement(replace(STATEMENT, iban=iban), "de")
    text = said(made)
    assert "Konto endet auf 3000" in text
    assert "13000" not in squeezed(text)
    assert "DE89" not in squeezed(text)
    nothing = replace(STATEMENT, iban="", paid_on=None)
    text = said(papers.statement(nothing, "de"))
    assert "Konto ist nicht hinterlegt" in text
    assert "Zahlung wird überwiesen" in text


def test_english_is_english() -> None:
    text = said(papers.statement(STATEMENT, "en"))
    for words in (
        "Payment paid on 15 December 2026",
        "3 Nov 2026 Grundschule 1:30 1:30 1 h 30 min at 5.00 EUR per hour: 7.50 EUR.",
        "Correction: Sprechstunde −1:30",
        "Sum 3:05 3:05 3.85 34.27",
        "Volunteer allowance (§ 3 Nr. 26a EStG): For this you have received 720.00 EUR",
        "This is no tax advice.",
    ):
        assert words in text
    assert papers.statement(STATEMENT, "tr") == papers.statement(STATEMENT, "de")


def test_a_statement_without_lines_says_so() -> None:
    text = said(papers.statement(replace(STATEMENT, lines=[]), "de"))
    assert "Diese Abrechnung hat keine Zeilen." in text
    assert "Betrag 0,00 EUR" in text


def test_many_lines_go_over_pages_under_repeated_headings() -> None:
    some = [
        StatementLine(date(2026, 11, 1 + number % 30), f"Schule {number}", hours(60, 500))
        for number in range(600)
    ]
    made = papers.statement(replace(STATEMENT, lines=some), "de")
    pages = [page.extract_text() for page in read(made).pages]
    tabled = [page for page in pages if "Schule" in page]
    assert len(tabled) > 10
    assert all("So ist gerechnet" in page for page in tabled)
    text = " ".join(" ".join(pages).split())
    assert all(f"Schule {number} " in text for number in range(600))
    assert text.count("Summe 600:00 600:00 0,00 3.000,00") == 1
    assert kinds(made).count("/THead") == 1, "read once, printed on each page"


def test_the_certificate_says_what_was_done_and_paid_and_thanks() -> None:
    text = said(papers.certificate(CERTIFICATE, "de"))
    for words in (
        "Bescheinigung über ehrenamtliche Arbeit 2026",
        "Name Dilan Şimşek",
        "Integrationslotsin oder -lotse 12 120:30",
        "Laiendolmetscherin oder -dolmetscher 31 40:15",
        "Summe 43 160:45",
        "Gedolmetscht wurde in diese Sprachen: • Arabisch • Dari",
        "19.09.2026 Schweigepflicht 4",
        "Ehrenamtspauschale (§ 3 Nr. 26a EStG) 602,50",
        "Übungsleiterpauschale (§ 3 Nr. 26 EStG) 620,00",
        "Fahrtkosten – 19,25",
        "Summe 1.241,75",
        "Wir danken herzlich",
        "Ausgestellt am 15.01.2027.",
        "Unterschrift und Stempel",
        "Amal Beispiel",
    ):
        assert words in text


def test_a_certificate_leaves_out_what_there_is_not() -> None:
    bare = Certificate(
        "Musterkreis", "Kofi Mensah", 2026, date(2027, 1, 15), [RoleYear("guide", 1, 60)]
    )
    text = said(papers.certificate(bare, "de"))
    for heading in ("Sprachen", "Schulungen", "Aufwandsentschädigung", "Summe"):
        assert heading not in text
    unruly = replace(bare, payments=[RolePayment("guide", "none", 500)])
    assert "Ohne Steuerregel 5,00" in said(papers.certificate(unruly, "de"))


@pytest.mark.parametrize("wrong", [RolePayment("guide", "27", 1), RolePayment("clerk", "26", 1)])
def test_a_certificate_refuses_what_has_no_name(wrong: RolePayment) -> None:
    with pytest.raises(ValueError, match=r"27|clerk"):
        papers.certificate(replace(CERTIFICATE, payments=[wrong]), "de")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_is_set_and_the_promises_hold(name: str) -> None:
    for made in (
        papers.statement(replace(STATEMENT, volunteer=name, sponsor=name), "de"),
        papers.certificate(replace(CERTIFICATE, volunteer=name, signatory=name), "de"),
    ):
        assert b"pdfuaid" in made
        assert read(made).trailer["/Root"]["/MarkInfo"]["/Marked"]


def hostile(text: str) -> tuple[bytes, bytes]:
    """Both papers with a text in every place that people fill."""
    lines = [replace(one, what=text) for one in STATEMENT.lines]
    statement = replace(
        STATEMENT, volunteer=text, sponsor=text, contact=text, lines=lines, iban=text
    )
    certificate = replace(
        CERTIFICATE,
        volunteer=text,
        sponsor=text,
        signatory=text,
        languages=[text],
        trainings=[TrainingDone(text, date(2026, 9, 19), 4)],
    )
    return papers.statement(statement, "de"), papers.certificate(certificate, "de")


def test_what_looks_like_source_stands_there_as_it_was_typed() -> None:
    for made, times in zip(hostile(HOSTILE), (7, 5), strict=True):
        assert squeezed(said(made)).count(squeezed(HOSTILE)) >= times
        assert judges.pdf_effects(made) == []


def test_no_payload_takes_effect() -> None:
    texts = [one.text for one in PAYLOADS]
    day = STATEMENT.issued_on
    statement = replace(
        STATEMENT, lines=[StatementLine(day, text, hours(60, 500)) for text in texts]
    )
    certificate = replace(
        CERTIFICATE,
        sponsor="<x>&amp; ]]> <!--",
        languages=texts,
        trainings=[TrainingDone(text, day, 1) for text in texts],
    )
    for made in (papers.statement(statement, "de"), papers.certificate(certificate, "de")):
        assert judges.pdf_effects(made) == []
        assert b"pdfuaid" in made
    assert metadata(made)["creator"].strip() == "<x>&amp; ]]> <!--"


def test_a_long_word_stays_within_its_column() -> None:
    """Broken into pieces: the time stands on the line where the word begins, and is whole."""
    long = [replace(one, what="A" * 90) for one in STATEMENT.lines[1:2]]
    text = said(papers.statement(replace(STATEMENT, lines=long), "de"))
    assert "A" * 90 not in text
    assert "A" * 90 in squeezed(text)


def test_no_line_break_tears_an_amount_apart() -> None:
    space = "\N{NO-BREAK SPACE}"
    assert (
        together("11 km zu 0,35 EUR: 3,85 EUR.")
        == f"11{space}km zu 0,35{space}EUR: 3,85{space}EUR."
    )
    assert (
        together("§ 3 Nr. 26 EStG, 1 h 30 min") == f"§{space}3 Nr. 26 EStG, 1{space}h 30{space}min"
    )
    assert together("6 Europäer") == "6 Europäer"
