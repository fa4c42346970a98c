"""Decides a small neighbourhood of a plan again and leaves the rest where it is."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np

from matching.candidates import Candidates, find_candidates
from matching.cpsat import Limits, solve_program
from matching.model import Program, Row, build_program
from matching.schedule import Schedule
from matching.section import NOTHING, Patch, Section, cut
from matching.standing import Change, Standing, assignment, find_pair

DEPTH = 3
MOST_SEATS = 80
NEAREST = 25
TRIES = 60
WORK = 1.0
LONGEST_SECONDS = 5.0


@dataclass(frozen=True)
class Wish:
    """What a repair has to keep to.

    The seat `must` ends filled, by the volunteer `by` on the date `option` if these are named, and
    no priority is lost elsewhere. At most `touch` of the seats in `confirmed` go to somebody else.
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
        helpers = set(chain.from_iterable(_helpers(standing, seat) for seat in asked))
    return decide(cut(standing, free, helpers, patch), wish)


def neighbourhood(
    standing: Standing,
    seeds: Iterable[int],
    *,
    lost: frozenset[int] = frozenset(),
    most: int = MOST_SEATS,
) -> tuple[int, ...]:
    """Give up to `most` seats (rows) that ejection chains from the seeds can reach, bundles whole.

    A step goes from a seat over its cheapest volunteers to the seats for which they have no time
    or no room. Accepted work stays out, unless it is lost.
    """
    free = dict.fromkeys(sorted(lost))
    for seed in (*seeds, *lost):
        _take(standing, free, seed)
    most, edge = max(most, 2 * len(free)), list(free)
    for _ in range(DEPTH):
        known = set(free)
        for seat in chain.from_iterable(_blockers(standing, seat) for seat in edge):
            if len(free) >= most:
                break
            _take(standing, free, seat)
        edge = [seat for seat in free if seat not in known]
    return tuple(free)


def _take(standing: Standing, free: dict[int, None], seat: int) -> None:
    for mate in standing.bundle_of[seat]:
        if mate not in standing.schedule.pinned:
            free.setdefault(mate)


def _cheapest(candidates: Candidates, seat: int, count: int) -> list[int]:
    pairs = candidates.of_seat(seat)
    order = np.argsort(candidates.cost[pairs], kind="stable")
    found: list[int] = pairs[order[:count]].tolist()
    return found


def _blockers(standing: Standing, seat: int) -> Iterator[int]:
    """Give the seats that keep the cheapest volunteers of a seat from it."""
    for pair in _cheapest(standing.candidates, seat, NEAREST):
        yield from blocking(standing.schedule, pair)


def blocking(schedule: Schedule, pair: int) -> list[int]:
    """Give the seats of a volunteer that stand against a pair: time first, else caps."""
    person = int(schedule.candidates.volunteer[pair])
    work = [other for other in schedule.pairs_of.get(person, ()) if other != pair]
    clashing = [other for other in work if schedule.collide(pair, other)]
    if not clashing and work:
        full = {
            key for key, more, left in schedule.needs(pair) if schedule.taken[key] + more > left
        }
        if full:
            clashing = [w for w in work if any(key in full for key, _, _ in schedule.needs(w))]
    return [schedule.seat_of(other) for other in clashing]


def _helpers(standing: Standing, seat: int) -> list[int]:
    """Give the cheapest volunteers (rows) who could take a seat beside all that is not free."""
    candidates, found = standing.candidates, dict[int, None]()
    for pair in _cheapest(candidates, seat, TRIES):
        if standing.schedule.fits(pair):
            found.setdefault(int(candidates.volunteer[pair]))
            if len(found) >= NEAREST:
                break
    return list(found)


def decide(section: Section, wish: Wish) -> Decision | None:
    """Decide the free seats of a section as well as can be; None when the wish cannot be met."""
    candidates = find_candidates(section.problem)
    schedule = Schedule(candidates, section.factor)
    current = _current(candidates, section)
    fitting = [pair for pair in np.flatnonzero(~candidates.pinned).tolist() if schedule.fits(pair)]
    program = build_program(
        schedule, np.array(fitting, dtype=np.int64), frozenset(current.values())
    )
    _weigh_changes(schedule, program, current, wish)
    _limit_touch(schedule, program, current, wish)
    if not _demand(schedule, program, current, wish):
        return None
    answer = solve_program(program, Limits(LONGEST_SECONDS, wish.work, wish.seed))
    if answer is None:
        return None if wish.must is not None else _decision(schedule, section, current, current)
    chosen = {schedule.seat_of(pair): pair for pair in answer.pairs}
    found = _decision(schedule, section, current, chosen)
    stay = _decision(schedule, section, current, current)
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
    schedule: Schedule, program: Program, current: Mapping[int, int], wish: Wish
) -> None:
    """All but `touch` confirmed assignments stay: sum of those kept ≥ their number - touch."""
    if wish.touch is None:
        return
    seats = schedule.problem.seats
    confirmed = {pair for seat, pair in current.items() if seats[seat].id in wish.confirmed}
    kept = [number for number, pair in enumerate(program.pairs) if pair in confirmed]
    if kept:
        program.rows.append(Row(kept, [-1] * len(kept), wish.touch - len(confirmed)))


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
    schedule: Schedule, section: Section, current: Mapping[int, int], chosen: Mapping[int, int]
) -> Decision:
    before, after = _figures(schedule, current.values()), _figures(schedule, chosen.values())
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
