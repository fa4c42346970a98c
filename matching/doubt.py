"""Where a plan falls short of its bound, volunteer by volunteer and seat by seat.

At prices µ the gap splits exactly: what each volunteer's week lacks against her best one at these
prices, and what each seat lacks:

    L(µ) - Z = Σ_volunteers (best week - her week) + Σ_bundles (best choice - what is filled)

Where nothing is lacking nothing can be gained; the search begins where most is.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.bundles import rents_of_teams
from matching.compiled import kernel
from matching.desk import rise
from matching.heads import NONE, standing_slots
from matching.prices import Market, Prices
from matching.roster import OPEN, Roster

Array = npt.NDArray[Any]


class Doubt:
    """Prices held against a roster; `chosen` and `profit` are the best weeks at these prices."""

    def __init__(self, market: Market, prices: Prices) -> None:
        self.board = market.board
        quote = prices.quote.whole()
        market.ask(quote)
        slots = quote.slots[_originals(market.board)]
        self.asked = (slots, quote.rents)
        self.asking = slots - _share_of_rents(market.board, quote.rents)
        self.worths = market.worths(quote.tolls)
        self.chosen = np.flatnonzero(market.chosen)
        self.profit = market.profit.copy()

    def of(self, roster: Roster) -> Array:
        """Give per seat how much of the gap is about it, in points."""
        lacking = np.zeros(len(self.board.first) - 1, dtype=np.int64)
        lack_of_weeks(self.board, roster, self.asked, self.profit, lacking)
        found = np.zeros(len(self.board.worth), dtype=np.int64)
        filled = roster.pair_of[roster.pair_of != OPEN]
        for pairs in (self.chosen, filled):
            np.add.at(found, self.board.seat[pairs], lacking[self.board.volunteer[pairs]])
        lack_of_seats(self.board, roster, self.asking, self.worths, found)
        return found


def _originals(board: Board) -> Array:
    """Give per slot that of the seat it is a copy of: the one with a price."""
    seat = board.slot_seat
    found: Array = board.slot_first[board.original[seat]] + np.arange(len(seat))
    return found - board.slot_first[seat]


def _share_of_rents(board: Board, rents: Array) -> Array:
    """Give per slot its equal share of the rents that its team gets on its date."""
    ties, seat = board.ties, board.slot_seat
    stands = standing_slots(ties, board.slot_first, seat, np.arange(len(seat)))
    share: Array = np.where(stands == NONE, 0, rents_of_teams(board, rents)[stands])
    return share // np.diff(ties.bundles.first)[ties.bundle_of[seat]]


@kernel
def lack_of_weeks(
    board: Board, roster: Roster, asked: tuple[Array, Array], profit: Array, lacking: Array
) -> None:
    """Work out per volunteer: profit of her best week - profit of the week she has."""
    prices, rents = asked
    for person in range(len(lacking)):
        have = 0
        begin = board.first[person]
        if roster.held[person]:
            have -= board.opening[person]
        for at in range(begin, begin + roster.held[person]):
            pair = roster.work[at]
            have += prices[board.slot[pair]] - rents[board.head[pair]] - board.cost[pair]
        for load in range(board.load_first[person], board.load_first[person + 1]):
            have -= rise(board, board.base[load], roster.minutes[load])
        lacking[person] = max(0, profit[person] - have)


@kernel
def lack_of_seats(board: Board, roster: Roster, prices: Array, worths: Array, found: Array) -> None:
    """Add per seat what it would gain by being filled, or by being left open, at the prices."""
    for seat in range(len(found)):
        pair = roster.pair_of[seat]
        if pair != OPEN:
            found[seat] += max(0, prices[board.slot[pair]] - worths[seat])
            continue
        best = 0
        for slot in range(board.slot_first[seat], board.slot_first[seat + 1]):
            best = max(best, worths[seat] - prices[slot])
        found[seat] += best
