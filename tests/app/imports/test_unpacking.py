"""Workbooks that are small on the line and huge inside: refused before anything is read."""

import io
import zipfile
from collections.abc import Mapping

import pytest
from openpyxl import Workbook

from app.imports import ListError, unpacking
from app.imports.workbooks import read_workbook
from app.limits import UNPACKED_BYTES

MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet1.xml"
NAMED = b'<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row>'


def book(parts: Mapping[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook in which these parts are replaced or added."""
    plain, out = io.BytesIO(), io.BytesIO()
    Workbook().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", packed) as target:
        for name in source.namelist():
            target.writestr(name, parts.get(name) or source.read(name))
        for name in set(parts) - set(source.namelist()):
            target.writestr(name, parts[name])
    return out.getvalue()


def sheet(rows: bytes, before: bytes = b"", after: bytes = b"") -> dict[str, bytes]:
    """A sheet with these rows."""
    whole = [before, b"<worksheet ", MAIN, b"><sheetData>", rows, b"</sheetData>", after]
    return {SHEET: b"".join([*whole, b"</worksheet>"])}


def strings(inner: bytes) -> dict[str, bytes]:
    """A table of shared texts."""
    return {"xl/sharedStrings.xml": b"<sst " + MAIN + b">" + inner + b"</sst>"}


def rows_of(data: bytes) -> list[tuple[str, ...]]:
    """What is read of the first sheet."""
    return list(read_workbook("liste.xlsx", data)[0].rows)


def code(data: bytes) -> str:
    """The code with which a workbook is refused, by the look and by the whole reading."""
    with pytest.raises(ListError) as refused:
        unpacking.check("liste.xlsx", data)
    with pytest.raises(ListError):
        read_workbook("liste.xlsx", data)
    return refused.value.code


ENTITY = b'<!DOCTYPE x [<!ENTITY a "b">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "parts",
    [
        sheet(b'<row r="1">' + b"<c/>" * 70_000 + b"</row>"),
        sheet(b'<row r="1">' + b"<c>" * 70_000 + b"</c>" * 70_000 + b"</row>"),
        sheet(NAMED, after=b"<mergeCells>" + b"<mergeCell/>" * 70_000 + b"</mergeCells>"),
        sheet(b"<row a='" + b"x" * 2_000_000 + b"'/>"),
        {"xl/styles.xml": b"<styleSheet " + MAIN + b">" + b"<font/>" * 110_000 + b"</styleSheet>"},
        {"xl/workbook.xml": b"<workbook " + MAIN + b">" + b"<x/>" * 110_000 + b"</workbook>"},
        strings(b"<si/>" * 3_100_000),
        sheet(NAMED, before=ENTITY),
        sheet(NAMED, before=OUTSIDE),
        {f"xl/media/{number}.png": b"" for number in range(2_001)},
    ],
    ids=[
        "wide", "deep", "merged", "tag", "styles", "book", "strings", "entity", "outside", "parts",
    ],
)  # fmt: skip
def test_a_small_file_that_unfolds_is_refused(parts: dict[str, bytes]) -> None:
    data = book(parts)
    assert len(data) < 400_000
    assert code(data) == "list:unreadable"


@pytest.mark.parametrize(
    "parts",
    [
        sheet(NAMED, after=b"<mergeCells>" + b'<mergeCell ref="A3:B3"/>' * 900 + b"</mergeCells>"),
        sheet(NAMED + b"<row/>" * 100_000),
        strings(b"<si><t>a</t></si>" * 200_000) | sheet(NAMED),
        sheet(NAMED) | {"xl/media/1.png": b"\x89PNG<!DOCTYPE"},
        sheet(NAMED, before=b"\xef\xbb\xbf<?xml version='1.0'?>"),
    ],
)
def test_control_what_a_long_list_may_hold_is_read(parts: dict[str, bytes]) -> None:
    assert rows_of(book(parts)) == [("Name",)]


def test_rows_far_apart_are_not_a_million_rows() -> None:
    far = NAMED + b'<row r="150000"><c t="inlineStr"><is><t>Ada</t></is></c></row>'
    assert rows_of(book(sheet(far))) == [("Name",), ("Ada",)]
    farther = far.replace(b"150000", b"1048576")
    with pytest.raises(ListError) as refused:
        rows_of(book(sheet(farther)))
    assert refused.value.code == "list:too_many_rows"


def test_a_workbook_that_is_larger_than_it_looks_says_so() -> None:
    data = book({"xl/media/1.png": b"\0" * (UNPACKED_BYTES + 1)})
    assert len(data) < 400_000
    assert code(data) == "list:too_large"


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_the_usual_packing_is_unpacked(packed: int) -> None:
    assert code(book(sheet(NAMED), packed)) == "list:unreadable"
    assert rows_of(book(sheet(NAMED), zipfile.ZIP_STORED)) == [("Name",)], "control"


@pytest.mark.parametrize("place", [0.3, 0.6])
def test_a_workbook_that_was_damaged_on_the_way_is_unreadable(place: float) -> None:
    data = bytearray(book(sheet(NAMED)))
    middle = int(len(data) * place)
    data[middle : middle + 200] = b"\xff" * 200
    with pytest.raises(ListError) as refused:
        read_workbook("liste.xlsx", bytes(data))
    assert refused.value.code == "list:unreadable"
