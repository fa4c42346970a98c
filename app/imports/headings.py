"""Which column of a list is which: German headings and their usual variants."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from app.imports import header_lines
from app.imports.composed import Part, parts, time_named
from app.imports.heading_words import WORDS
from app.imports.reading import Cells
from app.imports.refusals import ListError
from app.imports.times import months_first
from app.names import folded

ListKind = Literal["volunteers", "institutions", "requests"]
LIST_KINDS: tuple[ListKind, ...] = ("volunteers", "institutions", "requests")

# Columns a list must have: the first name is how the sentence calls it, any of the fields will do.
_REQUIRED: Mapping[ListKind, tuple[tuple[str, tuple[str, ...]], ...]] = MappingProxyType(
    {
        "volunteers": (
            ("Nachname", ("surname", "full_name", "name_surname_first")),
            ("Vorname", ("given_name", "full_name", "name_surname_first")),
            ("geb. am", ("birth_date",)),
            ("PLZ", ("postal_code", "place")),
            ("Rolle", ("role",)),
            ("Sprachen", ("languages",)),
        ),
        "institutions": (("Einrichtung", ("name",)),),
        "requests": (
            ("Einrichtung", ("institution",)),
            ("Datum", ("day", "moment")),
            ("Uhrzeit", ("start", "moment")),
            ("Dauer", ("duration", "end")),
            ("Sprache", ("language",)),
        ),
    }
)
_FEWEST: Mapping[ListKind, int] = MappingProxyType(
    {"volunteers": 4, "institutions": 2, "requests": 4}
)
# Fields that may stand in several columns ("Sprache 1", "Sprache 2"); of others the first counts.
_SEVERAL = frozenset(("languages", "alternatives", "remark", "phone", "mobile", "availability"))
# A field that others say already is no field: its column is kept like one nobody knows.
_INSTEAD: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        "place": (("postal_code",),),
        "moment": (("day", "start"),),
        "name_surname_first": (("surname", "given_name"),),
        "full_name": (("surname", "given_name"), ("name_surname_first",)),
        "surname": (("full_name",), ("name_surname_first",)),
        "given_name": (("full_name",), ("name_surname_first",)),
    }
)
_TITLE_LINES = 20
_LONGEST_HEADING = 100
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_PARTS = re.compile(r"[/()\[\]]|\bund\b|\bbzw\b\.?|\boder\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{1,2}$")
_RANKED = re.compile(r"^\d(?=sprache)")


@dataclass(frozen=True, slots=True)
class Table:
    """One list with its columns recognised.

    Attributes
    ----------
    kind : {"volunteers", "institutions", "requests"}
    name : str
        The file it came from.
    headings : tuple of str
        As written, in one line each.
    columns : mapping of str to tuple of int
        Field to the positions of its columns.
    unknown : tuple of int
        Positions of columns nobody knows.
    rows : tuple of tuple of str
        The rows below the headings; a row may be shorter or longer than the headings.
    parts : mapping of int to Part
        Columns that say one thing together with others, by their positions.
    months_first : frozenset of int
        Positions of columns in which some day has its month before it, as in ``04/25/1990``.
    """

    kind: ListKind
    name: str
    headings: tuple[str, ...]
    columns: Mapping[str, tuple[int, ...]]
    unknown: tuple[int, ...]
    rows: tuple[Cells, ...]
    parts: Mapping[int, Part] = field(default_factory=dict)
    months_first: frozenset[int] = frozenset()


def known_headings(row: Sequence[str]) -> int:
    """How many headings of the likeliest kind of list a row holds."""
    return max(_count(row, kind) for kind in LIST_KINDS)


def likeliest(rows: Sequence[Cells]) -> ListKind | None:
    """The kind of list whose required headings a row near the top holds, or None."""
    for row in rows[:_TITLE_LINES]:
        fitting = [kind for kind in LIST_KINDS if _holds_required(row, kind)]
        if fitting:
            return max(fitting, key=lambda kind: _count(row, kind))
    return None


def table(kind: ListKind, name: str, rows: Sequence[Cells]) -> Table:
    """The list with its heading line found; lines above it are titles.

    Raises
    ------
    ListError
        If no line holds headings, or a required one is missing altogether.
    """
    at = _heading_line(kind, name, rows)
    written, below = header_lines.joined(rows, at, lambda heading: _means(heading, kind))
    headings = tuple(" ".join(cell.split())[:_LONGEST_HEADING] for cell in written)
    every = _columns(headings, kind)
    composed = _compose(headings, every) if kind == "volunteers" else {}
    columns = {
        field: positions if field in _SEVERAL else positions[:1]
        for field, positions in every.items()
    }
    for heading, fields in _REQUIRED[kind]:
        if not any(field in columns for field in fields):
            raise ListError("list:missing_column", name=name, heading=heading)
    used = {position for positions in columns.values() for position in positions}
    used |= {part.level_at for part in composed.values() if part.level_at is not None}
    unknown = tuple(at for at in range(len(headings)) if at not in used)
    kept = tuple(rows[below:])
    return Table(kind, name, headings, columns, unknown, kept, composed, _months_first(kept))


def _months_first(rows: Sequence[Cells]) -> frozenset[int]:
    width = max(map(len, rows), default=0)
    columns = ((row[at] for row in rows if at < len(row)) for at in range(width))
    return frozenset(at for at, column in enumerate(columns) if months_first(column))


def _compose(headings: Sequence[str], columns: dict[str, tuple[int, ...]]) -> dict[int, Part]:
    """Add to the columns those that say one thing together, and tell how."""
    found: dict[int, Part] = {}
    for field_name, composed in parts(headings, columns).items():
        found |= composed
        positions = (*columns.get(field_name, ()), *composed)
        if positions:
            columns[field_name] = tuple(sorted(set(positions)))
    levels = {part.level_at for part in found.values()}
    german = tuple(at for at in columns.pop("german_level", ()) if at not in levels)
    if german:
        columns["german_level"] = german
    return found


def _means(heading: str, kind: ListKind) -> bool:
    """Whether a heading alone says what its column is."""
    return _field(heading, kind) is not None or bool(time_named(heading))


def _heading_line(kind: ListKind, name: str, rows: Sequence[Cells]) -> int:
    counts = [_count(row, kind) for row in rows[:_TITLE_LINES]]
    best = max(range(len(counts)), key=lambda at: counts[at])
    if counts[best] < min(_FEWEST[kind], len(rows[best])):
        raise ListError("list:no_headings", name=name)
    return best


def _count(row: Sequence[str], kind: ListKind) -> int:
    return len(_columns(row, kind))


def _holds_required(row: Sequence[str], kind: ListKind) -> bool:
    headings = [" ".join(cell.split()) for cell in row]
    columns = _columns(headings, kind)
    if kind == "volunteers":
        _compose(headings, columns)
    enough = _count(row, kind) >= _FEWEST[kind]
    return enough and all(any(f in columns for f in fields) for _, fields in _REQUIRED[kind])


def _columns(headings: Sequence[str], kind: ListKind) -> dict[str, tuple[int, ...]]:
    columns: dict[str, tuple[int, ...]] = {}
    for at, heading in enumerate(headings):
        field = _field(heading, kind)
        if field is not None:
            columns[field] = (*columns.get(field, ()), at)
    for field, at in _by_parts(headings, kind):
        columns.setdefault(field, (at,))
    return _disambiguated(columns)


def _by_parts(headings: Sequence[str], kind: ListKind) -> Iterator[tuple[str, int]]:
    """Fields of headings such as "Einrichtung/Behörde", where one known name will do."""
    for at, heading in enumerate(headings):
        is_open = _field(heading, kind) is None and not _is_answer(heading)
        if is_open and len(heading) <= _LONGEST_HEADING:
            fields = (_field(part, kind) for part in _PARTS.split(heading))
            yield from ((field, at) for field in fields if field is not None)


def _disambiguated(columns: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """ "Name" beside no "Vorname" is the whole name; "Termin" beside no "Uhrzeit" has both."""
    if "surname" in columns and "given_name" not in columns:
        columns.setdefault("full_name", columns.pop("surname"))
    if "termin" in columns:
        termin = columns.pop("termin")
        columns.setdefault("day" if "start" in columns else "moment", termin)
    for field_name, instead in _INSTEAD.items():
        if any(set(fields) <= set(columns) for fields in instead):
            columns.pop(field_name, None)
    return columns


def _field(heading: str, kind: ListKind) -> str | None:
    if len(heading) > _LONGEST_HEADING or _is_answer(heading):
        return None
    words = WORDS[kind]
    if heading.strip() == "#":
        return "row"
    return next((words[name] for name in _spellings(heading) if name in words), None)


def _is_answer(heading: str) -> bool:
    """Whether a form put a time to tick behind its question: "Wann? [Mo vormittag]"."""
    return heading.endswith("]") and bool(time_named(heading))


def _spellings(heading: str) -> Iterator[str]:
    whole = folded(heading)
    outside = folded(_BRACKETS.sub(" ", heading))
    yield whole
    yield outside
    yield _RANKED.sub("", whole)
    for name in (whole, outside):
        yield _NUMBERED.sub("", name)
        for ending in ("am", "vom", "seit", "datum"):
            yield name.removesuffix(ending)
