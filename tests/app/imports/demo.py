"""The demo pool's lists in many shapes, and small lists written by hand."""

import csv
import io
import json
from datetime import date
from pathlib import Path

from openpyxl import Workbook

import app.imports
from app.imports import Judged, KnownInstitution, judge, read_files
from app.institutions.kinds import BY_SLUG

FOLDER = Path(app.imports.__file__).parent / "demo"
KEY: dict[str, dict[str, object]] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
NAMES = ("freiwillige.csv", "einrichtungen.csv", "anfragen.csv")
TODAY = date(2026, 11, 22)
FORBIDDEN = frozenset(
    ("court", "police", "bamf", "jobcenter", "employment_agency", "immigration_office", "doctor")
)
TOWN_HALL = KnownInstitution("Rathaus Musterstadt", "61169", "Friedberg", "citizens_office", "Amt")
JOBCENTER = KnownInstitution("Jobcenter Echzell", "61209", "Echzell", "jobcenter", "Jobcenter")

VOLUNTEER = {
    "Nr": "1",
    "Nachname": "Tesfaye",
    "Vorname": "Blerta",
    "geb. am": "07.09.1958",
    "m/w/d": "w",
    "PLZ": "61191",
    "Rolle": "beides",
    "Sprachen": "Türkisch C1",
}
REQUEST = {
    "Nr": "1",
    "Eingang": "04.01.2027",
    "Einrichtung": "Rathaus Musterstadt",
    "Datum": "12.01.2027",
    "Uhrzeit": "10:00",
    "Dauer": "60 min",
    "Sprache": "Türkisch",
    "w/m": "",
    "Bemerkung": "",
}

Grid = list[list[str]]


def policy(role: str, kind: str, topic: str) -> str | None:
    """Interpreters do not go where the pool's rules forbid it; guides go everywhere."""
    assert kind in BY_SLUG
    return "nicht vorgesehen" if role == "interpreter" and kind in FORBIDDEN else None


def verdicts(files: dict[str, bytes], *known: KnownInstitution) -> Judged:
    """The verdicts on some files."""
    return judge(read_files(files), known_institutions=known, policy=policy, today=TODAY)


def grids() -> dict[str, Grid]:
    """The demo lists as rows of cells."""
    return {name: _grid(name) for name in NAMES}


def _grid(name: str) -> Grid:
    text = (FOLDER / name).read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def as_csv(
    grid: Grid, delimiter: str = ";", encoding: str = "utf-8", line_end: str = "\n"
) -> bytes:
    """A CSV file of a grid."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows(grid)
    return out.getvalue().encode(encoding)


def as_xlsx(sheets: dict[str, list[list[object]]]) -> bytes:
    """A workbook with one sheet for each grid."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, grid in sheets.items():
        sheet = book.create_sheet(title)
        for row in grid:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def list_of(*rows: dict[str, str]) -> bytes:
    """A CSV file of rows written by hand; the first one gives the headings."""
    headings = list(rows[0])
    return as_csv([headings, *([row.get(h, "") for h in headings] for row in rows)])


def volunteers(*changes: dict[str, str]) -> Judged:
    """The verdicts on volunteers that differ from one good row."""
    rows = _numbered(VOLUNTEER, changes)
    return verdicts({"freiwillige.csv": list_of(*rows)})


def requests(*changes: dict[str, str]) -> Judged:
    """The verdicts on requests that differ from one good row."""
    rows = _numbered(REQUEST, changes)
    return verdicts({"anfragen.csv": list_of(*rows)}, TOWN_HALL, JOBCENTER)


def _numbered(good: dict[str, str], changes: tuple[dict[str, str], ...]) -> list[dict[str, str]]:
    extra = {heading: "" for change in changes for heading in change if heading not in good}
    return [
        {**good, **extra, "Nr": str(number), **change}
        for number, change in enumerate(changes, start=1)
    ]
