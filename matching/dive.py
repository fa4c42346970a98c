"""From prices to a plan: settle the volunteers whose weeks are stable, price the rest again.

The relaxed problem gives every volunteer a week that is best at the prices; together they take
some seats twice and leave others. Week by week the most stable are fixed, and the prices of the
seats that are left adapt to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.prices import UNPROVEN, Market, Prices, find_prices, step_lengths

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Style:
    """How a dive goes: steps as shares of one priority point, and the share settled at once."""

    first_step: float
    last_step: float
    settled: float
    passes: int = 20


STYLES = (Style(0.04, 0.01, 0.1), Style(0.1, 0.01, 0.1), Style(0.03, 0.03, 0.05))
QUICK = Style(0.04, 0.01, 0.25, passes=10)
"""For boards on which one pass takes long."""


def dive(
    market: Market, prices: Prices, factor: int, *, stop: Callable[[], bool], style: Style
) -> Array:
    """Give pairs for a plan, in the order in which they were settled; the market is used up.

    `factor` is the weight of one priority point.
    """
    steps = step_lengths(style.first_step * factor, style.last_step * factor, style.passes)
    taken: list[Array] = []
    current = Prices(UNPROVEN, prices.quote, prices.average.copy())
    while len(market.people) and not stop():
        current = find_prices(market, steps, current)
        settled = _settle(market, current.average, style.settled)
        if not len(settled):
            break
        taken.append(settled)
        _close(market, settled)
        slots = np.where(market.is_open, current.quote.slots, 0)
        current = Prices(UNPROVEN, current.quote._replace(slots=slots), current.average)
    return _spread(market.board, np.concatenate(taken)) if taken else np.zeros(0, dtype=np.int64)


def _settle(market: Market, average: Array, share: float) -> Array:
    """Give the pairs of the most stable weeks of which no two want the same seat."""
    board = market.board
    chosen = np.flatnonzero(market.chosen)
    owners = board.volunteer[chosen]
    people = len(market.profit)
    count = np.bincount(owners, minlength=people)
    unrest = np.bincount(board.volunteer, weights=np.abs(average - market.chosen), minlength=people)
    wanted = np.bincount(board.seat[chosen], minlength=len(board.worth))
    over = wanted > market.rest
    crowded = np.bincount(owners, weights=over[board.seat[chosen]], minlength=people)
    active = np.flatnonzero(count)
    score = unrest[active] / count[active] + 0.5 * crowded[active]
    order = active[np.argsort(score, kind="stable")]
    return _disjoint(market, chosen, order, max(1, int(np.ceil(len(order) * share))))


def _disjoint(market: Market, chosen: Array, order: Array, most: int) -> Array:
    """Give the first weeks in this order that take no seat, and no quota, from one before."""
    board = market.board
    first = np.searchsorted(board.volunteer[chosen], np.arange(len(market.profit) + 1))
    seats = board.seat[chosen].tolist()
    rest, left = market.rest.copy(), market.quota_left.copy()
    found: list[Array] = []
    for person in order.tolist():
        wanted = seats[int(first[person]) : int(first[person + 1])]
        quotas = [q for seat in wanted for q in market.quotas_of(seat)]
        free = len(set(wanted)) == len(wanted) and all(rest[seat] for seat in wanted)
        if free and all(left[q] >= quotas.count(q) for q in quotas):
            rest[wanted] -= 1
            np.subtract.at(left, np.array(quotas, dtype=np.int64), 1)
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
    _count_quotas(market, seats)
    _fix_dates(market, dict(zip(seats.tolist(), option.tolist(), strict=True)))


def _count_quotas(market: Market, seats: Array) -> None:
    """Count settled seats against their quotas, and take the seats of full ones off."""
    board, quotas = market.board, market.board.ties.quotas
    for number in [q for seat in seats.tolist() for q in market.quotas_of(seat)]:
        market.quota_left[number] -= 1
        if market.quota_left[number] <= 0:
            full = quotas.items[quotas.first[number] : quotas.first[number + 1]]
            market.is_open &= ~np.isin(board.slot_seat, full)


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
