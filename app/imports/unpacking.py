"""A look through a packed workbook before it is read: a small file may unfold to a huge one."""

import io
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from xml.parsers import expat

from app.imports.refusals import ListError

MOST_UNPACKED = 100 * 1024 * 1024
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
            _check_sizes(name, archive.infolist())
            left = MOST_ELEMENTS
            for entry in archive.infolist():
                left = _counted(archive, entry, left)
    except ListError:
        raise
    except (_Odd, zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError) as error:
        raise ListError("list:unreadable", name=name) from error


def _check_sizes(name: str, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_PARTS or any(entry.compress_type not in _PACKED for entry in entries):
        raise _Odd
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise ListError("list:too_large", name=name, limit=f"{MOST_UNPACKED // 1024**2} MB")


def _counted(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> int:
    """How many elements are left after this part; it is read as far as it is XML."""
    path = entry.filename.lower().lstrip("/")
    most = left if path.startswith(_LONG) else min(left, MOST_BESIDE)
    count = _Count(most, sheet=path.startswith(_LONG[0]))
    parser = expat.ParserCreate()
    parser.StartElementHandler = count.element
    parser.StartDoctypeDeclHandler = count.doctype
    with archive.open(entry) as part, suppress(expat.ExpatError):  # nobody else reads on either
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk)
            if part.tell() - parser.CurrentByteIndex > LONGEST_TAG:
                raise _Odd
    return left - (most - count.left)
