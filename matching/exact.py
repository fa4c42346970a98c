"""The best plan of a small problem, with its proof."""

from dataclasses import dataclass

import numpy as np

from matching.budget import Budget
from matching.cpsat import Limits, solve_program
from matching.model import build_program
from matching.schedule import Schedule


@dataclass(frozen=True)
class Proof:
    """An upper bound on the objective, whether the schedule reaches it, and one on the fill."""

    bound: int
    optimal: bool
    fill: int | None = None


def improve_exactly(
    schedule: Schedule, budget: Budget, seed: int, *, share: float = 1.0
) -> Proof | None:
    """Replace everything but the pins by the best choice there is; None when time ran out.

    Takes at most a `share` of the time that is left.
    """
    known = frozenset(schedule.pair_of.values())
    before = schedule.objective
    for seat in set(schedule.pair_of) - schedule.pinned:
        schedule.remove(schedule.pair_of[seat])
    base = schedule.objective
    fitting = [pair for pair in range(len(schedule.candidates)) if schedule.fits(pair)]
    program = build_program(schedule, np.array(fitting, dtype=np.int64), known)
    answer = solve_program(program, Limits(share * budget.left, seed=seed))
    chosen = [] if answer is None else answer.pairs
    for pair in chosen:
        schedule.add(pair)
    if schedule.objective < before:
        _restore(schedule, chosen, known)
    budget.report("exact", schedule.objective)
    if answer is None:
        return None
    return Proof(base - answer.bound, answer.proven)


def _restore(schedule: Schedule, chosen: list[int], known: frozenset[int]) -> None:
    for pair in chosen:
        schedule.remove(pair)
    for pair in known:
        if schedule.seat_of(pair) not in schedule.pinned:
            schedule.add(pair)
