"""Bundles of seats at given prices: which of their slots are worth what they cost."""

from typing import Any

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.compiled import kernel
from matching.ties import DATE, TEAM, TEAM_DATE

Array = npt.NDArray[Any]


def rents_of_teams(board: Board, rents: Array) -> Array:
    """Give the rents of all heads of a team and date at the slot that stands for it."""
    found = np.zeros(len(board.slot_seat), dtype=np.int64)
    np.add.at(found, board.head_slot, rents[:-1])
    return found


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
    board: Board,
    bundle: int,
    date: int,
    tags: tuple[Array, Array, Array],
    state: tuple[Array, Array],
) -> int:
    """Give what a bundle is worth on one date (-1: each seat on its own best date).

    A team counts as a whole, with the rents of its heads and what is settled already, or not at
    all; other bundles count the seats that pay.
    """
    (prices, worths, bonus), (is_open, rest) = tags, state
    lists, kind = board.ties.bundles, board.ties.kind[bundle]
    whole = kind in (TEAM, TEAM_DATE)
    stands = standing_slot(board, bundle, date)
    value = bonus[stands] if whole and stands >= 0 else 0
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
def standing_slot(board: Board, bundle: int, date: int) -> int:
    """Give the slot that stands for a bundle on a date: that of its first seat, -1 for none."""
    leader = board.ties.bundles.items[board.ties.bundles.first[bundle]]
    slot = board.slot_first[leader] + max(0, date)
    return int(slot) if slot < board.slot_first[leader + 1] else -1


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
    tags: tuple[Array, Array, Array],
    state: tuple[Array, Array],
    out: tuple[Array, Array],
) -> None:
    """Mark how often a bundle wants each slot on a date, and that it goes on that date."""
    (bundle, date), (is_open, rest) = choice, state
    (prices, worths, _), (wanted, goes) = tags, out
    stands = standing_slot(board, bundle, date)
    if stands >= 0:
        goes[stands] = 1
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
    board: Board,
    tags: tuple[Array, Array, Array],
    state: tuple[Array, Array],
    out: tuple[Array, Array],
) -> int:
    """Let each bundle choose which of its slots are worth their price; gives the sum.

    Parameters
    ----------
    tags
        The price of each slot, the worth of each seat, and `rents_of_teams`.
    state
        Whether a slot is still to be sold, and how often a seat is: once, more often where it
        stands for its copies, never for a copy and what is settled.
    out
        Set to how often each slot is chosen, and 1 at the slot that stands for what goes.
    """
    lists, kinds = board.ties.bundles, board.ties.kind
    total = 0
    wanted, goes = out
    wanted[:] = 0
    goes[:] = 0
    for bundle in range(len(kinds)):
        best, chosen = 0, -2
        first, last = -1, -1
        if kinds[bundle] == DATE or kinds[bundle] == TEAM_DATE:
            first, last = 0, 0
            for at in range(lists.first[bundle], lists.first[bundle + 1]):
                seat = lists.items[at]
                last = max(last, board.slot_first[seat + 1] - board.slot_first[seat] - 1)
        for date in range(first, last + 1):
            value = on_date(board, bundle, date, tags, state)
            if value > best:
                best, chosen = value, date
        if chosen > -2:
            total += best
            want(board, (bundle, chosen), tags, state, out)
    return total
