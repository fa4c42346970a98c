"""Who can do one seat of a team at most: found, priced, and worth a tighter bound."""

from itertools import combinations

import numpy as np
import pytest

from matching import Problem, Window
from matching.board import Board
from matching.model import Choice, write_program
from matching.prices import Market, Quote, find_prices, step_lengths
from matching.roster import clash
from tests.matching.boards import Stage, some_stage, stage
from tests.matching.cases import DAY, dilan, problem, seat, span

LATER = span(14, day=1)
SEEDS = range(12)


def team(*names: str, **changes: object) -> Problem:
    """Give a team on one date that one volunteer alone cannot be."""
    seats = tuple(seat(name, request="team", **changes) for name in names)
    both_days = (Window(480, 1_080), Window(DAY + 480, DAY + 1_080))
    return problem((dilan(windows=both_days),), seats, all_or_none=(names,), same_option=(names,))


def bound(on: Stage, board: Board) -> int:
    steps = step_lengths(0.4 * on.factor, 0.001 * on.factor, 120)
    return find_prices(Market.of(board), steps).bound


def without_heads(board: Board) -> Board:
    return board._replace(head=np.zeros_like(board.head), head_slot=board.head_slot[:0])


@pytest.mark.parametrize(
    "task",
    [
        team("a", "b"),
        team("a", "b", "c"),
        team("a", "b", spans=(span(9), LATER)),
    ],
)
def test_one_volunteer_is_no_team_and_the_bound_knows_it(task: Problem) -> None:
    on = stage(task)
    assert bound(on, on.board) < 0.01 * on.factor
    assert bound(on, without_heads(on.board)) > 0.5 * on.factor


def test_seats_that_are_alike_and_seats_that_are_not_have_heads() -> None:
    alike = stage(team("a", "b")).board
    unlike = stage(
        problem(
            (dilan(),),
            (seat("a", request="team"), seat("b", request="team", language=1)),
            all_or_none=(("a", "b"),),
        )
    ).board
    assert alike.original.tolist() == [0, 0]
    assert unlike.original.tolist() == [0, 1]
    assert alike.head.tolist() == unlike.head.tolist() == [0, 0]


def test_who_can_do_both_seats_of_a_team_is_no_head() -> None:
    seats = (seat("a", request="team"), seat("b", request="team", spans=(span(14),)))
    board = stage(problem((dilan(),), seats, all_or_none=(("a", "b"),))).board
    assert len(board.head_slot) == 0
    assert board.head.tolist() == [0, 0]


def test_some_of_the_weeks_have_heads() -> None:
    assert sum(len(some_stage(seed).board.head_slot) for seed in SEEDS) > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_pairs_of_a_head_exclude_each_other(seed: int) -> None:
    board = some_stage(seed).board
    for head in range(len(board.head_slot)):
        pairs = np.flatnonzero(board.head == head)
        assert len(pairs) > 1
        assert len(set(board.volunteer[pairs])) == 1
        assert len(set(board.ties.bundle_of[board.seat[pairs]])) == 1
        assert all(clash(board, one, other) for one, other in combinations(pairs, 2))


def test_the_last_rent_is_nobody_s_and_stays_nothing() -> None:
    on = stage(team("a", "b"))
    market = Market.of(on.board)
    found = find_prices(market, step_lengths(0.4 * on.factor, 0.001 * on.factor, 40))
    assert len(found.quote.rents) == len(on.board.head_slot) + 1
    assert found.quote.rents[-1] == 0
    assert found.quote.rents[0] > 0


def test_program_lets_half_a_team_count_for_nothing() -> None:
    on = stage(team("a", "b"))
    pairs = range(len(on.board.pair))
    choice = Choice(
        pairs=list(pairs),
        cost=[0 for _ in pairs],
        seat=on.board.seat.tolist(),
        option=[0 for _ in pairs],
        worker=on.board.volunteer.tolist(),
        cliques=[list(pairs)],
        caps=(),
        loads=(),
        teams=[[0, 1]],
        dates=(),
        quotas=(),
        steps=(),
    )
    program = write_program(choice, ())
    half = [0.5, 0.5, 0.5]
    broken = [
        row
        for row in program.rows
        if sum(k * half[v] for v, k in zip(row.variables, row.coefficients, strict=True))
        > row.bound
    ]
    assert [row.variables for row in broken] == [[0, 1, 2]]


def test_slope_says_how_the_bound_moves_with_a_rent() -> None:
    on = stage(team("a", "b"))
    market = Market.of(on.board)
    prices = np.array([0.9 * on.factor, 0.0])
    low, slope = market.ask(Quote(prices, np.zeros(0), np.array([10.0, 0.0])))
    high, _ = market.ask(Quote(prices, np.zeros(0), np.array([11.0, 0.0])))
    assert high - low == slope.rents[0]
