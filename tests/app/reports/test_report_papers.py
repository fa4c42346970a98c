"""A report as a document: read by everybody, lasting, and safe from what is typed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.errors import ApiError
from app.reports import guides, papers, proof
from app.reports.papers import Paper
from app.reports.period import Period
from app.sheets import Column
from tests.app.payouts.test_papers import HOSTILE, NAMES, kinds, metadata, read, said, tags

PAPER = Paper(
    "Stunden je Lotsin und Lotse",
    "Musterkreis",
    Period(date(2026, 1, 1), date(2026, 12, 31)),
    datetime(2027, 1, 4, 9, 0, tzinfo=UTC),
    ["Nach dem Tag der Arbeit."],
)


def hour(number: int, **more: Any) -> dict[str, Any]:
    """A row of the report on guides."""
    return {
        "volunteer_id": "0189f3e0", "volunteer": f"Muster{number}, Mia", "day": date(2026, 5, 4),
        "from": "10:00", "to": "11:30", "what": "durchgeführt", "institution": "Kita",
        "fundable": "ja", "minutes": 90, "paid_minutes": 90, "amount_cents": 750,
    } | more  # fmt: skip


def made(rows: list[dict[str, Any]], locale: str = "de") -> bytes:
    return papers.pdf(PAPER, guides.COLUMNS, rows, locale)


@pytest.mark.parametrize("locale", ["de", "en"])
def test_everybody_can_read_it_and_it_lasts(locale: str) -> None:
    paper = made([hour(1), hour(2)], locale)
    root = read(paper).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == locale
    assert (read(paper).metadata or {})["/Title"] == PAPER.title
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert metadata(paper)["conformance"] == "A"
    assert b"<pdfaid:part>2</pdfaid:part>" in paper
    assert b"<pdfuaid:part>1</pdfuaid:part>" in paper
    found = kinds(paper)
    assert found.count("/Table") == found.count("/THead") == 1
    scopes = [one["/A"] for one in tags(paper) if one.get("/S") == "/TH"]
    assert len(scopes) == len(guides.COLUMNS) - 1, "an id tells a reader nothing"
    assert all("/Column" in str(scope) for scope in scopes)


def test_it_bears_the_day_of_its_state_and_is_the_same_twice() -> None:
    paper = made([hour(1)])
    assert paper == made([hour(1)])
    dates = read(paper).metadata or {}
    assert str(dates["/CreationDate"]).startswith("D:20270104")
    assert "Stand 04.01.2027, 10:00:00" in said(paper)
    assert "Zeitraum 01.01.2026 – 31.12.2026" in said(paper)


def test_many_rows_go_over_pages_under_repeated_headings() -> None:
    paper = made([hour(number) for number in range(200)])
    pages = [page.extract_text() for page in read(paper).pages]
    assert len(pages) > 4
    assert all("Tätigkeit" in page for page in pages)
    text = said(paper)
    assert all(f"Muster{number}, Mia" in text for number in range(200))
    assert kinds(paper).count("/THead") == 1


def test_a_page_with_many_columns_lies_on_its_side_and_holds_them() -> None:
    row: dict[str, Any] = {one.key: 123_456 for one in proof.COLUMNS}
    row |= {one.key: "Integrationslotsen" for one in proof.COLUMNS if one.kind == "text"}
    paper = papers.pdf(PAPER, proof.COLUMNS, [row], "de")
    (page,) = read(paper).pages
    assert page.mediabox.width > page.mediabox.height
    assert said(paper).count("1.234,56") == 5
    upright = papers.pdf(PAPER, [Column("n", "Zahl", "Number", "integer")], [{"n": 1}], "de")
    assert read(upright).pages[0].mediabox.width < read(upright).pages[0].mediabox.height


def test_hostile_text_and_any_script_stay_text() -> None:
    names = [HOSTILE, *NAMES, "A" * 300]
    paper = made([hour(1, volunteer=name, what=name) for name in names])
    assert "Titel *fett*" in said(paper)
    assert metadata(paper)["conformance"] == "A"


def test_no_rows_and_too_many_are_a_sentence() -> None:
    assert "Für diesen Zeitraum gibt es keine Zeilen." in said(made([]))
    with pytest.raises(ApiError) as refused:
        made([hour(1)] * 6_001)
    assert "zu viele für ein PDF" in refused.value.detail("de")
