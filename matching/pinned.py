"""What accepted work leaves open: which pairs can still be added beside the pins."""

import numpy as np

from matching.candidates import Candidates
from matching.problem import Problem
from matching.rules import gap_minutes
from matching.tables import Bools, Ints


def beside_pins(candidates: Candidates) -> Bools:
    """Tell per pair whether time, dates and quotas leave room beside all pinned pairs."""
    pins = np.flatnonzero(candidates.pinned)
    free = ~candidates.pinned
    if len(pins):
        free &= ~_clashing(candidates, pins)
    seats = len(candidates.problem.seats)
    full = np.zeros(seats, dtype=np.bool_)
    for quota, left in zip(candidates.problem.at_most, quotas_left(candidates), strict=True):
        if left <= 0:
            full[[candidates.problem.seat_index[name] for name in quota.seats]] = True
    free &= ~full[candidates.seat]
    fixed = _fixed_dates(candidates, pins)[candidates.seat]
    open_: Bools = free & ((fixed < 0) | (fixed == candidates.option))
    return open_


def quotas_left(candidates: Candidates) -> list[int]:
    """Give per quota how many seats may be filled beside the pins."""
    pinned = _pinned_seats(candidates)
    index = candidates.problem.seat_index
    return [
        quota.k - len({name for name in quota.seats if pinned[index[name]]})
        for quota in candidates.problem.at_most
    ]


def choices_of_date(problem: Problem) -> list[tuple[int, ...]]:
    """Give the same-option groups with more than one date to choose from, as seat rows."""
    rows = [
        tuple(problem.seat_index[name] for name in dict.fromkeys(names))
        for names in problem.same_option
    ]
    return [
        row
        for row in rows
        if len(row) > 1 and any(len(problem.seats[seat].spans) > 1 for seat in row)
    ]


def _pinned_seats(candidates: Candidates) -> Bools:
    found = np.zeros(len(candidates.problem.seats), dtype=np.bool_)
    found[candidates.seat[candidates.pinned]] = True
    return found


def _fixed_dates(candidates: Candidates, pins: Ints) -> Ints:
    """Give per seat the date that pinned work of its group has settled, -1 where it has not."""
    fixed = np.full(len(candidates.problem.seats), -1, dtype=np.int64)
    option = dict(
        zip(candidates.seat[pins].tolist(), candidates.option[pins].tolist(), strict=True)
    )
    for group in choices_of_date(candidates.problem):
        for seat in group:
            if seat in option:
                fixed[list(group)] = option[seat]
    return fixed


def _clashing(candidates: Candidates, pins: Ints) -> Bools:
    """Tell per pair whether its volunteer has pinned work too near in time."""
    owners = candidates.volunteer[pins]
    people = len(candidates.problem.volunteers)
    first = np.searchsorted(owners, np.arange(people + 1))
    counts = np.diff(first)
    clash = np.zeros(len(candidates), dtype=np.bool_)
    for number in range(int(counts.max())):
        at = np.flatnonzero(counts[candidates.volunteer] > number)
        clash[at] |= _too_near(candidates, at, pins[first[candidates.volunteer[at]] + number])
    return clash


def _too_near(candidates: Candidates, pairs: Ints, others: Ints) -> Bools:
    means = candidates.tables.volunteers.transport[candidates.volunteer[pairs]]
    here, there = candidates.place[pairs], candidates.place[others]
    to = gap_minutes(candidates.tables, means, here, there)
    back = gap_minutes(candidates.tables, means, there, here)
    before = candidates.end[pairs] + to <= candidates.start[others]
    after = candidates.end[others] + back <= candidates.start[pairs]
    near: Bools = ~before & ~after
    return near
