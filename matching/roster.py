"""A plan under construction in the compiled functions: who has what, what is used up.

Always feasible, but for teams that are still incomplete between two steps.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from matching.board import Board
from matching.compiled import kernel
from matching.desk import rise
from matching.gaps import gap_minutes

Array = npt.NDArray[Any]

OPEN = -1


class Roster(NamedTuple):
    """Pairs chosen so far.

    `pair_of` per seat, -1 when open; the work of volunteer v in time order is at
    board.first[v]:board.first[v] + held[v] of `work`. `used` per cap, `minutes` per volunteer's
    week, `filled` per quota, `date` and `date_count` per common date, `value` the objective;
    `before` and `best` are room for the seats of one bundle; `ours` are seats that may be touched.
    """

    pair_of: Array
    work: Array
    held: Array
    used: Array
    minutes: Array
    filled: Array
    date: Array
    date_count: Array
    value: Array
    before: Array
    best: Array
    ours: Array


def empty_roster(board: Board) -> Roster:
    """Give a roster in which every seat is open."""
    ties = board.ties
    longest = int(np.diff(ties.bundles.first).max(initial=0))
    return Roster(
        pair_of=np.full(len(board.worth), OPEN, dtype=np.int32),
        work=np.zeros(len(board.pair), dtype=np.int32),
        held=np.zeros(len(board.first) - 1, dtype=np.int32),
        used=np.zeros(len(board.left), dtype=np.int64),
        minutes=np.zeros(len(board.base), dtype=np.int64),
        filled=np.zeros(len(ties.quota_left), dtype=np.int64),
        date=np.full(len(ties.dates.first) - 1, OPEN, dtype=np.int64),
        date_count=np.zeros(len(ties.dates.first) - 1, dtype=np.int64),
        value=np.zeros(1, dtype=np.int64),
        before=np.zeros(longest, dtype=np.int32),
        best=np.zeros(longest, dtype=np.int32),
        ours=np.ones(len(board.worth), dtype=np.bool_),
    )


@kernel
def date_of(board: Board, pair: int) -> int:
    """Give the option of a pair."""
    return int(board.slot[pair] - board.slot_first[board.seat[pair]])


@kernel
def clash(board: Board, one: int, other: int) -> bool:
    """Tell whether one volunteer cannot do both, the way between them included."""
    if board.start[one] > board.start[other]:
        one, other = other, one
    pause = board.start[other] - board.end[one]
    if pause < 0:
        return True
    transport = board.transport[board.volunteer[one]]
    return bool(gap_minutes(board.ways, transport, board.place[one], board.place[other]) > pause)


@kernel
def is_free(board: Board, roster: Roster, pair: int) -> bool:
    """Tell whether the volunteer's other work leaves time for a pair."""
    person = board.volunteer[pair]
    begin = board.first[person]
    for at in range(begin, begin + roster.held[person]):
        if clash(board, roster.work[at], pair):
            return False
    return True


@kernel
def under_caps(board: Board, roster: Roster, pair: int) -> bool:
    """Tell whether all caps leave room for a pair."""
    for need in range(board.need_first[pair], board.need_first[pair + 1]):
        key = board.need_key[need]
        if roster.used[key] + board.need_amount[need] > board.left[key]:
            return False
    return True


@kernel
def group_allows(board: Board, roster: Roster, pair: int) -> bool:
    """Tell whether quotas and common dates leave room for a pair."""
    seat, ties = board.seat[pair], board.ties
    for at in range(ties.seat_quotas.first[seat], ties.seat_quotas.first[seat + 1]):
        quota = ties.seat_quotas.items[at]
        if roster.filled[quota] >= ties.quota_left[quota]:
            return False
    for at in range(ties.seat_dates.first[seat], ties.seat_dates.first[seat + 1]):
        group = ties.seat_dates.items[at]
        if roster.date_count[group] and roster.date[group] != date_of(board, pair):
            return False
    return True


@kernel
def fits(board: Board, roster: Roster, pair: int) -> bool:
    """Tell whether a pair of an open seat can be added."""
    return (
        under_caps(board, roster, pair)
        and is_free(board, roster, pair)
        and group_allows(board, roster, pair)
    )


@kernel
def marginal(board: Board, roster: Roster, pair: int) -> int:
    """Give the points a pair would add now, fairness and opening included."""
    load = board.load[pair]
    before = board.base[load] + roster.minutes[load]
    points = board.cost[pair] + rise(board, before, board.end[pair] - board.start[pair])
    person = board.volunteer[pair]
    return int(points if roster.held[person] else points + board.opening[person])


@kernel
def book(board: Board, roster: Roster, pair: int, sign: int) -> None:
    """Count what a pair takes, or gives back."""
    for need in range(board.need_first[pair], board.need_first[pair + 1]):
        roster.used[board.need_key[need]] += sign * board.need_amount[need]
    roster.minutes[board.load[pair]] += sign * (board.end[pair] - board.start[pair])
    seat, ties = board.seat[pair], board.ties
    for at in range(ties.seat_quotas.first[seat], ties.seat_quotas.first[seat + 1]):
        roster.filled[ties.seat_quotas.items[at]] += sign
    for at in range(ties.seat_dates.first[seat], ties.seat_dates.first[seat + 1]):
        group = ties.seat_dates.items[at]
        roster.date[group] = date_of(board, pair)
        roster.date_count[group] += sign


@kernel
def add(board: Board, roster: Roster, pair: int) -> None:
    """Take a pair in."""
    seat, person = board.seat[pair], board.volunteer[pair]
    roster.value[0] += board.worth[seat] - marginal(board, roster, pair)
    roster.pair_of[seat] = pair
    begin = board.first[person]
    at = begin + roster.held[person]
    while at > begin and roster.work[at - 1] > pair:
        roster.work[at] = roster.work[at - 1]
        at -= 1
    roster.work[at] = pair
    roster.held[person] += 1
    book(board, roster, pair, 1)


@kernel
def remove(board: Board, roster: Roster, pair: int) -> None:
    """Take a pair out again."""
    seat, person = board.seat[pair], board.volunteer[pair]
    roster.pair_of[seat] = OPEN
    begin = board.first[person]
    at = begin
    while roster.work[at] != pair:
        at += 1
    end = begin + roster.held[person] - 1
    while at < end:
        roster.work[at] = roster.work[at + 1]
        at += 1
    roster.held[person] -= 1
    book(board, roster, pair, -1)
    roster.value[0] -= board.worth[seat] - marginal(board, roster, pair)


@kernel
def cheapest_fit(board: Board, roster: Roster, seat: int, date: int) -> int:
    """Give the pair of an open seat that fits and adds least, -1 for none; date -1 means any."""
    best, found = board.worth[seat], OPEN
    for at in range(board.seat_first[seat], board.seat_first[seat + 1]):
        pair = board.by_seat[at]
        if board.cost[pair] >= best or (date >= 0 and date_of(board, pair) != date):
            continue
        points = marginal(board, roster, pair)
        if points < best and fits(board, roster, pair):
            best, found = points, pair
    return int(found)


@kernel
def drop_partial_teams(board: Board, roster: Roster, bundle: int) -> None:
    """Take out every team of a bundle that is only partly filled, until none is left."""
    bundles, ties = board.ties.bundles, board.ties
    changed = True
    while changed:
        changed = False
        for at in range(bundles.first[bundle], bundles.first[bundle + 1]):
            seat = bundles.items[at]
            if roster.pair_of[seat] == OPEN:
                for here in range(ties.seat_teams.first[seat], ties.seat_teams.first[seat + 1]):
                    team = ties.seat_teams.items[here]
                    for other in range(ties.teams.first[team], ties.teams.first[team + 1]):
                        pair = roster.pair_of[ties.teams.items[other]]
                        if pair != OPEN:
                            remove(board, roster, pair)
                            changed = True


@kernel
def fill_on_date(board: Board, roster: Roster, bundle: int, date: int) -> None:
    """Fill the open seats of a bundle on one date (-1 any), teams only as a whole."""
    bundles = board.ties.bundles
    for at in range(bundles.first[bundle], bundles.first[bundle + 1]):
        seat = bundles.items[at]
        if roster.pair_of[seat] == OPEN:
            pair = cheapest_fit(board, roster, seat, date)
            if pair != OPEN:
                add(board, roster, pair)
    drop_partial_teams(board, roster, bundle)


@kernel
def clear(board: Board, roster: Roster, bundle: int, kept: Array) -> None:
    """Empty a bundle down to what is kept (pairs per place in the bundle, -1 for open)."""
    bundles = board.ties.bundles
    begin = bundles.first[bundle]
    for at in range(begin, bundles.first[bundle + 1]):
        pair = roster.pair_of[bundles.items[at]]
        if pair != OPEN and pair != kept[at - begin]:
            remove(board, roster, pair)


@kernel
def note(board: Board, roster: Roster, bundle: int, kept: Array) -> None:
    """Write down who has the seats of a bundle."""
    bundles = board.ties.bundles
    begin = bundles.first[bundle]
    for at in range(begin, bundles.first[bundle + 1]):
        kept[at - begin] = roster.pair_of[bundles.items[at]]


@kernel
def fill_bundle(board: Board, roster: Roster, bundle: int) -> None:
    """Fill what is open in a bundle, on the date that suits it best."""
    bundles, kind = board.ties.bundles, board.ties.kind[bundle]
    begin, end = bundles.first[bundle], bundles.first[bundle + 1]
    if kind < 2:
        fill_on_date(board, roster, bundle, OPEN)
        return
    before, best = roster.before, roster.best
    note(board, roster, bundle, before)
    note(board, roster, bundle, best)
    most = roster.value[0]
    dates = 0
    for at in range(begin, end):
        seat = bundles.items[at]
        dates = max(dates, board.slot_first[seat + 1] - board.slot_first[seat])
    for date in range(dates):
        fill_on_date(board, roster, bundle, date)
        if roster.value[0] > most:
            most = roster.value[0]
            note(board, roster, bundle, best)
        clear(board, roster, bundle, before)
    for at in range(begin, end):
        if best[at - begin] != before[at - begin]:
            add(board, roster, best[at - begin])


@kernel
def fill_all(board: Board, roster: Roster, order: Array) -> None:
    """Fill bundles greedily in the given order."""
    for bundle in order:
        fill_bundle(board, roster, bundle)


@kernel
def take_over(board: Board, roster: Roster, pairs: Array) -> None:
    """Take in, in this order, every pair that fits, then drop incomplete teams."""
    for pair in pairs:
        if roster.pair_of[board.seat[pair]] == OPEN and fits(board, roster, pair):
            add(board, roster, pair)
    for bundle in range(len(board.ties.kind)):
        drop_partial_teams(board, roster, bundle)


def greedy_order(board: Board) -> Array:
    """Give the bundles by priority, then scarcity."""
    ties = board.ties
    seats = len(board.worth)
    scarce = np.diff(board.seat_first)
    bundles = len(ties.kind)
    worth = np.zeros(bundles, dtype=np.int64)
    few = np.full(bundles, np.iinfo(np.int64).max)
    np.maximum.at(worth, ties.bundle_of, board.worth)
    np.minimum.at(few, ties.bundle_of[np.arange(seats)], scarce)
    return np.lexsort((np.arange(bundles), few, -worth))
