"""A plan for a large problem: greedy, prices and bound, dive, moves, neighbourhoods.

Each step gets the best roster so far and never gives back a worse one.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.budget import Budget
from matching.dive import QUICK, STYLES, Style, dive
from matching.doubt import Doubt
from matching.exact import Proof
from matching.halves import BLOCK, Moves
from matching.lns import Neighbourhoods
from matching.prices import UNPROVEN, Market, Prices, find_prices, step_lengths
from matching.roster import OPEN, Roster, empty_roster, fill_all, greedy_order, take_over
from matching.secondbound import SecondBound

Array = npt.NDArray[Any]

PASSES, MOST_PASSES = 320, 600
FIRST_STEP, LAST_STEP = 0.4, 0.001
"""Of the weight of one priority point."""
PRICE_SHARE, DIVE_SHARE, MOVE_SHARE = 0.25, 0.3, 0.1
"""Of the time that is left, at most; the neighbourhoods have the rest."""
MOST_PRICE_SECONDS = 240.0
FILL_STEP, FILL_PASSES, FILL_SHARE = 0.1, 60, 0.05
SECOND_SHARE, SECOND_SECONDS = 0.9, 20.0
MOVES_OF_A_SEAT = 300
TEMPERATURE_SHARE = 0.03
"""Of the weight of one priority point."""
MOVE_SECONDS_OF_A_SEAT, FAIR_MOVE_SHARE, MOST_MOVE_SHARE = 0.0015, 0.35, 0.9
"""Moves are the quickest gain where a plan is large: so long per seat, of the time at most."""
MANY_PAIRS = 500_000


@dataclass
class Run:
    """One run over a board: the best roster, the best bound, what is still allowed."""

    board: Board
    factor: int
    base: int
    budget: Budget
    seed: int
    workers: int
    roster: Roster
    bound: int | None = None
    prices: Prices | None = None
    pass_seconds: float = 0.0
    most: int | None = None

    def tell(self, step: str) -> None:
        """Report what there is."""
        bound = None if self.bound is None else self.base + self.bound
        self.budget.report(step, self.base + int(self.roster.value[0]), bound)

    def keep(self, other: Roster) -> None:
        """Take another roster if it is better."""
        if other.value[0] > self.roster.value[0]:
            self.roster = other


def improve_by_prices(
    board: Board, base: int, factor: int, *, budget: Budget, seed: int, workers: int
) -> tuple[Array, Proof | None]:
    """Give the chosen pairs (numbers among the candidates) and what is proven.

    Parameters
    ----------
    base
        Objective of the accepted work, which is not on the board.
    """
    roster = empty_roster(board)
    fill_all(board, roster, greedy_order(board))
    run = Run(board, factor, base, budget, seed, workers, roster)
    run.tell("greedy")
    with ThreadPoolExecutor(max(1, workers)) as pool:
        _price(run, pool)
        _bound_fill(run, pool)
        _dive(run, pool)
        second = SecondBound()
        try:
            _second_bound(run, second)
            _move(run, pool)
            _choose_again(run, pool, second)
        finally:
            second.stop()
    chosen = run.roster.pair_of[run.roster.pair_of != OPEN]
    proof = None
    if run.bound is not None:
        proof = Proof(base + run.bound, run.bound == run.roster.value[0], run.most)
    return np.sort(board.pair[chosen]), proof


def _until(budget: Budget, share: float) -> Callable[[], bool]:
    """Give the question whether a share of the time that is left is used up."""
    if not budget.by_clock:
        return budget.late
    end = budget.used + share * budget.left
    return lambda: budget.used >= end or budget.cancelled()


def _steps(run: Run) -> Iterator[float]:
    """Give step lengths: a fixed number of them, or as many as fit into a share of the time."""
    budget, began = run.budget, run.budget.used
    first, last = FIRST_STEP * run.factor, LAST_STEP * run.factor
    allowed = min(PRICE_SHARE * budget.left, MOST_PRICE_SECONDS)
    done, number = 0.0, 0
    while done < 1 and not budget.late():
        yield first * (last / first) ** done
        number += 1
        done = number / PASSES
        if budget.by_clock:
            done = max(number / MOST_PASSES, (budget.used - began) / allowed)


def _price(run: Run, pool: ThreadPoolExecutor) -> None:
    if run.budget.over():
        return
    began = run.budget.used
    run.prices = find_prices(Market.of(run.board, pool, run.workers), _steps(run))
    run.bound = run.prices.bound
    run.pass_seconds = (run.budget.used - began) / max(1, run.prices.passes)
    run.tell("prices")


def _bound_fill(run: Run, pool: ThreadPoolExecutor) -> None:
    """Bound the priority that can be filled, whatever it costs: the same prices, without costs."""
    if run.prices is None or run.budget.over() or len(run.board.pair) > MANY_PAIRS:
        return
    board = run.board
    free = board._replace(
        cost=np.zeros_like(board.cost),
        step=np.zeros_like(board.step),
        opening=np.zeros_like(board.opening),
    )
    steps = step_lengths(FILL_STEP * run.factor, LAST_STEP * run.factor, FILL_PASSES)
    start = Prices(UNPROVEN, run.prices.quote, run.prices.average)
    stop = _until(run.budget, FILL_SHARE)
    found = find_prices(
        Market.of(free, pool, run.workers), takewhile(lambda _: not stop(), steps), start
    )
    if found.bound != UNPROVEN:
        run.most = found.bound // run.factor


def _dive(run: Run, pool: ThreadPoolExecutor) -> None:
    """Dive in one style after another as long as there is time for one more."""
    budget, stop = run.budget, _until(run.budget, DIVE_SHARE)
    for number, style in enumerate(_styles(run)):
        if run.prices is None or budget.over() or stop() or (number and not budget.by_clock):
            return
        market = Market.of(run.board, pool, run.workers)
        pairs = dive(market, run.prices, run.factor, stop=stop, style=style)
        roster = empty_roster(run.board)
        take_over(run.board, roster, pairs)
        fill_all(run.board, roster, greedy_order(run.board))
        run.keep(roster)
        run.tell("dive")


def _styles(run: Run) -> tuple[Style, ...]:
    """Give the styles to dive in: where a pass takes long, one that ends in time.

    With a share s settled in each round, all rounds together take as long as passes ÷ s whole ones.
    """
    if len(run.board.pair) <= MANY_PAIRS:
        return STYLES
    if not run.budget.by_clock:
        return (QUICK,)
    time = run.pass_seconds * QUICK.passes / (DIVE_SHARE * run.budget.left)
    return (replace(QUICK, settled=min(0.5, max(STYLES[0].settled, time))),)


def _move(run: Run, pool: ThreadPoolExecutor) -> None:
    """Anneal from the best roster, ever cooler, and keep the end if it is better."""
    budget = run.budget
    moves = Moves(run.board, copy(run.roster), run.seed, pool.map if run.workers > 1 else map)
    if not moves.seats or budget.over():
        return
    hot = run.factor * TEMPERATURE_SHARE
    began, most, made = budget.used, MOVES_OF_A_SEAT * moves.seats, 0
    allowed = _move_seconds(run, moves.seats)
    done = 0.0
    while done < 1 and not budget.late():
        number = BLOCK if budget.by_clock else min(BLOCK, most - made)
        made += moves.block(int(hot * (1 - done) ** 2), number)
        done = (budget.used - began) / allowed if budget.by_clock else made / most
    run.keep(moves.roster)
    run.tell("moves")


def _move_seconds(run: Run, seats: int) -> float:
    """Give the time for moves: so long per seat, within two shares of the time that is left."""
    left = run.budget.left
    most = MOST_MOVE_SHARE if len(run.board.pair) > MANY_PAIRS else FAIR_MOVE_SHARE
    return min(most * left, max(MOVE_SHARE * left, MOVE_SECONDS_OF_A_SEAT * seats))


def copy(roster: Roster) -> Roster:
    """Give a roster of its own with the same work."""
    return Roster(*(array.copy() for array in roster))


def _second_bound(run: Run, second: SecondBound) -> None:
    """Begin the second bound where the clock decides: how far it comes does not repeat."""
    if run.budget.by_clock and run.workers > 1 and run.bound is not None:
        second.start(run.board, run.roster, min(SECOND_SHARE * run.budget.left, SECOND_SECONDS))


def _choose_again(run: Run, pool: ThreadPoolExecutor, second: SecondBound) -> None:
    """Decide pieces again until the budget is over or nothing can be better."""
    budget = run.budget
    if budget.over():
        return
    doubt = None
    if run.prices is not None:
        doubt = Doubt(Market.of(run.board, pool, run.workers), run.prices)
    prices = None if run.prices is None else run.prices.quote
    search = Neighbourhoods(run.board, run.roster, run.seed, prices=prices)
    while len(search.seats) and not budget.over() and run.bound != run.roster.value[0]:
        # The second bound has a core of its own as long as it runs.
        search.pool = None if run.workers == 1 or second.is_running else pool
        done = search.round(budget, None if doubt is None else doubt.of(run.roster))
        bounds = (run.bound, second.best, int(run.roster.value[0]) if done.whole else None)
        run.bound = min((bound for bound in bounds if bound is not None), default=None)
        run.tell("lns")
