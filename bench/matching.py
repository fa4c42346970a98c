"""Ours beside naive CP-SAT and greedy on one synthetic week, judged by the same checker.

python -m bench.matching --size pool|region|state --seed N --seconds S
"""

import argparse
from itertools import combinations
from time import perf_counter

import numpy as np
from ortools.sat.python import cp_model

from matching import check, solve
from matching.candidates import find_candidates
from matching.engine import choose_factor
from matching.generate import SIZES, generate
from matching.model import build_program
from matching.plan import Plan
from matching.problem import Problem
from matching.schedule import Schedule

MOST_CONFLICTS = 5_000_000


def naive(problem: Problem, seconds: float) -> tuple[int | None, int | None]:
    """Solve with one variable per pair and one clause per conflict: (objective, bound)."""
    candidates = find_candidates(problem)
    schedule = Schedule(candidates, choose_factor(candidates))
    pairs = np.array([p for p in range(len(candidates)) if schedule.fits(p)], dtype=np.int64)
    program = build_program(schedule, pairs, frozenset())
    model = cp_model.CpModel()
    x = [model.new_int_var(0, upper, "") for upper in program.upper]
    conflicts = 0
    for row in program.rows:
        if row.is_packing:
            for a, b in combinations(row.variables, 2):
                model.add_bool_or(x[a].negated(), x[b].negated())
                conflicts += 1
                if conflicts > MOST_CONFLICTS:
                    return None, None
            continue
        total = sum(c * x[n] for n, c in zip(row.variables, row.coefficients, strict=True))
        model.add(total == row.bound) if row.equal else model.add(total <= row.bound)
    model.minimize(sum(c * v for c, v in zip(program.cost, x, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, None
    base = schedule.objective
    return base - round(solver.objective_value), base - round(solver.best_objective_bound)


def _ours(problem: Problem, method: str, *, seconds: float, seed: int) -> Plan:
    plan = solve(problem, seconds=seconds, seed=seed, method=method)
    assert not check(problem, plan)
    return plan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=sorted(SIZES), default="pool")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0)
    chosen = parser.parse_args()
    problem = generate(SIZES[chosen.size], chosen.seed)
    rows: list[tuple[str, int | None, int | None, float]] = []
    for name, method in (("greedy", "greedy"), ("ours", "auto")):
        plan = _ours(problem, method, seconds=chosen.seconds, seed=chosen.seed)
        rows.append((f"{name} ({plan.method})", plan.objective, plan.bound, plan.seconds))
    begin = perf_counter()
    rows.append(("naive CP-SAT", *naive(problem, chosen.seconds), perf_counter() - begin))
    best = min((bound for _, _, bound, _ in rows if bound is not None), default=0)
    print(f"{chosen.size}, seed {chosen.seed}: {len(problem.volunteers)} × {len(problem.seats)}")
    print(f"{'method':<16}{'objective':>14}{'gap to best bound':>20}{'seconds':>10}")
    for name, objective, _, seconds in rows:
        gap = "none" if objective is None else f"{100 * (best - objective) / max(1, best):.3f} %"
        print(f"{name:<16}{objective or 0:>14}{gap:>20}{seconds:>10.2f}")


if __name__ == "__main__":
    main()
