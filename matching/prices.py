"""Prices of seats, and the bound they prove.

Relax "each seat once": a slot (a seat on one of its dates) gets a price µ, a quota a price λ ≥ 0.
What is left splits into one program per volunteer (`weeks`) and one per bundle of seats:

    L(µ, λ) = Σ_bundles max Σ (W - λ - µ) · y  +  Σ_volunteers max_week[Σ (µ - c) - fairness]
              + Σ_quotas k · λ

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
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.compiled import kernel
from matching.desk import Desk, make_desk
from matching.ties import DATE, TEAM, TEAM_DATE
from matching.weeks import best_weeks

Array = npt.NDArray[Any]

MEMORY = 0.7
"""Share of the old slope in the running mean."""
RECENT = 0.15
"""Share of the newest choice in the average of choices."""
UNPROVEN = 1 << 62


@kernel
def price_volunteers(
    board: Board,
    people: Array,
    prices: Array,
    is_open: Array,
    out: tuple[Array, Array, Array],
    desk: Desk,
) -> int:
    """Let each volunteer choose her best weeks; gives the sum of their profits.

    Parameters
    ----------
    out
        chosen (per pair), count (per slot, added to), profit (per volunteer).
    """
    chosen, count, profit = out
    total = 0
    for person in people:
        profit[person] = best_weeks(board, person, prices, is_open, chosen, desk)
        total += profit[person]
        if profit[person]:
            for pair in range(board.first[person], board.first[person + 1]):
                if chosen[pair]:
                    count[board.slot[pair]] += 1
    return total


@kernel
def best_date(
    board: Board, seat: int, prices: Array, worth: int, is_open: Array
) -> tuple[int, int]:
    """Give the slot of a seat that is worth most at these prices, and how much."""
    best, found = 0, -1
    for slot in range(board.slot_first[seat], board.slot_first[seat + 1]):
        if is_open[slot] and (found < 0 or worth - prices[slot] > best):
            best, found = worth - prices[slot], slot
    return found, best


@kernel
def on_date(
    board: Board, bundle: int, date: int, prices: Array, worths: Array, state: tuple[Array, Array]
) -> int:
    """Give what a bundle is worth on one date (-1: each seat on its own best date).

    A team counts as a whole, with what is settled already, or not at all; other bundles count the
    seats that pay.
    """
    is_open, rest = state
    lists, kind = board.ties.bundles, board.ties.kind[bundle]
    whole = kind in (TEAM, TEAM_DATE)
    value = 0
    for at in range(lists.first[bundle], lists.first[bundle + 1]):
        seat = lists.items[at]
        value += worths[seat] if whole else 0
        if rest[seat] == 0:
            continue
        slot = chosen_slot(board, seat, date, prices, worths, is_open)
        if slot < 0 and whole:
            return 0
        if whole:
            value -= rest[seat] * prices[slot]
        elif slot >= 0:
            value += max(0, worths[seat] - prices[slot])
    return value


@kernel
def chosen_slot(
    board: Board, seat: int, date: int, prices: Array, worths: Array, is_open: Array
) -> int:
    """Give the open slot of a seat on a date, on its best date for -1; -1 when there is none."""
    if date < 0:
        return best_date(board, seat, prices, worths[seat], is_open)[0]
    slot = board.slot_first[seat] + date
    return slot if slot < board.slot_first[seat + 1] and is_open[slot] else -1


@kernel
def want(
    board: Board,
    choice: tuple[int, int],
    prices: Array,
    worths: Array,
    state: tuple[Array, Array],
    wanted: Array,
) -> None:
    """Mark how often a bundle wants each slot on a date."""
    (bundle, date), (is_open, rest) = choice, state
    lists, kind = board.ties.bundles, board.ties.kind[bundle]
    whole = kind in (TEAM, TEAM_DATE)
    for at in range(lists.first[bundle], lists.first[bundle + 1]):
        seat = lists.items[at]
        if rest[seat]:
            slot = chosen_slot(board, seat, date, prices, worths, is_open)
            if slot >= 0 and (whole or worths[seat] > prices[slot]):
                wanted[slot] = rest[seat]


@kernel
def price_bundles(
    board: Board, prices: Array, worths: Array, state: tuple[Array, Array], wanted: Array
) -> int:
    """Let each bundle choose which of its slots are worth their price; gives the sum.

    Parameters
    ----------
    state
        Whether a slot is still to be sold, and how often a seat is: once, more often where it
        stands for its copies, never for a copy and what is settled.
    wanted
        Set to how often each slot is chosen.
    """
    lists, kinds = board.ties.bundles, board.ties.kind
    total = 0
    wanted[:] = 0
    for bundle in range(len(kinds)):
        best, chosen = 0, -2
        first, last = -1, -1
        if kinds[bundle] == DATE or kinds[bundle] == TEAM_DATE:
            first, last = 0, 0
            for at in range(lists.first[bundle], lists.first[bundle + 1]):
                seat = lists.items[at]
                last = max(last, board.slot_first[seat + 1] - board.slot_first[seat] - 1)
        for date in range(first, last + 1):
            value = on_date(board, bundle, date, prices, worths, state)
            if value > best:
                best, chosen = value, date
        if chosen > -2:
            total += best
            want(board, (bundle, chosen), prices, worths, state, wanted)
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

    def quotas_of(self, seat: int) -> list[int]:
        """Give the quotas a seat counts for."""
        lists = self.board.ties.seat_quotas
        found: list[int] = lists.items[lists.first[seat] : lists.first[seat + 1]].tolist()
        return found

    def ask(self, prices: Array, tolls: Array) -> tuple[int, Array, Array]:
        """Give the bound at these prices, the excess of buyers per slot and the room per quota."""
        whole, fees = np.floor(prices).astype(np.int64), np.floor(tolls).astype(np.int64)
        wanted = np.zeros(len(self.board.slot_seat), np.int64)
        bound, count = self._weeks(whole)
        state = (self.is_open, self.rest)
        bound += price_bundles(self.board, whole, self.worths(fees), state, wanted)
        ties = self.board.ties
        bound += int(fees @ self.quota_left)
        filled = np.bincount(self.board.slot_seat, weights=wanted, minlength=len(self.board.worth))
        owners = np.repeat(np.arange(len(fees)), np.diff(ties.quotas.first))
        used = np.bincount(owners, weights=filled[ties.quotas.items], minlength=len(fees))
        return int(bound), (count - wanted).astype(np.float64), self.quota_left - used

    def _weeks(self, prices: Array) -> tuple[int, Array]:
        """Give the profits of all volunteers, and how often each slot is chosen."""

        def price(part: Array, desk: Desk) -> tuple[int, Array]:
            count = np.zeros(len(self.board.slot_seat), np.int64)
            out = (self.chosen, count, self.profit)
            return price_volunteers(self.board, part, prices, self.is_open, out, desk), count

        count = len(self.desks)
        parts = [self.people[number::count] for number in range(count)]
        run = map if self.pool is None or count == 1 else self.pool.map
        found = list(run(price, parts, self.desks))
        return sum(total for total, _ in found), np.sum([c for _, c in found], axis=0)


@dataclass
class Prices:
    """The best bound found, its prices, and how often each pair was chosen of late (0 to 1)."""

    bound: int
    slots: Array
    tolls: Array
    average: Array
    passes: int = 0


def opening_prices(market: Market) -> Prices:
    """Give prices to begin with; they prove nothing yet."""
    tolls = np.zeros(len(market.board.ties.quota_left))
    return Prices(UNPROVEN, market.opening(), tolls, np.zeros(len(market.chosen)))


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
    prices, tolls = start.slots.astype(np.float64), start.tolls.astype(np.float64)
    best = Prices(start.bound, prices, tolls, start.average.copy(), start.passes)
    slope, toll_slope = np.zeros(len(prices)), np.zeros(len(tolls))
    for step in steps:
        bound, excess, room = market.ask(prices, tolls)
        if bound < best.bound:
            best.bound, best.slots, best.tolls = bound, np.floor(prices), np.floor(tolls)
        best.average *= 1 - RECENT
        best.average += RECENT * market.chosen
        best.passes += 1
        slope = MEMORY * slope + (1 - MEMORY) * excess
        toll_slope = MEMORY * toll_slope + (1 - MEMORY) * room
        prices = np.where(market.is_open, np.clip(prices - step * slope, 0, market.ceiling), 0)
        tolls = np.maximum(tolls - step * toll_slope, 0)
    return best
