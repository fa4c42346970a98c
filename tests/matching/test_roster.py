"""The compiled plan under construction does what the plain one does, pair for pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import check
from matching.candidates import find_candidates
from matching.roster import (
    OPEN,
    Roster,
    add,
    empty_roster,
    fill_all,
    fits,
    greedy_order,
    marginal,
    remove,
    take_over,
)
from matching.schedule import Schedule
from tests.matching.boards import Stage, rebuilt, some_stage, stage, state
from tests.matching.cases import problem

STEPS = 60


def agree(on: Stage, roster: Roster, plain: Schedule, base: int) -> None:
    """Compare every pair of an open seat, and the value."""
    board = on.board
    assert roster.value[0] == plain.objective - base
    for pair, number in enumerate(board.pair.tolist()):
        if roster.pair_of[board.seat[pair]] == OPEN:
            assert fits(board, roster, pair) == plain.fits(number)
            assert marginal(board, roster, pair) == plain.marginal(number)


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_compiled_and_plain_agree_on_every_pair_after_any_steps(seed: int) -> None:
    on, random = some_stage(seed), np.random.default_rng(seed)
    board, roster, plain = on.board, empty_roster(on.board), on.schedule()
    base = plain.objective
    agree(on, roster, plain, base)
    for pair in random.integers(max(1, len(board.pair)), size=STEPS if len(board.pair) else 0):
        number, held = int(board.pair[pair]), roster.pair_of[board.seat[pair]]
        if held == pair:
            remove(board, roster, pair)
            plain.remove(number)
        elif held == OPEN and fits(board, roster, pair):
            add(board, roster, pair)
            plain.add(number)
        agree(on, roster, plain, base)
    assert state(roster) == state(rebuilt(board, roster))


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_pairs_beside_the_board_never_fit(seed: int) -> None:
    on = some_stage(seed)
    plain = on.schedule()
    beside = set(range(len(on.candidates))) - set(on.board.pair.tolist())
    assert not any(plain.fits(pair) for pair in beside)


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_filling_greedily_gives_a_plan_that_holds_and_takes_nothing_out(seed: int) -> None:
    on = some_stage(seed)
    roster = empty_roster(on.board)
    order = greedy_order(on.board)
    fill_all(on.board, roster, order)
    plan = on.plan(roster)
    assert check(on.problem, plan) == []
    assert plan.objective == on.base + roster.value[0]
    before = roster.value[0]
    fill_all(on.board, roster, order)
    assert roster.value[0] >= before


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_whatever_is_taken_over_a_plan_that_holds_is_left(seed: int) -> None:
    on, random = some_stage(seed), np.random.default_rng(seed)
    roster = empty_roster(on.board)
    take_over(on.board, roster, random.permutation(len(on.board.pair)))
    plan = on.plan(roster)
    assert check(on.problem, plan) == []
    assert plan.objective == on.base + roster.value[0]
    assert state(roster) == state(rebuilt(on.board, roster))


@pytest.mark.parametrize("count", [0, 1])
def test_board_without_pairs_has_an_empty_roster(count: int) -> None:
    on = stage(problem((), ()))
    roster = empty_roster(on.board)
    for _ in range(count):
        fill_all(on.board, roster, greedy_order(on.board))
    assert roster.value.tolist() == [0]
    assert len(find_candidates(on.problem)) == 0
