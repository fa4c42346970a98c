"""What would change if somebody fell ill, a request came in, or one more volunteer joined."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from matching.plan import Plan
from matching.problem import Problem, Seat, Volunteer
from matching.repair import Wish
from matching.replanning import Absent, Replanned, replan, replanned, without_absent
from matching.section import Names
from matching.standing import Standing
from matching.validate import validate

Row = TypeVar("Row", bound=Seat | Volunteer)
AROUND = 40
"""Seats of a new volunteer around which the plan is decided again: the open ones first."""


def what_if(
    problem: Problem,
    plan: Plan,
    *,
    absent: Absent = (),
    seats: Sequence[Seat] = (),
    volunteers: Sequence[Volunteer] = (),
    all_or_none: Sequence[Names] = (),
    same_option: Sequence[Names] = (),
    wish: Wish | None = None,
    standing: Standing | None = None,
) -> Replanned:
    """Give the difference to a plan; neither problem, plan nor standing is changed.

    Parameters
    ----------
    absent
        Ids of volunteers who drop out; or id → windows in which they cannot go.
    seats, volunteers
        New ones, or others in place of those with the same id.
    all_or_none, same_option
        Groups among the new seats.
    wish
        Which people have confirmed and how many of them may be touched.
    standing
        The problem and plan, laid out: then absences alone are answered quickly, and without a
        plan.

    Raises
    ------
    ValueError
        If an absent volunteer is unknown, or what is new contradicts the problem.
    """
    wish = wish or Wish()
    if standing is not None and not seats and not volunteers:
        return replan(
            problem,
            plan,
            absent=absent,
            touch=wish.touch,
            confirmed=wish.confirmed,
            seed=wish.seed,
            standing=standing,
        )
    changed = replace(
        problem,
        seats=_merged(problem.seats, seats),
        volunteers=_merged(problem.volunteers, volunteers),
        all_or_none=(*problem.all_or_none, *all_or_none),
        same_option=(*problem.same_option, *same_option),
    )
    validate(changed)
    then = Standing.of(without_absent(changed, absent), plan)
    return replanned(then, plan, wish, _around(then, (person.id for person in volunteers)))


def _merged(rows: tuple[Row, ...], new: Sequence[Row]) -> tuple[Row, ...]:
    others = {row.id: row for row in new}
    merged: list[Row] = [others.pop(row.id, row) for row in rows]
    return (*merged, *others.values())


def _around(standing: Standing, volunteers: Iterable[str]) -> list[int]:
    """Give the seats (rows) that some volunteers could fill, then those they would serve better."""
    candidates, taken = standing.candidates, standing.schedule.pair_of
    seats: dict[int, None] = {}
    for name in volunteers:
        pairs = candidates.of_volunteer(standing.volunteer_row(name))
        rows = candidates.seat[pairs]
        held = [int(candidates.cost[taken[row]]) if row in taken else None for row in rows.tolist()]
        worth = [standing.schedule.factor if cost is None else cost for cost in held]
        order = np.argsort(candidates.cost[pairs] - np.array(worth, dtype=np.int64), kind="stable")
        seats |= dict.fromkeys(rows[order[:AROUND]].tolist())
    return list(seats)
