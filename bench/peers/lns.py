"""CP-SAT neighbourhoods by a strong hand: free connected seats, choose again, keep what is better.

Cliques for conflicts, every variable hinted with the present plan, a size that adapts to the time
a piece takes, one third of the pieces within one day. It stands apart from the engine's own
search on purpose, so that it stays what it is when that one changes.
"""

from random import Random

import numpy as np
from ortools.sat.python import cp_model

from bench.peers.answer import Answer, empty_schedule, finish
from bench.results import Watch
from matching.greedy import fill_greedily
from matching.model import Program, build_program
from matching.problem import Problem
from matching.schedule import Schedule
from matching.teams import bundles

PIECE_SECONDS = 0.25
QUICK = 0.35
FIRST, SMALLEST, LARGEST = 40.0, 25.0, 1_500.0
SAME_DAY = 0.35
FROM_OPEN = 0.7
WORKERS = 1
LINEARIZATION = 2


def solve(problem: Problem, seconds: float, watch: Watch) -> Answer:
    """Improve a greedy plan until the time is over."""
    schedule = empty_schedule(problem)
    fill_greedily(schedule)
    watch.note(schedule.objective)
    search = _Search(schedule)
    while search.seats and watch.seconds < seconds:
        search.step(min(PIECE_SECONDS, seconds - watch.seconds))
        watch.note(schedule.objective)
    return finish(schedule, [])


class _Search:
    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.random = Random(0)
        self.size = FIRST
        groups = bundles(schedule.problem)
        self.together = {seat: group for group in groups for seat in group}
        self.day = [seat.spans[0].day for seat in schedule.problem.seats]
        candidates = schedule.candidates
        self.pairs_of = [candidates.of_seat(seat).tolist() for seat in range(len(self.day))]
        self.volunteer = candidates.volunteer.tolist()
        self.seat = candidates.seat.tolist()
        self.first = candidates.first.tolist()
        self.seats = [
            seat
            for seat, pairs in enumerate(self.pairs_of)
            if pairs and seat not in schedule.pinned
        ]

    def step(self, seconds: float) -> None:
        """Choose one piece of the plan again."""
        schedule = self.schedule
        seats = sorted(self._piece())
        old = [schedule.pair_of[seat] for seat in seats if seat in schedule.pair_of]
        before = schedule.objective
        self._take_out(old)
        free = sorted(p for seat in seats for p in self.pairs_of[seat] if schedule.fits(p))
        program = build_program(schedule, np.array(free, dtype=np.int64), frozenset(old))
        new, proven, took = _choose(program, seconds)
        self._put(old if new is None else new)
        if schedule.objective < before:
            # Out of time before the hint was complete: what came back may be worse.
            self._take_out(new or [])
            self._put(old)
        self._adapt(proven, took)

    def _put(self, pairs: list[int]) -> None:
        for pair in pairs:
            self.schedule.add(pair)

    def _take_out(self, pairs: list[int]) -> None:
        for pair in pairs:
            self.schedule.remove(pair)

    def _adapt(self, proven: bool, took: float) -> None:
        if not proven:
            self.size = max(SMALLEST, 0.93 * self.size)
        elif took < QUICK * PIECE_SECONDS:
            self.size = min(LARGEST, 1.08 * self.size)

    def _piece(self) -> set[int]:
        first = self._start()
        day = self.day[first] if self.random.random() < SAME_DAY else None
        piece = set(self.together[first])
        edge = list(piece)
        while edge and len(piece) < self.size:
            seat = edge.pop(self.random.randrange(min(len(edge), 6)))
            for near in self._near(seat):
                if near not in piece and day in (None, self.day[near]):
                    fresh = set(self.together[near]) - piece
                    piece |= fresh
                    edge += sorted(fresh)
                if len(piece) >= self.size:
                    break
        return piece - self.schedule.pinned

    def _start(self) -> int:
        taken = self.schedule.pair_of
        unfilled = [seat for seat in self.seats if seat not in taken]
        return self.random.choice(
            unfilled if unfilled and self.random.random() < FROM_OPEN else self.seats
        )

    def _near(self, seat: int) -> list[int]:
        """Give what those who could take a seat do, and open seats they could do instead."""
        found: list[int] = []
        pairs = self.pairs_of[seat]
        for pair in self.random.sample(pairs, min(8, len(pairs))):
            person = self.volunteer[pair]
            found += [self.seat[other] for other in self.schedule.pairs_of.get(person, ())]
            if self.random.random() < 0.5:
                own = range(self.first[person], self.first[person + 1])
                some = [self.seat[p] for p in self.random.sample(own, min(6, len(own)))]
                found += [s for s in some if s not in self.schedule.pair_of][:2]
        return found


def _choose(program: Program, seconds: float) -> tuple[list[int] | None, bool, float]:
    """Give the chosen pairs, whether they are proven the best, and the seconds it took."""
    model = cp_model.CpModel()
    variables = [model.new_int_var(0, upper, "") for upper in program.upper]
    for variable, hint in zip(variables, program.hint, strict=True):
        model.add_hint(variable, hint)
    for row in program.rows:
        members = [variables[number] for number in row.variables]
        if row.is_packing:
            model.add_at_most_one(members)
            continue
        total = cp_model.LinearExpr.weighted_sum(members, row.coefficients)
        model.add(total == row.bound if row.equal else total <= row.bound)
    model.minimize(cp_model.LinearExpr.weighted_sum(variables, program.cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = WORKERS
    solver.parameters.linearization_level = LINEARIZATION
    solver.parameters.max_time_in_seconds = max(0.05, seconds)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, False, solver.wall_time
    chosen = [p for p, x in zip(program.pairs, variables, strict=False) if solver.value(x)]
    return chosen, status == cp_model.OPTIMAL, solver.wall_time
