"""One volunteer's best weeks against every subset of her pairs."""

from collections import Counter
from dataclasses import replace
from itertools import combinations
from math import gcd

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Cap, Problem, Weights
from matching.board import Board
from matching.desk import LEVELS, make_desk, rise
from matching.generate import Size, generate
from matching.roster import clash
from matching.weeks import best_weeks
from tests.matching.boards import some_stage, stage

MOST_PAIRS = 11
SIZE = Size(5, 16, 1, 1)


def own(board: Board, person: int) -> list[int]:
    return list(range(board.first[person], board.first[person + 1]))


def allowed(board: Board, pairs: tuple[int, ...]) -> bool:
    """Tell whether one volunteer can do all of them; two dates of one seat count as two."""
    used: Counter[int] = Counter()
    for pair in pairs:
        for at in range(board.need_first[pair], board.need_first[pair + 1]):
            used[int(board.need_key[at])] += int(board.need_amount[at])
    free = not any(clash(board, one, other) for one, other in combinations(pairs, 2))
    return free and all(total <= board.left[key] for key, total in used.items())


def profit(board: Board, prices: np.ndarray, pairs: tuple[int, ...]) -> int:
    """Give what pairs of one volunteer earn: prices less costs, fairness and opening."""
    gain = sum(int(prices[board.slot[pair]] - board.cost[pair]) for pair in pairs)
    worked: Counter[int] = Counter()
    for pair in pairs:
        worked[int(board.load[pair])] += int(board.end[pair] - board.start[pair])
    fairness = sum(rise(board, board.base[load], minutes) for load, minutes in worked.items())
    opening = int(board.opening[board.volunteer[pairs[0]]]) if pairs else 0
    return gain - fairness - opening


def most(board: Board, prices: np.ndarray, pairs: list[int]) -> int:
    return max(
        profit(board, prices, some)
        for count in range(len(pairs) + 1)
        for some in combinations(pairs, count)
        if allowed(board, some)
    )


def draw_prices(board: Board, random: np.random.Generator) -> np.ndarray:
    """Draw prices near the costs, where the choice is hard, and some far above."""
    high = random.choice((1_500, 4_000, 20_000))
    return random.integers(-500, high, len(board.slot_seat))


def no_rents(board: Board) -> np.ndarray:
    return np.zeros(len(board.head_slot) + 1, dtype=np.int64)


def answer(board: Board, prices: np.ndarray, person: int) -> tuple[int, tuple[int, ...]]:
    is_open = np.ones(len(board.slot_seat), dtype=np.bool_)
    chosen = np.ones(len(board.pair), dtype=np.int8)
    value = best_weeks(board, person, (prices, no_rents(board)), is_open, chosen, make_desk(board))
    return value, tuple(pair for pair in own(board, person) if chosen[pair])


def counted_week(seed: int) -> Problem:
    """Give a week in which at most a cap of the week's minutes and one other can bind."""
    drawn, random = generate(SIZE, seed, clock_change=seed % 3 == 0), np.random.default_rng(seed)

    def caps() -> tuple[Cap, ...]:
        minutes = Cap("week", None, "minutes", 15 * int(random.integers(4, 24)))
        day = Cap("day", None, "assignments", int(random.integers(1, 4)))
        year = Cap("year", None, "assignments", int(random.integers(1, 6)))
        other = (day, year)[seed % 2]
        return tuple(cap for cap in (minutes, other) if random.random() < 0.7)

    people = tuple(
        replace(v, caps=caps(), lead_minutes=15 * int(random.integers(-20, 30)))
        for v in drawn.volunteers
    )
    weights = Weights(opening=int(random.choice((0, 0, 700))))
    return replace(drawn, volunteers=people, parents_days=(), weights=weights)


def fits_the_grid(board: Board, pairs: list[int]) -> bool:
    worked = [int(board.end[pair] - board.start[pair]) for pair in pairs]
    return sum(worked) // gcd(*worked) < LEVELS if worked else True


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=60)
def test_best_weeks_are_the_best_of_all_subsets(seed: int) -> None:
    board, random = stage(counted_week(seed)).board, np.random.default_rng(seed)
    prices = draw_prices(board, random)
    for person in range(len(board.first) - 1):
        pairs = own(board, person)
        if len(pairs) > MOST_PAIRS or not fits_the_grid(board, pairs):
            continue
        value, chosen = answer(board, prices, person)
        assert value == most(board, prices, pairs)
        assert allowed(board, chosen)
        assert value == profit(board, prices, chosen)


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=60)
def test_whatever_binds_nobody_can_earn_more_than_the_value(seed: int) -> None:
    board, random = some_stage(seed).board, np.random.default_rng(seed)
    prices = draw_prices(board, random)
    for person in range(len(board.first) - 1):
        pairs = own(board, person)
        if len(pairs) > MOST_PAIRS:
            continue
        value, chosen = answer(board, prices, person)
        assert value >= most(board, prices, pairs)
        assert not any(clash(board, one, other) for one, other in combinations(chosen, 2))


@pytest.mark.parametrize("closed", [0, 1])
def test_slots_that_are_sold_are_not_chosen(closed: int) -> None:
    board = stage(generate(SIZE, 2)).board
    prices = np.full(len(board.slot_seat), 50_000)
    is_open = np.arange(len(board.slot_seat)) % 2 == closed
    chosen = np.zeros(len(board.pair), dtype=np.int8)
    for person in range(len(board.first) - 1):
        best_weeks(board, person, (prices, no_rents(board)), is_open, chosen, make_desk(board))
    assert chosen.any()
    assert is_open[board.slot[chosen == 1]].all()


def test_nothing_is_chosen_that_does_not_pay() -> None:
    board = stage(generate(SIZE, 2)).board
    nothing = np.full(len(board.slot_seat), -(10**6))
    assert [answer(board, nothing, person) for person in range(len(board.first) - 1)] == [
        (0, ())
    ] * (len(board.first) - 1)
