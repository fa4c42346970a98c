"""Solves and checks problem files: `python -m matching solve PROBLEM.json -o PLAN.json`."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from matching.budget import Budget, Progress
from matching.checker import check
from matching.engine import solve
from matching.fairness import fairness_index
from matching.files import parse, read_plan, read_problem, write_plan
from matching.generate import SIZES, generate
from matching.plan import Plan
from matching.problem import Problem
from matching.scarcity import seat_prices

DONE, REFUSED, OUT_OF_MEMORY = 0, 1, 3
REPORT_SECONDS = 0.2
"""At least this long between two reports of one step."""
WARM_SIZES = ("small", "pool")
WARM_ITERATIONS = 12
WARM_SECONDS = 600.0


def main(arguments: list[str] | None = None) -> int:
    """Run one command: 0 done, 1 refused with a sentence, 3 out of memory (wrong call: 2)."""
    chosen = _parser().parse_args(arguments)
    try:
        return COMMANDS[chosen.command](chosen)
    except (ValueError, OSError) as fault:
        print(f"{fault}", file=sys.stderr)
        return REFUSED
    except MemoryError:
        print("out of memory", file=sys.stderr)
        return OUT_OF_MEMORY


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m matching", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    solver = commands.add_parser("solve", help="find a plan and write it")
    solver.add_argument("problem", type=Path)
    solver.add_argument("-o", "--output", type=Path, required=True)
    solver.add_argument("--seconds", type=_positive, default=10.0)
    solver.add_argument("--seed", type=int, default=0)
    solver.add_argument(
        "--progress", action="store_true", help="print how far it is, one JSON object a line"
    )
    solver.add_argument("--prices", type=Path, help="file for what each seat is worth, in points")
    checker = commands.add_parser("check", help="judge a plan")
    checker.add_argument("problem", type=Path)
    checker.add_argument("plan", type=Path)
    warmer = commands.add_parser("warm", help="compile everything into NUMBA_CACHE_DIR")
    warmer.add_argument("-o", "--output", type=Path, help="file to write when all is compiled")
    return parser


def _positive(value: str) -> float:
    seconds = float(value)
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError("seconds must lie above 0 and at most be a day")
    return seconds


def _solve(chosen: argparse.Namespace) -> int:
    problem = read_problem(_read(chosen.problem))
    budget = Budget(chosen.seconds)
    if chosen.progress:
        budget.progress = _teller()
    plan = solve(problem, budget=budget, seed=chosen.seed)
    content = json.dumps(write_plan(plan), ensure_ascii=False, indent=1)
    chosen.output.write_text(content + "\n", encoding="utf-8")
    if chosen.prices is not None:
        chosen.prices.write_text(json.dumps(_prices(problem)), encoding="utf-8")
    if not chosen.progress:
        _sum_up(problem, plan)
    return DONE


def _prices(problem: Problem) -> dict[str, int]:
    """Give the highest price among the dates of each seat."""
    slots = iter(seat_prices(problem))
    return {seat.id: max(int(next(slots)) for _ in seat.spans) for seat in problem.seats}


def _teller() -> Callable[[Progress], None]:
    """Give what prints reports: each new step at once, the others a few times a second."""
    step, last = "", 0.0

    def tell(progress: Progress) -> None:
        nonlocal step, last
        if progress.method != step or progress.seconds - last >= REPORT_SECONDS:
            step, last = progress.method, progress.seconds
            sys.stdout.write(json.dumps(asdict(progress)) + "\n")
            sys.stdout.flush()

    return tell


def _sum_up(problem: Problem, plan: Plan) -> None:
    total = len(problem.seats)
    print(
        f"{total - len(plan.open)} of {total} seats filled, {plan.method}, {plan.status}, "
        f"objective {plan.objective}, bound {plan.bound}, {plan.seconds:.2f} s"
    )
    print(f"hours spread over the volunteers: {fairness_index(problem, plan):.2f} (1 is even)")
    if plan.factor != problem.weights.factor:
        print(f"the factor of a filled seat was raised to {plan.factor}: one assignment costs more")


def _check(chosen: argparse.Namespace) -> int:
    problem, plan = read_problem(_read(chosen.problem)), read_plan(_read(chosen.plan))
    violations = check(problem, plan)
    for violation in violations:
        print(f"{violation.code}: {violation.detail}", file=sys.stderr)
    if not violations:
        print(f"the plan holds, objective {plan.objective}")
    return REFUSED if violations else DONE


def _warm(chosen: argparse.Namespace) -> int:
    """Solve drawn weeks the way of large ones, so that every kernel is compiled and kept."""
    for size in WARM_SIZES:
        budget = Budget(WARM_SECONDS, iterations=WARM_ITERATIONS)
        solve(generate(SIZES[size], 1), budget=budget, method="prices")
    if chosen.output is not None:
        chosen.output.write_text("all kernels are compiled\n", encoding="utf-8")
    return DONE


def _read(path: Path) -> object:
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise ValueError(f"{path} is no UTF-8 text") from fault


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "solve": _solve,
    "check": _check,
    "warm": _warm,
}


if __name__ == "__main__":
    sys.exit(main())
