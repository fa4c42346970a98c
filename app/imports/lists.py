"""A pool's lists: found in a folder or among uploaded files, by name or by their headings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.imports.headings import (
    LIST_KINDS,
    ListKind,
    Table,
    known_headings,
    likeliest,
    table,
)
from app.imports.reading import MOST_BYTES, check_bytes, read_csv
from app.imports.refusals import ListError
from app.imports.workbooks import SIGNATURE, Sheet, read_workbook
from app.names import folded

_SUFFIXES = frozenset((".csv", ".txt", ".tsv", ".xlsx", ".xlsm"))
_OTHER_SHEETS = frozenset((".xls", ".ods", ".numbers"))
_FOREIGN = (b"\xd0\xcf\x11\xe0", b"%PDF", b"PK")  # old workbooks, PDF, other archives
_NAMES: Mapping[ListKind, tuple[str, ...]] = {
    "volunteers": (
        "freiwillige", "ehrenamtliche", "dolmetscher", "laiendolmetscher", "lotsen",
        "integrationslotsen", "volunteers", "sprachmittler",
    ),
    "institutions": ("einrichtungen", "institutionen", "institutions", "kooperationspartner"),
    "requests": ("anfragen", "termine", "auftraege", "einsaetze", "requests", "anfrage"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one pool; None for a list that was not sent.

    `ignored` names files and sheets of a folder or workbook that are none of the three.
    """

    volunteers: Table | None = None
    institutions: Table | None = None
    requests: Table | None = None
    ignored: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the files that were read."""
        tables = (self.volunteers, self.institutions, self.requests)
        return tuple(dict.fromkeys(one.name for one in tables if one is not None))


def read_folder(folder: Path) -> Lists:
    """The lists of a folder; files that are no sheets at all are left alone.

    Raises
    ------
    ListError
        If a list cannot be read, lacks a required heading, is there twice, or none is there.
    """
    paths = sorted(folder.iterdir())
    for path in paths:
        if path.suffix.lower() in _OTHER_SHEETS:
            raise ListError("list:unreadable", name=path.name)
    paths = [path for path in paths if path.suffix.lower() in _SUFFIXES]
    files = {path.name: _content(path) for path in paths if path.is_file()}
    if not files:
        raise ListError("list:none", name=folder.name)
    return _lists(files, folder.name, strict=False)


def read_files(files: Mapping[str, bytes]) -> Lists:
    """The lists among uploaded files, by file name and content.

    Raises
    ------
    ListError
        As `read_folder`, and if a file is none of the three lists.
    """
    return _lists(files, "", strict=True)


def _content(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise ListError("list:too_large", name=path.name, limit=f"{MOST_BYTES // 1024**2} MB")
    return path.read_bytes()


def _lists(files: Mapping[str, bytes], where: str, *, strict: bool) -> Lists:
    tables: dict[ListKind, Table] = {}
    ignored = []
    for name, data in files.items():
        found, left = _tables(name, data)
        if not found and strict:
            raise ListError("list:unknown", name=name)
        ignored += left if found else [name]
        for one in found:
            if one.kind in tables:
                raise ListError("list:twice", name=tables[one.kind].name, other=name)
            tables[one.kind] = one
    if not tables:
        raise ListError("list:unknown", name=", ".join(ignored) or where)
    return Lists(
        volunteers=tables.get("volunteers"),
        institutions=tables.get("institutions"),
        requests=tables.get("requests"),
        ignored=tuple(ignored),
    )


def _tables(name: str, data: bytes) -> tuple[list[Table], list[str]]:
    """The lists in one file, and the sheets of it that are none."""
    sheets = _sheets(name, data)
    shown = [sheet for sheet in sheets if not sheet.hidden]
    found = _on_sheets(name, shown) if len(shown) > 1 else {}
    if not found:
        kind = _kind_of_name(name) or likeliest(shown[0].rows)
        found = {} if kind is None else {shown[0].title: table(kind, name, shown[0].rows)}
    left = [
        f"{name}: {sheet.title}" for sheet in sheets if sheet.title and sheet.title not in found
    ]
    return list(found.values()), left


def _on_sheets(name: str, sheets: Sequence[Sheet]) -> dict[str, Table]:
    """Up to three lists on the sheets of a workbook, by title or headings."""
    kinds = {sheet.title: _kind_of_name(sheet.title) or likeliest(sheet.rows) for sheet in sheets}
    return {
        sheet.title: table(kind, name, sheet.rows)
        for sheet in sheets
        if (kind := kinds[sheet.title]) is not None
    }


def _sheets(name: str, data: bytes) -> tuple[Sheet, ...]:
    check_bytes(name, data)
    if data.startswith(SIGNATURE):
        return read_workbook(name, data)
    if data.startswith(_FOREIGN):
        raise ListError("list:unreadable", name=name)
    return (Sheet("", read_csv(name, data, known_headings)),)


def _kind_of_name(name: str) -> ListKind | None:
    word = folded(Path(name).stem)
    for kind in LIST_KINDS:
        if word.startswith(_NAMES[kind]):
            return kind
    return None
