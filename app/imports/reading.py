"""From bytes to rows of text: encodings, delimiters and limits of a list."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from charset_normalizer import from_bytes

from app.imports.refusals import ListError
from app.limits import UPLOAD_BYTES

MOST_BYTES = UPLOAD_BYTES
MOST_ROWS = 20_000
MOST_COLUMNS = 200

if TYPE_CHECKING:
    from _csv import Reader

Cells = tuple[str, ...]
Score = Callable[[Sequence[str]], int]

_DELIMITERS = (";", ",", "\t", "|")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_GERMAN = frozenset("äöüÄÖÜß")
_SNIFFED = 60
_WIDEST_SHEET = 16_384
_SINGLE_BYTE = ("cp1252", "mac_roman", "cp850")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FORWARDED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_FORCED_TEXT = re.compile(r'="([^"]*)"')
# Exports put an apostrophe before a number or a formula, so that a sheet leaves it alone.
_GUARD = re.compile(r"^'(?=[=+@0-9-])")


def read_csv(name: str, data: bytes, score: Score) -> tuple[Cells, ...]:
    """The rows of a CSV file, whatever its encoding, delimiter and line ends.

    Parameters
    ----------
    name : str
        The file's name, for the sentences.
    data : bytes
        The file.
    score : callable
        How many known headings a row holds; the delimiter that yields the most is the right one.

    Returns
    -------
    tuple of tuple of str
        Rows that are not empty, cells cleaned, without empty cells at their ends.

    Raises
    ------
    ListError
        If it is empty, too large, no text, or a quotation mark is never closed.
    """
    check_bytes(name, data)
    text = _unquoted(decode(name, data))
    if "\x00" in text:
        raise ListError("list:nul", name=name)
    try:
        delimiter = _delimiter(text, score)
        _check_width(name, text, delimiter)
        _check_quotation(name, text, delimiter)
        return limited(name, [clean_row(row) for row in _records(text, delimiter)])
    except csv.Error as error:
        raise ListError("list:unreadable", name=name) from error


def _unquoted(text: str) -> str:
    """The text without the marks a mail program sets before forwarded lines."""
    lines = [line for line in text.splitlines() if line.strip()]
    forwarded = bool(lines) and all(line.lstrip().startswith(">") for line in lines)
    return _FORWARDED.sub("", text) if forwarded else text


def check_bytes(name: str, data: bytes) -> None:
    """Raise ListError for an empty or too large file."""
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise ListError("list:empty", name=name)
    if len(data) > MOST_BYTES:
        raise ListError("list:too_large", name=name, limit=f"{MOST_BYTES // 1024**2} MB")


def limited(name: str, rows: Sequence[Cells]) -> tuple[Cells, ...]:
    """The rows that are not empty; ListError when there are too many rows or columns."""
    kept = tuple(row for row in rows if row)
    if not kept:
        raise ListError("list:empty", name=name)
    if len(kept) > MOST_ROWS + 1:
        raise ListError("list:too_many_rows", name=name, limit=str(MOST_ROWS))
    if max(map(len, kept)) > MOST_COLUMNS:
        raise ListError("list:too_many_columns", name=name, limit=str(MOST_COLUMNS))
    return kept


def clean_row(cells: Sequence[str]) -> Cells:
    """Cleaned cells without the empty ones at the end."""
    cleaned = [clean(cell) for cell in cells]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    return tuple(cleaned)


def clean(text: str) -> str:
    """A cell in composed letters, without invisible signs, a text guard or space around it.

    Line ends inside of a cell stay. A formula stays the text it is and is never evaluated.
    """
    if not text:
        return ""
    shown = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    lines = _CONTROL.sub(" ", shown.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    joined = "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)
    forced = _FORCED_TEXT.fullmatch(joined)
    return forced[1].strip() if forced else _GUARD.sub("", joined)


def decode(name: str, data: bytes) -> str:
    """The text of a file: by its mark, as UTF-8, as Windows-1252, else by a guess."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(name, data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if b"\x00" in data:
        raise ListError("list:nul", name=name)
    return _single_byte(name, data)


def _strict(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ListError("list:unreadable", name=name) from error


def _single_byte(name: str, data: bytes) -> str:
    """The reading with the most umlauts: the right one for a German list."""
    readings = []
    for encoding in _SINGLE_BYTE:
        try:
            readings.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    best = max(readings, key=_umlauts)
    if _umlauts(best):
        return best
    guess = from_bytes(data[: 256 * 1024]).best()
    return readings[0] if guess is None else _strict(name, data, guess.encoding)


def _umlauts(text: str) -> int:
    return sum(map(text.count, _GERMAN))


def _delimiter(text: str, score: Score) -> str:
    def found(delimiter: str) -> tuple[int, int]:
        records = zip(range(_SNIFFED), _records(text, delimiter), strict=False)
        # Whoever fills a row with a million empty cells shall not be looked at cell by cell.
        rows = [row[: MOST_COLUMNS + 1] for _, row in records]
        return max((score(row) for row in rows), default=0), max(map(len, rows), default=0)

    return max(_DELIMITERS, key=found)


def _records(text: str, delimiter: str) -> "Reader":
    # A cell is at most as long as its file; the library's own limit would stop the whole list.
    csv.field_size_limit(MOST_BYTES)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _check_width(name: str, text: str, delimiter: str) -> None:
    """Refuse rows wider than any sheet; empty cells at the end of a row are common and no harm."""
    if any(len(row) > _WIDEST_SHEET for row in _records(text, delimiter)):
        raise ListError("list:too_many_columns", name=name, limit=str(MOST_COLUMNS))


def _check_quotation(name: str, text: str, delimiter: str) -> None:
    """Refuse a list where an open quotation mark has swallowed the rows below it."""
    reader = _records(text, delimiter)
    width, line = 0, 1
    for row in reader:
        width = max(width, len(row))
        if any(_holds_rows(cell, delimiter, width) for cell in row):
            raise ListError("list:quotation", name=name, line=str(line))
        line = reader.line_num + 1


def _holds_rows(cell: str, delimiter: str, width: int) -> bool:
    lines = cell.splitlines()[1:] if "\n" in cell or "\r" in cell else ()
    return width > 3 and any(line.count(delimiter) >= width - 2 for line in lines)
