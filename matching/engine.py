"""From a problem to a checked plan."""

from dataclasses import replace

import numpy as np

from matching.board import build_board
from matching.budget import Budget
from matching.candidates import Candidates, find_candidates
from matching.checker import check
from matching.exact import Proof, improve_exactly
from matching.explain import open_seats
from matching.greedy import fill_greedily
from matching.plan import Assignment, Method, Plan
from matching.pricing import improve_by_prices
from matching.problem import MODES, Problem
from matching.schedule import Schedule
from matching.validate import validate

EXACT_PAIRS = 6_000
EXACT_SEATS = 250
EXACT_SHARE = 0.6
LARGEST_OBJECTIVE = 2**62
WORKERS = 2
REASON_SECONDS, CHECK_SECONDS = 0.0004, 0.00003
"""For each seat that nobody may take, and for each seat."""
METHODS: dict[str, Method] = {"exact": "exact", "greedy": "greedy", "prices": "prices"}


def solve(
    problem: Problem,
    *,
    seconds: float = 10.0,
    seed: int = 0,
    budget: Budget | None = None,
    method: str = "auto",
    workers: int = WORKERS,
) -> Plan:
    """Give the best plan found in the time, checked.

    Parameters
    ----------
    seconds
        Wall time; a `budget` says it in its stead, with iterations, progress and cancel.
    seed
        The same seed gives the same plan where the clock does not cut the search short: with a
        budget of iterations, whatever the number of workers.
    method
        "exact", "greedy", "prices", or "auto": exact for a pool's week, prices above and where
        the proof takes more than its share of the time.
    workers
        Threads that work side by side.

    Raises
    ------
    ValueError
        If the problem contradicts itself, or the method is unknown.
    RuntimeError
        If the independent checker finds a fault in the plan.
    """
    validate(problem)
    if method != "auto" and method not in METHODS:
        raise ValueError(f"unknown method {method!r}: auto, exact, greedy or prices")
    budget = budget or Budget(seconds)
    candidates = find_candidates(problem)
    budget.reserve = _seconds_to_finish(candidates, budget)
    chosen = _method(candidates, method)
    schedule = Schedule(candidates, choose_factor(candidates))
    proof = None
    if chosen != "prices":
        fill_greedily(schedule)
        budget.report("greedy", schedule.objective)
    if chosen == "exact":
        share = 1.0 if method == "exact" else EXACT_SHARE
        proof = improve_exactly(schedule, budget, seed, share=share)
        if method == "auto" and not (proof and proof.optimal):
            chosen = "prices"
    if chosen == "prices":
        proof = _by_prices(schedule, budget, seed=seed, workers=workers) or proof
    plan = _plan(schedule, proof, budget, method=chosen, seed=seed)
    faults = check(problem, plan)
    if faults:
        raise RuntimeError(f"the plan does not hold: {faults[0].code}, {faults[0].detail}")
    return plan


def _seconds_to_finish(candidates: Candidates, budget: Budget) -> float:
    """Guess how long reasons and the check take at the end, a third of the time at most."""
    lonely = int((np.diff(candidates.seat_first) == 0).sum())
    guess = REASON_SECONDS * lonely + CHECK_SECONDS * len(candidates.problem.seats)
    return min(guess, budget.seconds / 3)


def _method(candidates: Candidates, method: str) -> Method:
    chosen = METHODS.get(method)
    if chosen is not None:
        return chosen
    small = len(candidates) <= EXACT_PAIRS and len(candidates.problem.seats) <= EXACT_SEATS
    return "exact" if small else "prices"


def _by_prices(schedule: Schedule, budget: Budget, *, seed: int, workers: int) -> Proof | None:
    """Replace everything but the pins by a better choice, if one is found."""
    known = [pair for seat, pair in schedule.pair_of.items() if seat not in schedule.pinned]
    before = schedule.objective
    for pair in known:
        schedule.remove(pair)
    board = build_board(schedule.candidates, schedule.factor)
    accepted = schedule.fill
    pairs, proof = improve_by_prices(
        board, schedule.objective, schedule.factor, budget=budget, seed=seed, workers=workers
    )
    if proof is not None and proof.fill is not None:
        proof = replace(proof, fill=accepted + proof.fill)
    for pair in pairs.tolist():
        schedule.add(pair)
    if schedule.objective < before:
        for pair in pairs.tolist():
            schedule.remove(pair)
        for pair in known:
            schedule.add(pair)
    return proof


def choose_factor(candidates: Candidates) -> int:
    """Give the weight of one priority point: the profile's, or more where one cost reaches it.

    The next multiple of the profile's factor above the largest cost a new assignment can have,
    so that no single assignment is ever left out to save points.

    Raises
    ------
    ValueError
        If the objective could leave 64 bits.
    """
    weights = candidates.problem.weights
    steepest = max((slope for _, slope in weights.fairness), default=0)
    worst = candidates.cost + steepest * (candidates.end - candidates.start) + weights.opening
    free = worst[~candidates.pinned]
    factor = weights.factor * (1 + int(free.max(initial=0)) // weights.factor)
    total = sum(seat.priority for seat in candidates.problem.seats)
    costs = int(np.abs(worst).max(initial=0)) * len(candidates.problem.seats)
    if factor * total + costs >= LARGEST_OBJECTIVE:
        raise ValueError("priorities and weights are so large that the objective leaves 64 bits")
    return factor


def easy_bound(candidates: Candidates, factor: int) -> tuple[int, int]:
    """Give upper bounds on the objective and on the fill: each seat its cheapest volunteer.

    Holds because fairness never gives points back: sum of max(0, factor · priority - least cost).
    """
    objective = fill = 0
    for row, seat in enumerate(candidates.problem.seats):
        pairs = candidates.of_seat(row)
        if len(pairs):
            gain = factor * seat.priority - int(candidates.cost[pairs].min())
            objective += gain if candidates.pinned[pairs[0]] else max(0, gain)
            fill += seat.priority
    return objective, fill


def _plan(
    schedule: Schedule, proof: Proof | None, budget: Budget, *, method: Method, seed: int
) -> Plan:
    bound, most = easy_bound(schedule.candidates, schedule.factor)
    if proof is not None:
        bound = min(bound, proof.bound)
        most = min(most, most if proof.fill is None else proof.fill)
    value = schedule.objective
    optimal = bound == value
    return Plan(
        assignments=_assignments(schedule),
        open=open_seats(schedule),
        method=method,
        status="optimal" if optimal else "feasible",
        objective=value,
        fill=schedule.fill,
        cost=schedule.cost,
        factor=schedule.factor,
        bound=bound,
        gap=_share(bound - value, bound),
        gap_fill=_share(most - schedule.fill, most),
        gap_cost=_share(bound - value, schedule.cost),
        seconds=round(budget.used, 3),
        seed=seed,
    )


def _share(rest: int, whole: int) -> float | None:
    """Give rest ÷ |whole|; None where there is nothing to compare with."""
    if rest == 0:
        return 0.0
    return rest / abs(whole) if whole else None


def _assignments(schedule: Schedule) -> tuple[Assignment, ...]:
    candidates, problem = schedule.candidates, schedule.problem
    return tuple(
        Assignment(
            seat=problem.seats[seat].id,
            volunteer=problem.volunteers[int(candidates.volunteer[pair])].id,
            option=int(candidates.option[pair]),
            mode=MODES[int(candidates.mode[pair])],
            cost=int(candidates.cost[pair]),
        )
        for seat, pair in sorted(schedule.pair_of.items())
    )
