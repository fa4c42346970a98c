"""Prices of seats, and the bound they prove.

Relax "each seat once": a slot (a seat on one of its dates) gets a price µ, a quota a price λ ≥ 0,
a head (`heads`) a rent θ ≥ 0. What is left splits into one program per volunteer (`weeks`) and one
per bundle of seats (`bundles`):

    L(µ, λ, θ) = Σ_bundles max [Σ (W - λ - µ) · y + Σ_heads θ · (team goes)]
                 + Σ_volunteers max_week[Σ (µ - θ - c) - fairness]  +  Σ_quotas k · λ

Every L at whole prices is an upper bound on the objective, whatever the convergence. The prices
come from a subgradient method with steps that shrink by a constant factor and a running mean of
the slopes.

References
----------
Held, M., Wolfe, P., Crowder, H. (1974). Validation of subgradient optimization.
Goffin, J.-L. (1977). On convergence rates of subgradient optimization methods.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.bundles import price_bundles, rents_of_teams
from matching.compiled import kernel
from matching.desk import Desk, make_desk
from matching.ties import TEAM, TEAM_DATE
from matching.weeks import best_weeks

Array = npt.NDArray[Any]

MEMORY = 0.7
"""Share of the old slope in the running mean."""
RECENT = 0.15
"""Share of the newest choice in the average of choices."""
UNPROVEN = 1 << 62


class Quote(NamedTuple):
    """Prices in points: per slot, per quota, per head (and a last one that is always 0)."""

    slots: Array
    tolls: Array
    rents: Array

    def whole(self) -> "Quote":
        """Give them rounded down, as 64-bit integers."""
        return Quote(*(np.floor(prices).astype(np.int64) for prices in self))

    def real(self) -> "Quote":
        """Give them as floating-point numbers."""
        return Quote(*(prices.astype(np.float64) for prices in self))


@kernel
def price_volunteers(
    board: Board,
    people: Array,
    asked: tuple[Array, Array],
    is_open: Array,
    out: tuple[Array, Array, Array, Array],
    desk: Desk,
) -> int:
    """Let each volunteer choose her best weeks; gives the sum of their profits.

    Parameters
    ----------
    asked
        Prices per slot, rents per head.
    out
        chosen (per pair), count (per slot, added to), heads (per head, added to), profit (per
        volunteer).
    """
    chosen, count, heads, profit = out
    total = 0
    for person in people:
        profit[person] = best_weeks(board, person, asked, is_open, chosen, desk)
        total += profit[person]
        if profit[person]:
            for pair in range(board.first[person], board.first[person + 1]):
                if chosen[pair]:
                    count[board.slot[pair]] += 1
                    heads[board.head[pair]] += 1
    return total


@dataclass
class Market:
    """The relaxed problem: prices in, bound and direction out.

    `is_open` tells per slot whether it is still to be sold, `rest` per seat how often, `people` who
    still works, `quota_left` how many more seats of a quota may be filled.
    """

    board: Board
    is_open: Array
    people: Array
    ceiling: Array
    chosen: Array
    profit: Array
    desks: tuple[Desk, ...]
    rest: Array
    quota_left: Array
    pool: ThreadPoolExecutor | None = None

    @classmethod
    def of(cls, board: Board, pool: ThreadPoolExecutor | None = None, workers: int = 1) -> "Market":
        """Open a market for the whole board; a pool lets several workers price volunteers."""
        slots = len(board.slot_seat)
        is_open = np.zeros(slots, dtype=np.bool_)
        is_open[board.slot] = True
        rest = np.bincount(board.original, minlength=len(board.worth))
        is_open &= rest[board.slot_seat] > 0
        bundle_worth = np.bincount(
            board.ties.bundle_of, weights=board.worth, minlength=len(board.ties.kind)
        )
        team = np.isin(board.ties.kind, (TEAM, TEAM_DATE))[board.ties.bundle_of]
        worth = np.where(team, bundle_worth[board.ties.bundle_of], board.worth)
        return cls(
            board=board,
            is_open=is_open,
            people=np.arange(len(board.first) - 1),
            ceiling=worth[board.slot_seat].astype(np.float64),
            chosen=np.zeros(len(board.pair), dtype=np.int8),
            profit=np.zeros(len(board.first) - 1, dtype=np.int64),
            desks=tuple(make_desk(board) for _ in range(max(1, workers))),
            rest=rest,
            quota_left=board.ties.quota_left.copy(),
            pool=pool,
        )

    def opening(self) -> Array:
        """Give first prices: near the cheapest cost where many can go, near the worth where few."""
        board = self.board
        slots = len(board.slot_seat)
        cheapest = np.full(slots, 1 << 40, dtype=np.int64)
        np.minimum.at(cheapest, board.slot, board.cost)
        count = np.bincount(board.slot, minlength=slots)
        scarce = np.minimum(0.8, 1.5 / np.maximum(1, count))
        prices = np.maximum(cheapest, 0) + board.worth[board.slot_seat] * scarce
        return np.clip(np.where(count > 0, prices, 0), 0, self.ceiling)

    def worths(self, tolls: Array) -> Array:
        """Give what seats are worth after the prices of their quotas."""
        worths = self.board.worth.copy()
        lists = self.board.ties.quotas
        owners = np.repeat(np.arange(len(tolls)), np.diff(lists.first))
        np.subtract.at(worths, lists.items, tolls[owners])
        return worths

    def moved(self, quote: Quote, slope: Quote, step: float) -> Quote:
        """Give prices a step (points) down a slope, within what makes sense."""
        slots = np.clip(quote.slots - step * slope.slots, 0, self.ceiling)
        return Quote(
            np.where(self.is_open, slots, 0),
            np.maximum(quote.tolls - step * slope.tolls, 0),
            np.maximum(quote.rents - step * slope.rents, 0),
        )

    def quotas_of(self, seat: int) -> list[int]:
        """Give the quotas a seat counts for."""
        lists = self.board.ties.seat_quotas
        found: list[int] = lists.items[lists.first[seat] : lists.first[seat + 1]].tolist()
        return found

    def ask(self, quote: Quote) -> tuple[int, Quote]:
        """Give the bound at these prices, rounded down, and its slope in each of them."""
        whole = quote.whole()
        ties, slots = self.board.ties, len(self.board.slot_seat)
        wanted, goes = np.zeros(slots, np.int64), np.zeros(slots, np.int64)
        bound, count, heads = self._weeks(whole)
        bonus = rents_of_teams(self.board, whole.rents)
        tags = (whole.slots, self.worths(whole.tolls), bonus)
        bound += price_bundles(self.board, tags, (self.is_open, self.rest), (wanted, goes))
        bound += int(whole.tolls @ self.quota_left)
        filled = np.bincount(self.board.slot_seat, weights=wanted, minlength=len(self.board.worth))
        owners = np.repeat(np.arange(len(quote.tolls)), np.diff(ties.quotas.first))
        used = np.bincount(owners, weights=filled[ties.quotas.items], minlength=len(quote.tolls))
        unused = np.concatenate((goes[self.board.head_slot] - heads[:-1], (0,)))
        slope = Quote(count - wanted, self.quota_left - used, unused)
        return int(bound), slope.real()

    def _weeks(self, quote: Quote) -> tuple[int, Array, Array]:
        """Give the profits of all volunteers, and how often each slot and each head is chosen."""
        asked = (quote.slots, quote.rents)

        def price(part: Array, desk: Desk) -> tuple[int, Array, Array]:
            count = np.zeros(len(quote.slots), np.int64)
            heads = np.zeros(len(quote.rents), np.int64)
            out = (self.chosen, count, heads, self.profit)
            total = price_volunteers(self.board, part, asked, self.is_open, out, desk)
            return total, count, heads

        count = len(self.desks)
        parts = [self.people[number::count] for number in range(count)]
        run = map if self.pool is None or count == 1 else self.pool.map
        totals, counts, heads = zip(*run(price, parts, self.desks), strict=True)
        return sum(totals), np.sum(counts, axis=0), np.sum(heads, axis=0)


@dataclass
class Prices:
    """The best bound found, its prices, and how often each pair was chosen of late (0 to 1)."""

    bound: int
    quote: Quote
    average: Array
    passes: int = 0


def opening_prices(market: Market) -> Prices:
    """Give prices to begin with; they prove nothing yet."""
    tolls = np.zeros(len(market.board.ties.quota_left))
    rents = np.zeros(len(market.board.head_slot) + 1)
    quote = Quote(market.opening(), tolls, rents)
    return Prices(UNPROVEN, quote, np.zeros(len(market.chosen)))


def step_lengths(first: float, last: float, count: int) -> Array:
    """Give step lengths in points that fall evenly on a scale of ratios."""
    return np.geomspace(first, last, count) if count > 1 else np.full(count, first)


def find_prices(market: Market, steps: Iterable[float], start: Prices | None = None) -> Prices:
    """Lower the bound, one pass a step.

    The slope of the bound in the price of a slot is what is offered too often: +1 when two
    volunteers want it. Prices move against a running mean of slopes, by the step (points) times
    that mean. Nothing but sums and products of single numbers: the same on every machine.
    """
    start = start or opening_prices(market)
    quote = start.quote.real()
    best = Prices(start.bound, quote, start.average.copy(), start.passes)
    mean = Quote(*(np.zeros(len(prices)) for prices in quote))
    for step in steps:
        bound, slope = market.ask(quote)
        if bound < best.bound:
            best.bound, best.quote = bound, quote.whole()
        best.average *= 1 - RECENT
        best.average += RECENT * market.chosen
        best.passes += 1
        mean = Quote(
            *(MEMORY * old + (1 - MEMORY) * new for old, new in zip(mean, slope, strict=True))
        )
        quote = market.moved(quote, mean, step)
    return best
