"""The same table as CSV and as XLSX: safe to open, right to add up, the same bytes twice."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from app.sheets import Column, Row, csv_bytes, xlsx_bytes

COLUMNS = (
    Column("name", "Name", "Name", "text"),
    Column("count", "Einsätze", "Assignments", "integer"),
    Column("amount_cents", "Betrag (EUR)", "Amount (EUR)", "cents"),
    Column("minutes", "Stunden", "Hours", "minutes"),
    Column("paid_on", "Gezahlt am", "Paid on", "date"),
)
MIRELA: Row = {
    "name": "Mirela Şahin",
    "count": 3,
    "amount_cents": 138_005,
    "minutes": 450,
    "paid_on": date(2026, 1, 20),
}
NAME = COLUMNS[:1]
FORMULAS = ("=HYPERLINK(1)", "+49 641", "-1", "@SUM(A1)", "\ttab", "\rreturn")


def opened(content: bytes) -> Worksheet:
    """The first sheet of a file."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def test_german_csv_has_bom_semicolons_crlf_and_decimal_comma() -> None:
    assert (
        csv_bytes(COLUMNS, [MIRELA])
        == (
            "\ufeffName;Einsätze;Betrag (EUR);Stunden;Gezahlt am\r\n"
            "Mirela Şahin;3;1380,05;7:30;20.01.2026\r\n"
        ).encode()
    )


def test_english_csv_has_iso_dates_and_decimal_point() -> None:
    text = csv_bytes(COLUMNS, [MIRELA], "en").decode("utf-8-sig")
    assert text.splitlines()[1] == "Mirela Şahin;3;1380.05;7:30;2026-01-20"
    assert text.startswith("Name;Assignments;")


@pytest.mark.parametrize("text", FORMULAS)
def test_text_like_a_formula_is_disarmed_in_csv(text: str) -> None:
    content = csv_bytes(NAME, [{"name": text}]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    assert rows[1] == [f"'{text}"]


def test_negative_amounts_stay_numbers_in_csv() -> None:
    row = {**MIRELA, "amount_cents": -5, "minutes": -30}
    assert ";-0,05;-0:30;" in csv_bytes(COLUMNS, [row]).decode()


def test_missing_values_are_empty_cells() -> None:
    empty: Row = dict.fromkeys(MIRELA)
    assert csv_bytes(COLUMNS, [empty]).endswith(b"\r\n;;;;\r\n")
    assert [cell.value for cell in opened(xlsx_bytes(COLUMNS, [empty], "Liste"))[1]] == [
        column.heading_de for column in COLUMNS
    ]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
@settings(deadline=None, max_examples=50)
def test_every_text_comes_back_from_csv(texts: list[str]) -> None:
    content = csv_bytes(NAME, [{"name": text} for text in texts]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    assert [row[0].removeprefix("'") for row in rows[1:]] == [t.removeprefix("'") for t in texts]
    assert not any(row[0].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows[1:])


def test_xlsx_holds_real_numbers_and_dates() -> None:
    sheet = opened(xlsx_bytes(COLUMNS, [MIRELA], "Auszahlung"))
    name, count, amount, minutes, paid_on = sheet[2]
    assert (name.value, count.value, amount.value) == ("Mirela Şahin", 3, 1380.05)
    assert (amount.number_format, minutes.number_format) == ("#,##0.00", "[h]:mm")
    assert isinstance(paid_on.value, datetime)
    assert paid_on.value.date() == date(2026, 1, 20)
    assert paid_on.number_format == "dd.mm.yyyy"


def test_xlsx_has_a_bold_frozen_heading_and_its_title() -> None:
    sheet = opened(xlsx_bytes(COLUMNS, [MIRELA], "Auszahlung", "en"))
    assert sheet.title == "Auszahlung"
    assert sheet.freeze_panes == "A2"
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet["B1"].value == "Assignments"


@pytest.mark.parametrize("text", [*FORMULAS[:4], "http://example.org", "{=1}", "007"])
def test_text_stays_text_in_xlsx(text: str) -> None:
    cell = opened(xlsx_bytes(NAME, [{"name": text}], "Liste"))["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_xlsx_contains_no_formula() -> None:
    content = xlsx_bytes(NAME, [{"name": text} for text in FORMULAS], "Liste")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_same_table_is_the_same_file_on_another_day() -> None:
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC)):
        first = xlsx_bytes(COLUMNS, [MIRELA], "Liste")
    with time_machine.travel(datetime(2027, 7, 1, tzinfo=UTC)):
        assert xlsx_bytes(COLUMNS, [MIRELA], "Liste") == first


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Stunden 01/2026: alle?", "Stunden 01-2026- alle-"),
        ("x" * 40, "x" * 31),
        ("'[]'", "--"),
        ("", "Tabelle"),
        ("History", "Tabelle"),
    ],
)
def test_any_title_becomes_a_sheet_name(title: str, name: str) -> None:
    assert opened(xlsx_bytes(NAME, [], title)).title == name


def test_negative_hours_are_readable_in_xlsx() -> None:
    assert opened(xlsx_bytes(COLUMNS, [{**MIRELA, "minutes": -30}], "Liste"))["D2"].value == "-0:30"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", 5),
        ("count", "5"),
        ("count", True),
        ("amount_cents", 5.5),
        ("paid_on", "2026-01-20"),
        ("paid_on", datetime(2026, 1, 20, tzinfo=UTC)),
        ("name", "x" * 32_768),
    ],
)
def test_value_of_another_kind_is_refused(key: str, value: str | int) -> None:
    for write in (csv_bytes, lambda columns, rows: xlsx_bytes(columns, rows, "Liste")):
        with pytest.raises(ValueError, match=key):
            write(COLUMNS, [{**MIRELA, key: value}])


def test_row_without_a_column_is_refused() -> None:
    with pytest.raises(ValueError, match="no value for the column 'name'"):
        csv_bytes(NAME, [{}])
