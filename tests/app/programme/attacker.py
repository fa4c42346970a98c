"""Somebody who knows every number that is shown, and works out how large a hidden one can be."""

from collections.abc import Callable, Sequence

from ortools.linear_solver import pywraplp

from app.programme.suppression import Cell, Mask

Number = Callable[[Cell], int]


class Attacker:
    """A table with its totals, as linear equations; a hidden number is at least `least`."""

    def __init__(
        self,
        cells: Sequence[Sequence[Cell]],
        totals: tuple[Sequence[Cell], Sequence[Cell], Cell],
        masks: tuple[Mask, Mask, Mask],
        number: Number,
        least: int,
    ) -> None:
        rows, columns, whole = totals
        hidden, row_hidden, column_hidden = masks
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.number, self.least = number, least
        self.inner = [
            [self._known_or_not(c, bool(hidden[i, j]), f"{i} {j}") for j, c in enumerate(row)]
            for i, row in enumerate(cells)
        ]
        self.rows = [
            self._known_or_not(c, bool(row_hidden[i]), f"row {i}") for i, c in enumerate(rows)
        ]
        self.columns = [
            self._known_or_not(c, bool(column_hidden[j]), f"column {j}")
            for j, c in enumerate(columns)
        ]
        for i, row in enumerate(self.inner):
            self.solver.Add(sum(row) == self.rows[i])
        for j, total in enumerate(self.columns):
            self.solver.Add(sum(row[j] for row in self.inner) == total)
        self.solver.Add(sum(self.rows) == number(whole))
        self.solver.Add(sum(self.columns) == number(whole))

    def _known_or_not(self, cell: Cell, hidden: bool, name: str) -> pywraplp.Variable:
        value = self.number(cell)
        if hidden:
            return self.solver.NumVar(self.least, self.solver.infinity(), name)
        return self.solver.NumVar(value, value, name)

    def width(self, variable: pywraplp.Variable) -> float:
        """How far apart the least and the most are that it can be."""
        bounds = []
        for find in (self.solver.Minimize, self.solver.Maximize):
            find(variable)
            status = self.solver.Solve()
            if status == pywraplp.Solver.UNBOUNDED:
                return float("inf")
            assert status == pywraplp.Solver.OPTIMAL, status
            bounds.append(variable.solution_value())
        return bounds[1] - bounds[0]
