"""The programme's tables: made whole, then protected, then told."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app.downloads import Table
from app.programme import counting, names, suppression
from app.programme.counting import Share
from app.programme.schemas import AggregateRow, AggregatesRead, SumsRead
from app.programme.suppression import HOUR, Cell
from app.reports.period import Period
from app.sheets import Column

STEP = 5
"""Volunteers are told to the nearest five."""
NOTES = {
    "de": {
        True: "Ausgeblendet sind Felder mit weniger als 5 Freiwilligen oder weniger als 3"
        " Trägern, und Felder, aus denen man sie berechnen könnte. Was fehlt, ist 0.",
        False: "Diese Tabelle kann nicht gezeigt werden: Zu wenige Freiwillige oder Träger"
        " stehen dahinter.",
    },
    "en": {
        True: "Hidden are cells with fewer than 5 volunteers or fewer than 3 sponsors, and cells"
        " from which they could be computed. What is missing is 0.",
        False: "This table cannot be shown: too few volunteers or sponsors stand behind it.",
    },
}
TITLES = {"de": "Summen des Programms", "en": "Sums of the programme"}
HIDDEN = {"de": "ausgeblendet", "en": "hidden"}


@dataclass(frozen=True)
class Shown:
    """A cell, and whether it is hidden."""

    key: tuple[str | None, str | None]
    cell: Cell
    hidden: bool


def protected(shares: Sequence[Share], dimensions: int) -> list[Shown] | None:
    """The cells of a table with its totals; None when it cannot be shown."""
    if dimensions == 1:
        found = counting.cells(shares, lambda share: share.key)
        mask = suppression.line(list(found.values()))
        if mask is None:
            return None
        return [
            Shown((key[0], None), cell, bool(hidden))
            for (key, cell), hidden in zip(found.items(), mask, strict=True)
        ]
    return _two(shares)


def _two(shares: Sequence[Share]) -> list[Shown] | None:
    inner = counting.cells(shares, lambda share: share.key)
    rows = counting.cells(shares, lambda share: share.key[:1])
    columns = counting.cells(shares, lambda share: share.key[1:])
    grid = [[inner.get((*row, *column), Cell()) for column in columns] for row in rows]
    masks = suppression.table(grid, list(rows.values()), list(columns.values()))
    if masks is None:
        return None
    hidden, row_hidden, column_hidden = masks
    found = [
        Shown((row[0], column[0]), grid[i][j], bool(hidden[i, j]))
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
        if grid[i][j].appointments
    ]
    found += [
        Shown((row[0], None), cell, bool(row_hidden[i]))
        for i, (row, cell) in enumerate(rows.items())
    ]
    return found + [
        Shown((None, column[0]), cell, bool(column_hidden[j]))
        for j, (column, cell) in enumerate(columns.items())
    ]


def aggregates(session: Session, period: Period, by: Sequence[str], locale: str) -> AggregatesRead:
    """A table of the quarter."""
    shares = counting.shares(session, period, by)
    whole = counting.cells(shares, lambda _: ()).get((), Cell())
    found = protected(shares, len(by)) if whole.is_safe else None
    return AggregatesRead(
        first_day=period.first_day,
        last_day=period.last_day,
        by=list(by),
        shown=found is not None,
        note=NOTES[locale][found is not None],
        total=_sums(whole, hidden=not whole.is_safe),
        rows=[_row(one, by, locale) for one in found or ()],
    )


def _sums(cell: Cell, *, hidden: bool) -> SumsRead:
    if hidden:
        return SumsRead(
            hidden=True, appointments=None, filled=None, hours=None, volunteers=None, languages=None
        )
    return SumsRead(
        hidden=False,
        appointments=cell.appointments,
        filled=cell.filled,
        hours=cell.minutes // HOUR,
        volunteers=(cell.volunteers + STEP // 2) // STEP * STEP,
        languages=cell.languages,
    )


def _row(shown: Shown, by: Sequence[str], locale: str) -> AggregateRow:
    first, second = shown.key
    return AggregateRow(
        first=first,
        first_name=names.called(by[0], first, locale),
        second=second,
        second_name=names.called(by[1], second, locale) if len(by) > 1 else "",
        **_sums(shown.cell, hidden=shown.hidden).model_dump(),
    )


def sheet(read: AggregatesRead, locale: str) -> Table:
    """The same as a table to save; a hidden number is an empty cell with a word beside it."""
    columns = [
        *(
            Column(key, *names.HEADINGS[name], "text")
            for key, name in zip(("first", "second"), read.by, strict=False)
        ),
        Column("appointments", "Angefragt", "Asked for", "integer"),
        Column("filled", "Besetzt", "Filled", "integer"),
        Column("hours", "Stunden", "Hours", "integer"),
        Column("volunteers", "Freiwillige (gerundet)", "Volunteers (rounded)", "integer"),
        Column("languages", "Sprachen", "Languages", "integer"),
        Column("hint", "Hinweis", "Note", "text"),
    ]
    everything = AggregateRow(
        first=None,
        first_name=names.ALL[locale],
        second=None,
        second_name=names.ALL[locale],
        **read.total.model_dump(),
    )
    rows = [
        {
            **row.model_dump(exclude={"hidden", "first_name", "second_name"}),
            "first": row.first_name,
            "second": row.second_name,
            "hint": HIDDEN[locale] if row.hidden else "",
        }
        for row in [*read.rows, everything]
    ]
    name = f"programm-{'-'.join(read.by)}-{read.first_day}-{read.last_day}"
    return Table(name.replace("_", "-"), TITLES[locale], columns, rows)
