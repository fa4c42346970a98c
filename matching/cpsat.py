"""Solves an integer program with CP-SAT, one worker, every variable hinted."""

from dataclasses import dataclass

from ortools.sat.python import cp_model

from matching.model import Program

LINEARIZATION = 2


@dataclass(frozen=True)
class Limits:
    """When to stop: seconds of the clock, or deterministic work (the same on every machine)."""

    seconds: float
    work: float | None = None
    seed: int = 0


@dataclass(frozen=True)
class Answer:
    """The chosen pairs, a lower bound on the cost, whether it is proven, and the work it took."""

    pairs: list[int]
    bound: int
    proven: bool
    work: float = 0.0


def write_model(program: Program) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """Give a program as a model, every variable hinted, and its variables."""
    model = cp_model.CpModel()
    variables = [model.new_int_var(0, upper, "") for upper in program.upper]
    for variable, hint in zip(variables, program.hint, strict=True):
        model.add_hint(variable, hint)
    for row in program.rows:
        members = [variables[number] for number in row.variables]
        total = cp_model.LinearExpr.weighted_sum(members, row.coefficients)
        if row.is_packing:
            model.add_at_most_one(members)
        elif row.equal:
            model.add(total == row.bound)
        else:
            model.add(total <= row.bound)
    model.minimize(cp_model.LinearExpr.weighted_sum(variables, program.cost))
    return model, variables


def solve_program(program: Program, limits: Limits) -> Answer | None:
    """Minimise a program; None when no solution was found in time."""
    model, variables = write_model(program)
    solver = cp_model.CpSolver()
    _configure(solver, limits)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    chosen = [pair for pair, x in zip(program.pairs, variables, strict=False) if solver.value(x)]
    proven = status == cp_model.OPTIMAL
    # Costs are whole numbers, so the bound may be rounded up after float noise is taken off.
    bound = round(solver.objective_value if proven else solver.best_objective_bound)
    return Answer(chosen, bound, proven, solver.response_proto.deterministic_time)


def _configure(solver: cp_model.CpSolver, limits: Limits) -> None:
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = LINEARIZATION
    solver.parameters.random_seed = limits.seed
    solver.parameters.max_time_in_seconds = max(0.01, limits.seconds)
    if limits.work is not None:
        # Pieces are many and small: what costs before the search begins is left out.
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        solver.parameters.max_deterministic_time = limits.work
