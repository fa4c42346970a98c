"""Makes a plan better piece by piece: frees some seats, chooses again, keeps what is better.

Several pieces that share no seat are decided side by side, each from the same roster and with a
limit on its work, and taken over in the order in which they were drawn: so the plan does not
depend on how many of them run at once.

References
----------
Shaw, P. (1998). Using constraint programming and local search methods to solve vehicle routing
problems.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.budget import Budget
from matching.compiled import kernel
from matching.cpsat import Answer, Limits, solve_program
from matching.piece import Piece, cut_piece
from matching.prices import Quote
from matching.roster import OPEN, Roster, add, fits, remove
from matching.walks import OPEN_PERCENT, starts, walk

Array = npt.NDArray[Any]

AT_ONCE = 2
"""Pieces that are decided from the same roster."""
SMALLEST, FIRST, LARGEST = 25.0, 100.0, 1_200.0
WORK, MOST_WORK, QUICK = 0.25, 4.0, 0.3
PATIENCE = 8
"""Rounds without anything better before more work is put into a piece."""
SECONDS = 10.0
GROW, SHRINK, FULL = 1.1, 0.92, 0.8
GUIDED_PERCENT = 95


@dataclass(frozen=True)
class Round:
    """What one round of pieces came to."""

    pieces: int
    better: int
    whole: bool


class Neighbourhoods:
    """Improves a roster round by round; the objective never falls."""

    def __init__(
        self, board: Board, roster: Roster, seed: int, *, prices: Quote | None = None
    ) -> None:
        self.prices = prices
        self.board = board
        self.roster = roster
        self.random = np.random.default_rng(seed)
        self.state = np.array([1 + seed % 2_147_483_645], dtype=np.int64)
        self.size = FIRST
        self.work = WORK
        self.idle = 0
        self.seats = starts(board)
        self.mark = np.zeros(len(board.worth), dtype=np.int64)
        self.number = 0
        self.pool: ThreadPoolExecutor | None = None

    def round(self, budget: Budget, doubt: Array | None = None) -> Round:
        """Decide some pieces again; `doubt` says per seat how much a search there promises."""
        drawn = self._draw(doubt)
        pieces = [self._cut(seats) for seats in drawn]
        answers = self._decide(pieces, budget)
        better = 0
        for piece, answer in zip(pieces, answers, strict=True):
            if answer is not None:
                better += self._take_over(piece, answer)
            self._adapt(piece, answer)
        self._persist(better)
        whole = len(pieces) == 1 and len(pieces[0].seats) >= len(self.seats)
        proven = whole and answers[0] is not None and answers[0].proven
        return Round(len(pieces), better, proven)

    def _cut(self, seats: Array) -> Piece:
        """Lay a piece out; all seats together with every pair, so that what is proven is proven."""
        prices = None if len(seats) >= len(self.seats) else self.prices
        return cut_piece(self.board, self.roster, seats, prices)

    def _draw(self, doubt: Array | None) -> list[Array]:
        free = np.ones(len(self.board.worth), dtype=np.bool_)
        found = []
        for _ in range(AT_ONCE):
            start = self._start(free, doubt)
            if start < 0:
                break
            self.number += 1
            room = np.empty(len(free), dtype=np.int32)
            length = walk(
                self.board,
                self.roster,
                start,
                free,
                self.mark,
                self.number,
                room,
                int(self.size),
                self.state,
            )
            seats = np.sort(room[:length])
            free[seats] = False
            found.append(seats)
        return found

    def _start(self, free: Array, doubt: Array | None) -> int:
        if doubt is not None and self.random.integers(100) < GUIDED_PERCENT:
            weights = np.cumsum(np.where(free[self.seats], doubt[self.seats], 0))
            if weights[-1] > 0:
                at = np.searchsorted(weights, self.random.integers(weights[-1]), "right")
                return int(self.seats[at])
        unfilled = self.roster.pair_of[self.seats] == OPEN
        wanted = self.seats[unfilled & free[self.seats]]
        if not len(wanted) or self.random.integers(100) >= OPEN_PERCENT:
            wanted = self.seats[free[self.seats]]
        return int(wanted[self.random.integers(len(wanted))]) if len(wanted) else -1

    def _decide(self, pieces: Sequence[Piece], budget: Budget) -> list[Answer | None]:
        seeds = [int(seed) for seed in self.random.integers(2**31 - 1, size=len(pieces))]

        def decide(number: int) -> Answer | None:
            limits = Limits(min(SECONDS, budget.left), self.work, seeds[number])
            return solve_program(pieces[number].program, limits)

        run = map if self.pool is None else self.pool.map
        return list(run(decide, range(len(pieces))))

    def _take_over(self, piece: Piece, answer: Answer) -> bool:
        """Put the new pairs in place of the old ones if they still fit and are better."""
        new = np.array(answer.pairs, dtype=np.int64)
        return bool(exchange(self.board, self.roster, piece.old, new))

    def _persist(self, better: int) -> None:
        """Put more work into larger pieces after some rounds in vain."""
        self.idle = 0 if better else self.idle + 1
        if self.idle >= PATIENCE:
            self.idle = 0
            self.work = min(MOST_WORK, self.work * 1.5)
            self.size = min(LARGEST, self.size * 1.2)

    def _adapt(self, piece: Piece, answer: Answer | None) -> None:
        """Take larger pieces while they are decided quickly, smaller ones when they are not."""
        if len(piece.seats) < FULL * self.size:
            return
        if answer is None or not answer.proven:
            self.size = max(SMALLEST, self.size * SHRINK)
        elif answer.work < QUICK * self.work:
            self.size = min(LARGEST, self.size * GROW)


@kernel
def exchange(board: Board, roster: Roster, old: Array, new: Array) -> bool:
    """Replace pairs by others if those fit and add more; otherwise change nothing."""
    before = roster.value[0]
    for pair in old:
        if roster.pair_of[board.seat[pair]] != pair:
            return False
    for pair in old:
        remove(board, roster, pair)
    count = 0
    while count < len(new) and fits(board, roster, new[count]):
        add(board, roster, new[count])
        count += 1
    if count == len(new) and roster.value[0] > before:
        return True
    for at in range(count):
        remove(board, roster, new[at])
    for pair in old:
        add(board, roster, pair)
    return False
