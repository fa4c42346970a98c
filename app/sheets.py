"""Tables out: the same columns and rows as CSV or XLSX, for reports and pay lists."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from allowance.money import is_english

Kind = Literal["text", "integer", "cents", "minutes", "date"]
Cell = str | int | date | None
Row = Mapping[str, Cell]

MAX_ROWS = 1_048_575
MAX_TEXT = 32_767
# A fixed day keeps the same table the same bytes.
CREATED = datetime(2000, 1, 1, tzinfo=UTC)

_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b"
"""What begins a formula, also in the wide and small forms."""
_UNSEEN = r"\s\"'`\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
# Where a file is opened with another delimiter than ours, the middle of a text begins a cell. The
# whole run is taken at once, so that a long one is passed over once.
_CELL = re.compile(rf"(?P<before>(?:\A|[,;|\t\r\n])[{_UNSEEN},;|]*+)(?P<sign>[{_SIGNS}])?")
_TYPES: dict[Kind, type] = {"text": str, "integer": int, "cents": int, "minutes": int, "date": date}
_WIDTHS: dict[Kind, int] = {"text": 24, "integer": 10, "cents": 12, "minutes": 10, "date": 12}
_NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "integer": "0",
    "cents": "#,##0.00",
    "minutes": "[h]:mm",
}


@dataclass(frozen=True)
class Column:
    """One column: where its value stands in a row, its headings, and how it is written."""

    key: str
    heading_de: str
    heading_en: str
    kind: Kind

    def heading(self, locale: str) -> str:
        """The heading in the reader's language."""
        return self.heading_en if is_english(locale) else self.heading_de


def csv_bytes(columns: Sequence[Column], rows: Iterable[Row], locale: str = "de") -> bytes:
    """A CSV file a German Excel opens as it is: UTF-8 with BOM, `;`, CRLF, decimal comma.

    Minutes are written as `7:30`, dates as `31.12.2026`, in English as ISO dates and with a
    decimal point. Text that a spreadsheet would take for a formula gets a `'` in front.

    Raises
    ------
    ValueError
        If a value does not fit its column's kind.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([_disarmed(column.heading(locale)) for column in columns])
    for row in rows:
        writer.writerow([_written(column, _value(column, row), locale) for column in columns])
    return buffer.getvalue().encode("utf-8-sig")


def xlsx_bytes(
    columns: Sequence[Column], rows: Iterable[Row], title: str, locale: str = "de"
) -> bytes:
    """An XLSX file with one sheet: real numbers and dates, no formulas, a frozen bold heading.

    The same table gives the same bytes.

    Raises
    ------
    ValueError
        If a value does not fit its column's kind, or the table does not fit into a sheet.
    """
    values = [[_value(column, row) for column in columns] for row in rows]
    if len(values) > MAX_ROWS:
        raise ValueError(f"A sheet holds {MAX_ROWS} rows, not {len(values)}.")
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": CREATED})
        sheet = book.add_worksheet(_sheet_name(title, locale))
        bold = book.add_format({"bold": True})
        shapes = [
            book.add_format({"num_format": _number_format(column.kind, locale)})
            for column in columns
        ]
        for index, column in enumerate(columns):
            sheet.set_column(index, index, _WIDTHS[column.kind])
            sheet.write_string(0, index, column.heading(locale), bold)
        for number, cells in enumerate(values, start=1):
            for index, (column, shape) in enumerate(zip(columns, shapes, strict=True)):
                _write(sheet, (number, index), column.kind, cells[index], shape)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def _value(column: Column, row: Row) -> Cell:
    """A row's value, checked against the column's kind."""
    if column.key not in row:
        raise ValueError(f"A row has no value for the column {column.key!r}.")
    value = row[column.key]
    # A bool is an int and a moment is a date to Python, to a reader neither.
    misfit = isinstance(value, bool | datetime) or not isinstance(value, _TYPES[column.kind])
    if value is not None and misfit:
        raise ValueError(f"The column {column.key!r} holds {column.kind}, not {value!r}.")
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise ValueError(f"A text in column {column.key!r} is longer than {MAX_TEXT} characters.")
    return value


def _disarmed(text: str) -> str:
    """Text no spreadsheet takes for a formula, whichever delimiter it splits at."""
    safe = _CELL.sub(_with_mark, text)
    return f"'{safe}" if safe.startswith(("\t", "\r", "\n")) else safe


def _with_mark(found: re.Match[str]) -> str:
    """An apostrophe before a sign that would begin a formula."""
    return f"{found['before']}'{found['sign']}" if found["sign"] else found[0]


def _written(column: Column, value: Cell, locale: str) -> str:
    """A value as it stands in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _disarmed(value)
    if isinstance(value, date):
        return value.isoformat() if is_english(locale) else f"{value:%d.%m.%Y}"
    if column.kind == "cents":
        return _amount(value, "." if is_english(locale) else ",")
    return clock(value) if column.kind == "minutes" else str(value)


def _amount(cents: int, mark: str) -> str:
    """Cents as a decimal number."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}{mark}{rest:02d}"


def clock(minutes: int) -> str:
    """Minutes as hours and minutes: `1:30`."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else ''}{hours}:{rest:02d}"


def _write(
    sheet: Worksheet, place: tuple[int, int], kind: Kind, value: Cell, shape: Format
) -> None:
    """One cell, by its kind."""
    row, index = place
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, index, value, shape)
    elif isinstance(value, date):
        sheet.write_datetime(row, index, value, shape)
    elif kind == "minutes" and value < 0:
        # A negative time of day shows as ##### in Excel.
        sheet.write_string(row, index, clock(value), shape)
    else:
        sheet.write_number(row, index, value / _divisor(kind), shape)


def _divisor(kind: Kind) -> int:
    """What a whole number is divided by in a cell: money in euros, time in days."""
    return {"cents": 100, "minutes": 24 * 60}.get(kind, 1)


def _number_format(kind: Kind, locale: str) -> str:
    """The number format of a column."""
    if kind == "date":
        return "yyyy-mm-dd" if is_english(locale) else "dd.mm.yyyy"
    return _NUMBER_FORMATS[kind]


def _sheet_name(title: str, locale: str) -> str:
    """A title as Excel allows it: 31 characters, none of `[]:*?/\\`, no `'` at the ends."""
    name = re.sub(r"[\[\]:*?/\\]", "-", title)[:31].strip("' ")
    if name and name.lower() != "history":
        return name
    return "Table" if is_english(locale) else "Tabelle"
