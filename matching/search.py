"""Local search on a whole plan: move one seat, push out what is in the way, place that again.

Simulated annealing over compiled moves: a random seat goes to a random volunteer who could take
it, whatever stands against it there is pushed out and goes to its cheapest other place, or stays
open. Teams and requests with a common date go as a whole. Whole numbers only, so that the same
seed gives the same plan wherever it runs.

References
----------
Kirkpatrick, S., Gelatt, C., Vecchi, M. (1983). Optimization by simulated annealing.
Glover, F. (1996). Ejection chains, reference structures and alternating path methods.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.compiled import kernel
from matching.roster import (
    OPEN,
    Roster,
    add,
    cheapest_fit,
    clash,
    fits,
    group_allows,
    marginal,
    remove,
    under_caps,
)

Array = npt.NDArray[Any]

MODULUS, MULTIPLIER = 2_147_483_647, 48_271
"""The minimal standard generator of random numbers (Park and Miller 1988)."""
CHANCES = 1_024
SCALE = 1_024
MOST_PUSHED = 6
LOOKED_AT = 24
JOURNAL = 256


def chances() -> Array:
    """Give SCALE · -ln(u) for CHANCES evenly spread u: how much worse a move may be."""
    u = (np.arange(CHANCES) + 0.5) / CHANCES
    return np.round(-np.log(u) * SCALE).astype(np.int64)


@kernel
def draw(state: Array, below: int) -> int:
    """Give the next random number in [0, below)."""
    state[0] = state[0] * MULTIPLIER % MODULUS
    return int(state[0] % below)


@kernel
def put(board: Board, roster: Roster, journal: Array, pair: int) -> None:
    """Take a pair in, and note it."""
    add(board, roster, pair)
    journal[0] += 1
    journal[journal[0]] = pair + 1


@kernel
def take(board: Board, roster: Roster, journal: Array, pair: int) -> None:
    """Take a pair out, and note it."""
    remove(board, roster, pair)
    journal[0] += 1
    journal[journal[0]] = -pair - 1


@kernel
def undo(board: Board, roster: Roster, journal: Array) -> None:
    """Take back everything that is noted, the last first."""
    for at in range(journal[0], 0, -1):
        if journal[at] > 0:
            remove(board, roster, journal[at] - 1)
        else:
            add(board, roster, -journal[at] - 1)
    journal[0] = 0


@kernel
def push_out(board: Board, roster: Roster, journal: Array, pair: int, out: Array) -> int:
    """Take out what stands against a pair at its volunteer; gives how many, -1 for too much."""
    person = board.volunteer[pair]
    begin = board.first[person]
    count = 0
    for at in range(begin, begin + roster.held[person]):
        if clash(board, roster.work[at], pair):
            if count == MOST_PUSHED or not roster.ours[board.seat[roster.work[at]]]:
                return -1
            out[count] = roster.work[at]
            count += 1
    for at in range(count):
        take(board, roster, journal, out[at])
    while not under_caps(board, roster, pair):
        if count == MOST_PUSHED or roster.held[person] == 0:
            return -1
        other = roster.work[begin + draw(journal[JOURNAL:], roster.held[person])]
        if not roster.ours[board.seat[other]]:
            return -1
        out[count] = other
        count += 1
        take(board, roster, journal, other)
    return count


@kernel
def other_place(board: Board, roster: Roster, pair: int, state: Array) -> int:
    """Give the cheapest other pair for a seat among some of those that fit, -1 for none."""
    seat = board.seat[pair]
    first = board.seat_first[seat]
    length = board.seat_first[seat + 1] - first
    looked = min(length, LOOKED_AT)
    offset = draw(state, length) if length > looked else 0
    best, found = board.worth[seat], OPEN
    for number in range(looked):
        other = board.by_seat[first + (offset + number) % length]
        if other == pair or board.cost[other] >= best:
            continue
        points = marginal(board, roster, other)
        if points < best and fits(board, roster, other):
            best, found = points, other
    return int(found)


@kernel
def break_teams(board: Board, roster: Roster, journal: Array, seat: int) -> bool:
    """Take out the rest of the teams of an open seat; false when that is too much at once."""
    ties = board.ties
    for here in range(ties.seat_teams.first[seat], ties.seat_teams.first[seat + 1]):
        team = ties.seat_teams.items[here]
        for at in range(ties.teams.first[team], ties.teams.first[team + 1]):
            pair = roster.pair_of[ties.teams.items[at]]
            if pair != OPEN:
                if journal[0] > JOURNAL - 8:
                    return False
                take(board, roster, journal, pair)
                if not break_teams(board, roster, journal, ties.teams.items[at]):
                    return False
    return True


@kernel
def place_again(board: Board, roster: Roster, journal: Array, out: Array, count: int) -> bool:
    """Find another place for what was pushed out; a team that loses a seat goes as a whole."""
    for at in range(count):
        if roster.pair_of[board.seat[out[at]]] == OPEN:
            pair = other_place(board, roster, out[at], journal[JOURNAL:])
            if pair != OPEN:
                put(board, roster, journal, pair)
    for at in range(count):
        seat = board.seat[out[at]]
        if roster.pair_of[seat] == OPEN and not break_teams(board, roster, journal, seat):
            return False
    return True


@kernel
def move_seat(board: Board, roster: Roster, journal: Array, pair: int, out: Array) -> bool:
    """Give a seat to the volunteer of a pair, whatever stands against it; false when it cannot."""
    old = roster.pair_of[board.seat[pair]]
    if old != OPEN:
        take(board, roster, journal, old)
    if not group_allows(board, roster, pair):
        return False
    count = push_out(board, roster, journal, pair, out)
    if count < 0:
        return False
    put(board, roster, journal, pair)
    return place_again(board, roster, journal, out, count)


@kernel
def move_bundle(board: Board, roster: Roster, journal: Array, bundle: int, out: Array) -> bool:
    """Give all seats of a bundle anew on a random date, pushing out what stands against it."""
    bundles, state = board.ties.bundles, journal[JOURNAL:]
    begin, end = bundles.first[bundle], bundles.first[bundle + 1]
    if end - begin > 8:
        return False
    dates = 1
    for at in range(begin, end):
        seat = bundles.items[at]
        dates = max(dates, board.slot_first[seat + 1] - board.slot_first[seat])
        if roster.pair_of[seat] != OPEN:
            take(board, roster, journal, roster.pair_of[seat])
    date = draw(state, dates)
    for at in range(begin, end):
        seat = bundles.items[at]
        pair = cheapest_fit(board, roster, seat, date if dates > 1 else OPEN)
        if pair != OPEN:
            put(board, roster, journal, pair)
            continue
        length = board.seat_first[seat + 1] - board.seat_first[seat]
        if length == 0:
            return False
        pair = board.by_seat[board.seat_first[seat] + draw(state, length)]
        if journal[0] > JOURNAL - 64 or not move_seat(board, roster, journal, pair, out):
            return False
    return is_whole(board, roster, bundle)


@kernel
def is_whole(board: Board, roster: Roster, bundle: int) -> bool:
    """Tell whether every team of a bundle is full or empty."""
    teams, bundles = board.ties.teams, board.ties.bundles
    seat_teams = board.ties.seat_teams
    for at in range(bundles.first[bundle], bundles.first[bundle + 1]):
        seat = bundles.items[at]
        for here in range(seat_teams.first[seat], seat_teams.first[seat + 1]):
            team = seat_teams.items[here]
            for other in range(teams.first[team], teams.first[team + 1]):
                mate = teams.items[other]
                if (roster.pair_of[mate] == OPEN) != (roster.pair_of[seat] == OPEN):
                    return False
    return True


@kernel
def try_move(board: Board, roster: Roster, seats: Array, journal: Array, out: Array) -> bool:
    """Make one random move, whatever it is worth; false when it was none."""
    state = journal[JOURNAL:]
    seat = seats[draw(state, len(seats))]
    if roster.pair_of[seat] != OPEN and draw(state, 3) == 0:
        seat = seats[draw(state, len(seats))]
    ties = board.ties
    bundle = ties.bundle_of[seat]
    alone = ties.bundles.first[bundle + 1] - ties.bundles.first[bundle] == 1
    if not alone and (roster.pair_of[seat] == OPEN or draw(state, 4) == 0):
        return move_bundle(board, roster, journal, bundle, out)
    length = board.seat_first[seat + 1] - board.seat_first[seat]
    pair = board.by_seat[board.seat_first[seat] + draw(state, length)]
    if pair == roster.pair_of[seat]:
        return False
    return move_seat(board, roster, journal, pair, out)


@kernel
def anneal(
    board: Board, roster: Roster, seats: Array, journal: Array, heat: tuple[int, int, Array]
) -> int:
    """Make moves, keeping those that are better or by chance not much worse; gives how many.

    Parameters
    ----------
    seats
        Seats that somebody could take.
    journal
        Room for JOURNAL notes, behind them the state of the random numbers and MOST_PUSHED pairs.
    heat
        Moves to make, temperature in points, and `chances()`.
    """
    moves, temperature, chance = heat
    out = journal[JOURNAL + 1 :]
    kept = 0
    for _ in range(moves):
        before = roster.value[0]
        journal[0] = 0
        done = try_move(board, roster, seats, journal, out)
        allowed = temperature * chance[draw(journal[JOURNAL:], CHANCES)] // SCALE
        if not done or roster.value[0] < before - allowed:
            undo(board, roster, journal)
        elif journal[0]:
            kept += 1
    return kept
