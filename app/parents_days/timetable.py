"""The timetable of a parents' day: by language the people and their slots, to be filled in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.downloads import Table
from app.parents_days.schemas import NeedRead, ParentsDayRead, ShiftRead
from app.sheets import Column, Row
from scheduling import languages

PEOPLE_A_TABLE = 4
"""So many columns can still be written in on a sheet of A4."""
Kind = Literal["slot", "break", "away"]
KINDS = {
    "de": {"slot": "Gespräch", "break": "Pause"},
    "en": {"slot": "Slot", "break": "Break"},
}
OPEN = {"de": "noch offen", "en": "still open"}
COLUMNS = (
    Column("language", "Sprache", "Language", "text"),
    Column("number", "Person", "Person", "integer"),
    Column("who", "Name", "Name", "text"),
    Column("start", "Beginn", "Start", "text"),
    Column("end", "Ende", "End", "text"),
    Column("kind", "Art", "Kind", "text"),
    Column("family", "Familie", "Family", "text"),
    Column("room", "Raum", "Room", "text"),
)


@dataclass(frozen=True)
class Line:
    """One row: from when to when, and for each person a slot, a break, or not there."""

    start: str
    end: str
    cells: tuple[Kind, ...]


@dataclass(frozen=True)
class Sheet:
    """One table: a language and some of its people."""

    need: NeedRead
    direction: str
    people: tuple[ShiftRead, ...]
    lines: tuple[Line, ...]


def sheets(day: ParentsDayRead) -> list[Sheet]:
    """The tables of a parents' day, at most four people in each."""
    found = []
    for need in day.needs:
        own = [shift for shift in day.shifts if shift.written == need.written]
        known = languages.catalogue().get(need.language or "")
        for first in range(0, len(own), PEOPLE_A_TABLE):
            people = tuple(own[first : first + PEOPLE_A_TABLE])
            direction = known.direction if known else "ltr"
            found.append(Sheet(need, direction, people, tuple(_lines(people))))
    return found


def _lines(people: Sequence[ShiftRead]) -> Iterator[Line]:
    """A row for each time at which somebody's slot begins, or at which all have a break."""
    times = {(slot.start, slot.end) for shift in people for slot in shift.slots}
    begins = {start for start, _ in times}
    for shift in people:
        for rest in shift.breaks:
            if not any(rest.start <= start < rest.end for start in begins):
                times.add((rest.start, rest.end))
    for start, end in sorted(times):
        yield Line(start, end, tuple(_kind(shift, start, end) for shift in people))


def _kind(shift: ShiftRead, start: str, end: str) -> Kind:
    if any(slot.start == start for slot in shift.slots):
        return "slot"
    if any(rest.start < end and start < rest.end for rest in shift.breaks):
        return "break"
    return "away"


def table(day: ParentsDayRead, locale: str) -> Table:
    """The timetable as one long list for CSV or XLSX; families and rooms are left to the school."""
    names = {need.written: need.name for need in day.needs}
    rows = [row for shift in day.shifts for row in _rows(shift, names[shift.written], locale)]
    name = "parents-day" if locale == "en" else "elternsprechtag"
    return Table(f"{name}-{day.day.isoformat()}", day.topic or name, COLUMNS, rows)


def _rows(shift: ShiftRead, language: str, locale: str) -> Iterator[Row]:
    parts = [(slot.start, slot.end, "slot") for slot in shift.slots]
    parts += [(rest.start, rest.end, "break") for rest in shift.breaks]
    for start, end, kind in sorted(parts):
        yield {
            "language": language,
            "number": shift.number,
            "who": shift.who or OPEN[locale],
            "start": start,
            "end": end,
            "kind": KINDS[locale][kind],
            "family": "",
            "room": "",
        }
