"""Files that were made to do harm: told by what they hold, never by their name."""

import io
import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app.imports import ListError, read_files, unpacking
from app.imports.workbooks import read_workbook
from app.limits import MB, UNPACKED_BYTES, UNPACKED_RATIO, UPLOAD_BYTES
from tests.app.examples import snapshot
from tests.app.imports import demo
from tests.app.imports.demo import VOLUNTEER, list_of
from tests.app.imports.test_unpacking import MAIN, NAMED, book, sheet, strings
from tests.cast import Cast

GOOD = list_of(VOLUNTEER)
WORKBOOK = demo.as_xlsx({"Freiwillige": [list(VOLUNTEER), list(VOLUNTEER.values())]})


def archive(parts: dict[str, bytes]) -> bytes:
    """A ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


NO_LISTS: dict[str, bytes] = {
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj << /OpenAction 2 0 R >> endobj",
    "old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "program": b"\x7fELF\x02\x01\x01" + b"\x00" * 64,
    "windows program": b"MZ\x90\x00\x03" + b"\x00" * 64,
    "picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "photo": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "page": b"<!doctype html><html><script>alert(1)</script></html>",
    "vector picture": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "script": b"#!/bin/sh\nrm -rf /\n",
    "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 32,
    "rar": b"Rar!\x1a\x07\x01\x00" + b"\x00" * 32,
    "7z": b"7z\xbc\xaf\x27\x1c" + b"\x00" * 32,
    "document": archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
    "jar": archive({"META-INF/MANIFEST.MF": b"Main-Class: X", "X.class": b"\xca\xfe\xba\xbe"}),
    "plain archive": archive({"liste.csv": GOOD}),
    "empty archive": archive({}),
    "climbing": archive({"../../../../tmp/hostile.csv": GOOD, "/etc/cron.d/x": GOOD}),
    "pickle": b"\x80\x04\x95\x10\x00\x00\x00\x8c\x02os\x8c\x06system\x93.",
}


@pytest.mark.parametrize("kind", NO_LISTS)
@pytest.mark.parametrize("name", ["freiwillige.csv", "freiwillige.xlsx"])
def test_what_is_no_list_is_refused_whatever_it_is_called(kind: str, name: str) -> None:
    with pytest.raises(ListError) as refused:
        read_files({name: NO_LISTS[kind]})
    assert name in refused.value.sentence("de")


@pytest.mark.parametrize(
    "name",
    [
        "freiwillige.csv", "freiwillige.xlsx", "freiwillige.exe", "freiwillige.php",
        "../../../etc/passwd/freiwillige", "freiwillige.csv\x00.png", "C:\\freiwillige.csv",
    ],
)  # fmt: skip
def test_control_a_list_is_read_whatever_it_is_called(name: str) -> None:
    for content in (GOOD, WORKBOOK):
        assert read_files({name: content}).volunteers is not None


def stated(data: bytes, size: int) -> bytes:
    """An archive that says of each part that it unpacks to `size` bytes."""
    made = bytearray(data)
    for sign, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = made.find(sign)
        while place >= 0:
            made[place + at : place + at + 4] = struct.pack("<L", size)
            place = made.find(sign, place + 1)
    return bytes(made)


def refused_as(data: bytes) -> str:
    """The code with which a workbook is refused before its reader sees it."""
    with pytest.raises(ListError) as refused:
        unpacking.check("liste.xlsx", data)
    return refused.value.code


def noise(size: int) -> bytes:
    """What cannot be packed well."""
    return b"\x89PNG" + os.urandom(size // 4).hex().encode() * 2


def test_a_workbook_holds_so_much_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    # The same look at a smaller scale: the figures of the service would take a minute.
    monkeypatch.setattr(unpacking, "UNPACKED_BYTES", 300_000)
    plain = len(b"".join(zipfile.ZipFile(io.BytesIO(book({}))).read(n) for n in names()))
    fits = book({"xl/media/1.bin": b"\x01" * (300_000 - plain)})
    unpacking.check("liste.xlsx", fits)
    for size in (300_001 - plain, 300_000 * 1000 // 10):
        assert refused_as(book({"xl/media/1.bin": b"\x01" * size})) == "list:too_large"


def names() -> list[str]:
    """The parts of an empty workbook."""
    return zipfile.ZipFile(io.BytesIO(book({}))).namelist()


def test_what_an_archive_says_about_itself_is_not_believed() -> None:
    """A part that says it is small is read as far as it says, and its checksum does not fit."""
    bomb = book({"xl/media/1.bin": b"\0" * (UNPACKED_BYTES + 1)})
    tracemalloc.start()
    try:
        assert refused_as(stated(bomb, 100)) == "list:unreadable"
        assert refused_as(bomb) == "list:too_large"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MB


def test_bytes_are_counted_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "_check_sizes", lambda *_: None)
    bomb = book({"xl/media/1.bin": b"\0" * (UNPACKED_BYTES + 1)})
    assert refused_as(bomb) == "list:too_large"


def test_control_without_both_looks_the_bomb_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "_check_sizes", lambda *_: None)
    monkeypatch.setattr(unpacking, "UNPACKED_BYTES", 1 << 40)
    unpacking.check("liste.xlsx", book({"xl/media/1.bin": b"\0" * (UNPACKED_BYTES + 1)}))


def test_no_list_becomes_two_hundred_times_as_large() -> None:
    size = UPLOAD_BYTES + 1
    assert refused_as(book({"xl/media/1.bin": b"\0" * size})) == "list:unreadable"
    assert UNPACKED_RATIO * len(book({"xl/media/1.bin": noise(size)})) > size
    unpacking.check("liste.xlsx", book({"xl/media/1.bin": noise(size)}))


INNER = {
    "zip": archive({"a.csv": GOOD * 100}),
    "empty zip": archive({}),
    "gzip": b"\x1f\x8b\x08\x00aaaa",
    "rar": b"Rar!\x1a\x07",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "workbook": WORKBOOK,
}


@pytest.mark.parametrize("kind", INNER)
def test_an_archive_in_an_archive_is_refused(kind: str) -> None:
    assert refused_as(book({"xl/embeddings/1.bin": INNER[kind]})) == "list:unreadable"
    unpacking.check("liste.xlsx", book({"xl/media/1.png": b"\x89PNG" + INNER[kind]}))


def _entities(*lines: bytes) -> bytes:
    return b"<!DOCTYPE x [" + b"".join(lines) + b"]>"


LAUGHS = _entities(
    b'<!ENTITY a "haha">',
    *(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)),
)
QUADRATIC = _entities(b'<!ENTITY a "' + b"x" * 50_000 + b'">')
ROW = b'<row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row>'
HOSTILE_XML: dict[str, Callable[[], dict[str, bytes]]] = {
    "billion laughs": lambda: sheet(ROW % b"&j;", before=LAUGHS),
    "quadratic": lambda: sheet(ROW % (b"&a;" * 50_000), before=QUADRATIC),
    "a file": lambda: sheet(
        ROW % b"&e;", before=_entities(b'<!ENTITY e SYSTEM "file:///etc/passwd">')
    ),
    "an address": lambda: sheet(
        ROW % b"&e;", before=_entities(b'<!ENTITY e SYSTEM "http://127.0.0.1:1/">')
    ),
    "a parameter": lambda: sheet(
        ROW % b"x", before=_entities(b'<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;')
    ),
    "a definition elsewhere": lambda: sheet(
        ROW % b"x", before=b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'
    ),
    "in the texts": lambda: {
        "xl/sharedStrings.xml": LAUGHS + b"<sst " + MAIN + b"><si><t>&j;</t></si></sst>"
    },
    "in the book": lambda: {"xl/workbook.xml": LAUGHS + b"<workbook " + MAIN + b"/>"},
    "in the formats": lambda: {"xl/styles.xml": LAUGHS + b"<styleSheet " + MAIN + b"/>"},
    "in the relations": lambda: {"xl/_rels/workbook.xml.rels": LAUGHS + b"<Relationships/>"},
    "as UTF-16": lambda: {
        "xl/worksheets/sheet1.xml": (LAUGHS + b"<worksheet/>").decode().encode("utf-16")
    },
    "many texts": lambda: strings(b"<si/>" * 3_100_000) | sheet(NAMED),
}


@pytest.mark.parametrize("kind", HOSTILE_XML)
def test_xml_that_multiplies_or_leads_elsewhere_is_refused(kind: str) -> None:
    data = book(HOSTILE_XML[kind]())
    assert refused_as(data) == "list:unreadable"
    with pytest.raises(ListError):
        read_workbook("liste.xlsx", data)


def test_control_without_the_look_at_declarations_it_is_let_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = book(sheet(ROW % b"x", before=_entities(b'<!ENTITY a "b">')))
    assert refused_as(data) == "list:unreadable"
    monkeypatch.setattr(unpacking._Count, "doctype", lambda *_: None)  # noqa: SLF001
    unpacking.check("liste.xlsx", data)
    whole = ET.fromstring(_entities(b'<!ENTITY a "haha">', b'<!ENTITY b "&a;&a;">') + b"<x>&b;</x>")  # noqa: S314
    assert whole.text == "hahahaha", "control: a plain reader multiplies"


def test_a_huge_text_in_a_workbook_is_bounded() -> None:
    data = book(strings(b"<si><t>" + noise(9 * MB)[4:] + b"</t></si>") | sheet(NAMED))
    rows = read_workbook("liste.xlsx", data)[0].rows
    assert rows == (("Name",),)
    over = book(strings(b"<si><t>" + b"x" * (UNPACKED_BYTES + 1) + b"</t></si>") | sheet(NAMED))
    assert refused_as(over) == "list:too_large"


def test_a_formula_is_never_worked_out() -> None:
    cell = b'<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>'
    assert read_workbook("liste.xlsx", book(sheet(cell)))[0].rows == (("=1+1",),)


@pytest.mark.parametrize("sign", [b";", b",", b"\t", b"|"])
def test_a_row_of_a_million_columns_is_refused(sign: bytes) -> None:
    with pytest.raises(ListError, match="200"):
        read_files({"freiwillige.csv": b"Nachname" + sign + b"Vorname\n" + sign * 1_000_000})
    with pytest.raises(ListError):
        read_files({"freiwillige.csv": b"Nachname" + sign * 1_000_000 + b"\n"})


async def test_nothing_is_written_when_hostile_files_come_in(
    client: AsyncClient, cast: Cast, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = snapshot(engine)
    sent = dict(NO_LISTS)
    sent["bomb"] = book({"xl/media/1.bin": b"\0" * (UNPACKED_BYTES + 1)})
    sent["laughs"] = book(HOSTILE_XML["billion laughs"]())
    for kind, content in sent.items():
        for name in ("freiwillige.csv", "../../freiwillige.csv", "/etc/cron.d/freiwillige"):
            answer = await client.post(
                "/imports", files={"files": (name, content)}, headers=cast.key("amal")
            )
            assert answer.status_code == 422, (kind, answer.text[:200])
            assert answer.headers["content-type"] == "application/problem+json"
    assert snapshot(engine) == before
    assert not list(tmp_path.glob("*.csv"))


async def test_a_form_has_so_many_files(client: AsyncClient, cast: Cast) -> None:
    for number in (4, 1000, 3000):
        files = [("files", (f"{n}.csv", b"a")) for n in range(number)]
        answer = await client.post("/imports", files=files, headers=cast.key("amal"))
        assert answer.status_code in (400, 422), number
