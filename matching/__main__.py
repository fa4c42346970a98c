"""Solves and checks problem files: `python -m matching solve PROBLEM.json -o PLAN.json`."""

import argparse
import json
import sys
from pathlib import Path

from matching.checker import check
from matching.engine import solve
from matching.files import parse, read_plan, read_problem, write_plan

DONE, REFUSED = 0, 1


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused with a sentence (a wrong call ends with 2)."""
    chosen = _parser().parse_args(arguments)
    try:
        return _solve(chosen) if chosen.command == "solve" else _check(chosen)
    except (ValueError, OSError) as fault:
        print(f"{fault}", file=sys.stderr)
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m matching", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    solver = commands.add_parser("solve", help="find a plan and write it")
    solver.add_argument("problem", type=Path)
    solver.add_argument("-o", "--output", type=Path, required=True)
    solver.add_argument("--seconds", type=_positive, default=10.0)
    solver.add_argument("--seed", type=int, default=0)
    checker = commands.add_parser("check", help="judge a plan")
    checker.add_argument("problem", type=Path)
    checker.add_argument("plan", type=Path)
    return parser


def _positive(value: str) -> float:
    seconds = float(value)
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError("seconds must lie above 0 and at most be a day")
    return seconds


def _solve(chosen: argparse.Namespace) -> int:
    problem = read_problem(_read(chosen.problem))
    plan = solve(problem, seconds=chosen.seconds, seed=chosen.seed)
    content = json.dumps(write_plan(plan), ensure_ascii=False, indent=1)
    chosen.output.write_text(content + "\n", encoding="utf-8")
    total = len(problem.seats)
    print(
        f"{total - len(plan.open)} of {total} seats filled, {plan.method}, {plan.status}, "
        f"objective {plan.objective}, bound {plan.bound}, {plan.seconds:.2f} s"
    )
    if plan.factor != problem.weights.factor:
        print(f"the factor of a filled seat was raised to {plan.factor}: one assignment costs more")
    return DONE


def _check(chosen: argparse.Namespace) -> int:
    problem, plan = read_problem(_read(chosen.problem)), read_plan(_read(chosen.plan))
    violations = check(problem, plan)
    for violation in violations:
        print(f"{violation.code}: {violation.detail}", file=sys.stderr)
    if not violations:
        print(f"the plan holds, objective {plan.objective}")
    return REFUSED if violations else DONE


def _read(path: Path) -> object:
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise ValueError(f"{path} is no UTF-8 text") from fault


if __name__ == "__main__":
    sys.exit(main())
