"""A look through a packed workbook before it is read: a small file may unfold to a huge one."""

import io
import zipfile
import zlib
from dataclasses import dataclass
from xml.parsers import expat

from app.imports.refusals import ListError
from app.limits import UNPACKED_BYTES, UNPACKED_RATIO, UPLOAD_BYTES, in_words

MOST_PARTS = 2_000
MOST_ELEMENTS = 3_000_000
"""Elements of all sheets; a list of 20,000 rows and 30 columns has two million at most."""
MOST_IN_A_ROW = 65_536
MOST_BESIDE = 100_000
"""Elements of a part that is no sheet, such as the formats: these are held in memory whole."""
LONGEST_TAG = 1024 * 1024
"""The reader begins a tag anew with each piece of it that comes."""
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_LONG = ("xl/worksheets/", "xl/sharedstrings")
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
"""An archive inside of the archive: a list has none."""
_CHUNK = 64 * 1024


class _Odd(Exception):
    """No program for sheets writes such a part."""


@dataclass
class _Count:
    """What a part may still hold; a row of a sheet begins anew."""

    left: int
    sheet: bool = False
    in_row: int = 0

    def element(self, name: str, _attributes: object) -> None:
        """Count an element."""
        self.left -= 1
        self.in_row = 0 if name.rpartition(":")[2] == "row" else self.in_row + 1
        if self.left < 0 or (self.sheet and self.in_row > MOST_IN_A_ROW):
            raise _Odd

    def doctype(self, *_: object) -> None:
        """Entities are declared here, which multiply or lead elsewhere."""
        raise _Odd


def check(name: str, data: bytes) -> None:
    """Raise ListError for a workbook that would take too much memory or time, or is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(name, archive.infolist(), len(data))
            left, room = MOST_ELEMENTS, UNPACKED_BYTES
            for entry in archive.infolist():
                left, room = _counted(name, archive, entry, left, room)
    except ListError:
        raise
    except (_Odd, zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError) as error:
        raise ListError("list:unreadable", name=name) from error


def _check_sizes(name: str, entries: list[zipfile.ZipInfo], packed: int) -> None:
    if len(entries) > MOST_PARTS or any(entry.compress_type not in _PACKED for entry in entries):
        raise _Odd
    stated = sum(entry.file_size for entry in entries)
    if stated > UNPACKED_BYTES:
        raise ListError("list:too_large", name=name, limit=in_words(UNPACKED_BYTES))
    if stated > UPLOAD_BYTES and stated > UNPACKED_RATIO * packed:
        raise _Odd


def _counted(
    name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, room: int
) -> tuple[int, int]:
    """How many elements and bytes are left after this part; it is parsed as far as it is XML.

    The bytes are counted as they come: what the archive says about itself may be a lie.
    """
    path = entry.filename.lower().lstrip("/")
    most = left if path.startswith(_LONG) else min(left, MOST_BESIDE)
    count = _Count(most, sheet=path.startswith(_LONG[0]))
    parser = expat.ParserCreate()
    parser.StartElementHandler = count.element
    parser.StartDoctypeDeclHandler = count.doctype
    is_xml = True
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            if part.tell() == len(chunk) and chunk.startswith(_ARCHIVES):
                raise _Odd
            room -= len(chunk)
            if room < 0:
                raise ListError("list:too_large", name=name, limit=in_words(UNPACKED_BYTES))
            is_xml = is_xml and _parsed(parser, chunk)
            if is_xml and part.tell() - parser.CurrentByteIndex > LONGEST_TAG:
                raise _Odd
    return left - (most - count.left), room


def _parsed(parser: expat.XMLParserType, chunk: bytes) -> bool:
    try:
        parser.Parse(chunk)
    except expat.ExpatError:  # nobody else reads on either
        return False
    return True
