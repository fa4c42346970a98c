"""Every price gives a bound: converged or not, whole or not, whoever works it out."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import solve
from matching.dive import STYLES, Style, dive
from matching.prices import Market, Quote, find_prices, step_lengths
from matching.roster import empty_roster, fill_all, greedy_order, take_over
from tests.matching.boards import Stage, some_stage

SEEDS = range(12)
PASSES = 40


@cache
def solved(seed: int) -> tuple[Stage, int]:
    """Give a problem and what is best on its board."""
    on = some_stage(seed)
    plan = solve(on.problem, method="exact", seconds=60)
    assert plan.status == "optimal"
    return on, plan.objective - on.base


@given(seed=st.sampled_from(SEEDS), draw=st.integers(0, 10**6))
@settings(deadline=None, max_examples=120)
def test_any_prices_give_a_bound(seed: int, draw: int) -> None:
    (on, best), random = solved(seed), np.random.default_rng(draw)
    market, high = Market.of(on.board), random.choice((500, 5_000, 50_000))
    prices = random.uniform(-high / 10, high, len(on.board.slot_seat))
    tolls = random.uniform(0, high, len(on.board.ties.quota_left)) * random.integers(2)
    rents = random.uniform(0, high, len(on.board.head_slot) + 1) * random.integers(2)
    rents[-1] = 0
    assert market.ask(Quote(prices, tolls, rents))[0] >= best


@pytest.mark.parametrize("seed", SEEDS)
def test_bound_of_found_prices_holds_and_is_that_of_its_prices(seed: int) -> None:
    on, best = solved(seed)
    market = Market.of(on.board)
    found = find_prices(market, step_lengths(0.4 * on.factor, 0.001 * on.factor, PASSES))
    assert found.bound >= best
    assert market.ask(found.quote)[0] == found.bound
    assert found.passes == PASSES


@pytest.mark.parametrize("seed", SEEDS)
def test_more_passes_never_give_a_worse_bound(seed: int) -> None:
    on, _ = solved(seed)
    steps = step_lengths(0.4 * on.factor, 0.001 * on.factor, PASSES)
    bounds = [find_prices(Market.of(on.board), steps[:count]).bound for count in (1, 5, PASSES)]
    assert bounds == sorted(bounds, reverse=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_worker_and_several_find_the_same_prices(seed: int) -> None:
    on, _ = solved(seed)
    steps = step_lengths(0.4 * on.factor, 0.001 * on.factor, PASSES)
    alone = find_prices(Market.of(on.board), steps)
    with ThreadPoolExecutor(3) as pool:
        together = find_prices(Market.of(on.board, pool, 3), steps)
    assert together.bound == alone.bound
    assert together.quote.slots.tolist() == alone.quote.slots.tolist()
    assert together.average.tolist() == alone.average.tolist()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", SEEDS)
def test_dive_settles_nothing_twice_and_its_plan_is_not_above_the_best(
    seed: int, style: Style
) -> None:
    on, best = solved(seed)
    market = Market.of(on.board)
    prices = find_prices(market, step_lengths(0.4 * on.factor, 0.001 * on.factor, PASSES))
    pairs = dive(Market.of(on.board), prices, on.factor, stop=lambda: False, style=style)
    seats = on.board.seat[pairs].tolist()
    assert len(set(seats)) == len(seats)
    roster = empty_roster(on.board)
    take_over(on.board, roster, pairs)
    fill_all(on.board, roster, greedy_order(on.board))
    assert roster.value[0] <= best
