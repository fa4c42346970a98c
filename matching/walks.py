"""Draws connected sets of seats over the graph of seats and volunteers: pieces to decide again."""

from typing import Any

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.compiled import kernel
from matching.roster import OPEN, Roster
from matching.search import draw

Array = npt.NDArray[Any]

SAME_DAY_PERCENT = 35
OPEN_PERCENT = 60
BRANCHES = 8
NEXT = 6
OFFERED = 6
TAKEN = 2


@kernel
def join(board: Board, seat: int, mark: Array, number: int, piece: Array, count: int) -> int:
    """Add the bundle of a seat to a piece; gives its new length."""
    bundles = board.ties.bundles
    bundle = board.ties.bundle_of[seat]
    for at in range(bundles.first[bundle], bundles.first[bundle + 1]):
        other = bundles.items[at]
        if mark[other] != number and count < len(piece):
            mark[other] = number
            piece[count] = other
            count += 1
    return count


@kernel
def first_day(board: Board, seat: int) -> int:
    """Give the day of a seat's first pair."""
    return int(board.day[board.by_seat[board.seat_first[seat]]])


@kernel
def welcome(board: Board, seat: int, day: int, free: Array) -> bool:
    """Tell whether a seat may join a piece: not in another one, and on the day (-1: any)."""
    if not free[seat] or board.seat_first[seat + 1] == board.seat_first[seat]:
        return False
    return day < 0 or first_day(board, seat) == day


@kernel
def widen(
    board: Board,
    roster: Roster,
    person: int,
    day: int,
    free: Array,
    mark: Array,
    number: int,
    piece: Array,
    count: int,
    size: int,
    state: Array,
) -> int:
    """Add what a volunteer does, and some open seats that she could do instead."""
    begin = board.first[person]
    for at in range(begin, begin + roster.held[person]):
        seat = board.seat[roster.work[at]]
        if count < size and mark[seat] != number and welcome(board, seat, day, free):
            count = join(board, seat, mark, number, piece, count)
    length, taken = board.first[person + 1] - begin, 0
    for _ in range(min(OFFERED, length)):
        seat = board.seat[begin + draw(state, length)]
        is_new = roster.pair_of[seat] == OPEN and mark[seat] != number
        if is_new and taken < TAKEN and count < size and welcome(board, seat, day, free):
            count = join(board, seat, mark, number, piece, count)
            taken += 1
    return count


@kernel
def walk(
    board: Board,
    roster: Roster,
    start: int,
    free: Array,
    mark: Array,
    number: int,
    piece: Array,
    size: int,
    state: Array,
) -> int:
    """Draw a piece of about `size` seats around one seat; gives its length.

    Parameters
    ----------
    free
        Per seat, whether it may join.
    mark, number
        Per seat the number of the last piece it joined, and the number of this one.
    """
    day = first_day(board, start) if draw(state, 100) < SAME_DAY_PERCENT else -1
    count = join(board, start, mark, number, piece, 0)
    done = 0
    while done < count and count < size:
        at = done + draw(state, min(NEXT, count - done))
        piece[done], piece[at] = piece[at], piece[done]
        seat = piece[done]
        done += 1
        length = board.seat_first[seat + 1] - board.seat_first[seat]
        for _ in range(min(BRANCHES, length)):
            pair = board.by_seat[board.seat_first[seat] + draw(state, length)]
            person = board.volunteer[pair]
            count = widen(board, roster, person, day, free, mark, number, piece, count, size, state)
            if count >= size:
                break
    return count


def starts(board: Board) -> Array:
    """Give the seats that somebody could take."""
    return np.flatnonzero(np.diff(board.seat_first)).astype(np.int32)
