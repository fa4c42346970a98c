"""Tables as files to be saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from fastapi import Response

from app.sheets import Column, csv_bytes, xlsx_bytes

SheetFormat = Literal["csv", "xlsx"]
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHEETS: dict[str, dict[str, str]] = {kind.partition(";")[0]: {} for kind in _TYPES.values()}
"""The kinds of files, as the contract names them."""
AS_FILE: dict[int | str, dict[str, Any]] = {200: {"description": "A file", "content": SHEETS}}
"""What a route that answers with a file says of itself."""
PDF = "application/pdf"
AS_PDF: dict[int | str, dict[str, Any]] = {200: {"description": "A file", "content": {PDF: {}}}}
"""The same of a route that answers with a document."""


@dataclass(frozen=True)
class Table:
    """A titled table; `filename` is plain ASCII without an ending."""

    filename: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, str | int | date | None]]


def content(table: Table, kind: SheetFormat, locale: str = "de") -> bytes:
    """The bytes of the file; the same table gives the same bytes."""
    if kind == "csv":
        return csv_bytes(table.columns, table.rows, locale)
    return xlsx_bytes(table.columns, table.rows, table.title, locale)


def download(table: Table, kind: SheetFormat, locale: str) -> Response:
    """The table as a file to be saved."""
    return saved(content(table, kind, locale), f"{table.filename}.{kind}", _TYPES[kind])


def saved(data: bytes, filename: str, media_type: str) -> Response:
    """Bytes as a file to be saved; its name is plain ASCII."""
    disposition = f'attachment; filename="{filename}"'
    return Response(data, media_type=media_type, headers={"Content-Disposition": disposition})
