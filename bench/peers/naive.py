"""CP-SAT as one would write it first: a variable per pair, a clause per conflict."""

from itertools import combinations

from ortools.sat.python import cp_model

from bench.peers.answer import Answer, empty_schedule, finish, free_pairs
from bench.results import Watch
from matching.model import Program, Row, build_program
from matching.problem import Problem

MOST_CONFLICTS = 5_000_000
WORKERS = 2


class _Watcher(cp_model.CpSolverSolutionCallback):
    def __init__(self, base: int, watch: Watch) -> None:
        super().__init__()
        self.base = base
        self.watch = watch

    def on_solution_callback(self) -> None:
        self.watch.note(self.base - round(self.objective_value))


def solve(problem: Problem, seconds: float, watch: Watch) -> Answer | None:
    """Give the best plan of the time; None when the model is too large or nothing was found."""
    schedule = empty_schedule(problem)
    program = build_program(schedule, free_pairs(schedule), frozenset())
    program.rows = [row for row in program.rows if not row.cut]
    if sum(_conflicts(row) for row in program.rows) > MOST_CONFLICTS:
        return None
    model, variables = _model(program)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, seconds - watch.seconds)
    solver.parameters.num_workers = WORKERS
    status = solver.solve(model, _Watcher(schedule.objective, watch))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    bound = schedule.objective - round(solver.best_objective_bound)
    pairs = [p for p, x in zip(program.pairs, variables, strict=False) if solver.value(x)]
    return finish(schedule, pairs, bound)


def _conflicts(row: Row) -> int:
    count = len(row.variables)
    return count * (count - 1) // 2 if row.is_packing else 0


def _model(program: Program) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    model = cp_model.CpModel()
    variables = [model.new_int_var(0, upper, "") for upper in program.upper]
    for row in program.rows:
        members = [variables[number] for number in row.variables]
        if row.is_packing:
            for one, other in combinations(members, 2):
                model.add_bool_or(~one, ~other)
            continue
        total = cp_model.LinearExpr.weighted_sum(members, row.coefficients)
        model.add(total == row.bound if row.equal else total <= row.bound)
    model.minimize(cp_model.LinearExpr.weighted_sum(variables, program.cost))
    return model, variables
