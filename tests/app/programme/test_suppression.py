"""No hidden number is worked out from the ones that are shown: tried with linear programs."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import Phase, assume, find, given, settings
from hypothesis import strategies as st

from app.programme import counting
from app.programme.counting import Share
from app.programme.suppression import HOUR, WIDTH, Cell, Mask, line, table
from tests.app.programme.attacker import Attacker

SLACK = 1e-6
Masks = tuple[Mask, Mask, Mask]


@st.composite
def worlds(draw: st.DrawFn) -> list[Share]:
    """What some sponsors and volunteers did, thinly or thickly, in a small table."""
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    found = []
    for _ in range(draw(st.integers(1, 30))):
        at = (str(draw(st.integers(1, rows))), str(draw(st.integers(1, columns))))
        people = draw(st.integers(0, 7))
        first, sponsors = draw(st.integers(0, 20)), draw(st.integers(1, 4))
        for number in range(people or 1):
            filled = draw(st.integers(1, 4)) if people else 0
            found.append(
                Share(
                    key=at,
                    sponsor_id=UUID(int=number % sponsors),
                    volunteer_id=UUID(int=first + number) if people else None,
                    language="kmr",
                    appointments=filled + draw(st.integers(0 if filled else 1, 2)),
                    filled=filled,
                    minutes=filled * draw(st.sampled_from([30, 60, 90])),
                )
            )
    return found


class Made:
    """A table with its totals."""

    def __init__(self, world: list[Share]) -> None:
        rows = counting.cells(world, lambda share: share.key[:1])
        columns = counting.cells(world, lambda share: share.key[1:])
        inner = counting.cells(world, lambda share: share.key)
        self.rows, self.columns = list(rows.values()), list(columns.values())
        self.cells = [[inner.get((*r, *c), Cell()) for c in columns] for r in rows]
        self.whole = counting.cells(world, lambda _: ())[()]

    def widths(self, masks: Masks) -> list[float]:
        """Of every unsafe number: how many times `WIDTH` is what can be known of it."""
        found = []
        totals = (self.rows, self.columns, self.whole)
        for number, least, wide in (
            (lambda cell: cell.filled, 0, WIDTH),
            (lambda cell: cell.appointments, 1, WIDTH),
            (lambda cell: cell.minutes, 0, WIDTH * HOUR),
        ):
            attacker = Attacker(self.cells, totals, masks, number, least)
            variables = [
                (cell, attacker.inner[i][j])
                for i, row in enumerate(self.cells)
                for j, cell in enumerate(row)
            ]
            variables += zip(self.rows, attacker.rows, strict=True)
            variables += zip(self.columns, attacker.columns, strict=True)
            found += [
                attacker.width(variable) / wide for cell, variable in variables if not cell.is_safe
            ]
        return found


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_no_hidden_number_of_a_table_is_known_closely(world: list[Share]) -> None:
    made = Made(world)
    masks = table(made.cells, made.rows, made.columns)
    assume(made.whole.is_safe and masks is not None)
    assert masks is not None
    for i, row in enumerate(made.cells):
        for j, cell in enumerate(row):
            assert cell.is_safe or masks[0][i, j], "an unsafe number is hidden"
            assert cell.appointments or not masks[0][i, j], "nothing is shown as 0"
    assert all(width >= 1 - SLACK for width in made.widths(masks))


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_no_hidden_number_of_a_line_is_known_closely(world: list[Share]) -> None:
    cells = list(counting.cells(world, lambda share: share.key).values())
    whole = counting.cells(world, lambda _: ())[()]
    hidden = line(cells)
    assume(whole.is_safe and hidden is not None)
    shown = (np.array([hidden]), np.array([False]), hidden)
    for number, least, wide in (
        (lambda cell: cell.filled, 0, WIDTH),
        (lambda cell: cell.appointments, 1, WIDTH),
        (lambda cell: cell.minutes, 0, WIDTH * HOUR),
    ):
        attacker = Attacker([cells], ([whole], cells, whole), shown, number, least)
        for cell, variable in zip(cells, attacker.inner[0], strict=True):
            assert cell.is_safe or attacker.width(variable) >= wide - SLACK


def cell(filled: int, volunteers: int = 9, sponsors: int = 4) -> Cell:
    """A cell in which every appointment was filled and took an hour."""
    return Cell(filled, filled, filled * HOUR, min(volunteers, filled), min(sponsors, filled), 1)


def example() -> Made:
    """Three Kreise and three languages; in one cell only two volunteers helped."""
    grid = [[3, 20, 30], [40, 25, 10], [12, 15, 60]]
    made = Made.__new__(Made)
    made.cells = [[cell(n, 2 if n == 3 else 9) for n in row] for row in grid]
    made.rows = [cell(sum(row)) for row in grid]
    made.columns = [cell(sum(column)) for column in zip(*grid, strict=True)]
    made.whole = cell(sum(map(sum, grid)))
    return made


def test_one_small_cell_takes_three_others_along_and_no_total() -> None:
    made = example()
    masks = table(made.cells, made.rows, made.columns)
    assert masks is not None
    hidden, rows, columns = masks
    assert hidden.sum() == 4
    assert hidden[0, 0]
    assert not rows.any()
    assert not columns.any()
    assert min(made.widths(masks)) >= 1


def test_control_without_the_others_the_small_cell_is_known_exactly() -> None:
    made = example()
    none = np.zeros(3, bool)
    alone = np.zeros((3, 3), bool)
    alone[0, 0] = True
    assert made.widths((alone, none, none)) == pytest.approx([0, 0, 0])


def primary(made: Made) -> Masks:
    """What is hidden when only unsafe numbers are."""
    return (
        np.array([[not c.is_safe for c in row] for row in made.cells]),
        np.array([not c.is_safe for c in made.rows]),
        np.array([not c.is_safe for c in made.columns]),
    )


def is_told(world: list[Share]) -> bool:
    """Whether hiding the unsafe numbers alone gives one of them away, and hiding more does not."""
    made = Made(world)
    masks = table(made.cells, made.rows, made.columns)
    if masks is None or not made.whole.is_safe or not primary(made)[0].any():
        return False
    return min(made.widths(primary(made))) < SLACK and min(made.widths(masks)) >= 1 - SLACK


def test_control_with_primary_suppression_alone_such_tables_are_found() -> None:
    quickly = settings(max_examples=300, deadline=None, phases=[Phase.generate])
    assert find(worlds(), is_told, settings=quickly)


def test_a_small_cell_of_a_line_takes_the_smallest_other_one_along() -> None:
    hidden = line([cell(30), cell(2), cell(8), cell(50)])
    assert hidden is not None
    assert hidden.tolist() == [False, True, True, False]


def test_a_line_of_small_cells_is_not_shown() -> None:
    assert line([cell(1), cell(2), cell(1), cell(2)]) is None
    assert line([cell(2), cell(40)]) is None, "the other one would be the rest"


def test_enough_people_of_too_few_sponsors_are_too_few() -> None:
    assert not cell(40, sponsors=2).is_safe
    assert not cell(40, volunteers=4).is_safe
    assert cell(40, volunteers=5, sponsors=3).is_safe
    assert Cell().is_safe
    assert not Cell(appointments=2).is_safe, "two clients who got nobody"


def test_a_full_table_keeps_something_to_read() -> None:
    random = np.random.default_rng(7)
    filled = random.poisson(random.exponential(6, (26, 60)))
    grid = [[cell(int(n), volunteers=int(n) // 2) for n in row] for row in filled]
    rows = [cell(int(n)) for n in filled.sum(axis=1)]
    columns = [cell(int(n)) for n in filled.sum(axis=0)]
    masks = table(grid, rows, columns)
    assert masks is not None
    shown = 1 - masks[0].sum() / (filled > 0).sum()
    assert shown > 0.2
