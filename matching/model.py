"""The choice among free pairs as an integer program, beside what is already fixed.

The program knows no solver: rows of whole numbers over bounded variables, a cost to minimise and
a hint for every variable.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from matching.cliques import conflict_cliques
from matching.costs import fairness_steps
from matching.schedule import CapKey, Schedule
from matching.tables import Ints
from matching.teams import strict_teams


@dataclass(frozen=True)
class Row:
    """sum of coefficient · variable ≤ bound, or = bound."""

    variables: list[int]
    coefficients: list[int]
    bound: int
    equal: bool = False

    @property
    def is_packing(self) -> bool:
        """At most one of these."""
        return self.bound == 1 and not self.equal and set(self.coefficients) == {1}


@dataclass
class Program:
    """Minimise cost · x over 0 ≤ x ≤ upper; the first variables are the pairs, in order."""

    pairs: list[int]
    upper: list[int] = field(default_factory=list)
    cost: list[int] = field(default_factory=list)
    hint: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def variable(self, *, upper: int, cost: int, hint: int) -> int:
        """Add a variable and give its number."""
        self.upper.append(upper)
        self.cost.append(cost)
        self.hint.append(hint)
        return len(self.upper) - 1

    def at_most(self, variables: list[int], bound: int) -> None:
        """Let at most `bound` of these be one."""
        self.rows.append(Row(variables, [1] * len(variables), bound))


def build_program(schedule: Schedule, pairs: Ints, chosen: frozenset[int]) -> Program:
    """Write down the choice among `pairs` (ascending), each of which fits the schedule alone.

    Its cost is the fall of the objective; `chosen` are the pairs of a known plan, the hint.
    """
    program = Program(pairs.tolist())
    seats = schedule.problem.seats
    costs = schedule.candidates.cost[pairs].tolist()
    for pair, cost in zip(program.pairs, costs, strict=True):
        gain = schedule.factor * seats[schedule.seat_of(pair)].priority
        program.variable(upper=1, cost=cost - gain, hint=int(pair in chosen))
    by_seat = _by_seat(schedule, program)
    for variables in by_seat.values():
        program.at_most(variables, 1)
    place = {pair: number for number, pair in enumerate(program.pairs)}
    for clique in conflict_cliques(schedule.candidates, pairs):
        program.at_most([place[pair] for pair in clique], 1)
    _caps(schedule, program)
    _fairness(schedule, program)
    _teams(schedule, program, by_seat)
    _options(schedule, program, by_seat)
    _quotas(schedule, program, by_seat)
    return program


def _by_seat(schedule: Schedule, program: Program) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for number, pair in enumerate(program.pairs):
        found.setdefault(schedule.seat_of(pair), []).append(number)
    return found


def _caps(schedule: Schedule, program: Program) -> None:
    """What a cap has left bounds the new work: sum of amounts ≤ left - taken."""
    rows: dict[CapKey, tuple[list[int], list[int], int]] = {}
    for number, pair in enumerate(program.pairs):
        for key, amount, left in schedule.needs(pair):
            row = rows.setdefault(key, ([], [], left))
            row[0].append(number)
            row[1].append(amount)
    for key, (variables, amounts, left) in rows.items():
        room = max(0, left - schedule.taken[key])
        if sum(amounts) > room:
            program.rows.append(Row(variables, amounts, room))


def _fairness(schedule: Schedule, program: Program) -> None:
    """Minutes beyond each step cost its points: z ≥ minutes - (above - base), z ≥ 0."""
    loads: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
    for number, pair in enumerate(program.pairs):
        person, week, worked = schedule.load(pair)
        variables, minutes = loads.setdefault((person, week), ([], []))
        variables.append(number)
        minutes.append(worked)
    for (person, week), (variables, minutes) in loads.items():
        base = schedule.minutes[person, week] + schedule.problem.volunteers[person].lead_minutes
        for above, points in fairness_steps(schedule.problem.weights):
            _step(program, variables, minutes, slack=above - base, points=points)


def _step(
    program: Program, variables: list[int], minutes: list[int], *, slack: int, points: int
) -> None:
    if slack <= 0:
        for variable, worked in zip(variables, minutes, strict=True):
            program.cost[variable] += points * worked
        return
    most = sum(minutes)
    if most <= slack:
        return
    hinted = int(np.dot(minutes, [program.hint[variable] for variable in variables]))
    over = program.variable(upper=most - slack, cost=points, hint=max(0, hinted - slack))
    program.rows.append(Row([*variables, over], [*minutes, -1], slack))


def _teams(schedule: Schedule, program: Program, by_seat: dict[int, list[int]]) -> None:
    """All seats of a team or none: each seat's sum equals the team's variable."""
    for team in strict_teams(schedule.problem):
        if not any(seat in by_seat for seat in team):
            continue
        filled = [_any(program, by_seat.get(seat, [])) for seat in team]
        goes = program.variable(upper=1, cost=0, hint=min(filled))
        for seat in team:
            variables = by_seat.get(seat, [])
            row = Row([*variables, goes], [1] * len(variables) + [-1], 0, equal=True)
            program.rows.append(row)


def _any(program: Program, variables: Sequence[int]) -> int:
    return max((program.hint[variable] for variable in variables), default=0)


def _options(schedule: Schedule, program: Program, by_seat: dict[int, list[int]]) -> None:
    """One date for all seats of a request: a seat's sum on a date ≤ whether the date is taken."""
    for names in schedule.problem.same_option:
        rows = [schedule.problem.seat_index[name] for name in dict.fromkeys(names)]
        dates = []
        for parts in _by_option(schedule, program, [by_seat.get(row, []) for row in rows]):
            hint = max(_any(program, part) for part in parts)
            dates.append(program.variable(upper=1, cost=0, hint=hint))
            for part in parts:
                program.rows.append(Row([*part, dates[-1]], [1] * len(part) + [-1], 0))
        if dates:
            program.at_most(dates, 1)


def _by_option(
    schedule: Schedule, program: Program, seats: list[list[int]]
) -> list[list[list[int]]]:
    """Give per date one list of variables per seat."""
    found: dict[int, dict[int, list[int]]] = {}
    for number, variables in enumerate(seats):
        for variable in variables:
            option = int(schedule.candidates.option[program.pairs[variable]])
            found.setdefault(option, {}).setdefault(number, []).append(variable)
    return [list(parts.values()) for _, parts in sorted(found.items())]


def _quotas(schedule: Schedule, program: Program, by_seat: dict[int, list[int]]) -> None:
    """At most k seats of a set are filled: sum ≤ k - filled."""
    for number, quota in enumerate(schedule.problem.at_most):
        rows = {schedule.problem.seat_index[name] for name in quota.seats}
        variables = [variable for row in sorted(rows) for variable in by_seat.get(row, ())]
        if variables:
            program.at_most(variables, quota.k - schedule.filled[number])
