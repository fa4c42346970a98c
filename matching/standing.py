"""A problem with a plan laid out for questions: built once, asked many times."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from matching.candidates import Candidates, find_candidates
from matching.engine import choose_factor
from matching.plan import Assignment, Plan
from matching.problem import MODES, Problem
from matching.schedule import Schedule
from matching.tables import Tables, build
from matching.teams import bundles
from matching.travel import longest_gap


@dataclass(frozen=True)
class Change:
    """What becomes of one seat; None means that nobody goes."""

    seat: str
    before: Assignment | None
    after: Assignment | None


@dataclass(frozen=True)
class Standing:
    """A problem, its candidates and the assignments of a plan.

    Answers take work out of the schedule and put it back, so a standing serves one question at a
    time; none of them changes it. `bundle_of` gives the seats that are decided together,
    `teams_of` and `parents_of` the numbers of a seat's teams and parents' days, `blocked` the
    volunteers blocked from a seat. `lost` are assignments that the problem does not allow (any
    more), `fresh` the rows of seats of which the plan knows nothing; `lending` holds the seats with
    the lendable volunteers in place of the pool, and `far` are minutes that no way exceeds.
    """

    problem: Problem
    candidates: Candidates
    schedule: Schedule
    bundle_of: Mapping[int, tuple[int, ...]]
    teams_of: Mapping[int, list[int]]
    parents_of: Mapping[int, list[int]]
    blocked: Mapping[str, frozenset[str]]
    lost: tuple[Assignment, ...]
    fresh: tuple[int, ...]
    lending: Tables | None
    far: int

    @classmethod
    def of(cls, problem: Problem, plan: Plan) -> "Standing":
        """Lay a valid problem and a plan out; 3,000 × 10,000 take about a second."""
        candidates = find_candidates(problem)
        schedule = Schedule(candidates, max(plan.factor, choose_factor(candidates)))
        known = {made.seat for made in plan.assignments} | {seat.seat for seat in plan.open}
        return cls(
            problem=problem,
            candidates=candidates,
            schedule=schedule,
            bundle_of={seat: seats for seats in bundles(problem) for seat in seats},
            teams_of=_groups_of(problem, problem.all_or_none),
            parents_of=_groups_of(problem, (day.seats for day in problem.parents_days)),
            blocked=_blocked(problem),
            lost=_fill(schedule, plan),
            fresh=tuple(row for name, row in problem.seat_index.items() if name not in known),
            lending=_lending(problem),
            far=longest_gap(candidates.tables.travel),
        )

    def seat_row(self, seat_id: str) -> int:
        """Give the row of a seat.

        Raises
        ------
        ValueError
            If there is no such seat.
        """
        if seat_id not in self.problem.seat_index:
            raise ValueError(f"there is no seat {seat_id!r}")
        return self.problem.seat_index[seat_id]

    def seat_id(self, seat: int) -> str:
        """Give the id of a seat (row)."""
        return self.problem.seats[seat].id

    def volunteer_row(self, volunteer_id: str) -> int:
        """Give the row of a volunteer.

        Raises
        ------
        ValueError
            If there is no such volunteer.
        """
        if volunteer_id not in self.problem.volunteer_index:
            raise ValueError(f"there is no volunteer {volunteer_id!r}")
        return self.problem.volunteer_index[volunteer_id]

    def seats_of(self, volunteer: int) -> list[int]:
        """Give the seats (rows) that a volunteer (row) has."""
        pairs = self.schedule.pairs_of.get(volunteer, ())
        return [self.schedule.seat_of(pair) for pair in pairs]

    def holder(self, seat: int) -> int | None:
        """Give the volunteer (row) who has a seat (row)."""
        pair = self.schedule.pair_of.get(seat)
        return None if pair is None else int(self.candidates.volunteer[pair])

    def assignment(self, seat: int) -> Assignment | None:
        """Give the assignment of a seat (row)."""
        pair = self.schedule.pair_of.get(seat)
        return None if pair is None else assignment(self.candidates, pair)

    @contextmanager
    def without(self, seats: Iterable[int]) -> Iterator[None]:
        """Leave the assignments of some seats (rows) out for a while; pins among them too."""
        taken = [self.schedule.pair_of[s] for s in seats if s in self.schedule.pair_of]
        for pair in taken:
            self.schedule.remove(pair)
        try:
            yield
        finally:
            for pair in taken:
                self.schedule.add(pair)


def assignment(candidates: Candidates, pair: int) -> Assignment:
    """Give a pair as an assignment."""
    problem = candidates.problem
    return Assignment(
        seat=problem.seats[int(candidates.seat[pair])].id,
        volunteer=problem.volunteers[int(candidates.volunteer[pair])].id,
        option=int(candidates.option[pair]),
        mode=MODES[int(candidates.mode[pair])],
        cost=int(candidates.cost[pair]),
    )


def find_pair(candidates: Candidates, made: Assignment) -> int | None:
    """Give the pair of an assignment, None when it is not eligible."""
    problem = candidates.problem
    person = problem.volunteer_index.get(made.volunteer)
    row = problem.seat_index.get(made.seat)
    if person is None or row is None:
        return None
    first, last = candidates.first[person], candidates.first[person + 1]
    slot = candidates.tables.slots.first[row] + made.option
    found = np.flatnonzero(candidates.slot[first:last] == slot)
    if not len(found) or candidates.option[first + found[0]] != made.option:
        return None
    return int(first + found[0])


def _fill(schedule: Schedule, plan: Plan) -> tuple[Assignment, ...]:
    """Take the plan into the schedule; give what does not hold."""
    lost: list[Assignment] = []
    for made in plan.assignments:
        pair = find_pair(schedule.candidates, made)
        if pair is not None and schedule.pair_of.get(schedule.seat_of(pair)) == pair:
            continue
        if pair is None or not schedule.fits(pair):
            lost.append(made)
        else:
            schedule.add(pair)
    return tuple(lost)


def _lending(problem: Problem) -> Tables | None:
    if not problem.lendable:
        return None
    people = tuple(replace(volunteer, lent=True) for volunteer in problem.lendable)
    return build(replace(problem, volunteers=people, pins=(), blocks=frozenset()))


def _groups_of(problem: Problem, groups: Iterable[tuple[str, ...]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for number, names in enumerate(groups):
        for name in dict.fromkeys(names):
            found.setdefault(problem.seat_index[name], []).append(number)
    return found


def _blocked(problem: Problem) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for volunteer, seat in problem.blocks:
        found.setdefault(seat, set()).add(volunteer)
    return {seat: frozenset(people) for seat, people in found.items()}
