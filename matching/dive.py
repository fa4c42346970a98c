"""From prices to a plan: settle the volunteers whose weeks are stable, price the rest again.

The relaxed problem gives every volunteer a week that is best at the prices; together they take
some seats twice and leave others. Week by week the most stable are fixed, and the prices of the
seats that are left adapt to it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.prices import Market, Prices

Array = npt.NDArray[Any]

SHARE = 0.1
PASSES = 20
STEP = 0.02
FIRST_PACE, PACE, PATIENCE, SHRINK = 0.05, 0.15, 5, 0.6
MEMORY, RECENT = 0.6, 0.15


def dive(market: Market, prices: Prices, *, stop: Callable[[], bool], share: float = SHARE) -> Array:
    """Give pairs for a plan, in the order in which they were settled; the market is used up."""
    board = market.board
    slots, tolls = prices.slots.astype(np.float64), prices.tolls.astype(np.float64)
    average = prices.average.copy()
    taken: list[Array] = []
    pace = FIRST_PACE
    while len(market.people) and not stop():
        slots, tolls = _adapt(market, slots, tolls, average, pace)
        pace = PACE
        settled = _settle(market, average, share)
        if not len(settled):
            break
        taken.append(settled)
        _close(market, settled)
        slots[~market.is_open] = 0
    return _spread(board, np.concatenate(taken)) if taken else np.zeros(0, dtype=np.int64)


def _adapt(
    market: Market, prices: Array, tolls: Array, average: Array, pace: float
) -> tuple[Array, Array]:
    """Re-optimise the prices of what is left; `average` follows the choices."""
    best, kept, bad = 1 << 62, (prices, tolls), 0
    slope = np.zeros(len(prices))
    for _ in range(PASSES):
        bound, excess, room = market.ask(prices, tolls)
        average *= 1 - RECENT
        average += RECENT * market.chosen
        if bound < best:
            best, kept, bad = bound, (prices.copy(), tolls.copy()), 0
        else:
            bad += 1
            if bad >= PATIENCE:
                pace, bad, (prices, tolls) = pace * SHRINK, 0, kept
        slope = MEMORY * slope + (1 - MEMORY) * excess
        down = np.where(
            ((prices <= 0) & (slope > 0)) | ((prices >= market.ceiling) & (slope < 0)), 0, slope
        )
        length = float(down @ down)
        if length == 0:
            break
        step = pace * max(abs(bound) * STEP, 1) / length
        prices = np.where(market.is_open, np.clip(prices - step * down, 0, market.ceiling), 0)
    return prices, tolls


def _settle(market: Market, average: Array, share: float) -> Array:
    """Give the pairs of the most stable weeks of which no two want the same seat."""
    board = market.board
    chosen = np.flatnonzero(market.chosen)
    owners = board.volunteer[chosen]
    people = len(market.profit)
    count = np.bincount(owners, minlength=people)
    unrest = np.bincount(
        board.volunteer, weights=np.abs(average - market.chosen), minlength=people
    )
    wanted = np.bincount(board.seat[chosen], minlength=len(board.worth))
    over = wanted > market.rest
    crowded = np.bincount(owners, weights=over[board.seat[chosen]], minlength=people)
    active = np.flatnonzero(count)
    score = unrest[active] / count[active] + 0.5 * crowded[active]
    order = active[np.argsort(score, kind="stable")]
    return _disjoint(market, chosen, order, max(1, int(np.ceil(len(order) * share))))


def _disjoint(market: Market, chosen: Array, order: Array, most: int) -> Array:
    board = market.board
    first = np.searchsorted(board.volunteer[chosen], np.arange(len(market.profit) + 1))
    seats = board.seat[chosen].tolist()
    rest = market.rest.copy()
    found: list[Array] = []
    for person in order.tolist():
        wanted = seats[int(first[person]) : int(first[person + 1])]
        if len(set(wanted)) == len(wanted) and all(rest[seat] for seat in wanted):
            rest[wanted] -= 1
            found.append(chosen[first[person] : first[person + 1]])
            if len(found) >= most:
                break
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _close(market: Market, settled: Array) -> None:
    """Take settled volunteers and seats, and dates that are no longer possible, off the market."""
    board = market.board
    people = np.unique(board.volunteer[settled])
    market.chosen[np.isin(board.volunteer, people)] = 0
    market.people = np.setdiff1d(market.people, people)
    seats = board.seat[settled]
    option = np.asarray(board.slot)[settled] - board.slot_first[seats]
    np.subtract.at(market.rest, seats, 1)
    market.is_open[market.rest[board.slot_seat] == 0] = False
    _fix_dates(market, dict(zip(seats.tolist(), option.tolist(), strict=True)))


def _fix_dates(market: Market, option: dict[int, int]) -> None:
    board = market.board
    seat_dates, dates = board.ties.seat_dates, board.ties.dates
    for seat, date in option.items():
        for at in range(int(seat_dates.first[seat]), int(seat_dates.first[seat + 1])):
            group = int(seat_dates.items[at])
            for other in dates.items[dates.first[group] : dates.first[group + 1]].tolist():
                begin, end = int(board.slot_first[other]), int(board.slot_first[other + 1])
                market.is_open[begin:end] &= np.arange(end - begin) == date


def _spread(board: Board, pairs: Array) -> Array:
    """Let those who share a seat take one copy of it each."""
    copies: dict[int, list[int]] = {}
    for seat in np.flatnonzero(board.original != np.arange(len(board.original))).tolist():
        copies.setdefault(int(board.original[seat]), []).append(seat)
    found = pairs.copy()
    taken: set[int] = set()
    for at, pair in enumerate(pairs.tolist()):
        seat = int(board.seat[pair])
        if seat in taken:
            found[at] = _pair_of(board, pair, copies[seat].pop())
        taken.add(seat)
    return found


def _pair_of(board: Board, pair: int, copy: int) -> int:
    """Give the pair of the same volunteer and date on a copy of the seat."""
    own = board.by_seat[board.seat_first[copy] : board.seat_first[copy + 1]]
    same = (board.volunteer[own] == board.volunteer[pair]) & (board.start[own] == board.start[pair])
    return int(own[np.flatnonzero(same)[0]])
