"""A mixed-integer program over cliques of conflicts, solved by a solver inside OR-Tools."""

from math import ceil

from ortools.linear_solver.python import model_builder

from bench.peers.answer import Answer, empty_schedule, finish, free_pairs
from bench.results import Watch
from matching.model import Program, build_program
from matching.problem import Problem

# SCIP was quicker than HiGHS on pools and found better plans on regions.
SOLVER = "scip"
TOLERANCE = 1e-3


def solve(problem: Problem, seconds: float, watch: Watch) -> Answer | None:
    """Give the best plan of the time, None when nothing was found."""
    schedule = empty_schedule(problem)
    program = build_program(schedule, free_pairs(schedule), frozenset())
    solver = model_builder.Solver(SOLVER)
    model, variables = _model(program)
    solver.set_time_limit_in_seconds(max(0.1, seconds - watch.seconds))
    status = solver.solve(model)
    if status not in (model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE):
        return None
    chosen = zip(program.pairs, variables, strict=False)
    pairs = [pair for pair, x in chosen if solver.value(x) > 0.5]
    bound = schedule.objective - ceil(solver.best_objective_bound - TOLERANCE)
    answer = finish(schedule, pairs, bound)
    watch.note(schedule.objective, bound)
    return answer


def _model(program: Program) -> tuple[model_builder.Model, list[model_builder.Variable]]:
    model: model_builder.Model = model_builder.Model()  # type: ignore[no-untyped-call]
    variables = [model.new_int_var(0, upper, f"x{n}") for n, upper in enumerate(program.upper)]
    for row in program.rows:
        members = [variables[number] for number in row.variables]
        total = model_builder.LinearExpr.weighted_sum(members, [*map(float, row.coefficients)])
        model.add(total == row.bound if row.equal else total <= row.bound)
    model.minimize(model_builder.LinearExpr.weighted_sum(variables, [*map(float, program.cost)]))
    return model, variables
