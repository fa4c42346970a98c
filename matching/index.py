"""The best candidates for one seat among many volunteers, against a plan kept in memory."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from matching.costs import fairness_steps, pair_terms
from matching.diary import Diary, Ledger
from matching.plan import Assignment, Plan
from matching.problem import MODES, Busy, Problem, Seat, Span
from matching.ranking import Ranked
from matching.shelf import Pool
from matching.tables import Ints


class Booked(NamedTuple):
    """Work a volunteer has: which seat, on which date, and where (None: no way to it)."""

    seat: Seat
    span: Span
    place: int | None

    @property
    def busy(self) -> Busy:
        return Busy(self.span.start, self.span.end, self.place)


class RankIndex:
    """Volunteers laid out for ranking, with the work each has in a plan.

    Gives exactly what `rank` gives for the same plan, but reads only those who speak the language,
    have the time and are near. Book and remove keep it in step with a plan that changes. It is not
    for several threads at once.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.pool = Pool(problem)
        self._work: defaultdict[int, list[Booked]] = defaultdict(list)
        self._holder: dict[str, int] = {}
        self._diary = Diary(self.pool.tables)
        self._ledger = Ledger(self.pool.tables)
        self._steps = fairness_steps(problem.weights)

    @classmethod
    def of(cls, problem: Problem, plan: Plan | None = None) -> "RankIndex":
        """Lay a valid problem and a plan out."""
        index = cls(problem)
        for made in plan.assignments if plan else ():
            index.book(made)
        return index

    def book(self, made: Assignment, seat: Seat | None = None) -> None:
        """Take work in; a `seat` that the problem does not have comes along.

        Raises
        ------
        ValueError
            If the seat or the volunteer is unknown, or somebody has the seat already.
        """
        seat = seat or self._known(made.seat)
        if made.volunteer not in self.problem.volunteer_index:
            raise ValueError(f"there is no volunteer {made.volunteer!r}")
        if seat.id in self._holder:
            raise ValueError(f"somebody has the seat {seat.id!r} already")
        place = seat.place if made.mode == "on_site" else None
        person = self.problem.volunteer_index[made.volunteer]
        self._give(person, Booked(seat, seat.spans[made.option], place))

    def remove(self, seat_id: str) -> None:
        """Take work out again.

        Raises
        ------
        ValueError
            If nobody has the seat.
        """
        if seat_id not in self._holder:
            raise ValueError(f"nobody has the seat {seat_id!r}")
        self._take(seat_id)

    def _give(self, person: int, booked: Booked) -> None:
        self._holder[booked.seat.id] = person
        self._work[person].append(booked)
        self._diary.add(person, booked.busy)
        self._ledger.add(person, booked.seat, booked.span)

    def _take(self, seat_id: str) -> tuple[int, Booked]:
        person = self._holder.pop(seat_id)
        work = self._work[person]
        gone = work.pop(next(n for n, one in enumerate(work) if one.seat.id == seat_id))
        self._diary.rewrite(person, (one.busy for one in work))
        self._ledger.add(person, gone.seat, gone.span, times=-1)
        return person, gone

    @contextmanager
    def _open(self, seat_id: str) -> Iterator[None]:
        """Leave the work at a seat out for a while."""
        if seat_id not in self._holder:
            yield
            return
        taken = self._take(seat_id)
        try:
            yield
        finally:
            self._give(*taken)

    def rank(self, seat: str | Seat, limit: int = 10) -> tuple[Ranked, ...]:
        """Give the best eligible volunteers of a seat with what each would add to the plan.

        The seat itself counts as open; it may be one that the problem does not have.

        Raises
        ------
        ValueError
            If there is no such seat.
        """
        wanted = self._known(seat) if isinstance(seat, str) else seat
        with self._open(wanted.id):
            dates = [self._on_date(wanted, option) for option in range(len(wanted.spans))]
        rows = np.concatenate(dates, axis=1)
        best: dict[int, Ranked] = {}
        for cost, option, person, mode in _cheapest(rows, limit * len(dates)).T.tolist():
            if len(best) < limit and person not in best:
                best[person] = self._told(wanted, cost, option, person, mode)
        return tuple(best.values())

    def _known(self, seat_id: str) -> Seat:
        if seat_id not in self.problem.seat_index:
            raise ValueError(f"there is no seat {seat_id!r}")
        return self.problem.seats[self.problem.seat_index[seat_id]]

    def _on_date(self, seat: Seat, option: int) -> Ints:
        """Give the rows cost, option, volunteer and mode of all who can go on one date."""
        span = seat.spans[option]
        found = self.pool.search(seat, option, self._diary, self._ledger)
        lead = self._ledger.lead(span)[found.people]
        cost = found.cost + self._curve(lead + span.minutes) - self._curve(lead)
        return np.stack((cost, np.full_like(cost, option), found.people, found.mode))

    def _curve(self, minutes: Ints) -> Ints:
        """Give the points of many loads, each as in `costs.fairness_curve`."""
        points = np.zeros_like(minutes)
        for above, step in self._steps:
            points += step * np.maximum(0, minutes - above)
        return points

    def _told(self, seat: Seat, cost: int, option: int, person: int, mode: int) -> Ranked:
        volunteer = self.problem.volunteers[person]
        terms = pair_terms(self.problem, volunteer, seat, option=option, mode=MODES[mode])
        terms["fairness"] = cost - sum(terms.values())
        return Ranked(volunteer.id, option, MODES[mode], cost, terms)


def _cheapest(rows: Ints, count: int) -> Ints:
    """Give at most `count` columns in the order of their entries cost, option and volunteer."""
    costs = rows[0]
    if 0 < count < len(costs):
        rows = rows[:, costs <= np.partition(costs, count - 1)[count - 1]]
    found: Ints = rows[:, np.lexsort(rows[2::-1])[:count]]
    return found
