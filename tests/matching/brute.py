"""The best plan of a tiny problem by trying everything; only the checker says what holds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from matching import Assignment, Problem, Seat, Volunteer, check
from matching.problem import Mode
from tests.matching.cases import plan_of

ANYTHING = -(10**18)
ON_THE_WAY = {"mode", "too_far", "busy"}

Pair = frozenset[Assignment]


@dataclass(frozen=True)
class Trial:
    """Choices per seat (None: open), pairs of them that exclude each other, and what is left.

    `most` is the sum of the largest gains of all seats from one on: fairness only takes from it.
    """

    problem: Problem
    factor: int
    choices: tuple[tuple[Assignment | None, ...], ...]
    apart: frozenset[Pair]
    most: tuple[int, ...]


def optimum(problem: Problem, factor: int) -> int:
    """Give the best objective there is; `factor` is the weight of one priority point."""
    choices = tuple(tuple(_choices(problem, seat)) for seat in problem.seats)
    gains = [max(_gain(problem, factor, made) for made in some) if some else 0 for some in choices]
    most = tuple(sum(gains[number:]) for number in range(len(gains) + 1))
    return _best(Trial(problem, factor, choices, _apart(problem, choices), most), (), ANYTHING)


def _best(trial: Trial, made: tuple[Assignment | None, ...], best: int) -> int:
    """Try every choice of the next seat, unless nothing that can follow is better."""
    so_far = sum(_gain(trial.problem, trial.factor, one) for one in made)
    if so_far + trial.most[len(made)] <= best:
        return best
    chosen = tuple(one for one in made if one is not None)
    if len(made) == len(trial.choices):
        plan = plan_of(trial.problem, chosen, trial.factor)
        return best if check(trial.problem, plan) else max(best, plan.objective)
    for one in trial.choices[len(made)]:
        if one is None or not any(frozenset((one, other)) in trial.apart for other in chosen):
            best = _best(trial, (*made, one), best)
    return best


def _gain(problem: Problem, factor: int, made: Assignment | None) -> int:
    """Give what an assignment adds, without fairness and opening."""
    if made is None:
        return 0
    return factor * problem.seats[problem.seat_index[made.seat]].priority - made.cost


def _choices(problem: Problem, seat: Seat) -> Iterator[Assignment | None]:
    pin = next((pin for pin in problem.pins if pin.seat == seat.id), None)
    if pin is not None:
        volunteer = problem.volunteers[problem.volunteer_index[pin.volunteer]]
        mode = _mode(problem, volunteer, seat, pin.option) or seat.modes[0]
        yield _priced(problem, Assignment(seat.id, volunteer.id, pin.option, mode, 0))
        return
    for volunteer in problem.volunteers:
        for option in range(len(seat.spans)):
            way = _mode(problem, volunteer, seat, option)
            if way is not None:
                made = _priced(problem, Assignment(seat.id, volunteer.id, option, way, 0))
                if not _faults(problem, made):
                    yield made
    yield None


def _mode(problem: Problem, volunteer: Volunteer, seat: Seat, option: int) -> Mode | None:
    """Give the first wished mode in which she gets there."""
    for mode in seat.modes:
        if not _faults(problem, Assignment(seat.id, volunteer.id, option, mode, 0)) & ON_THE_WAY:
            return mode
    return None


def _faults(problem: Problem, *made: Assignment) -> set[str]:
    """Give what stands against some assignments, groups and accepted work left out."""
    bare = replace(problem, pins=(), all_or_none=(), same_option=(), at_most=())
    return {fault.code for fault in check(bare, plan_of(bare, made, 10**9))} - {"factor"}


def _priced(problem: Problem, made: Assignment) -> Assignment:
    return plan_of(problem, (made,), 1).assignments[0]


def _apart(problem: Problem, choices: tuple[tuple[Assignment | None, ...], ...]) -> frozenset[Pair]:
    pinned = {(pin.seat, pin.volunteer) for pin in problem.pins}
    made = [one for some in choices for one in some if one is not None]
    return frozenset(
        frozenset((a, b))
        for a, b in combinations(made, 2)
        if a.seat != b.seat
        and a.volunteer == b.volunteer
        and not {(a.seat, a.volunteer), (b.seat, b.volunteer)} <= pinned
        and "overlap" in _faults(problem, a, b)
    )
