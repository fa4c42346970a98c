"""Workbooks: what a sheet holds beside plain text is read the way a German reader would."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from app.imports import ListError, read_files
from app.imports.workbooks import cell_text
from tests.app.imports import demo, shapes
from tests.app.imports.test_shapes import VOLUNTEERS, fates

VOLUNTEER = list(demo.VOLUNTEER)
ADA: list[object] = ["1", "Beispiel", "Ada", date(1980, 1, 12), "w", 61169, "LD", "Türkisch C1"]
ASKING = ["Nr", "Einrichtung", "Datum", "Uhrzeit", "Dauer", "Sprache"]
Fill = Callable[[Workbook], None]


def saved(fill: Fill, *, mac: bool = False) -> bytes:
    """A workbook as a pool would save it."""
    book = Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(*lines: list[Any]) -> Fill:
    """One sheet with these lines."""

    def fill(book: Workbook) -> None:
        for line in lines:
            book.worksheets[0].append(line)

    return fill


def one(fill: Fill, *, mac: bool = False) -> Any:
    """The verdict on the one row of a volunteers' workbook."""
    [verdict] = demo.verdicts({"freiwillige.xlsx": saved(fill, mac=mac)}).volunteers
    return verdict


def asked(*cells: Any) -> Any:
    """The verdict on a request with these cells for date, time and duration."""
    line = ["1", "Rathaus Musterstadt", *cells, "Türkisch"]
    book = saved(rows(ASKING, line))
    [verdict] = demo.verdicts({"anfragen.xlsx": book}, demo.TOWN_HALL).requests
    return verdict


def test_real_dates_and_numbers_are_read() -> None:
    verdict = one(rows(VOLUNTEER, ADA))
    assert verdict.fate == "accepted"
    assert verdict.draft.birth_date == date(1980, 1, 12)
    assert verdict.draft.postal_code == "61169"


def test_real_dates_times_and_lengths_make_an_appointment() -> None:
    verdict = asked(datetime(2027, 1, 12), time(14, 30), timedelta(minutes=90))  # noqa: DTZ001
    assert verdict.fate == "accepted"
    assert (verdict.draft.day, verdict.draft.start_minute) == (date(2027, 1, 12), 870)
    assert verdict.draft.duration_minutes == 90


def test_a_millisecond_before_ten_is_ten() -> None:
    verdict = asked(date(2027, 1, 12), time(9, 59, 59, 999_800), 60)
    assert verdict.draft.start_minute == 600
    assert cell_text(datetime(2027, 1, 11, 23, 59, 59, 999_900)) == "12.01.2027"  # noqa: DTZ001


def test_dates_that_count_from_1904_are_the_same_days() -> None:
    verdict = one(rows(VOLUNTEER, ADA), mac=True)
    assert verdict.draft.birth_date == date(1980, 1, 12)


@pytest.mark.parametrize("serial", [46399, 46399.0, "46399"])
def test_a_bare_number_is_no_date(serial: object) -> None:
    verdict = asked(serial, "10:00", 60)
    assert (verdict.fate, verdict.codes) == ("rejected", ("column:Datum",))
    assert verdict.written == "46399"


def test_numbers_that_were_typed_as_text_are_read() -> None:
    line = ["1", "Beispiel", "Ada", "12.01.1980", "w", "61169", "LD", "Türkisch C1"]
    assert one(rows(VOLUNTEER, line)).fate == "accepted"


@pytest.mark.parametrize("code", [6123, "6123", 6123.0])
def test_a_postal_code_that_lost_its_zero_is_rejected_never_guessed(code: object) -> None:
    verdict = one(rows(VOLUNTEER, [*ADA[:5], code, *ADA[6:]]))
    assert (verdict.fate, verdict.codes, verdict.written) == ("rejected", ("column:PLZ",), "6123")


@pytest.mark.parametrize(
    "error", ["#N/A", "#NV", "#WERT!", "#VALUE!", "#REF!", "#BEZUG!", "#DIV/0!", "#NAME?"]
)
def test_the_error_of_a_sheet_is_never_stored(error: str) -> None:
    required = one(rows(VOLUNTEER, [*ADA[:1], error, *ADA[2:]]))
    assert (required.fate, required.codes) == ("rejected", ("column:Nachname",))
    headings = [*VOLUNTEER, "Wohnort", "E-Mail", "Bemerkung", "Verfügbarkeit", "Haustier"]
    optional = one(rows(headings, [*ADA, error, error, error, error, error]))
    assert optional.fate == "ask"
    assert optional.codes == tuple(f"column:{heading}" for heading in headings[8:])
    assert error not in optional.draft.note + optional.draft.town + optional.draft.email


def test_a_formula_is_never_worked_out() -> None:
    name = one(rows(VOLUNTEER, [*ADA[:1], '="Bei"&"spiel"', *ADA[2:]]))
    assert (name.fate, name.codes) == ("rejected", ("column:Nachname",))
    headings = [*VOLUNTEER, "Wohnort", "IBAN"]
    verdict = one(rows(headings, [*ADA, "=A1", "=SUM(A1:A9)"]))
    assert verdict.codes == ("column:Wohnort", "column:IBAN")
    assert [question.written for question in verdict.draft.questions] == ["=A1", "=SUM(A1:A9)"]


def test_rows_numbered_by_a_formula_are_counted() -> None:
    book = saved(rows(VOLUNTEER, ["=1+0", *ADA[1:]], ["=A2+1", "Muster", *ADA[2:]]))
    verdicts = demo.verdicts({"freiwillige.xlsx": book}).volunteers
    assert [verdict.row for verdict in verdicts] == ["1", "2"]


def test_a_formula_over_many_cells_stays_text() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("Freiwillige")
    sheet.write_row(0, 0, [*VOLUNTEER, "Wohnort"])
    sheet.write_row(1, 0, ["1", "Beispiel", "Ada", "12.01.1980", "w", 61169, "LD", "Türkisch"])
    sheet.write_array_formula("I2:I2", "{=SUM(A1:A9)}")
    book.close()
    [verdict] = demo.verdicts({"freiwillige.xlsx": out.getvalue()}).volunteers
    assert verdict.codes == ("column:Wohnort",)


def test_title_rows_that_are_merged_stand_above_the_list() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet["A1"] = "Sprachpool Musterkreis"
        sheet.merge_cells("A1:H1")
        sheet["A2"] = "Stand: Januar 2027"
        sheet.merge_cells("A2:D2")
        sheet.append([])
        for line in (VOLUNTEER, ADA):
            sheet.append(line)

    assert one(fill).fate == "accepted"


def test_cells_merged_downwards_are_asked_for_not_guessed() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet.append(ASKING)
        for number in (1, 2):
            place = "Rathaus Musterstadt"
            sheet.append([number, place, "12.01.2027", f"1{number}:00", 60, "Türkisch"])
        sheet.merge_cells("B2:B3")

    judged = demo.verdicts({"anfragen.xlsx": saved(fill)}, demo.TOWN_HALL)
    assert [verdict.fate for verdict in judged.requests] == ["accepted", "rejected"]
    assert judged.requests[1].codes == ("column:Einrichtung",)


def test_hidden_rows_are_read_like_all_others() -> None:
    def fill(book: Workbook) -> None:
        rows(VOLUNTEER, ADA, ["2", "Muster", *ADA[2:]])(book)
        book.worksheets[0].row_dimensions[3].hidden = True

    judged = demo.verdicts({"freiwillige.xlsx": saved(fill)})
    assert [verdict.fate for verdict in judged.volunteers] == ["accepted", "accepted"]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_left_alone_and_named(state: str) -> None:
    def fill(book: Workbook) -> None:
        rows(VOLUNTEER, ADA)(book)
        old = book.create_sheet("Alt")
        for line in (VOLUNTEER, ["1", "Früher", *ADA[2:]]):
            old.append(line)
        old.sheet_state = state

    lists = read_files({"freiwillige.xlsx": saved(fill)})
    assert lists.volunteers is not None
    assert len(lists.volunteers.rows) == 1
    assert lists.ignored == ("freiwillige.xlsx: Alt",)


def test_sheets_that_are_no_list_are_named() -> None:
    def fill(book: Workbook) -> None:
        rows(VOLUNTEER, ADA)(book)
        book.worksheets[0].title = "Freiwillige"
        book.create_sheet("Statistik").append(["Summe", 12])

    lists = read_files({"pool.xlsx": saved(fill)})
    assert lists.ignored == ("pool.xlsx: Statistik",)


def test_too_many_sheets_are_refused_instead_of_cut() -> None:
    def fill(book: Workbook) -> None:
        for number in range(21):
            book.create_sheet(f"Blatt {number}").append(["x"])

    with pytest.raises(ListError, match="mehr als 20 Blätter"):
        read_files({"pool.xlsx": saved(fill)})


def test_a_share_is_no_number_of_hours() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet.append([*VOLUNTEER, "max. Std./Woche"])
        sheet.append([*ADA, 0.5])
        sheet["I2"].number_format = "0%"

    verdict = one(fill)
    assert verdict.codes == ("column:max. Std./Woche",)
    assert verdict.draft.questions[0].written == "50 %"


@pytest.mark.parametrize(("ticked", "measles"), [(True, "yes"), (False, None)])
def test_a_ticked_box_is_yes(ticked: bool, measles: str | None) -> None:
    verdict = one(rows([*VOLUNTEER, "Masern"], [*ADA, ticked]))
    assert (verdict.fate, verdict.draft.measles) == ("accepted", measles)


def test_text_in_several_styles_is_one_text() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("Freiwillige")
    sheet.write_row(0, 0, VOLUNTEER)
    sheet.write_row(1, 0, ["1", "", "Ada", "12.01.1980", "w", 61169, "LD", "Türkisch"])
    sheet.write_rich_string(1, 1, bold, "Bei", "spiel")
    book.close()
    [verdict] = demo.verdicts({"freiwillige.xlsx": out.getvalue()}).volunteers
    assert verdict.draft is not None
    assert verdict.draft.surname == "Beispiel"


def test_every_shape_gives_the_same_from_a_workbook() -> None:
    for content, wanted in VOLUNTEERS:
        if content is shapes.WINDOWS:
            continue
        text = content.decode("utf-8-sig")
        delimiter = "," if content is shapes.ENGLISH else ";"
        grid = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        book = demo.as_xlsx({"Freiwillige": [list[object](line) for line in grid]})
        assert fates(demo.verdicts({"freiwillige.xlsx": book}).volunteers) == wanted
