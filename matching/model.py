"""The choice among free pairs as an integer program, beside what is already fixed.

The program knows no solver: rows of whole numbers over bounded variables, a cost to minimise and
a hint for every variable.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

import numpy as np

from matching.cliques import conflict_cliques
from matching.costs import fairness_steps
from matching.schedule import CapKey, Schedule
from matching.tables import Ints
from matching.teams import strict_teams


@dataclass(frozen=True)
class Row:
    """sum of coefficient · variable ≤ bound, or = bound.

    A cut follows from other rows for whole numbers and only makes the relaxation tighter.
    """

    variables: list[int]
    coefficients: list[int]
    bound: int
    equal: bool = False
    cut: bool = False

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

    def hinted(self, variables: Iterable[int]) -> int:
        """Give 1 if one of these is in the hint."""
        return max((self.hint[variable] for variable in variables), default=0)


class Part(NamedTuple):
    """Pairs (positions in `Choice.pairs`) with an amount each, and one number for all of them."""

    pairs: list[int]
    amounts: list[int]
    number: int


@dataclass(frozen=True)
class Choice:
    """Pairs to choose from, each of which fits alone, with all that binds them.

    `cost` is the fall of the objective by each, fairness apart. `caps` have the room that is left
    as their number, `loads` the minutes a volunteer's week begins with. `teams`, `dates` and
    `quotas` (seats, how many more may be filled) name seats.
    """

    pairs: list[int]
    cost: list[int]
    seat: list[int]
    option: list[int]
    worker: list[int]
    cliques: Iterable[list[int]]
    caps: Iterable[Part]
    loads: Iterable[Part]
    teams: Iterable[Sequence[int]]
    dates: Iterable[Sequence[int]]
    quotas: Iterable[tuple[Sequence[int], int]]
    steps: tuple[tuple[int, int], ...]
    opening: int = 0
    at_work: Collection[int] = ()


def write_program(choice: Choice, chosen: Collection[int]) -> Program:
    """Write a choice down; `chosen` are the pairs of a known plan, the hint."""
    program = Program(choice.pairs)
    for pair, cost in zip(choice.pairs, choice.cost, strict=True):
        program.variable(upper=1, cost=cost, hint=int(pair in chosen))
    by_seat: dict[int, list[int]] = {}
    for number, seat in enumerate(choice.seat):
        by_seat.setdefault(seat, []).append(number)
    cliques = [list(clique) for clique in choice.cliques]
    for variables in chain(by_seat.values(), cliques):
        program.at_most(variables, 1)
    for cap in choice.caps:
        if sum(cap.amounts) > cap.number:
            program.rows.append(Row(cap.pairs, cap.amounts, cap.number))
    for load in choice.loads:
        for above, points in choice.steps:
            _step(program, load, slack=above - load.number, points=points)
    _opening(program, choice)
    _teams(program, choice, by_seat, cliques)
    _dates(program, choice, by_seat)
    _limits(program, choice, by_seat)
    return program


def _limits(program: Program, choice: Choice, by_seat: dict[int, list[int]]) -> None:
    """At most so many more seats of a quota are filled."""
    for seats, left in choice.quotas:
        variables = [variable for seat in seats for variable in by_seat.get(seat, ())]
        if variables:
            program.at_most(variables, left)


def _step(program: Program, load: Part, *, slack: int, points: int) -> None:
    """Minutes beyond each step cost its points: z ≥ minutes - (above - base), z ≥ 0."""
    if slack <= 0:
        for variable, worked in zip(load.pairs, load.amounts, strict=True):
            program.cost[variable] += points * worked
        return
    most = sum(load.amounts)
    if most <= slack:
        return
    hinted = int(np.dot(load.amounts, [program.hint[variable] for variable in load.pairs]))
    over = program.variable(upper=most - slack, cost=points, hint=max(0, hinted - slack))
    program.rows.append(Row([*load.pairs, over], [*load.amounts, -1], slack))


def _opening(program: Program, choice: Choice) -> None:
    """Whoever works at all costs the opening: each of her pairs ≤ whether she works."""
    if not choice.opening:
        return
    own: dict[int, list[int]] = {}
    for number, person in enumerate(choice.worker):
        own.setdefault(person, []).append(number)
    for person, variables in own.items():
        if person not in choice.at_work:
            hint = program.hinted(variables)
            works = program.variable(upper=1, cost=choice.opening, hint=hint)
            for variable in variables:
                program.rows.append(Row([variable, works], [1, -1], 0))


def _teams(
    program: Program, choice: Choice, by_seat: dict[int, list[int]], cliques: list[list[int]]
) -> None:
    """All seats of a team or none: each seat's sum equals the team's variable.

    Who can do one of its seats at most is one of those who go with it (`heads`).
    """
    teams = [list(team) for team in choice.teams]
    heads = _heads(choice, teams, cliques)
    for number, team in enumerate(teams):
        seats = [by_seat.get(seat, []) for seat in team]
        if not any(seats):
            continue
        hint = min(program.hinted(variables) for variables in seats)
        goes = program.variable(upper=1, cost=0, hint=hint)
        for variables in seats:
            row = Row([*variables, goes], [1] * len(variables) + [-1], 0, equal=True)
            program.rows.append(row)
        for head in heads.get(number, ()):
            program.rows.append(Row([*head, goes], [1] * len(head) + [-1], 0, cut=True))


def _heads(
    choice: Choice, teams: list[list[int]], cliques: list[list[int]]
) -> dict[int, list[list[int]]]:
    """Give per team the variables of which one volunteer can have one at most, two or more."""
    team_of = {seat: number for number, team in enumerate(teams) for seat in team}
    found: dict[int, list[list[int]]] = {}
    for clique in cliques:
        own: dict[int, list[int]] = {}
        for variable in clique:
            number = team_of.get(choice.seat[variable])
            if number is not None:
                own.setdefault(number, []).append(variable)
        for number, head in own.items():
            if len(head) > 1 and head not in found.setdefault(number, []):
                found[number].append(head)
    return found


def _dates(program: Program, choice: Choice, by_seat: dict[int, list[int]]) -> None:
    """One date for all seats of a request: a seat's sum on a date ≤ whether the date is taken."""
    for group in choice.dates:
        dates = []
        for parts in _by_option(choice, [by_seat.get(seat, []) for seat in group]):
            hint = max(program.hinted(part) for part in parts)
            dates.append(program.variable(upper=1, cost=0, hint=hint))
            for part in parts:
                program.rows.append(Row([*part, dates[-1]], [1] * len(part) + [-1], 0))
        if dates:
            program.at_most(dates, 1)


def _by_option(choice: Choice, seats: list[list[int]]) -> list[list[list[int]]]:
    """Give per date one list of variables per seat."""
    found: dict[int, dict[int, list[int]]] = {}
    for number, variables in enumerate(seats):
        for variable in variables:
            found.setdefault(choice.option[variable], {}).setdefault(number, []).append(variable)
    return [list(parts.values()) for _, parts in sorted(found.items())]


def build_program(schedule: Schedule, pairs: Ints, chosen: frozenset[int]) -> Program:
    """Write down the choice among `pairs` (ascending), each of which fits the schedule alone.

    Its cost is the fall of the objective; `chosen` are the pairs of a known plan, the hint.
    """
    return write_program(_choice(schedule, pairs), chosen)


def _choice(schedule: Schedule, pairs: Ints) -> Choice:
    candidates, problem = schedule.candidates, schedule.problem
    known = pairs.tolist()
    place = {pair: number for number, pair in enumerate(known)}
    seats = candidates.seat[pairs].tolist()
    worth = [schedule.factor * problem.seats[seat].priority for seat in seats]
    index = problem.seat_index
    return Choice(
        pairs=known,
        cost=[c - w for c, w in zip(candidates.cost[pairs].tolist(), worth, strict=True)],
        seat=seats,
        option=candidates.option[pairs].tolist(),
        worker=candidates.volunteer[pairs].tolist(),
        cliques=([place[p] for p in c] for c in conflict_cliques(candidates, pairs)),
        caps=_caps(schedule, known),
        loads=_loads(schedule, known),
        teams=strict_teams(problem),
        dates=[[index[name] for name in dict.fromkeys(names)] for names in problem.same_option],
        quotas=_quotas(schedule),
        steps=fairness_steps(problem.weights),
        opening=problem.weights.opening,
        at_work={person for person, work in schedule.pairs_of.items() if work},
    )


def _caps(schedule: Schedule, pairs: list[int]) -> list[Part]:
    """What a cap has left bounds the new work: sum of amounts ≤ left - taken."""
    caps: dict[CapKey, Part] = {}
    for number, pair in enumerate(pairs):
        for key, amount, left in schedule.needs(pair):
            part = caps.setdefault(key, Part([], [], max(0, left - schedule.taken[key])))
            part.pairs.append(number)
            part.amounts.append(amount)
    return list(caps.values())


def _loads(schedule: Schedule, pairs: list[int]) -> list[Part]:
    loads: dict[tuple[int, int], Part] = {}
    for number, pair in enumerate(pairs):
        person, week, worked = schedule.load(pair)
        lead = schedule.problem.volunteers[person].lead_minutes
        part = loads.setdefault((person, week), Part([], [], lead + schedule.minutes[person, week]))
        part.pairs.append(number)
        part.amounts.append(worked)
    return list(loads.values())


def _quotas(schedule: Schedule) -> list[tuple[list[int], int]]:
    """At most k seats of a set are filled: sum ≤ k - filled."""
    index, filled = schedule.problem.seat_index, schedule.filled
    return [
        (sorted({index[name] for name in quota.seats}), quota.k - filled[number])
        for number, quota in enumerate(schedule.problem.at_most)
    ]
