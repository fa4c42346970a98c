"""Shift minimisation personnel task scheduling: fewest people, all tasks, with the same core.

python -m bench.smptsp FILE… [--seconds S] [--seed N] [--json]

Reads the text format of the published instances and prints people, a lower bound on them, and the
seconds. People are left out one by one, prices of tasks say how few it could be, and of small
instances that are still open the engine decides the rest. Where not every task can be done, people
and bound are those of the tasks that the engine fills. Every plan goes through the engine and its
checker.

References
----------
Krishnamoorthy, Ernst, Baatar (2012): Algorithms for large scale shift minimisation personnel task
scheduling problems. European Journal of Operational Research 219, 34-48.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench.fewer import Found, Search, duties
from bench.fewer_bound import busiest, lower_bound
from matching import (
    Budget,
    Place,
    Plan,
    Problem,
    Seat,
    Span,
    Transport,
    Travel,
    Volunteer,
    Weights,
    Window,
    check,
    solve,
)

BOUND_SHARE = 0.2
"""Share of the time that the prices may take."""
EXACT_SHARE = 0.4
"""Share of the time kept for the engine where the instance is small."""
EXACT_PAIRS = 1_000
"""Pairs of a person and a task she can do up to which an instance is small."""
OPENING = 100
FACTOR = 1_000
ROLE = "interpreter"
WEIGHTS = Weights(
    name="fewest people",
    factor=FACTOR,
    travel=0,
    fairness=(),
    wished=0,
    options=(0,),
    opening=OPENING,
)


@dataclass(frozen=True)
class Instance:
    """Tasks as half-open [start, end), and per person the numbers of those she can do."""

    name: str
    tasks: tuple[tuple[int, int], ...]
    people: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Outcome:
    """How many people do how many of the tasks, and the fewest it could be."""

    name: str
    people: int
    lower_bound: int
    done: int
    tasks: int
    seconds: float
    violations: int


def read(file: Path) -> Instance:
    """Read one instance.

    Comments begin with "#". Then come "Type = 1", "Jobs = n" with n lines "start end", and
    "Qualifications = m" with m lines "k: t1 … tk", the tasks counted from 0.

    Raises
    ------
    ValueError
        If the file is not in this format.
    """
    try:
        return _instance(file.stem, _lines(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ValueError(f"{file.name}: {error}") from error


def _instance(name: str, lines: Iterator[str]) -> Instance:
    kind = _value(_next(lines), "Type")
    if kind != 1:
        raise ValueError(f"only instances of type 1 are read, this is {kind}")
    tasks = tuple(_task(_next(lines)) for _ in range(_value(_next(lines), "Jobs")))
    count = _value(_next(lines), "Qualifications")
    people = tuple(_person(_next(lines), len(tasks)) for _ in range(count))
    if next(lines, None) is not None:
        raise ValueError("it goes on after the last person")
    return Instance(name, tasks, people)


def _next(lines: Iterator[str]) -> str:
    line = next(lines, None)
    if line is None:
        raise ValueError("it ends too early")
    return line


def write(instance: Instance) -> str:
    """Give an instance in the same format."""
    lines = [f"# {instance.name}", "Type = 1", f"Jobs = {len(instance.tasks)}"]
    lines += [f"  {start}  {end}" for start, end in instance.tasks]
    lines.append(f"Qualifications = {len(instance.people)}")
    for can in instance.people:
        lines.append(f"  {len(can)}: {' '.join(str(task) for task in sorted(can))}".rstrip())
    return "\n".join(lines) + "\n"


def _lines(text: str) -> Iterator[str]:
    stripped = (line.partition("#")[0].strip() for line in text.splitlines())
    return (line for line in stripped if line)


def _value(line: str, name: str) -> int:
    key, equals, value = line.partition("=")
    if not equals or key.strip() != name:
        raise ValueError(f"expected {name!r}, found {line[:40]!r}")
    number = int(value)
    if number < 0:
        raise ValueError(f"{name} is below zero")
    return number


def _task(line: str) -> tuple[int, int]:
    start, end = (int(part) for part in line.split())
    if not 0 <= start < end:
        raise ValueError(f"a task has to end after it starts: {line!r}")
    return start, end


def _person(line: str, tasks: int) -> frozenset[int]:
    count, colon, rest = line.partition(":")
    numbers = [int(part) for part in rest.split()]
    if not colon or int(count) != len(numbers):
        raise ValueError(f"the number of tasks is not that of the list: {line[:40]!r}")
    if any(not 0 <= number < tasks for number in numbers):
        raise ValueError(f"there are tasks from 0 to {tasks - 1}: {line[:40]!r}")
    return frozenset(numbers)


def to_problem(instance: Instance) -> Problem:
    """Give the same question to the engine: one language and place, and a price per person."""
    end = max((task[1] for task in instance.tasks), default=1)
    return Problem(
        languages=("de",),
        substitution=((0,),),
        needs_consent=((False,),),
        places=(Place(0, 0, 0),),
        travel=Travel({"foot": Transport(100)}, buffer_minutes=0),
        volunteers=tuple(
            Volunteer(
                f"p{number}",
                frozenset((ROLE,)),
                home=0,
                transport="foot",
                windows=(Window(0, end),),
                only_kinds=frozenset(f"t{task}" for task in can),
            )
            for number, can in enumerate(instance.people)
        ),
        seats=tuple(_seat(number, *task) for number, task in enumerate(instance.tasks)),
        weights=WEIGHTS,
    )


def _seat(number: int, start: int, end: int) -> Seat:
    """Give a task by phone, so that nobody travels; its own tag says who can do it."""
    name = f"t{number}"
    spans = (Span(start, end, 0, 1, 2026),)
    return Seat(name, name, ROLE, spans, modes=("phone",), tags=frozenset((name,)))


def fewest(
    instance: Instance, *, seconds: float, seed: int = 0, iterations: int | None = None
) -> Outcome:
    """Give all tasks to as few people as possible.

    With `iterations` (thousands of insertions) the search alone decides, and the same seed gives
    the same people, as long as the seconds suffice.
    """
    budget, problem = Budget(seconds), to_problem(instance)
    exactly = iterations is None and sum(map(len, instance.people)) <= EXACT_PAIRS
    kept = EXACT_SHARE * seconds if exactly else 0.0
    found, least = _searched(
        instance, Budget(seconds, iterations, reserve=kept, started=budget.started), seed
    )
    if found is None:
        plan = solve(problem, seconds=budget.left, seed=seed)
        return _outcome(instance, problem, plan, _proven(plan), budget)
    plan = _as_plan(problem, found)
    if found.people > least and exactly:
        exact = solve(problem, seconds=budget.left, seed=seed)
        least = max(least, 0 if exact.open else _proven(exact))
        plan = max(plan, exact, key=lambda plan: plan.objective)
    return _outcome(instance, problem, plan, least, budget)


def _searched(instance: Instance, budget: Budget, seed: int) -> tuple[Found | None, int]:
    """Search a little, look for the bound, and search on until people and bound meet."""
    work = duties(instance.tasks, instance.people)
    search = Search(work, seed)
    search.begin(budget, least=len(busiest(work)))
    if search.best is None:
        return None, 0
    share = Budget(min(budget.left, BOUND_SHARE * budget.seconds))
    least = lower_bound(work, share, people=search.best.people)
    return search.go_on(budget, least=least), least


def _as_plan(problem: Problem, found: Found) -> Plan:
    """Let the engine plan with those who work, each for no more than what was found."""
    own: dict[int, set[str]] = {}
    for task, person in enumerate(found.who.tolist()):
        own.setdefault(person, set()).add(f"t{task}")
    team = tuple(
        replace(problem.volunteers[person], only_kinds=frozenset(kinds))
        for person, kinds in sorted(own.items())
    )
    return solve(replace(problem, volunteers=team), method="greedy")


def _outcome(
    instance: Instance, problem: Problem, plan: Plan, least: int, budget: Budget
) -> Outcome:
    return Outcome(
        name=instance.name,
        people=len({made.volunteer for made in plan.assignments}),
        lower_bound=least,
        done=len(plan.assignments),
        tasks=len(instance.tasks),
        seconds=round(budget.used, 3),
        violations=len(check(problem, plan)),
    )


def _proven(plan: Plan) -> int:
    """Give the fewest people for what is done: opening · people ≥ factor · fill - bound."""
    if plan.bound is None:
        return 0
    return max(0, -((plan.bound - plan.factor * plan.fill) // OPENING))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    for file in chosen.files:
        try:
            instance = read(file)
        except (OSError, ValueError) as error:
            sys.exit(str(error))
        outcome = fewest(instance, seconds=chosen.seconds, seed=chosen.seed)
        print(json.dumps(asdict(outcome)) if chosen.json else _line(outcome))


def _line(outcome: Outcome) -> str:
    open_tasks = outcome.tasks - outcome.done
    rest = f", {open_tasks} of {outcome.tasks} tasks open" if open_tasks else ""
    return (
        f"{outcome.name}: {outcome.people} people, at least {outcome.lower_bound}, "
        f"{outcome.seconds:.2f} s{rest}"
    )


if __name__ == "__main__":
    main()
