"""A report as a document for screen readers, for print and to be kept (PDF/UA-1, PDF/A-2a)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app import latin, typesetting
from app.clock import ZONE
from app.errors import Invalid
from app.payouts.paper_parts import clock, number
from app.payouts.paper_words import in_words
from app.payouts.paper_words import word as paper_word
from app.reports import words
from app.reports.period import Period
from app.sheets import Cell, Column, Kind, Row

TEMPLATE = Path(__file__).with_name("report.typ")
WIDE_FROM = 7
"""With so many columns the page lies on its side."""
MOST_CELLS = 60_000
"""More would take a minute to set."""
SIZES = ((6, 9.0), (9, 8.0), (12, 7.0), (99, 6.0))
"""Points of a letter, by the number of columns."""
WIDTHS = {False: 504, True: 750}
"""Points between the margins, upright and on its side."""
_LETTER = 0.6
"""How wide a letter is at most, on the mean, of its size."""
_NARROWEST, _NARROW_HEADING, _WIDEST = 5, 11, 40
"""Letters of a column."""
_BESIDE, _LEAST, _WHOLE = 1.5, 0.4, 99
"""Letters between two columns, how far text is squeezed at most, and what is never torn."""
FACTS = {
    "sponsor": ("Träger", "Sponsor"),
    "period": ("Zeitraum", "Period"),
    "as_of": ("Stand", "As of"),
    "rows": ("Zeilen", "Rows"),
}
NOTHING = ("Für diesen Zeitraum gibt es keine Zeilen.", "There are no rows for this period.")
UNITS = (
    "Zeiten stehen in Stunden und Minuten (1:30), Beträge in Euro.",
    "Times are in hours and minutes (1:30), amounts in euros.",
)


class TooLong(Invalid):
    """A document of so many cells helps nobody."""

    de = (
        "Dieser Bericht hat {rows} Zeilen: zu viele für ein PDF. Bitte einen kürzeren Zeitraum,"
        " weniger Spalten (Vorlage) oder XLSX wählen."
    )
    en = (
        "This report has {rows} rows: too many for a PDF. Please choose a shorter period, fewer"
        " columns (a template) or XLSX."
    )


@dataclass(frozen=True)
class Paper:
    """What stands around the table."""

    title: str
    sponsor: str
    period: Period
    as_of: datetime
    said: Sequence[str] = ()


def pdf(paper: Paper, columns: Sequence[Column], rows: Sequence[Row], locale: str) -> bytes:
    """The document; the same report of the same moment gives the same bytes.

    Ids, which tell a reader nothing, have no column here.
    """
    columns = [one for one in columns if not one.key.endswith("_id")] or columns
    if len(columns) * len(rows) > MOST_CELLS:
        raise TooLong(rows=len(rows))
    day = paper.as_of.astimezone(ZONE)
    cells = [[_cell(column, row[column.key], locale) for column in columns] for row in rows]
    wide, size = len(columns) >= WIDE_FROM, _size(len(columns))
    content: dict[str, Any] = {
        "locale": locale,
        "title": paper.title,
        "author": paper.sponsor,
        "date": [day.year, day.month, day.day],
        "footer": f"{paper.title} · {paper.sponsor}",
        "facts": _facts(paper, len(rows), locale),
        "words": [*paper.said, words.said(UNITS if rows else NOTHING, locale)],
        "wide": wide,
        "size": size,
        "columns": _headings(columns, cells, WIDTHS[wide] / (size * _LETTER), locale),
        "rows": cells,
        "note": "",
    }
    return typesetting.pdf(TEMPLATE, latin.printable(content), paper_word("letters", locale))


def _size(columns: int) -> float:
    return next(size for most, size in SIZES if columns <= most)


def _facts(paper: Paper, rows: int, locale: str) -> list[list[str]]:
    moment = paper.as_of.astimezone(ZONE)
    first, last = (in_words(d, locale) for d in (paper.period.first_day, paper.period.last_day))
    hour = f"{moment:%H:%M:%S}"
    values = {
        "sponsor": paper.sponsor,
        "period": f"{first} – {last}",
        "as_of": f"{in_words(moment.date(), locale)}, {hour}",
        "rows": str(rows),
    }
    return [[words.said(FACTS[name], locale), value] for name, value in values.items()]


def _headings(
    columns: Sequence[Column], cells: Sequence[Sequence[str]], room: float, locale: str
) -> list[dict[str, Any]]:
    """Each column as wide as it needs, in letters of the room there is; text takes what is left."""
    headings = [column.heading(locale) for column in columns]
    needs = [
        _letters(heading, (row[at] for row in cells), column.kind)
        for at, (heading, column) in enumerate(zip(headings, columns, strict=True))
    ]
    texts = sum(n for n, column in zip(needs, columns, strict=True) if column.kind == "text")
    left = room - _BESIDE * len(columns) - (sum(needs) - texts)
    scale = max(left / texts, _LEAST) if texts else 1.0
    return [
        {
            "heading": heading,
            "number": column.kind in ("integer", "cents", "minutes"),
            "share": _BESIDE + (need * scale if column.kind == "text" else need),
            "letters": max(int(need * scale), 4) if column.kind == "text" else _WHOLE,
        }
        for heading, need, column in zip(headings, needs, columns, strict=True)
    ]


def _letters(heading: str, cells: Iterable[str], kind: Kind) -> int:
    """Words of a heading may stand below each other, figures may not be torn."""
    longest = max((len(word) for word in heading.split()), default=0) + 1
    wanted = max([min(longest, _NARROW_HEADING), *(len(cell) for cell in cells)])
    return max(_NARROWEST, wanted if kind != "text" else min(wanted, _WIDEST))


def _cell(column: Column, value: Cell, locale: str) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return in_words(value, locale) if locale == "de" else value.isoformat()
    if isinstance(value, str):
        return value
    if column.kind == "cents":
        return number(value, locale)
    return clock(value) if column.kind == "minutes" else str(value)
