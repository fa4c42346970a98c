"""One row of a list: its cells by field, and what could not be read in them."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from app.imports import composed
from app.imports.cells import is_blank, is_error, is_formula, refuse_formula
from app.imports.headings import Table
from app.imports.reading import Cells
from app.imports.refusals import RowError
from app.imports.times import is_doubtful_day
from app.imports.verdicts import Question

T = TypeVar("T")

LONGEST_NOTE = 300
# Longer cells hold no date, number or name; reading them whole would only cost time.
_LONGEST_CELL = 1000


class RowReader:
    """Reads cells of one row and remembers questions and warnings about them."""

    def __init__(self, table: Table, cells: Cells) -> None:
        self._table = table
        # One sign more than allowed: the cell still counts as too long.
        self._cells = tuple(cell[: _LONGEST_CELL + 1] for cell in cells)
        self._questions: list[tuple[int, Question]] = []
        self.warnings: list[str] = []

    def has(self, field: str) -> bool:
        """Whether the list has a column for this field."""
        return field in self._table.columns

    def heading(self, field: str) -> str:
        """The heading of a field's (first) column as the list writes it."""
        return self._table.headings[self._position(field)]

    def peek(self, field: str) -> str:
        """The field's cells in one line, whatever they say; nothing is asked."""
        positions = self._table.columns.get(field, ())
        written = [" ".join(self._cell(at).split()) for at in positions]
        return " ".join(text for text in written if text)

    def written_cells(self) -> dict[str, str]:
        """Field to what the row says there, for each that says something."""
        return {field: text for field in self._table.columns if (text := self.peek(field))}

    def raw(self, field: str) -> str:
        """The field's cells as written, several columns on lines of their own."""
        positions = self._table.columns.get(field, ())
        between = "; " if field == "availability" else "\n"
        return between.join(text for at in positions if (text := self._said(at)))

    def _said(self, at: int) -> str:
        """A cell in words of its own; what belongs to its column is added or asked about."""
        part, cell = self._table.parts.get(at), self._cell(at)
        if part is None:
            return cell
        level = self._cell(part.level_at) if part.level_at is not None else ""
        if not cell:
            if level and level not in composed.NO:
                self._ask_at(part.level_at or 0, level)
            return ""
        said = composed.said(part, cell, level)
        if said is not None:
            return said
        if part.say == "language":
            self._ask_at(part.level_at or at, level)
            return cell
        self._ask_at(at, cell)
        return part.word if part.say == "cross" else ""

    def text(self, field: str) -> str:
        """The field's cell in one line, empty when it says nothing."""
        text = " ".join(self.raw(field).split())
        return "" if is_blank(text) else text

    def refuse_first(self, readers: Mapping[str, Callable[[str], object]]) -> None:
        """Refuse the row for the first required cell from the left that cannot be read.

        Raises
        ------
        RowError
            With the code ``column:<heading>``.
        """
        present = [field for field in readers if self.has(field)]
        for field in sorted(present, key=self._position):
            self.required(field, readers[field])

    def required(self, field: str, read: Callable[[str], T]) -> T:
        """The value of a required cell.

        Raises
        ------
        RowError
            If it is empty or cannot be read.
        """
        written = " ".join(self.raw(field).split())
        try:
            if not written or len(written) > _LONGEST_CELL:
                raise ValueError("the cell is empty or far too long")
            return read(self._clear(field, written))
        except ValueError as error:
            raise RowError(f"column:{self.heading(field)}", written) from error

    def optional(self, field: str, read: Callable[[str], T]) -> T | None:
        """The value of another cell: None when it says nothing, a question when unreadable."""
        written = self.text(field)
        if not written:
            return None
        try:
            if len(written) > _LONGEST_CELL:
                raise ValueError("the cell is far too long")
            return read(self._clear(field, written))
        except ValueError:
            self.ask_column(field)
            return None

    def _clear(self, field: str, written: str) -> str:
        """The words, unless they are a formula or a day beside days with the month first."""
        if self._position(field) in self._table.months_first and is_doubtful_day(written):
            raise ValueError(f"{written!r} may have its month first")
        return refuse_formula(written)

    def words(self, field: str, longest: int) -> str:
        """Free words of a cell; longer ones are cut, and these and formulas are asked about."""
        written = self.text(field)
        if len(written) > longest or is_formula(written):
            self.ask_column(field)
        return "" if is_formula(written) else written[:longest]

    def ask_column(self, field: str) -> None:
        """Ask about a cell that cannot be read or understood."""
        self._ask_at(self._position(field), self.raw(field))

    def ask(self, code: str, written: str = "", reason: str = "") -> None:
        """Ask about something that is no single cell's spelling."""
        self._questions.append((0, Question(code, written[:_LONGEST_CELL], reason)))

    def warn(self, code: str) -> None:
        """Note something that changes no fate."""
        if code not in self.warnings:
            self.warnings.append(code)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What was asked so far, about columns from the left to the right."""
        ordered = sorted(self._questions, key=lambda question: question[0])
        return tuple(question for _, question in ordered)

    def leftovers(self) -> list[str]:
        """Cells of columns nobody knows, with their headings; cells without a heading ask."""
        found = []
        for at in self._table.unknown:
            heading, text = self._table.headings[at], " ".join(self._cell(at).split())
            if not text:
                continue
            if not heading or self._differs_from_twin(heading, text):
                self._ask_at(at, text)
                continue
            if is_error(text):
                self._ask_at(at, text)
                continue
            found.append(f"{heading}: {text}")
            if is_formula(text):
                self.warn("note:formula")
        for at in range(len(self._table.headings), len(self._cells)):
            if self._cells[at]:
                self._ask_at(at, self._cells[at])
        return found

    def _differs_from_twin(self, heading: str, text: str) -> bool:
        """Whether a column of the same heading is read and says something else."""
        used = {at for positions in self._table.columns.values() for at in positions}
        twins = [at for at in sorted(used) if self._table.headings[at] == heading]
        return bool(twins) and " ".join(self._cell(twins[0]).split()) != text

    def note(self, kept: str, extra: list[str]) -> str:
        """The remark and the leftovers as one note; what does not fit is asked about."""
        said = "" if is_error(kept) else kept
        note = "; ".join(part for part in (said, *extra) if part)
        if kept.startswith("="):
            self.warn("note:formula")
        if len(note) > LONGEST_NOTE or is_error(kept):
            at = self._table.columns.get("remark", self._table.unknown or (0,))[0]
            self._ask_at(at, "; ".join(part for part in (kept, *extra) if part))
        return note[:LONGEST_NOTE]

    def _ask_at(self, position: int, written: str) -> None:
        headings = self._table.headings
        heading = headings[position] if position < len(headings) else ""
        code = f"column:{heading or f'Spalte {position + 1}'}"
        is_account = heading in {headings[at] for at in self._table.columns.get("iban", ())}
        question = Question(code, written[:_LONGEST_CELL], account=is_account)
        self._questions.append((position, question))

    def _position(self, field: str) -> int:
        return self._table.columns[field][0]

    def _cell(self, position: int) -> str:
        return self._cells[position] if position < len(self._cells) else ""
