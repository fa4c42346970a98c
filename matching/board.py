"""The open choice as flat arrays for the compiled functions: pairs, slots, seats, caps, groups.

Pinned work is already taken off: its time and what it takes from caps, quotas and dates.
"""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from matching.candidates import Candidates
from matching.costs import fairness_steps
from matching.gaps import NOWHERE, Ways, build_ways
from matching.heads import find_heads
from matching.pinned import beside_pins
from matching.resources import PARENTS_DAY, Resources, resources
from matching.ties import Ties, build_ties, find_copies

Array = npt.NDArray[Any]


class Board(NamedTuple):
    """What is still to be decided.

    Pairs are sorted by volunteer and start; those of volunteer v are at first[v]:first[v + 1], and
    `pair` is their number among the candidates. A slot is a seat on one of its dates. `load`
    numbers volunteers' weeks, keys number caps, both in the order of volunteers; `base` are the
    minutes a week begins with, `left` what a cap has. What a pair takes from which caps is at
    need_first[p]:need_first[p + 1] of `need_key` and `need_amount`. `worth` is points per seat,
    `opening` those of a volunteer's first work, `original` the first seat of the same team that is
    the same in everything; `head` is the head of a pair (`heads`), `head_slot` the slot that stands
    for its team and date; `east` and `north` say where volunteers live, in metres.
    """

    pair: Array
    first: Array
    volunteer: Array
    slot: Array
    seat: Array
    start: Array
    end: Array
    day: Array
    place: Array
    cost: Array
    load: Array
    load_first: Array
    base: Array
    above: Array
    step: Array
    key_first: Array
    left: Array
    rolling: Array
    need_first: Array
    need_key: Array
    need_amount: Array
    seat_first: Array
    by_seat: Array
    slot_first: Array
    slot_seat: Array
    worth: Array
    opening: Array
    original: Array
    head: Array
    head_slot: Array
    transport: Array
    east: Array
    north: Array
    ties: Ties
    ways: Ways


def build_board(candidates: Candidates, factor: int) -> Board:
    """Lay out the open choice; `factor` is the weight of one priority point."""
    caps = _by_owner(resources(candidates))
    left = _left(candidates, caps)
    pairs = np.flatnonzero(beside_pins(candidates) & ~_over(candidates, caps, left))
    tables = candidates.tables
    people, seats = len(candidates.problem.volunteers), len(candidates.problem.seats)
    volunteer, seat, slot = (
        short(column[pairs]) for column in (candidates.volunteer, candidates.seat, candidates.slot)
    )
    need_first, need_key, need_amount = _needs(caps, pairs)
    load, load_first, base = _loads(candidates, pairs)
    by_seat = np.argsort(seat, kind="stable")
    spots, place = _spots(candidates.place[pairs])
    fairness = fairness_steps(candidates.problem.weights)
    seat_first = np.searchsorted(seat[by_seat], np.arange(seats + 1))
    ties = build_ties(candidates)
    option = candidates.option[pairs]
    cost = candidates.cost[pairs].astype(np.int64)
    same = (volunteer, option, cost, candidates.start[pairs])
    slot_first = tables.slots.first.astype(np.int64)
    original = find_copies(ties, seat_first, by_seat, same)
    span = (candidates.start[pairs], candidates.end[pairs])
    head, head_slot = find_heads(ties, slot_first, (volunteer, seat, slot, *span))
    return Board(
        pair=pairs,
        first=np.searchsorted(volunteer, np.arange(people + 1)),
        volunteer=volunteer,
        slot=slot,
        seat=seat,
        start=short(candidates.start[pairs]),
        end=short(candidates.end[pairs]),
        day=short(tables.slots.day[slot]),
        place=short(place),
        cost=cost,
        load=load,
        load_first=load_first,
        base=base,
        above=np.array([above for above, _ in fairness], dtype=np.int64),
        step=np.array([step for _, step in fairness], dtype=np.int64),
        key_first=np.searchsorted(caps.volunteer, np.arange(people + 1)),
        left=left,
        rolling=caps.period == PARENTS_DAY,
        need_first=need_first,
        need_key=need_key,
        need_amount=need_amount,
        seat_first=seat_first,
        by_seat=short(by_seat),
        slot_first=slot_first,
        slot_seat=short(tables.slots.seat),
        worth=tables.seats.priority.astype(np.int64) * factor,
        opening=_opening(candidates),
        transport=short(tables.volunteers.transport),
        east=tables.travel.x[tables.volunteers.home],
        north=tables.travel.y[tables.volunteers.home],
        original=original,
        head=head,
        head_slot=head_slot,
        ties=ties,
        ways=build_ways(tables, spots),
    )


def _opening(candidates: Candidates) -> Array:
    """Give the points of each volunteer's first work: none where a pin has her work already."""
    problem = candidates.problem
    points = np.full(len(problem.volunteers), problem.weights.opening, dtype=np.int64)
    points[candidates.volunteer[candidates.pinned]] = 0
    return points


def short(values: Array) -> Array:
    """Give the values as 32-bit integers."""
    return np.ascontiguousarray(values, dtype=np.int32)


def _needs(caps: Resources, pairs: Array) -> tuple[Array, Array, Array]:
    """Give the rows of some pairs: first, key, amount."""
    counts = np.diff(caps.first)[pairs]
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    at = np.arange(first[-1]) + np.repeat(caps.first[pairs] - first[:-1], counts)
    return first, short(caps.key[at]), caps.amount[at].astype(np.int64)


def _left(candidates: Candidates, caps: Resources) -> Array:
    """Give what the pins leave of each cap."""
    left = caps.left.astype(np.int64)
    _, key, amount = _needs(caps, np.flatnonzero(candidates.pinned))
    np.subtract.at(left, key, amount)
    return np.maximum(left, 0)


def _over(candidates: Candidates, caps: Resources, left: Array) -> Array:
    """Tell per pair whether it alone takes more than the pins leave."""
    over = np.zeros(len(candidates), dtype=np.bool_)
    much = np.flatnonzero(caps.amount > left[caps.key])
    over[np.searchsorted(caps.first, much, "right") - 1] = True
    return over


def _loads(candidates: Candidates, pairs: Array) -> tuple[Array, Array, Array]:
    """Number volunteers' weeks: that of each pair, those of each volunteer, their base minutes."""
    people, slots = candidates.problem.volunteers, candidates.tables.slots
    week = slots.week[candidates.slot]
    low = int(week.min(initial=0))
    width = int(week.max(initial=0)) - low + 1
    code = candidates.volunteer.astype(np.int64) * width + (week - low)
    known, number = np.unique(code[pairs], return_inverse=True)
    lead = np.fromiter((v.lead_minutes for v in people), dtype=np.int64, count=len(people))
    base = lead[known // width]
    pinned = np.flatnonzero(candidates.pinned)
    hit = pinned[np.isin(code[pinned], known)]
    minutes = (candidates.end[hit] - candidates.start[hit]).astype(np.int64)
    np.add.at(base, np.searchsorted(known, code[hit]), minutes)
    first = np.searchsorted(known, np.arange(len(people) + 1) * width)
    return short(number), first, base


def _spots(place: Array) -> tuple[Array, Array]:
    """Number the places in use; -1 stays -1."""
    spots = np.unique(place[place >= 0])
    return spots, np.where(place >= 0, np.searchsorted(spots, place), NOWHERE)


def _by_owner(caps: Resources) -> Resources:
    """Number the caps in the order of volunteers."""
    order = np.argsort(caps.volunteer, kind="stable")
    number = np.empty(len(order), dtype=np.int32)
    number[order] = np.arange(len(order))
    return replace(
        caps,
        key=number[caps.key],
        left=caps.left[order],
        volunteer=caps.volunteer[order],
        period=caps.period[order],
    )
