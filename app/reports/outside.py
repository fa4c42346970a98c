"""Statistics that leave the sponsor: nobody works out a number behind which few people stand.

A number is hidden when fewer than 5 cases, or fewer than 5 volunteers where somebody went, stand
behind it; and others with it, so that no total gives it away. What is shown is one table of
language and Kreis with its totals, and beside it lines that have nothing but the grand total in
common with it. The period is a whole calendar year, always as it stood when it had just been
settled: two that overlap could be subtracted, and so could the same year of today and of yesterday.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from app import suppression
from app.clock import local_day, midnight
from app.errors import Invalid
from app.reports import assignments, unmet, words
from app.reports.asked import Asked
from app.reports.period import SETTLED
from app.sheets import Column, Row

LEAST = 5
"""So many cases, and so many people, stand at least behind a number that is shown."""
HOUR = 60
DIMENSIONS = (
    Column("language", "Kürzel", "Tag", "text"),
    Column("language_name", "Sprache", "Language", "text"),
    Column("region_ags", "AGS", "AGS", "text"),
    Column("region", "Kreis", "Kreis", "text"),
    Column("beside", "Nach", "By", "text"),
    Column("beside_name", "Ausprägung", "Value", "text"),
)
HINT = Column("hint", "Hinweis", "Note", "text")
NOTES = (
    "Ausgeblendet sind Zahlen unter 5, Zahlen, hinter denen weniger als 5 Freiwillige stehen, und"
    " Zahlen, aus denen man sie berechnen könnte. Was fehlt, ist 0. Es zählt, was bis zum"
    " 29. Januar danach eingetragen war.",
    "Hidden are numbers below 5, numbers behind which fewer than 5 volunteers stand, and numbers"
    " from which they could be computed. What is missing is 0. What had been recorded by"
    " 29 January of the next year counts.",
)
TOO_FEW = (
    "Diese Statistik kann nicht weitergegeben werden: Zu wenige Fälle oder Freiwillige stehen"
    " dahinter. Es zählt, was bis zum 29. Januar danach eingetragen war.",
    "This statistic cannot be passed on: too few cases or volunteers stand behind it. What had been"
    " recorded by 29 January of the next year counts.",
)
BESIDE = {
    "institution_kind": ("Art der Einrichtung", "Kind of institution"),
    "weekday": ("Wochentag", "Weekday"),
    "reason": ("Grund", "Reason"),
}


class NotAYear(Invalid):
    """A statistic that is passed on is of one calendar year."""

    de = "Zum Weitergeben bitte genau ein Kalenderjahr wählen: {first} bis {last}."
    en = "To be passed on please choose exactly one calendar year: {first} to {last}."


class TooRecent(Invalid):
    """The year may still change: two states of it, subtracted, would tell of single cases."""

    de = "Zum Weitergeben gibt es die Zahlen von {year} erst mit einem Stand ab dem {day}."
    en = "To be passed on, the figures of {year} are there as of {day} or later only."


class TemplateInside(Invalid):
    """A statistic has columns of its own."""

    de = "Zum Weitergeben gibt es keine Spaltenvorlage. Bitte ohne Vorlage abrufen."
    en = "What is passed on has no column template. Please ask without one."


@dataclass(frozen=True)
class Case:
    """What one volunteer, or nobody, did in one cell."""

    language: str
    kreis: str
    beside: tuple[str, ...]
    count: int
    minutes: int = 0
    volunteer_ids: frozenset[UUID] = frozenset()


@dataclass
class Number:
    """What stands behind one place of the table."""

    with_people: bool
    cases: int = 0
    minutes: int = 0
    volunteers: set[UUID] = field(default_factory=set)

    def add(self, case: Case) -> None:
        """Count what stands in a cell."""
        self.cases += case.count
        self.minutes += case.minutes
        self.volunteers |= case.volunteer_ids

    @property
    def is_safe(self) -> bool:
        """Nothing at all, or enough of them."""
        enough = self.cases >= LEAST
        return not self.cases or (
            enough and (not self.with_people or len(self.volunteers) >= LEAST)
        )

    @property
    def slack(self) -> tuple[int, ...]:
        """How far its numbers can fall: cases to 1, minutes to 0."""
        fall = max(self.cases - 1, 0)
        return (fall, self.minutes) if self.with_people else (fall,)


class Shown(NamedTuple):
    """One row: language, Kreis, which line and what of it; None stands for all."""

    language: str | None
    kreis: str | None
    beside: tuple[str, str] | None
    number: Number
    hidden: bool


@dataclass(frozen=True)
class Statistic:
    """How a report looks outside."""

    cases: Callable[[Session, Asked], list[Case]]
    figures: tuple[Column, ...]
    """How cases are called, and minutes where people went."""
    beside: tuple[str, ...]
    """The lines beside the table."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the table."""
        return (*DIMENSIONS, *self.figures, HINT)

    @property
    def widths(self) -> suppression.Widths:
        """How closely a hidden number may be known: cases, and hours where people went."""
        return (LEAST, LEAST * HOUR)[: len(self.figures)]

    def rows(self, session: Session, one: Asked) -> list[Row]:
        """The table with its totals and lines; empty when it cannot be shown."""
        return [_row(self, shown, one) for shown in protected(self, self.cases(session, one))]

    def saying(self, note: str) -> Row:
        """A row that says why there is no other: a file has no place for it beside the table."""
        return {column.key: note if column is HINT else None for column in self.columns}


def settled(one: Asked) -> Asked:
    """The same as it stood when its year had just been settled: what came later changes nothing.

    Refused unless the period is one calendar year that was over and settled as of then.
    """
    period, year = one.period, one.period.first_day.year
    first, last = date(year, 1, 1), date(year, 12, 31)
    if (period.first_day, period.last_day) != (first, last):
        raise NotAYear(first=first.isoformat(), last=last.isoformat())
    if local_day(one.as_of) < last + SETTLED:
        raise TooRecent(year=year, day=f"{last + SETTLED:%d.%m.%Y}")
    return replace(one, as_of=midnight(last + SETTLED).astimezone(UTC))


def note(rows: Sequence[Row], locale: str) -> str:
    """What is hidden, or that nothing can be shown."""
    return words.said(NOTES if rows else TOO_FEW, locale)


def _sums(
    statistic: Statistic, cases: Iterable[Case], key: Callable[[Case], tuple[str, ...]]
) -> dict[tuple[str, ...], Number]:
    found: dict[tuple[str, ...], Number] = {}
    for case in cases:
        found.setdefault(key(case), Number(len(statistic.figures) > 1)).add(case)
    return {one: found[one] for one in sorted(found) if found[one].cases}


def protected(statistic: Statistic, cases: Sequence[Case]) -> list[Shown]:
    """Everything that may be shown; nothing when the grand total is unsafe itself."""
    whole = _sums(statistic, cases, lambda _: ()).get(())
    if whole is None or not whole.is_safe:
        return []
    shown = _table(statistic, cases)
    for place, name in enumerate(statistic.beside):
        shown += _line(statistic, _sums(statistic, cases, _value_of(place)), _beside(name))
    return [*shown, Shown(None, None, None, whole, hidden=False)]


Place = Callable[[str], tuple[str | None, str | None, tuple[str, str] | None]]


def _value_of(place: int) -> Callable[[Case], tuple[str, ...]]:
    return lambda case: (case.beside[place],)


def _beside(name: str) -> Place:
    return lambda key: (None, None, (name, key))


def _line(statistic: Statistic, sums: dict[tuple[str, ...], Number], place: Place) -> list[Shown]:
    """A line beside the grand total; nothing of it when it cannot be protected."""
    mask = suppression.line(list(sums.values()), statistic.widths)
    if mask is None:
        return []
    return [
        Shown(*place(key[0]), number, bool(hidden))
        for (key, number), hidden in zip(sums.items(), mask, strict=True)
    ]


def _table(statistic: Statistic, cases: Sequence[Case]) -> list[Shown]:
    """Language and Kreis with their totals; the totals alone when no more can be protected."""
    inner = _sums(statistic, cases, lambda case: (case.language, case.kreis))
    rows = _sums(statistic, cases, lambda case: (case.language,))
    columns = _sums(statistic, cases, lambda case: (case.kreis,))
    empty = Number(len(statistic.figures) > 1)
    grid = [[inner.get((*row, *column), empty) for column in columns] for row in rows]
    masks = suppression.table(grid, list(rows.values()), list(columns.values()), statistic.widths)
    if masks is None:
        return [
            *_line(statistic, rows, lambda key: (key, None, None)),
            *_line(statistic, columns, lambda key: (None, key, None)),
        ]
    hidden, row_hidden, column_hidden = masks
    shown = [
        Shown(row[0], column[0], None, grid[i][j], bool(hidden[i, j]))
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
        if grid[i][j].cases
    ]
    shown += [
        Shown(row[0], None, None, rows[row], bool(row_hidden[i])) for i, row in enumerate(rows)
    ]
    return shown + [
        Shown(None, one[0], None, columns[one], bool(column_hidden[j]))
        for j, one in enumerate(columns)
    ]


def _row(statistic: Statistic, shown: Shown, one: Asked) -> Row:
    everything, locale = words.said(words.ALL, one.locale), one.locale
    numbers = [shown.number.cases, shown.number.minutes]
    figures = {
        column.key: None if shown.hidden else numbers[at]
        for at, column in enumerate(statistic.figures)
    }
    return {
        "language": shown.language,
        "language_name": everything
        if shown.language is None
        else words.language(shown.language, locale),
        "region_ags": shown.kreis,
        "region": everything
        if shown.kreis is None
        else words.kreis_name(shown.kreis, one.period.last_day, locale),
        "beside": words.of(BESIDE, shown.beside[0], locale) if shown.beside else "",
        "beside_name": _called(*shown.beside, locale) if shown.beside else "",
        **figures,
        "hint": words.said(words.HIDDEN, locale) if shown.hidden else "",
    }


def _called(line: str, key: str, locale: str) -> str:
    """What a value of a line is called."""
    if line == "institution_kind":
        return words.institution(key, locale)
    return words.weekday(int(key), locale) if line == "weekday" else words.reason(key, locale)


def _assignments(session: Session, one: Asked) -> list[Case]:
    return [
        Case(language, kreis, (kind,), sums.assignments, sums.minutes, frozenset(sums.volunteers))
        for (language, kreis, kind), sums in assignments.cells(session, one).items()
        if sums.assignments > 0
    ]


def _unmet(session: Session, one: Asked) -> list[Case]:
    return [
        Case(language, kreis, (str(weekday), why), count)
        for (language, kreis, weekday, why), count in unmet.cells(session, one).items()
    ]


ASSIGNMENTS = Statistic(
    _assignments,
    (
        Column("assignments", "Einsätze", "Assignments", "integer"),
        Column("minutes", "Stunden", "Hours", "minutes"),
    ),
    ("institution_kind",),
)
UNMET = Statistic(
    _unmet,
    (Column("unfilled", "Ohne Besetzung", "Unfilled", "integer"),),
    ("weekday", "reason"),
)
