"""Makes a plan better piece by piece: frees some seats, chooses again, keeps what is better."""

from collections.abc import Sequence

import numpy as np

from matching.budget import Budget
from matching.cpsat import Answer, Limits, solve_program
from matching.exact import Proof
from matching.model import build_program
from matching.schedule import Schedule
from matching.teams import bundles

SMALLEST, FIRST, LARGEST = 25.0, 100.0, 1_200.0
WORK = 1.0
SAME_DAY_SHARE = 0.35
OPEN_SHARE = 0.7
BRANCHES = 8


class Neighbourhoods:
    """Draws connected sets of seats over the graph of seats and volunteers."""

    def __init__(self, schedule: Schedule, seed: int) -> None:
        self.schedule = schedule
        self.random = np.random.default_rng(seed)
        self.size = FIRST
        self.bundles = bundles(schedule.problem)
        self.bundle_of = {seat: seats for seats in self.bundles for seat in seats}
        self.days = [seat.spans[0].day for seat in schedule.problem.seats]
        counts = np.diff(schedule.candidates.seat_first)
        seats = np.flatnonzero(counts).tolist()
        self.seats = [seat for seat in seats if seat not in schedule.pinned]

    def draw(self) -> set[int]:
        """Give the seats to free: a walk from a random, rather an open, seat."""
        first = self._start()
        day = self.days[first] if self.random.random() < SAME_DAY_SHARE else None
        free = set(self.bundle_of[first])
        queue = list(free)
        while queue and len(free) < self.size:
            seat = queue.pop(int(self.random.integers(min(len(queue), 6))))
            for near in self._near(seat):
                if near not in free and day in (None, self.days[near]):
                    fresh = set(self.bundle_of[near]) - free
                    free |= fresh
                    queue += sorted(fresh)
        return free - self.schedule.pinned

    def _start(self) -> int:
        taken = self.schedule.pair_of
        unfilled = [seat for seat in self.seats if seat not in taken]
        if unfilled and self.random.random() < OPEN_SHARE:
            return unfilled[int(self.random.integers(len(unfilled)))]
        return self.seats[int(self.random.integers(len(self.seats)))]

    def _near(self, seat: int) -> list[int]:
        """Give seats that some volunteers of a seat have, and some they could have instead."""
        candidates, schedule = self.schedule.candidates, self.schedule
        people = np.unique(candidates.volunteer[candidates.of_seat(seat)])
        found: list[int] = []
        for person in self.random.permutation(people)[:BRANCHES].tolist():
            found += [schedule.seat_of(pair) for pair in schedule.pairs_of.get(person, ())]
            own = candidates.seat[candidates.first[person] : candidates.first[person + 1]]
            some = self.random.choice(own, min(3, len(own)), replace=False).tolist()
            found += [other for other in some if other not in schedule.pair_of]
        return found

    def adapt(self, proven: bool) -> None:
        """Take larger pieces as long as they are solved to the end."""
        grown = self.size * (1.08 if proven else 0.9)
        self.size = min(LARGEST, max(SMALLEST, grown))


def improve_by_neighbourhoods(schedule: Schedule, budget: Budget, seed: int) -> Proof | None:
    """Improve a schedule until the budget is over; the objective never falls.

    Gives a proof when one neighbourhood held every seat and was solved to the end.
    """
    walk = Neighbourhoods(schedule, seed)
    while walk.seats and not budget.over():
        free = walk.draw()
        answer = _choose_again(schedule, sorted(free), budget, seed=seed + budget.done)
        budget.report("lns", schedule.objective)
        if answer is not None and answer.proven and free.issuperset(walk.seats):
            return Proof(schedule.objective, optimal=True)
        walk.adapt(answer is not None and answer.proven)
    return None


def _choose_again(
    schedule: Schedule, seats: Sequence[int], budget: Budget, *, seed: int
) -> Answer | None:
    before = schedule.objective
    old = [schedule.pair_of[seat] for seat in seats if seat in schedule.pair_of]
    for pair in old:
        schedule.remove(pair)
    near = np.sort(np.concatenate([schedule.candidates.of_seat(seat) for seat in seats]))
    fitting = np.array([pair for pair in near.tolist() if schedule.fits(pair)], dtype=np.int64)
    program = build_program(schedule, fitting, frozenset(old))
    answer = solve_program(program, Limits(min(budget.left, 10 * WORK), WORK, seed % 2**31))
    new = old if answer is None else answer.pairs
    for pair in new:
        schedule.add(pair)
    if schedule.objective < before:
        for pair in new:
            schedule.remove(pair)
        for pair in old:
            schedule.add(pair)
    return answer
