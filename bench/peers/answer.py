"""What an opponent gives back, in our own words so that the same checker can judge it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.candidates import find_candidates
from matching.engine import choose_factor
from matching.plan import Assignment, OpenSeat, Plan
from matching.problem import MODES, Problem
from matching.schedule import Schedule
from matching.teams import drop_partial_teams, strict_teams


@dataclass(frozen=True)
class Answer:
    """A schedule, complete teams only, and a bound on the objective where there is one."""

    schedule: Schedule
    bound: int | None = None


def empty_schedule(problem: Problem) -> Schedule:
    """Give the schedule with nothing but accepted work in it."""
    candidates = find_candidates(problem)
    return Schedule(candidates, choose_factor(candidates))


def free_pairs(schedule: Schedule) -> npt.NDArray[np.int64]:
    """Give the pairs that fit beside the accepted work."""
    fitting = [pair for pair in range(len(schedule.candidates)) if schedule.fits(pair)]
    return np.array(fitting, dtype=np.int64)


def finish(schedule: Schedule, pairs: list[int], bound: int | None = None) -> Answer:
    """Take pairs in, and seats of teams that are not complete out again."""
    for pair in pairs:
        schedule.add(pair)
    drop_partial_teams(schedule, strict_teams(schedule.problem))
    return Answer(schedule, bound)


def plan_of(answer: Answer) -> Plan:
    """Write an answer down as a plan for the checker."""
    schedule = answer.schedule
    candidates, problem = schedule.candidates, schedule.problem
    made = tuple(
        Assignment(
            seat=problem.seats[seat].id,
            volunteer=problem.volunteers[int(candidates.volunteer[pair])].id,
            option=int(candidates.option[pair]),
            mode=MODES[int(candidates.mode[pair])],
            cost=int(candidates.cost[pair]),
        )
        for seat, pair in sorted(schedule.pair_of.items())
    )
    empty = (s.id for row, s in enumerate(problem.seats) if row not in schedule.pair_of)
    return Plan(
        assignments=made,
        open=tuple(OpenSeat(seat, ()) for seat in empty),
        method="exact",
        status="feasible",
        objective=schedule.objective,
        fill=schedule.fill,
        cost=schedule.cost,
        factor=schedule.factor,
        bound=answer.bound,
        gap=None,
        gap_fill=None,
        gap_cost=None,
        seconds=0.0,
        seed=0,
    )
