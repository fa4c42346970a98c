"""Moves in two halves of the map at once: seats whose volunteers all live on one side of a line.

Two threads then touch nothing in common. The line goes through the middle of the homes, now from
north to south and now from west to east, so that few seats lie on it both times.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.roster import Roster
from matching.search import JOURNAL, MOST_PUSHED, anneal, chances
from matching.ties import Lists
from matching.walks import starts

Array = npt.NDArray[Any]
Map = Callable[..., Iterable[Any]]

LEAST_SEATS = 4_000
"""Below, too many seats lie on the line."""
BLOCK = 20_000


class Moves:
    """Annealing of one roster, in halves where the board is large enough."""

    def __init__(self, board: Board, roster: Roster, seed: int, run: Map) -> None:
        self.board = board
        self.roster = roster
        self.run = run
        self.open = starts(board)
        self.chances = chances()
        whole = [np.ones(len(board.worth), dtype=np.bool_)]
        self.layouts = [whole]
        if self.seats >= LEAST_SEATS:
            self.layouts = [_sides(board, board.east), _sides(board, board.north)]
        self.journals = [_journal(seed + number) for number in range(2)]
        self.turn = 0

    @property
    def seats(self) -> int:
        """How many seats somebody could take."""
        return len(self.open)

    def block(self, temperature: int, moves: int = BLOCK) -> int:
        """Make some moves in each part; gives how many were made."""
        parts = self.layouts[self.turn % len(self.layouts)]
        self.turn += 1

        def move(part: Array, journal: Array) -> int:
            own = self.roster._replace(
                value=np.zeros(1, dtype=np.int64),
                before=self.roster.before.copy(),
                best=self.roster.best.copy(),
                ours=part,
            )
            seats = self.open[part[self.open]]
            if len(seats):
                anneal(self.board, own, seats, journal, (moves, temperature, self.chances))
            return int(own.value[0])

        self.roster.value[0] += sum(self.run(move, parts, self.journals[: len(parts)]))
        return moves * len(parts)


def _journal(seed: int) -> Array:
    journal = np.zeros(JOURNAL + 1 + MOST_PUSHED, dtype=np.int64)
    journal[JOURNAL] = 1 + seed % 2_147_483_645
    return journal


def _sides(board: Board, position: Array) -> list[Array]:
    """Give per half which seats belong to it: all their volunteers, team-mates and quotas do."""
    side = (position >= np.median(position)).astype(np.int8)[board.volunteer]
    low = np.ones(len(board.worth), dtype=np.int8)
    high = np.zeros(len(board.worth), dtype=np.int8)
    np.minimum.at(low, board.seat, side)
    np.maximum.at(high, board.seat, side)
    for lists in (board.ties.bundles, board.ties.quotas, board.ties.bundles):
        _join(lists, low, high)
    return [(low == number) & (high == number) for number in range(2)]


def _join(lists: Lists, low: Array, high: Array) -> None:
    """Let all seats of a group lie where all of them together lie."""
    if len(lists.items):
        group = np.repeat(np.arange(len(lists.first) - 1), np.diff(lists.first))
        for side, join, most in ((low, np.minimum, 1), (high, np.maximum, 0)):
            joined = np.full(len(lists.first) - 1, most, dtype=np.int8)
            join.at(joined, group, side[lists.items])
            join.at(side, lists.items, joined[group])
