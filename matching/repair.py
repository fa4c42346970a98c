"""Decides a small neighbourhood of a plan again and leaves the rest where it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np

from matching.candidates import Candidates, find_candidates
from matching.cpsat import Limits, solve_program
from matching.model import Program, Row, build_program
from matching.reach import helpers
from matching.schedule import Schedule
from matching.section import NOTHING, Patch, Section, cut
from matching.standing import Change, Standing, assignment, find_pair
from matching.teams import strict_teams

WORK = 1.0
LONGEST_SECONDS = 5.0


@dataclass(frozen=True)
class Wish:
    """What a repair has to keep to.

    The seat `must` ends filled, by the volunteer `by` on the date `option` if these are named, and
    no priority is lost elsewhere. At most `touch` of the seats in `confirmed` go to somebody else
    or stay open; a seat of a team that is not whole any more may stay open without counting.
    Every assignment of the plan that does not stay as it is weighs `change` points (None: as in
    the weights), on top of the objective. `work` is deterministic time: the same answer on every
    machine.
    """

    must: str | None = None
    by: str | None = None
    option: int | None = None
    confirmed: frozenset[str] = frozenset()
    touch: int | None = None
    change: int | None = None
    seed: int = 0
    work: float = WORK


@dataclass(frozen=True)
class Decision:
    """What a repair changes: the rise of filled priority, and of the objective (in points)."""

    changes: tuple[Change, ...]
    fill: int
    points: int

    @property
    def moved(self) -> int:
        """How many assignments do not stay as they are."""
        return sum(change.before is not None for change in self.changes)


def repair(
    standing: Standing, free: Collection[int], wish: Wish, patch: Patch = NOTHING
) -> Decision | None:
    """Decide some seats (rows, bundles whole) again.

    Gives None when the wish cannot be met; without a seat that must be filled the answer is never
    worse than the plan, the weight of the changes included.
    """
    asked = [seat for seat in free if wish.by is None or wish.must != standing.seat_id(seat)]
    with standing.without(free):
        people = set(chain.from_iterable(helpers(standing, seat) for seat in asked))
    return decide(cut(standing, free, people, patch), wish)


def decide(section: Section, wish: Wish) -> Decision | None:
    """Decide the free seats of a section as well as can be; None when the wish cannot be met."""
    candidates = find_candidates(section.problem)
    schedule = Schedule(candidates, section.factor)
    held = _current(candidates, section)
    current = _without_broken_teams(schedule, held)
    fitting = [pair for pair in np.flatnonzero(~candidates.pinned).tolist() if schedule.fits(pair)]
    program = build_program(
        schedule, np.array(fitting, dtype=np.int64), frozenset(current.values())
    )
    _weigh_changes(schedule, program, current, wish)
    _limit_touch(schedule, program, held, current, wish)
    if not _demand(schedule, program, current, wish):
        return None
    answer = solve_program(program, Limits(LONGEST_SECONDS, wish.work, wish.seed))
    if answer is None:
        return None if wish.must is not None else _decision(schedule, section, held, current)
    chosen = {schedule.seat_of(pair): pair for pair in answer.pairs}
    found = _decision(schedule, section, held, chosen)
    stay = _decision(schedule, section, held, current)
    kept = sum(chosen.get(seat) != pair for seat, pair in current.items())
    worse = found.points - _change(schedule, wish) * kept < stay.points
    return stay if worse and wish.must is None else found


def _change(schedule: Schedule, wish: Wish) -> int:
    return schedule.problem.weights.change if wish.change is None else wish.change


def _current(candidates: Candidates, section: Section) -> dict[int, int]:
    """Give seat row → pair of the assignments that still hold."""
    found = {}
    for made in section.current.values():
        pair = find_pair(candidates, made)
        if pair is not None:
            found[int(candidates.seat[pair])] = pair
    return found


def _without_broken_teams(schedule: Schedule, current: Mapping[int, int]) -> dict[int, int]:
    """Leave out the seats of teams that are not whole any more."""
    kept, teams = dict(current), strict_teams(schedule.problem)
    while broken := [seat for t in teams if not set(t) <= set(kept) for seat in t if seat in kept]:
        for seat in dict.fromkeys(broken):
            del kept[seat]
    return kept


def _weigh_changes(
    schedule: Schedule, program: Program, current: Mapping[int, int], wish: Wish
) -> None:
    """What stays as it is gains the weight of a change.

    Somebody else on a seat with a published proposal pays for the change in the objective already,
    so it is not asked twice.
    """
    change, problem = _change(schedule, wish), schedule.problem
    for number, pair in enumerate(program.pairs):
        seat = schedule.seat_of(pair)
        if seat not in current:
            continue
        person = problem.volunteers[int(schedule.candidates.volunteer[pair])].id
        holder = problem.volunteers[int(schedule.candidates.volunteer[current[seat]])].id
        paid = problem.seats[seat].published == holder != person
        if pair == current[seat]:
            program.cost[number] -= change
        elif paid:
            program.cost[number] -= min(change, problem.weights.change)


def _limit_touch(
    schedule: Schedule,
    program: Program,
    held: Mapping[int, int],
    current: Mapping[int, int],
    wish: Wish,
) -> None:
    """All but `touch` confirmed assignments stay, or stay open where the team is not whole.

    sum of others who go where somebody confirmed for such a team - sum of those kept elsewhere
    ≤ touch - number of those elsewhere.
    """
    if wish.touch is None:
        return
    seats = schedule.problem.seats
    confirmed = {seat: pair for seat, pair in held.items() if seats[seat].id in wish.confirmed}
    row = Row([], [], wish.touch - len(confirmed.keys() & current.keys()))
    for number, pair in enumerate(program.pairs):
        seat = schedule.seat_of(pair)
        if seat in confirmed and (pair == confirmed[seat]) == (seat in current):
            row.variables.append(number)
            row.coefficients.append(-1 if seat in current else 1)
    if row.variables:
        program.rows.append(row)


def _demand(schedule: Schedule, program: Program, current: Mapping[int, int], wish: Wish) -> bool:
    """The wanted seat is filled, and all priority together rises by its own; False if nobody can.

    sum of priority · filled ≥ priority filled now + priority of the wanted seat.
    """
    if wish.must is None:
        return True
    problem = schedule.problem
    row = problem.seat_index[wish.must]
    people = schedule.candidates.volunteer
    able = [
        number
        for number, pair in enumerate(program.pairs)
        if schedule.seat_of(pair) == row
        and wish.by in (None, problem.volunteers[int(people[pair])].id)
        and wish.option in (None, int(schedule.candidates.option[pair]))
    ]
    if not able:
        return False
    program.rows.append(Row(able, [1] * len(able), 1, equal=True))
    least = sum(problem.seats[seat].priority for seat in {*current, row})
    priorities = [-problem.seats[schedule.seat_of(pair)].priority for pair in program.pairs]
    program.rows.append(Row([*range(len(priorities))], priorities, -least))
    return True


def _decision(
    schedule: Schedule, section: Section, held: Mapping[int, int], chosen: Mapping[int, int]
) -> Decision:
    before, after = _figures(schedule, held.values()), _figures(schedule, chosen.values())
    changes = []
    for name in section.free:
        pair = chosen.get(schedule.problem.seat_index[name])
        old = section.before.get(name)
        new = None if pair is None else assignment(schedule.candidates, pair)
        if (old and (old.volunteer, old.option)) != (new and (new.volunteer, new.option)):
            changes.append(Change(name, old, new))
    return Decision(tuple(changes), after[0] - before[0], after[1] - before[1])


def _figures(schedule: Schedule, pairs: Collection[int]) -> tuple[int, int]:
    """Give fill and objective with some pairs added."""
    for pair in pairs:
        schedule.add(pair)
    figures = schedule.fill, schedule.objective
    for pair in pairs:
        schedule.remove(pair)
    return figures
