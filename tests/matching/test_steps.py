"""Every step keeps the plan one that holds, counts it right, and gives back nothing worse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Budget, Progress, check, solve
from matching.engine import METHODS
from matching.lns import Neighbourhoods, exchange
from matching.pricing import copy
from matching.roster import OPEN, Roster, empty_roster, fill_all, greedy_order, take_over
from matching.search import JOURNAL, MOST_PUSHED, anneal, chances
from matching.walks import starts
from tests.matching.boards import Stage, rebuilt, some_stage, state

ROUNDS = 4
MOVES = 120


def holds(on: Stage, roster: Roster) -> None:
    """A roster is a plan that holds, and its value is that of the plan."""
    plan = on.plan(roster)
    assert check(on.problem, plan) == []
    assert plan.objective == on.base + roster.value[0]
    assert state(roster) == state(rebuilt(on.board, roster))


def some_roster(on: Stage, random: np.random.Generator) -> Roster:
    """Give a plan somebody could have made: greedy, or whatever came first."""
    roster = empty_roster(on.board)
    if random.random() < 0.5:
        take_over(on.board, roster, random.permutation(len(on.board.pair)))
    else:
        fill_all(on.board, roster, greedy_order(on.board))
    return roster


@given(seed=st.integers(0, 10**6), heat=st.sampled_from((0, 300, 20_000)))
@settings(deadline=None, max_examples=40)
def test_moves_leave_a_plan_that_holds_at_any_heat(seed: int, heat: int) -> None:
    on, random = some_stage(seed), np.random.default_rng(seed)
    roster, seats = some_roster(on, random), starts(on.board)
    journal = np.zeros(JOURNAL + 1 + MOST_PUSHED, dtype=np.int64)
    journal[JOURNAL] = 1 + seed
    for _ in range(ROUNDS if len(seats) else 0):
        before = roster.value[0]
        anneal(on.board, roster, seats, journal, (MOVES, heat, chances()))
        holds(on, roster)
        assert heat or roster.value[0] >= before


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_exchange_takes_over_what_is_better_and_nothing_else(seed: int) -> None:
    on, random = some_stage(seed), np.random.default_rng(seed)
    roster = some_roster(on, random)
    for _ in range(ROUNDS if len(on.board.pair) else 0):
        held = roster.pair_of[roster.pair_of != OPEN]
        old = random.permutation(held)[: random.integers(4)].astype(np.int64)
        seats = set(on.board.seat[old].tolist())
        drawn = random.permutation(len(on.board.pair)).tolist()
        new = [pair for pair in drawn if on.board.seat[pair] in seats]
        kept = {int(on.board.seat[pair]): pair for pair in new}
        before, was = roster.value[0], state(roster)
        done = exchange(on.board, roster, old, np.array(list(kept.values()), dtype=np.int64))
        assert roster.value[0] > before if done else state(roster) == was
        assert state(roster) == state(rebuilt(on.board, roster))


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=20)
def test_neighbourhoods_leave_a_plan_that_holds_and_is_no_worse(seed: int) -> None:
    on, random = some_stage(seed), np.random.default_rng(seed)
    roster = some_roster(on, random)
    search = Neighbourhoods(on.board, roster, seed)
    for _ in range(ROUNDS if len(search.seats) else 0):
        before = roster.value[0]
        done = search.round(Budget(30, iterations=ROUNDS))
        assert roster.value[0] > before if done.better else roster.value[0] == before
        holds(on, roster)


def test_copy_is_a_roster_of_its_own() -> None:
    on = some_stage(2)
    first = some_roster(on, np.random.default_rng(1))
    second, was = copy(first), state(first)
    anneal_once(on, second)
    assert state(first) == was


def anneal_once(on: Stage, roster: Roster) -> None:
    journal = np.zeros(JOURNAL + 1 + MOST_PUSHED, dtype=np.int64)
    journal[JOURNAL] = 5
    anneal(on.board, roster, starts(on.board), journal, (MOVES, 10**6, chances()))
    assert state(roster) != state(rebuilt(on.board, empty_roster(on.board)))


@pytest.mark.parametrize("method", ["auto", *METHODS])
@pytest.mark.parametrize("seed", range(12))
def test_reports_only_ever_rise_and_the_plan_is_the_last(seed: int, method: str) -> None:
    seen: list[Progress] = []
    budget = Budget(600, iterations=10, progress=seen.append)
    plan = solve(some_stage(seed).problem, seed=seed, method=method, budget=budget)
    objectives = [report.objective for report in seen]
    bounds = [report.bound for report in seen if report.bound is not None]
    assert objectives == sorted(objectives)
    assert plan.objective == objectives[-1]
    assert bounds == sorted(bounds, reverse=True)
    assert all(bound >= plan.objective for bound in bounds)
    assert [report.iteration for report in seen] == list(range(1, len(seen) + 1))
