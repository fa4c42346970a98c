"""One contender on one week in a process of its own, so that time and memory are its own.

python -m bench.contender NAME --size SIZE --seed N --seconds S [--mix MIX] [--clock-change]

Prints the result as one line of JSON. Drawing the week, loading compiled code and judging the plan
take none of the contender's time.
"""

import argparse
import json
import resource
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import get_args

from bench.peers import annealing, lns, mip, naive
from bench.peers.answer import Answer, plan_of
from bench.results import Result, Watch, to_json
from matching import Budget, Plan, Problem, Progress, check, solve
from matching.engine import EXACT_SEATS
from matching.generate import SIZES, Mix, Size, generate

Peer = Callable[[Problem, float, Watch], Answer | None]

OURS = "ours"
PEERS: dict[str, Peer] = {
    "cpsat": naive.solve,
    "cpsat-lns": lns.solve,
    "mip": mip.solve,
    "timefold": annealing.solve,
}
OWN_METHODS = {OURS: "auto", "greedy": "greedy"}
NAMES = (OURS, "greedy", *PEERS)
WARM_ITERATIONS = 12
MIXES: tuple[Mix, ...] = get_args(Mix)


@dataclass(frozen=True)
class Allowance:
    """What a contender may use."""

    seconds: float
    seed: int


def drawn(size: str, mix: Mix | None = None) -> Size:
    """Give a size by name, with another mix where one is asked for."""
    return SIZES[size] if mix is None else replace(SIZES[size], mix=mix)


def compete(name: str, problem: Problem, allowance: Allowance) -> Result:
    """Give what a contender makes of a week.

    Raises
    ------
    KeyError
        If nobody has this name.
    """
    if name == OURS and len(problem.seats) > EXACT_SEATS:
        _warm()
    whose = resource.RUSAGE_CHILDREN if name == "timefold" else resource.RUSAGE_SELF
    before = _cpu_seconds(whose)
    watch = Watch()
    plan = _plan(name, problem, allowance, watch)
    cpu_seconds = _cpu_seconds(whose) - before
    blank = Result(
        name=name,
        objective=None,
        seconds=round(watch.seconds, 3),
        cpu_seconds=round(cpu_seconds, 3),
        peak_mib=resource.getrusage(whose).ru_maxrss // 1_024,
        points=tuple(watch.points),
    )
    return blank if plan is None else judged(blank, problem, plan)


def judged(result: Result, problem: Problem, plan: Plan) -> Result:
    """Add what the plan is worth and what the independent checker has against it."""
    return replace(
        result,
        objective=plan.objective,
        fill=plan.fill,
        cost=plan.cost,
        filled=len(plan.assignments),
        violations=violations(problem, plan),
        bound=plan.bound,
        most=_most(plan),
    )


def violations(problem: Problem, plan: Plan) -> int:
    """Count what the independent checker has against a plan."""
    return len(check(problem, plan))


def _plan(name: str, problem: Problem, allowance: Allowance, watch: Watch) -> Plan | None:
    """Give the plan of a contender, and note how it came about."""
    if name in OWN_METHODS:
        return _own(problem, OWN_METHODS[name], allowance, watch)
    answer = PEERS[name](problem, allowance.seconds, watch)
    if answer is not None and watch.kept is None:
        watch.note(answer.schedule.objective, answer.bound)
    watch.keep(watch.points, watch.seconds)
    return None if answer is None else plan_of(answer)


def _own(problem: Problem, method: str, allowance: Allowance, watch: Watch) -> Plan:
    def note(progress: Progress) -> None:
        watch.note(progress.objective, progress.bound)

    budget = Budget(allowance.seconds, progress=note)
    plan = solve(problem, seed=allowance.seed, budget=budget, method=method)
    watch.note(plan.objective, plan.bound)
    watch.keep(watch.points, watch.seconds)
    return plan


def _warm() -> None:
    """Load the compiled code, as an installed service has done long before; pools need none."""
    budget = Budget(600, iterations=WARM_ITERATIONS)
    solve(generate(SIZES["small"], 1), budget=budget, method="prices")


def _most(plan: Plan) -> int | None:
    """Give the bound on the fill, from gap_fill = (most - fill) ÷ most."""
    if plan.gap_fill is None or plan.gap_fill >= 1:
        return None
    return round(plan.fill / (1 - plan.gap_fill))


def _cpu_seconds(whose: int) -> float:
    usage = resource.getrusage(whose)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--size", choices=tuple(SIZES), required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--mix", choices=MIXES)
    parser.add_argument("--clock-change", action="store_true")
    chosen = parser.parse_args()
    size = drawn(chosen.size, chosen.mix)
    problem = generate(size, chosen.seed, clock_change=chosen.clock_change)
    allowance = Allowance(chosen.seconds, chosen.seed)
    print(json.dumps(to_json(compete(chosen.name, problem, allowance))))


if __name__ == "__main__":
    main()
