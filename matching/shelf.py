"""Volunteers sorted by the language demand they can serve, to be searched for one seat."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
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
from matching.diary import Diary, Ledger
from matching.problem import MODES, Problem, Seat, Span
from matching.rules import ON_SITE, minutes
from matching.speech import SPEAKS, Demand, demand_of, speech
from matching.tables import NEVER, Bools, Ints, Ragged, build, number
from matching.travel import is_formula, reach_metres

GENDERS = {"m": 0, "f": 1}
DAY = 1_440


@dataclass(frozen=True)
class Stretches:
    """Begin, end and position of the owner of stretches of time; `days` keeps those of one day."""

    begin: Ints
    end: Ints
    owner: Ints
    days: dict[int, "Stretches"] = field(default_factory=dict)

    @classmethod
    def of(cls, windows: Ragged, people: Ints) -> "Stretches":
        """Give the stretches of some volunteers; their owners are positions among these."""
        place = np.full(len(windows.counts), NEVER)
        place[people] = np.arange(len(people))
        owner = place[windows.owners]
        own = owner != NEVER
        begin, end = windows.columns
        return cls(begin[own], end[own], owner[own])

    def around(self, span: Span) -> Ints:
        """Give the positions of those with a stretch around a span, ascending."""
        day = self._on(span.start // DAY)
        found: Ints = day.owner[(day.begin <= span.start) & (day.end >= span.end)]
        return found

    def _on(self, day: int) -> "Stretches":
        if day not in self.days:
            own = (self.begin < (day + 1) * DAY) & (self.end > day * DAY)
            self.days[day] = Stretches(self.begin[own], self.end[own], self.owner[own])
        return self.days[day]


@dataclass(frozen=True)
class Shelf:
    """Those who serve one demand (ascending rows): points, home, squared reach, and their time.

    `time` are all stretches of time, `usual` those not only on request.
    """

    people: Ints
    points: Ints
    x: Ints
    y: Ints
    town: Ints
    reach: Ints
    formula: Bools
    time: Stretches
    usual: Stretches


@dataclass(frozen=True)
class Found:
    """Volunteers (rows) who pass the search on one date, each with her mode and her cost.

    The cost is without fairness.
    """

    people: Ints
    mode: Ints
    cost: Ints


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
        self._reach = reach_metres(self.tables.travel, people.transport, people.max_travel)
        self._formula = is_formula(self.tables.travel, people.transport, people.home)
        self._symmetric = not problem.travel.overrides and not problem.travel.matrices
        self._elsewhere = self._work_elsewhere()
        self._excluding = _rows_of(v.excluded for v in problem.volunteers)
        self._choosing = _rows_of(v.only_kinds or () for v in problem.volunteers)
        self._blocked = self._blocked_of()
        self._times: dict[bytes, tuple[Stretches, Stretches]] = {}
        self._shelves = self._shelve({demand_of(seat) for seat in problem.seats})

    def _work_elsewhere(self) -> Diary:
        diary = Diary(self.tables)
        for person, volunteer in enumerate(self.problem.volunteers):
            diary.rewrite(person, volunteer.busy)
        return diary

    def _blocked_of(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for volunteer, seat in self.problem.blocks:
            found[seat].append(self.problem.volunteer_index[volunteer])
        return dict(found)

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
        time, usual = self._time(people)
        return Shelf(
            people=people,
            points=points[people].astype(np.int64),
            x=travel.x[home],
            y=travel.y[home],
            town=travel.town[home],
            reach=self._reach[people] ** 2,
            formula=self._formula[people],
            time=time,
            usual=usual,
        )

    def _time(self, people: Ints) -> tuple[Stretches, Stretches]:
        """Give all stretches of time and the usual ones, once for all shelves with these people."""
        key, table = people.tobytes(), self.tables.volunteers
        if key not in self._times:
            windows = table.all_windows, table.windows
            every, usual = (Stretches.of(some, people) for some in windows)
            self._times[key] = every, usual
        return self._times[key]

    def search(self, seat: Seat, option: int, diary: Diary, ledger: Ledger) -> Found:
        """Give those who may take a seat on one date beside the work in diary and ledger."""
        shelf, span = self._shelf_for(seat), seat.spans[option]
        at = shelf.time.around(span)
        at = at[self._in_reach(seat, shelf, at)]
        at = at[self._released(seat, span, shelf.people[at])]
        at = at[~ledger.exceeds(shelf.people[at], seat, span)]
        way, mode = self._ways(seat, span, shelf.people[at])
        taken = diary.collides(shelf.people[at], span, self._places(seat, mode))
        able = (mode != NEVER) & ~taken
        at, way, mode = at[able], way[able], mode[able]
        cost = self._base(seat, option, shelf, at) + np.where(mode == ON_SITE, way, 0)
        return Found(shelf.people[at], mode, cost)

    def _shelf_for(self, seat: Seat) -> Shelf:
        demand = demand_of(seat)
        if demand not in self._shelves:
            self._shelves |= self._shelve({demand})
        return self._shelves[demand]

    def _in_reach(self, seat: Seat, shelf: Shelf, at: Ints) -> Bools:
        """Tell who may be near enough, or can serve a seat without going there."""
        people, travel, place = shelf.people[at], self.tables.travel, seat.place
        if "on_site" in seat.modes and place is None:
            return np.ones(len(at), dtype=np.bool_)
        can = np.zeros(len(at), dtype=np.bool_)
        for mode in set(seat.modes) - {"on_site"}:
            can |= self.tables.volunteers.modes[people, MODES.index(mode)]
        if "on_site" in seat.modes:
            dx, dy = shelf.x[at] - travel.x[place], shelf.y[at] - travel.y[place]
            can |= dx * dx + dy * dy <= shelf.reach[at]
            can |= (shelf.town[at] == travel.town[place]) | ~shelf.formula[at]
        return can

    def _released(self, seat: Seat, span: Span, people: Ints) -> Bools:
        """Tell who has role, papers and gender, and against whom no list speaks."""
        table = self.tables.volunteers
        if seat.role not in self.roles:
            return np.zeros(len(people), dtype=np.bool_)
        fine: Bools = table.roles[people, self.roles[seat.role]]
        for name in seat.papers:
            if name not in self.papers:
                return np.zeros(len(people), dtype=np.bool_)
            fine &= table.papers[people, self.papers[name]] >= span.end
        if seat.gender is not None and seat.gender_hard:
            fine &= table.female[people] == GENDERS[seat.gender]
        return fine & ~self._unwelcome(seat)[people]

    def _unwelcome(self, seat: Seat) -> Bools:
        """Tell per volunteer of the pool whether exclusions, kinds or blocks forbid a seat."""
        found = self.tables.volunteers.choosy.copy()
        for tag in seat.tags:
            found[self._choosing.get(tag, [])] = False
        for tag in seat.tags:
            found[self._excluding.get(tag, [])] = True
        found[self._blocked.get(seat.id, [])] = True
        return found

    def _ways(self, seat: Seat, span: Span, people: Ints) -> tuple[Ints, Ints]:
        """Give points of the way and the first mode that works, NEVER where there is none."""
        table, chosen = self.tables.volunteers, np.full(len(people), NEVER)
        way, far = np.zeros(len(people), dtype=np.int64), np.zeros(len(people), dtype=np.bool_)
        if "on_site" in seat.modes and seat.place is not None:
            way, far = self._way(people, seat.place)
        for mode in map(MODES.index, reversed(seat.modes)):
            place = self._places(seat, np.full(len(people), mode))
            fine = table.modes[people, mode] & ~self._elsewhere.collides(people, span, place)
            chosen[fine & ~far if mode == ON_SITE else fine] = mode
        return way, chosen

    def _way(self, people: Ints, goal: int) -> tuple[Ints, Bools]:
        """Give points of the way to a place and back, and whether it is too far."""
        table, place = self.tables.volunteers, np.full(len(people), goal)
        home, means = table.home[people], table.transport[people]
        there = minutes(self.tables, means, home, place)
        back = there if self._symmetric else minutes(self.tables, means, place, home)
        return travel_cost(self.problem.weights, there + back), there > table.max_travel[people]

    def _places(self, seat: Seat, mode: Ints) -> Ints:
        """Give where a seat is served in each mode, NEVER where there is no place."""
        return np.where(mode == ON_SITE, NEVER if seat.place is None else seat.place, NEVER)

    def _base(self, seat: Seat, option: int, shelf: Shelf, at: Ints) -> Ints:
        """Give the cost without the way and fairness: every term as in `costs.pair_terms`."""
        weights, table, people = self.problem.weights, self.tables.volunteers, shelf.people[at]
        index = self.problem.volunteer_index
        unusual = np.ones(len(shelf.people), dtype=np.int64)
        unusual[shelf.usual.around(seat.spans[option])] = 0
        points = shelf.points[at] + option_cost(weights, option)
        points += on_request_cost(weights, unusual[at])
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


def _rows_of(tags: Iterable[Iterable[str]]) -> dict[str, Ints]:
    """Give for each tag the volunteers (rows) who have it."""
    found: dict[str, list[int]] = defaultdict(list)
    for row, some in enumerate(tags):
        for tag in some:
            found[tag].append(row)
    return {tag: np.array(rows, dtype=np.int64) for tag, rows in found.items()}


def _worded(role: str, papers: tuple[str, ...]) -> Seat:
    """Give a seat that stands for a role and all papers, so that the arrays know their names."""
    return Seat(f"role {role}", "", role, (), papers=papers)
