"""Every pair of volunteer and slot that may be, with its cost, in compressed rows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.costs import (
    change_cost,
    gender_cost,
    on_request_cost,
    option_cost,
    travel_cost,
    wished_cost,
)
from matching.eligibility import choose_mode
from matching.problem import MODES, Problem
from matching.rules import ON_SITE, RULES, choose_modes, gender_missed, inside, minutes
from matching.speech import SPEAKS
from matching.tables import NEVER, Bools, Ints, Tables, build, ints

BLOCK = 2_000_000


@dataclass(frozen=True)
class Candidates:
    """Pairs sorted by volunteer and start: those of volunteer v are at first[v]:first[v + 1].

    `place` is -1 for phone and video. Those of seat s are by_seat[seat_first[s]:seat_first[s + 1]].
    `pinned` tells per pair whether it is accepted work; a pinned seat has no other pair.
    """

    tables: Tables
    volunteer: Ints
    slot: Ints
    mode: Ints
    cost: Ints
    seat: Ints
    option: Ints
    start: Ints
    end: Ints
    place: Ints
    first: Ints
    by_seat: Ints
    seat_first: Ints
    pinned: Bools

    @property
    def problem(self) -> Problem:
        return self.tables.problem

    def __len__(self) -> int:
        return len(self.volunteer)

    def of_seat(self, seat: int) -> Ints:
        """Give the pairs of one seat."""
        return self.by_seat[self.seat_first[seat] : self.seat_first[seat + 1]]

    def of_volunteer(self, volunteer: int) -> Ints:
        """Give the pairs of one volunteer in time order."""
        return np.arange(self.first[volunteer], self.first[volunteer + 1])


def find_candidates(problem: Problem) -> Candidates:
    """List every eligible pair of a valid problem, and the pinned ones."""
    tables = build(problem)
    parts = [_eligible(tables, *block) for block in _blocks(tables)]
    parts.append(_pins(tables))
    volunteer, slot, mode = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return _sorted(tables, volunteer, slot, mode)


def _blocks(tables: Tables) -> Iterator[tuple[Ints, Ints]]:
    """Cross the speakers of each language demand with its slots, in bounded pieces."""
    pinned = np.zeros(len(tables.seats.role), dtype=np.bool_)
    pinned[[tables.problem.seat_index[pin.seat] for pin in tables.problem.pins]] = True
    demand = np.where(pinned, NEVER, tables.seats.speech)[tables.slots.seat]
    for number, code in enumerate(tables.speech_code):
        people = np.flatnonzero((code == SPEAKS) & ~tables.volunteers.open_question)
        slots = np.flatnonzero(demand == number)
        step = max(1, BLOCK // max(1, len(slots)))
        for begin in range(0, len(people), step):
            some = people[begin : begin + step]
            yield np.repeat(some, len(slots)), np.tile(slots, len(some))


def _eligible(tables: Tables, volunteer: Ints, slot: Ints) -> tuple[Ints, Ints, Ints]:
    for _, rule in RULES:
        keep = ~rule(tables, volunteer, slot)
        volunteer, slot = volunteer[keep], slot[keep]
    mode, _, _ = choose_modes(tables, volunteer, slot)
    keep = mode != NEVER
    return volunteer[keep], slot[keep], mode[keep]


def _pins(tables: Tables) -> tuple[Ints, Ints, Ints]:
    problem = tables.problem
    rows = []
    for pin in problem.pins:
        person, row = problem.volunteer_index[pin.volunteer], problem.seat_index[pin.seat]
        volunteer, seat = problem.volunteers[person], problem.seats[row]
        mode = choose_mode(problem, volunteer, seat, pin.option) or seat.modes[0]
        rows.append((person, tables.slots.first[row] + pin.option, MODES.index(mode)))
    volunteers, slots, modes = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return volunteers, slots, modes


def _sorted(tables: Tables, volunteer: Ints, slot: Ints, mode: Ints) -> Candidates:
    slots = tables.slots
    order = np.lexsort((slot, slots.start[slot], volunteer))
    volunteer, slot, mode = volunteer[order], slot[order], mode[order]
    seat = slots.seat[slot]
    pinned = np.zeros(len(tables.seats.role), dtype=np.bool_)
    pinned[[tables.problem.seat_index[pin.seat] for pin in tables.problem.pins]] = True
    people, seats = len(tables.problem.volunteers), len(tables.problem.seats)
    by_seat = np.argsort(seat, kind="stable")
    return Candidates(
        tables=tables,
        volunteer=volunteer,
        slot=slot,
        mode=mode,
        cost=pair_costs(tables, volunteer, slot, mode),
        seat=seat,
        option=slots.option[slot],
        start=slots.start[slot],
        end=slots.end[slot],
        place=np.where(mode == ON_SITE, tables.seats.place[seat], NEVER),
        first=np.searchsorted(volunteer, np.arange(people + 1)),
        by_seat=by_seat,
        seat_first=np.searchsorted(seat[by_seat], np.arange(seats + 1)),
        pinned=pinned[seat],
    )


def pair_costs(tables: Tables, volunteer: Ints, slot: Ints, mode: Ints) -> Ints:
    """Give the cost of each pair: the sum of all terms but fairness."""
    weights, people, seats = tables.problem.weights, tables.volunteers, tables.seats
    seat = tables.slots.seat[slot]
    points: Ints = travel_cost(weights, _there_and_back(tables, volunteer, seat, mode))
    demand = seats.speech[seat]
    spoken = tables.speech_code[demand, volunteer] == SPEAKS
    points = points + np.where(spoken, tables.speech_points[demand, volunteer], 0)
    points = points + wished_cost(weights, (seats.wished[seat] == volunteer).astype(np.int64))
    missed = gender_missed(tables, volunteer, slot) & ~seats.gender_hard[seat]
    points = points + gender_cost(weights, missed.astype(np.int64))
    start, end = tables.slots.start[slot], tables.slots.end[slot]
    used = ~inside(people.windows, volunteer, start, end)
    points = points + on_request_cost(weights, used.astype(np.int64))
    most = int(tables.slots.option.max(initial=0)) + 1
    points = (
        points
        + ints(option_cost(weights, option) for option in range(most))[tables.slots.option[slot]]
    )
    published = seats.published[seat]
    changed = (published != NEVER) & (published != volunteer)
    total: Ints = points + change_cost(weights, changed.astype(np.int64))
    return total


def _there_and_back(tables: Tables, volunteer: Ints, seat: Ints, mode: Ints) -> Ints:
    home, means = tables.volunteers.home[volunteer], tables.volunteers.transport[volunteer]
    place = np.where(mode == ON_SITE, tables.seats.place[seat], home)
    both = minutes(tables, means, home, place) + minutes(tables, means, place, home)
    return np.where(mode == ON_SITE, both, 0)
