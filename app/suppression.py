"""Which numbers of a table are hidden, so that nobody works out a small one from the others.

A cell is unsafe when too few stand behind it: the cell itself says so. It is hidden (primary
suppression), and so are others, so that it cannot be computed from the totals either (secondary
suppression). Each number of a hidden cell is then known no more closely than to its width.

The totals of a table with two dimensions are the cells of the tables with one: they are hidden
there and here alike, so that no table gives away what another one hides. The grand total is shown
whenever it is safe itself. A table in which that cannot be had is not shown at all.

References
----------
R. D. Repsilber, Sicherung persönlicher Angaben in Tabellendaten, Statistische Analysen und Studien
Nordrhein-Westfalen 1/2000 (the cuboid method): four hidden corners of a rectangle can be changed
against each other, and no total shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Cell(Protocol):
    """What stands behind the numbers of one place of a table."""

    @property
    def cases(self) -> int:
        """How many of what is counted; 0: nothing stands here, and everybody may see that."""

    @property
    def is_safe(self) -> bool:
        """Whether its numbers may be shown."""

    @property
    def slack(self) -> tuple[int, ...]:
        """How far each of its numbers can fall and still be one that everybody thinks possible."""


Widths = tuple[int, ...]
"""How wide is what may be known of each number of a hidden cell."""


def line(cells: Sequence[Cell], widths: Widths) -> Mask | None:
    """Which cells of a table with one dimension are hidden beside its total; None: all of them.

    Every cell stands for something: a hidden one is at least 1, and everybody knows that.
    """
    hidden = np.array([not cell.is_safe for cell in cells], dtype=bool)
    if not hidden.any():
        return hidden
    slack = _slack(cells, widths)
    # The smallest first: what is lost least.
    for index in np.argsort([cell.cases for cell in cells], kind="stable"):
        if hidden.all() or _is_wide(slack, widths, hidden):
            break
        hidden[index] = True
    return None if hidden.all() else hidden


def _slack(cells: Sequence[Cell], widths: Widths) -> Numbers:
    """How far the numbers of each cell can fall: a row for each number, a column for each cell."""
    slack = np.array([cell.slack for cell in cells], dtype=np.int64)
    return slack.reshape(len(cells), len(widths)).T


def _is_wide(slack: Numbers, widths: Widths, hidden: Mask) -> bool:
    """Whether at least two are hidden, and together hold enough to be anybody's."""
    enough = slack[:, hidden].sum(axis=1) >= np.array(widths)
    return bool(hidden.sum() >= 2 and enough.all())


def table(
    cells: Sequence[Sequence[Cell]],
    rows: Sequence[Cell],
    columns: Sequence[Cell],
    widths: Widths,
) -> tuple[Mask, Mask, Mask] | None:
    """Which inner cells, row totals and column totals are hidden; None: no table is shown.

    Parameters
    ----------
    cells : n × m
        Row by row. A cell without a case is shown as 0.
    rows, columns : n, m
        The totals, which are the cells of the tables with one dimension.
    widths
        For each number of a cell.
    """
    row_hidden, column_hidden = line(rows, widths), line(columns, widths)
    if row_hidden is None or column_hidden is None:
        return None
    grid = _Grid.of((cells, rows, columns), row_hidden, column_hidden, widths)
    unsafe = np.array([[not cell.is_safe for cell in row] for row in cells], dtype=bool)
    grid.hidden[:-1, :-1] |= unsafe
    if not _protect(grid, unsafe, rows, columns):
        return None
    return grid.hidden[:-1, :-1], row_hidden, column_hidden


@dataclass
class _Grid:
    """A table with its totals as last column and last row; the last corner is the grand total."""

    slack: Numbers
    """First the number, then row and column."""
    hidden: Mask
    fixed: Mask
    """What stays as it is: cells without anything, and totals."""
    widths: Widths

    @classmethod
    def of(
        cls,
        numbers: tuple[Sequence[Sequence[Cell]], Sequence[Cell], Sequence[Cell]],
        row_hidden: Mask,
        column_hidden: Mask,
        widths: Widths,
    ) -> "_Grid":
        cells, rows, columns = numbers
        shape = (len(rows) + 1, len(columns) + 1)
        slack = np.zeros((len(widths), *shape), np.int64)
        made = cls(slack, np.zeros(shape, bool), np.ones(shape, bool), widths)
        for index, row in enumerate(cells):
            slack[:, index, :-1] = _slack(row, widths)
            made.fixed[index, :-1] = [cell.cases == 0 for cell in row]
        slack[:, :-1, -1], slack[:, -1, :-1] = _slack(rows, widths), _slack(columns, widths)
        made.hidden[:-1, -1], made.hidden[-1, :-1] = row_hidden, column_hidden
        return made


def _protect(grid: _Grid, unsafe: Mask, rows: Sequence[Cell], columns: Sequence[Cell]) -> bool:
    """Give each unsafe cell, and each unsafe total, a rectangle of hidden corners.

    What is hidden later only widens what was wide before, so each is looked at once.
    """
    targets = [(int(i), int(j)) for i, j in np.argwhere(unsafe)]
    last_row, last_column = len(rows), len(columns)
    targets += [(i, last_column) for i, cell in enumerate(rows) if not cell.is_safe]
    targets += [(last_row, j) for j, cell in enumerate(columns) if not cell.is_safe]
    return all(_hide_rectangle(grid, i, j) for i, j in targets)


def _hide_rectangle(grid: _Grid, i: int, j: int) -> bool:
    """Hide the corners that protect one cell and cost least; False when there are none.

    With (i, j) go (i, l), (k, j) and (k, l). A total and a cell of its line move the same way, two
    cells of a line against each other; either way one pair rises while the other one falls.
    """
    last = (grid.hidden.shape[0] - 1, grid.hidden.shape[1] - 1)
    usable = grid.hidden | ~grid.fixed
    possible = usable & usable[i, :][None, :] & usable[:, j][:, None]
    possible[i, :] = possible[:, j] = False
    for slack, width in zip(grid.slack, grid.widths, strict=True):
        possible &= _width(slack, i, j, last) >= width
    if not possible.any():
        return False
    price = np.where(grid.hidden, 0, grid.slack[0] + 1)
    cost = price + price[i, :][None, :] + price[:, j][:, None]
    cost[~possible] = np.iinfo(np.int64).max
    k, m = (int(at) for at in np.unravel_index(int(cost.argmin()), cost.shape))
    for corner in ((i, j), (i, m), (k, j), (k, m)):
        grid.hidden[corner] = True
    return True


def _width(slack: Numbers, i: int, j: int, last: tuple[int, int]) -> Numbers:
    """How far the corner (i, j) can move in all, for each opposite corner (k, l)."""
    beside = np.broadcast_to(slack[i, :][None, :], slack.shape)
    below = np.broadcast_to(slack[:, j][:, None], slack.shape)
    # (i, l) moves with (i, j) when one of the two is the total of the row; (k, j) likewise.
    with_row = np.zeros(slack.shape, bool)
    with_row[:, last[1]] = True
    with_row |= j == last[1]
    with_column = np.zeros(slack.shape, bool)
    with_column[last[0], :] = True
    with_column |= i == last[0]
    fall = np.full(slack.shape, slack[i, j], dtype=np.int64)
    rise = np.full(slack.shape, np.iinfo(np.int64).max // 4, dtype=np.int64)
    for together, corner in (
        (with_row, beside),
        (with_column, below),
        (~(with_row ^ with_column), slack),
    ):
        fall = np.where(together, np.minimum(fall, corner), fall)
        rise = np.where(together, rise, np.minimum(rise, corner))
    return fall + rise
