"""Volunteers sorted by the language demand they can serve, to be searched for one seat."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from matching.costs import (
    change_cost,
    gender_cost,
    lending_cost,
    on_request_cost,
    option_cost,
    travel_cost,
    wished_cost,
)
from matching.problem import MODES, Mode, Problem, Seat, Span
from matching.rules import ON_SITE, minutes
from matching.speech import SPEAKS, Demand, demand_of, speech
from matching.tables import NEVER, Bools, Ints, Ragged, build, number
from matching.travel import is_formula, reach_metres

GENDERS = {"m": 0, "f": 1}
REFUSED = -2
Taken = Callable[[Ints, Span, Ints], Bools]


@dataclass(frozen=True)
class Hit:
    """A volunteer (row) who passes the search on one date.

    `base` is her cost without the way and fairness, `way` that of the way, `least` never more than
    what she costs. `mode` is None where it takes a closer look.
    """

    least: int
    option: int
    person: int
    base: int
    way: int
    mode: Mode | None


@dataclass(frozen=True)
class Shelf:
    """Those who serve one demand (ascending rows): points, home, reach, and stretches of time.

    The stretches (all of them, and those not only on request) hold the position of their owner.
    """

    people: Ints
    points: Ints
    x: Ints
    y: Ints
    town: Ints
    reach: Ints
    formula: Bools
    time: tuple[Ints, Ints, Ints]
    usual: tuple[Ints, Ints, Ints]


def stretches(windows: Ragged, people: Ints) -> tuple[Ints, Ints, Ints]:
    """Give begin, end and position of the owner of each stretch of some volunteers."""
    place = np.full(len(windows.counts), NEVER)
    place[people] = np.arange(len(people))
    owner = place[windows.owners]
    own = owner != NEVER
    begin, end = windows.columns
    return begin[own], end[own], owner[own]


def within(time: tuple[Ints, Ints, Ints], start: int, end: int) -> Ints:
    """Give the positions of those with a stretch around [start, end), ascending."""
    begins, ends, owner = time
    found: Ints = owner[(begins <= start) & (ends >= end)]
    return found


class Pool:
    """The volunteers of a problem as arrays, with one shelf per language demand."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.roles = number(sorted(set(chain.from_iterable(v.roles for v in problem.volunteers))))
        papers = set(chain.from_iterable(v.papers for v in problem.volunteers))
        self.papers = number(sorted(papers))
        words = tuple(_worded(role, tuple(self.papers)) for role in self.roles)
        self.tables = build(replace(problem, seats=words, pins=(), blocks=frozenset()))
        people = self.tables.volunteers
        self._alone = people.busy.counts == 0
        self._reach = reach_metres(self.tables.travel, people.transport, people.max_travel)
        self._formula = self._by_formula()
        self._shelves = self._shelve({demand_of(seat) for seat in problem.seats})

    def _by_formula(self) -> Bools:
        people, travel = self.tables.volunteers, self.tables.travel
        return is_formula(travel, people.transport, people.home)

    def _shelve(self, demands: set[Demand]) -> dict[Demand, Shelf]:
        rows = sorted(demands, key=repr)
        codes, points = speech(self.problem, rows)
        return {
            demand: self._shelf(code == SPEAKS, cost)
            for demand, code, cost in zip(rows, codes, points, strict=True)
        }

    def _shelf(self, speaks: Bools, points: Ints) -> Shelf:
        table, travel = self.tables.volunteers, self.tables.travel
        people = np.flatnonzero(speaks & ~table.open_question)
        home = table.home[people]
        return Shelf(
            people=people,
            points=points[people].astype(np.int64),
            x=travel.x[home],
            y=travel.y[home],
            town=travel.town[home],
            reach=self._reach[people] ** 2,
            formula=self._formula[people],
            time=stretches(table.all_windows, people),
            usual=stretches(table.windows, people),
        )

    def search(self, seat: Seat, taken: Taken) -> Iterator[Hit]:
        """Give those who speak, are free, near, released and of the wished gender, cheapest first.

        `taken` tells which volunteers have other work on a date, given where the seat is served
        (-1: no place, or not known yet). What stands in lists of single volunteers (exclusions,
        kinds, refusals, caps, work outside the plan) is not looked at.
        """
        known = all(name in self.papers for name in seat.papers)
        if not known or seat.role not in self.roles:
            return
        demand = demand_of(seat)
        if demand not in self._shelves:
            self._shelves |= self._shelve({demand})
        shelf, dates = self._shelves[demand], range(len(seat.spans))
        columns = [self._on_date(seat, option, shelf, taken) for option in dates]
        least, option, person, base, way, mode = (
            np.concatenate(c) for c in zip(*columns, strict=True)
        )
        for at in np.lexsort((person, option, least)).tolist():
            chosen = int(mode[at])
            yield Hit(
                least=int(least[at]),
                option=int(option[at]),
                person=int(person[at]),
                base=int(base[at]),
                way=int(way[at]),
                mode=None if chosen == NEVER else MODES[chosen],
            )

    def _on_date(self, seat: Seat, option: int, shelf: Shelf, taken: Taken) -> tuple[Ints, ...]:
        """Give least cost, option, volunteer, base, way and mode of all who pass on one date."""
        span = seat.spans[option]
        at = within(shelf.time, span.start, span.end)
        if seat.modes == ("on_site",) and seat.place is not None:
            at = at[self._near(seat.place, shelf, at)]
        at = at[self._released(seat, span.end, shelf.people[at])]
        way, mode = self._ways(seat, shelf.people[at])
        place = np.where(mode == ON_SITE, NEVER if seat.place is None else seat.place, NEVER)
        able = (mode != REFUSED) & ~taken(shelf.people[at], span, place)
        at, way, mode = at[able], way[able], mode[able]
        base = self._base(seat, option, shelf, at)
        least = base + np.where(mode == ON_SITE, way, 0)
        return least, np.full(len(at), option), shelf.people[at], base, way, mode

    def _near(self, place: int, shelf: Shelf, at: Ints) -> Bools:
        travel = self.tables.travel
        dx, dy = shelf.x[at] - travel.x[place], shelf.y[at] - travel.y[place]
        near = dx * dx + dy * dy <= shelf.reach[at]
        near |= shelf.town[at] == travel.town[place]
        found: Bools = near | ~shelf.formula[at]
        return found

    def _released(self, seat: Seat, end: int, people: Ints) -> Bools:
        table = self.tables.volunteers
        fine: Bools = table.roles[people, self.roles[seat.role]]
        for name in seat.papers:
            fine = fine & (table.papers[people, self.papers[name]] >= end)
        if seat.gender is not None and seat.gender_hard:
            fine = fine & (table.female[people] == GENDERS[seat.gender])
        return fine

    def _ways(self, seat: Seat, people: Ints) -> tuple[Ints, Ints]:
        """Give points of the way and the mode: NEVER where it takes a closer look, or REFUSED."""
        table, alone = self.tables.volunteers, self._alone[people]
        way, far = np.zeros(len(people), dtype=np.int64), np.zeros(len(people), dtype=np.bool_)
        if "on_site" in seat.modes and seat.place is not None:
            home, means = table.home[people], table.transport[people]
            place = np.full(len(people), seat.place)
            there = minutes(self.tables, means, home, place)
            far = there > table.max_travel[people]
            back = minutes(self.tables, means, place, home)
            way = travel_cost(self.problem.weights, there + back)
        chosen = np.full(len(people), REFUSED)
        for mode in map(MODES.index, reversed(seat.modes)):
            fine = table.modes[people, mode] & ~(far & (mode == ON_SITE))
            chosen = np.where(fine, mode, chosen)
        return way, np.where(alone | (chosen == REFUSED), chosen, NEVER)

    def _base(self, seat: Seat, option: int, shelf: Shelf, at: Ints) -> Ints:
        """Give the cost without the way and fairness: every term as in `costs.pair_terms`."""
        weights, table, people = self.problem.weights, self.tables.volunteers, shelf.people[at]
        span, index = seat.spans[option], self.problem.volunteer_index
        usual = np.zeros(len(shelf.people), dtype=np.bool_)
        usual[within(shelf.usual, span.start, span.end)] = True
        points = shelf.points[at] + option_cost(weights, option)
        points += on_request_cost(weights, (~usual[at]).astype(np.int64))
        points += lending_cost(weights, table.lent[people].astype(np.int64))
        if seat.wished is not None:
            wished = people == index.get(seat.wished, NEVER)
            points += wished_cost(weights, wished.astype(np.int64))
        if seat.published is not None:
            changed = people != index.get(seat.published, NEVER)
            points += change_cost(weights, changed.astype(np.int64))
        if seat.gender is not None and not seat.gender_hard:
            missed = table.female[people] != GENDERS[seat.gender]
            points += gender_cost(weights, missed.astype(np.int64))
        return points


def _worded(role: str, papers: tuple[str, ...]) -> Seat:
    """Give a seat that stands for a role and all papers, so that the arrays know their names."""
    return Seat(f"role {role}", "", role, (), papers=papers)
