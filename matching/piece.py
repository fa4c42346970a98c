"""A part of a roster laid out as a choice: some seats are decided again, the rest stays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.cliques import cover
from matching.compiled import kernel
from matching.model import Choice, Part, Program, write_program
from matching.prices import Quote
from matching.roster import OPEN, Roster, add, clash, fits, remove
from matching.ties import Lists

Array = npt.NDArray[Any]

MOST_OF_A_SEAT = 16
"""Pairs of one seat that are looked at, beside the one it has: those that pay best."""


@dataclass(frozen=True)
class Piece:
    """Seats to decide again: the pairs that held them, and the program over all that fit."""

    seats: Array
    old: Array
    program: Program


@kernel
def list_fitting(board: Board, roster: Roster, seats: Array, out: Array) -> int:
    """List the pairs of open seats that fit; gives how many."""
    count = 0
    for seat in seats:
        for at in range(board.seat_first[seat], board.seat_first[seat + 1]):
            pair = board.by_seat[at]
            if fits(board, roster, pair):
                out[count] = pair
                count += 1
    return count


@kernel
def list_clashes(board: Board, pairs: Array, out: Array) -> int:
    """List the positions of pairs (ascending) that one volunteer cannot do both; gives how many.

    Gives more than there is room for in `out` (n × 2) when it is too small.
    """
    count = 0
    for later in range(len(pairs)):
        person = board.volunteer[pairs[later]]
        other = later - 1
        while other >= 0 and board.volunteer[pairs[other]] == person:
            if clash(board, pairs[other], pairs[later]):
                if count < len(out):
                    out[count, 0], out[count, 1] = other, later
                count += 1
            other -= 1
    return count


@kernel
def take_out(board: Board, roster: Roster, seats: Array, out: Array) -> int:
    """Open some seats, listing the pairs that held them; gives how many."""
    count = 0
    for seat in seats:
        pair = roster.pair_of[seat]
        if pair != OPEN:
            out[count] = pair
            count += 1
            remove(board, roster, pair)
    return count


@kernel
def put_back(board: Board, roster: Roster, pairs: Array) -> None:
    """Take in pairs that are known to fit."""
    for pair in pairs:
        add(board, roster, pair)


def cut_piece(board: Board, roster: Roster, seats: Array, quote: Quote | None = None) -> Piece:
    """Lay some seats (bundles whole) out for a new decision; the roster stays as it is.

    With prices only the pairs of each seat that pay best at them are looked at.
    """
    old = np.empty(len(seats), dtype=np.int64)
    old = old[: take_out(board, roster, seats, old)]
    room = int((board.seat_first[seats + 1] - board.seat_first[seats]).sum())
    pairs = np.empty(room, dtype=np.int64)
    pairs = pairs[: list_fitting(board, roster, seats, pairs)]
    if quote is not None:
        pairs = np.union1d(_paying(board, pairs, quote), old)
    pairs = np.sort(pairs)
    program = write_program(_choice(board, roster, pairs), set(old.tolist()))
    put_back(board, roster, old)
    return Piece(seats, old, program)


def _paying(board: Board, pairs: Array, quote: Quote) -> Array:
    """Keep the pairs of each seat that pay best; `pairs` stand together by seat."""
    seat = board.seat[pairs]
    asked = quote.slots[board.slot[pairs]] - quote.rents[board.head[pairs]]
    order = np.lexsort((board.cost[pairs] - asked, seat))
    begins = np.flatnonzero(np.diff(seat[order], prepend=-1))
    rank = np.arange(len(pairs)) - np.repeat(begins, np.diff(begins, append=len(pairs)))
    kept: Array = pairs[order[rank < MOST_OF_A_SEAT]]
    return kept


def _choice(board: Board, roster: Roster, pairs: Array) -> Choice:
    seats = board.seat[pairs]
    ties = board.ties
    quotas = _numbers(ties.seat_quotas, np.unique(seats))
    return Choice(
        pairs=pairs.tolist(),
        cost=(board.cost[pairs] - board.worth[seats]).tolist(),
        seat=seats.tolist(),
        option=(board.slot[pairs] - board.slot_first[seats]).tolist(),
        worker=board.volunteer[pairs].tolist(),
        cliques=_cliques(board, pairs),
        caps=_caps(board, roster, pairs),
        loads=_loads(board, roster, pairs),
        teams=_groups(ties.teams, _numbers(ties.seat_teams, np.unique(seats))),
        dates=_groups(ties.dates, _numbers(ties.seat_dates, np.unique(seats))),
        quotas=[
            (group, int(ties.quota_left[number] - roster.filled[number]))
            for number, group in zip(quotas, _groups(ties.quotas, quotas), strict=True)
        ],
        steps=tuple(zip(board.above.tolist(), board.step.tolist(), strict=True)),
        opening=int(board.opening.max(initial=0)),
        at_work=set(np.flatnonzero((roster.held > 0) | (board.opening == 0)).tolist()),
    )


def _numbers(lists: Lists, rows: Array) -> list[int]:
    """Give the groups in which some seats are."""
    begin, end = lists.first[rows], lists.first[rows + 1]
    tied = np.flatnonzero(end > begin)
    found = {int(lists.items[at]) for row in tied for at in range(begin[row], end[row])}
    return sorted(found)


def _groups(lists: Lists, numbers: list[int]) -> list[list[int]]:
    return [lists.items[lists.first[n] : lists.first[n + 1]].tolist() for n in numbers]


def _cliques(board: Board, pairs: Array) -> Iterator[list[int]]:
    found = np.empty((8 * len(pairs) + 64, 2), dtype=np.int64)
    count = list_clashes(board, pairs, found)
    if count > len(found):
        found = np.empty((count, 2), dtype=np.int64)
        list_clashes(board, pairs, found)
    people = board.volunteer[pairs]
    edges = found[:count]
    edges = edges[np.argsort(people[edges[:, 0]], kind="stable")]
    begins = np.searchsorted(people, people[edges[:, 0]])
    for part in np.split(np.arange(count), np.flatnonzero(np.diff(begins)) + 1):
        if len(part):
            yield from _cover_from(int(begins[part[0]]), edges[part].tolist())


def _cover_from(begin: int, edges: list[list[int]]) -> Iterator[list[int]]:
    masks = [0] * (max(later for _, later in edges) - begin + 1)
    for one, other in edges:
        masks[one - begin] |= 1 << (other - begin)
        masks[other - begin] |= 1 << (one - begin)
    for clique in cover(masks):
        yield [begin + member for member in clique]


def _caps(board: Board, roster: Roster, pairs: Array) -> list[Part]:
    begin, end = board.need_first[pairs], board.need_first[pairs + 1]
    counts = end - begin
    at = np.arange(counts.sum()) + np.repeat(begin - np.cumsum(counts) + counts, counts)
    room = np.maximum(board.left - roster.used, 0)
    owner = np.repeat(np.arange(len(pairs)), counts)
    return _parts(board.need_key[at], owner, board.need_amount[at], room)


def _loads(board: Board, roster: Roster, pairs: Array) -> list[Part]:
    worked = board.end[pairs] - board.start[pairs]
    base = board.base + roster.minutes
    return _parts(board.load[pairs], np.arange(len(pairs)), worked, base)


def _parts(keys: Array, pairs: Array, amounts: Array, number: Array) -> list[Part]:
    """Join entries of the same key; `number` has one entry per key."""
    order = np.argsort(keys, kind="stable")
    found = []
    for part in np.split(order, np.flatnonzero(np.diff(keys[order])) + 1):
        if len(part):
            value = int(number[keys[part[0]]])
            found.append(Part(pairs[part].tolist(), amounts[part].tolist(), value))
    return found
