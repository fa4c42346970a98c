"""Every pair of volunteer and slot that may be, with its cost, in compressed rows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.costs import (
    change_cost,
    gender_cost,
    lending_cost,
    on_request_cost,
    option_cost,
    travel_cost,
    wished_cost,
)
from matching.eligibility import choose_mode
from matching.problem import MODES, Problem
from matching.rules import ON_SITE, RULES, choose_modes, gender_missed, inside, minutes
from matching.speech import SPEAKS
from matching.tables import NEVER, Bools, Ints, Tables, Whole, build, ints
from matching.travel import is_formula, of_place, reach_metres, town_extent

PEOPLE_AT_ONCE = 1_000
BLOCK = 500_000
ENDLESS = np.iinfo(np.int64).max

Pairs = tuple[Ints, Ints]
Columns = tuple[Ints, Ints, Ints]


@dataclass(frozen=True)
class Candidates:
    """Pairs sorted by volunteer and start: those of volunteer v are at first[v]:first[v + 1].

    `place` is -1 for phone and video. Those of seat s are by_seat[seat_first[s]:seat_first[s + 1]].
    `pinned` tells per pair whether it is accepted work; a pinned seat has no other pair.
    """

    tables: Tables
    volunteer: npt.NDArray[np.int32]
    slot: npt.NDArray[np.int32]
    mode: npt.NDArray[np.int8]
    cost: Ints
    seat: npt.NDArray[np.int32]
    option: npt.NDArray[np.int16]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    place: npt.NDArray[np.int32]
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
    """List every eligible pair of a valid problem, and the pinned ones.

    Volunteers go through in groups, and only what passes every rule is kept, which bounds memory.
    """
    tables = build(problem)
    pins = _pins(tables)
    shelves = _shelves(tables, pins[1])
    people = np.arange(len(problem.volunteers))
    groups = np.split(people, range(PEOPLE_AT_ONCE, len(people), PEOPLE_AT_ONCE))
    parts = [_group(tables, some, pins, shelves) for some in groups]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return _laid_out(tables, *columns)


def _group(
    tables: Tables, people: Ints, pins: Columns, shelves: "_Shelves"
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int8], Ints]:
    """Give volunteer, slot, mode and cost of the pairs of some volunteers, sorted."""
    parts = [_eligible(tables, *block) for block in _likely(tables, people, shelves)]
    own = np.isin(pins[0], people)
    parts.append((pins[0][own], pins[1][own], pins[2][own]))
    volunteer, slot, mode = (np.concatenate(column) for column in zip(*parts, strict=True))
    volunteer, slot, mode = _sorted(tables, volunteer, slot, mode)
    cost = pair_costs(tables, volunteer, slot, mode)
    return volunteer.astype(np.int32), slot.astype(np.int32), mode.astype(np.int8), cost


@dataclass(frozen=True)
class _Shelf:
    """Slots sorted by language demand, then by a number: where or when they are."""

    slots: Ints
    keys: Ints
    low: int
    width: int

    @classmethod
    def of(cls, tables: Tables, slots: Ints, number: Ints) -> "_Shelf":
        """Sort some slots; `number` has one entry per slot of the problem."""
        demand = tables.seats.speech[tables.slots.seat[slots]]
        low = int(number.min(initial=0))
        width = int(number.max(initial=0)) - low + 2
        keys = demand * width + number[slots] - low
        order = np.argsort(keys, kind="stable")
        return cls(slots[order], keys[order], low, width)

    def ranges(self, demand: Ints, least: Ints, most: Ints) -> tuple[Ints, Ints]:
        """Give which stretch of the shelf has these demands and numbers, ends included."""
        begin = np.clip(least - self.low, 0, self.width - 1) + demand * self.width
        end = np.clip(most - self.low, -1, self.width - 1) + demand * self.width
        first = np.searchsorted(self.keys, begin)
        return first, np.maximum(first, np.searchsorted(self.keys, end, "right"))

    def take(self, volunteer: Ints, first: Ints, last: Ints) -> Iterator[Pairs]:
        """Pair volunteers with their stretches, in bounded pieces."""
        counts = last - first
        ends = np.cumsum(counts)
        cuts = np.searchsorted(ends, np.arange(BLOCK, counts.sum(), BLOCK))
        for some in np.split(np.arange(len(counts)), np.unique(cuts)):
            times = counts[some]
            shift = np.repeat(first[some] - np.cumsum(times) + times, times)
            yield np.repeat(volunteer[some], times), self.slots[np.arange(len(shift)) + shift]


@dataclass(frozen=True)
class _Shelves:
    """Slots held on site (and nowhere else) by place, those with another mode and all by time."""

    on_site: _Shelf
    only_on_site: _Shelf
    remote: _Shelf
    all: _Shelf


def _shelves(tables: Tables, pinned: Ints) -> _Shelves:
    seats, seat, start = tables.seats, tables.slots.seat, tables.slots.start
    east = of_place(tables.travel.x, seats.place)[seat]
    open_ = ~np.isin(seat, seat[pinned])
    on_site = (seats.modes == ON_SITE).any(axis=1)[seat] & open_
    remote = ((seats.modes != ON_SITE) & (seats.modes != NEVER)).any(axis=1)[seat] & open_
    return _Shelves(
        on_site=_Shelf.of(tables, np.flatnonzero(on_site), east),
        only_on_site=_Shelf.of(tables, np.flatnonzero(on_site & ~remote), east),
        remote=_Shelf.of(tables, np.flatnonzero(remote), start),
        all=_Shelf.of(tables, np.flatnonzero(open_), start),
    )


def _likely(tables: Tables, people: Ints, shelves: _Shelves) -> Iterator[Pairs]:
    """Give pairs that speak the language and are near or, for phone and video, free: none is lost.

    Whoever has no limit, or known minutes instead of the formula, is found by time alone.
    """
    table = tables.volunteers
    who, demand = np.nonzero((tables.speech_code[:, people] == SPEAKS).T)
    person = people[who]
    person, demand = (of[~table.open_question[person]] for of in (person, demand))
    limited = table.max_travel[person] < ENDLESS
    limited &= is_formula(tables.travel, table.transport[person], table.home[person])
    remote = table.modes[person][:, np.arange(len(MODES)) != ON_SITE].any(axis=1)
    local, either, far = limited & ~remote, limited & remote, ~limited
    yield from _near(tables, shelves.on_site, person[local], demand[local])
    yield from _near(tables, shelves.only_on_site, person[either], demand[either])
    yield from _free(tables, shelves.remote, person[either], demand[either])
    yield from _free(tables, shelves.all, person[far], demand[far])


def _near(tables: Tables, shelf: _Shelf, person: Ints, demand: Ints) -> Iterator[Pairs]:
    """Look for slots as far east or west as the volunteer can get, then as near as that."""
    travel, table = tables.travel, tables.volunteers
    reach = reach_metres(travel, table.transport, table.max_travel)
    west, east = town_extent(travel, table.home)
    x, y, town = travel.x[table.home], travel.y[table.home], travel.town[table.home]
    place = tables.seats.place[tables.slots.seat]
    to_x, to_y, to_town = (of_place(of, place) for of in (travel.x, travel.y, travel.town))
    least, most = np.minimum(x - reach, west)[person], np.maximum(x + reach, east)[person]
    for volunteer, slot in shelf.take(person, *shelf.ranges(demand, least, most)):
        dx, dy = x[volunteer] - to_x[slot], y[volunteer] - to_y[slot]
        near = dx * dx + dy * dy <= (reach * reach)[volunteer]
        near |= town[volunteer] == to_town[slot]
        yield volunteer[near], slot[near]


def _free(tables: Tables, shelf: _Shelf, person: Ints, demand: Ints) -> Iterator[Pairs]:
    """Look for slots that start in the volunteer's windows."""
    windows = tables.volunteers.all_windows
    counts = windows.counts[person]
    ends = np.cumsum(counts)
    entry = np.arange(counts.sum()) + np.repeat(windows.start[person] - ends + counts, counts)
    opens, closes = (column[entry] for column in windows.columns)
    stretches = shelf.ranges(np.repeat(demand, counts), opens, closes - 1)
    yield from shelf.take(np.repeat(person, counts), *stretches)


def _eligible(tables: Tables, volunteer: Ints, slot: Ints) -> Columns:
    for _, rule in RULES:
        keep = ~rule(tables, volunteer, slot)
        if not keep.all():
            volunteer, slot = volunteer[keep], slot[keep]
    mode, _, _ = choose_modes(tables, volunteer, slot)
    keep = mode != NEVER
    return volunteer[keep], slot[keep], mode[keep]


def _pins(tables: Tables) -> Columns:
    problem = tables.problem
    rows = []
    for pin in problem.pins:
        person, row = problem.volunteer_index[pin.volunteer], problem.seat_index[pin.seat]
        volunteer, seat = problem.volunteers[person], problem.seats[row]
        mode = choose_mode(problem, volunteer, seat, pin.option) or seat.modes[0]
        rows.append((person, tables.slots.first[row] + pin.option, MODES.index(mode)))
    volunteers, slots, modes = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return volunteers, slots, modes


def _sorted(tables: Tables, volunteer: Ints, slot: Ints, mode: Ints) -> Columns:
    """Sort by volunteer, start and slot: one number a pair sorts faster than three columns."""
    order = np.argsort(tables.slots.start, kind="stable")
    count, modes = max(1, len(order)), len(MODES)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    keys = np.sort((volunteer * count + rank[slot]) * modes + mode)
    pair = keys // modes
    return pair // count, order[pair % count], keys % modes


def _laid_out(tables: Tables, volunteer: Whole, slot: Whole, mode: Whole, cost: Ints) -> Candidates:
    slots, people = tables.slots, len(tables.problem.volunteers)
    seat = slots.seat.astype(np.int32)[slot]
    place = tables.seats.place.astype(np.int32)[seat]
    by_seat, seat_first = _by_seat(seat, len(tables.seats.role))
    pinned = np.zeros(len(tables.seats.role), dtype=np.bool_)
    pinned[[tables.problem.seat_index[pin.seat] for pin in tables.problem.pins]] = True
    return Candidates(
        tables=tables,
        volunteer=volunteer.astype(np.int32, copy=False),
        slot=slot.astype(np.int32, copy=False),
        mode=mode.astype(np.int8, copy=False),
        cost=cost,
        seat=seat,
        option=slots.option.astype(np.int16)[slot],
        start=slots.start.astype(np.int32)[slot],
        end=slots.end.astype(np.int32)[slot],
        place=np.where(mode == ON_SITE, place, np.int32(NEVER)),
        first=np.searchsorted(volunteer, np.arange(people + 1)),
        by_seat=by_seat,
        seat_first=seat_first,
        pinned=pinned[seat],
    )


def _by_seat(seat: Whole, seats: int) -> tuple[Ints, Ints]:
    """Give the pairs in the order of their seats, and where each seat begins."""
    pairs = max(1, len(seat))
    order = np.sort(seat * np.int64(pairs) + np.arange(len(seat))) % pairs
    counts = np.bincount(seat, minlength=seats)
    return order, np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))


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
    dates = ints(option_cost(weights, option) for option in range(most))
    points = points + dates[tables.slots.option[slot]]
    changed = (seats.published[seat] != NEVER) & (seats.published[seat] != volunteer)
    points = points + lending_cost(weights, people.lent[volunteer].astype(np.int64))
    total: Ints = points + change_cost(weights, changed.astype(np.int64))
    return total


def _there_and_back(tables: Tables, volunteer: Ints, seat: Ints, mode: Ints) -> Ints:
    home, means = tables.volunteers.home[volunteer], tables.volunteers.transport[volunteer]
    place = np.where(mode == ON_SITE, tables.seats.place[seat], home)
    both = minutes(tables, means, home, place) + minutes(tables, means, place, home)
    return np.where(mode == ON_SITE, both, 0)
