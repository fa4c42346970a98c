"""Sheets of an XLSX workbook as rows of text, the way a German reader would write them."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from app.imports import unpacking
from app.imports.reading import MOST_COLUMNS, MOST_ROWS, Cells, check_bytes, clean_row, limited
from app.imports.refusals import ListError
from app.imports.times import clock_text

SIGNATURE = b"PK\x03\x04"
_MOST_SHEETS = 20
_MOST_LINES = 10 * MOST_ROWS


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook; nobody sees a hidden one, so it is no list."""

    title: str
    rows: tuple[Cells, ...]
    hidden: bool = False


def read_workbook(name: str, data: bytes) -> tuple[Sheet, ...]:
    """Each sheet that is not empty, hidden ones without their rows.

    Dates, times and numbers become German text ("07.09.1958", "14:30", "4,5"). A formula stays
    the text it is. Hidden rows are read like all others: a filter is only a view.

    Raises
    ------
    ListError
        If it is empty, too large, or no workbook.
    """
    check_bytes(name, data)
    unpacking.check(name, data)
    with warnings.catch_warnings():
        # The library warns about styles and validations, which a list does not need.
        warnings.simplefilter("ignore")
        try:
            sheets = _sheets(name, data)
        except ListError:
            raise
        except Exception as error:  # a broken file may fail anywhere inside of the library
            raise ListError("list:unreadable", name=name) from error
    if all(sheet.hidden for sheet in sheets):
        raise ListError("list:empty", name=name)
    return tuple(sheets)


def _sheets(name: str, data: bytes) -> list[Sheet]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        found = []
        if len(book.worksheets) > _MOST_SHEETS:
            raise ListError("list:too_many_sheets", name=name, limit=str(_MOST_SHEETS))
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                found.append(Sheet(str(sheet.title), (), hidden=True))
            elif rows := list(_rows(name, sheet)):
                found.append(Sheet(str(sheet.title), limited(name, rows)))
        return found
    finally:
        book.close()


def _rows(name: str, sheet: Any) -> Iterator[Cells]:
    # The size a sheet states about itself is often wrong.
    sheet.reset_dimensions()
    kept = 0
    lines = sheet.iter_rows(max_col=MOST_COLUMNS + 1)
    for number, line in enumerate(lines):
        # Rows that nobody wrote are filled in between two far apart: there may be a million.
        empty = all(cell is EMPTY_CELL for cell in line)
        cells = () if empty else clean_row([_shown(cell) for cell in line])
        kept += bool(cells)
        if kept > MOST_ROWS + 1 or number > _MOST_LINES:
            raise ListError("list:too_many_rows", name=name, limit=str(MOST_ROWS))
        if cells:
            yield cells


def _shown(cell: Any) -> str:
    """A cell as text; a share is no plain number."""
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in cell.number_format:
        return f"{_number(round(float(value) * 100, 9))} %"
    return cell_text(value)


def cell_text(value: object) -> str:
    """A value of a sheet as a German reader would write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        exact = _whole_seconds(value)
        shown = f"{exact:%d.%m.%Y}"
        return shown if exact.time() == time() else f"{shown} {_clock(exact.time())}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, time):
        return _clock(_whole_seconds(datetime.combine(date(2000, 1, 1), value)).time())
    if isinstance(value, timedelta):
        return clock_text(value)
    if isinstance(value, ArrayFormula | DataTableFormula):
        return str(getattr(value, "text", None) or "=")
    return str(value)


def _whole_seconds(moment: datetime) -> datetime:
    """Sheets count parts of days: 10:00 may be a millisecond before."""
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)


def _clock(value: time) -> str:
    return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value).replace(".", ",")
