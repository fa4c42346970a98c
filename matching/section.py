"""Cuts the part of a problem that is decided again out of the whole, as a small problem."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from matching.plan import Assignment
from matching.problem import ParentsDay, Pin, Place, Problem, Quota, Seat, Travel, Volunteer
from matching.standing import Standing

Names = tuple[str, ...]


@dataclass(frozen=True)
class Patch:
    """What is otherwise than in the problem of a standing.

    `volunteers` and `seats` are changed or new, told by their ids. Volunteers who are `gone` take
    nothing, and what stands on seats that are `lost` does not hold any more.
    """

    volunteers: tuple[Volunteer, ...] = ()
    seats: tuple[Seat, ...] = ()
    all_or_none: tuple[Names, ...] = ()
    same_option: tuple[Names, ...] = ()
    gone: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()


NOTHING = Patch()


@dataclass(frozen=True)
class Section:
    """A small problem: seats to decide, and the other work of their volunteers as pins.

    `before` are the assignments of the free seats in the plan, `current` those that still hold.
    """

    problem: Problem
    factor: int
    free: Names
    before: Mapping[str, Assignment]
    current: Mapping[str, Assignment]


def cut(
    standing: Standing, free: Collection[int], helpers: Iterable[int], patch: Patch = NOTHING
) -> Section:
    """Give the section of some free seats (rows, bundles whole) and volunteers (rows).

    Whoever holds one of the seats, and everybody in the patch, is in it as well.
    """
    problem = standing.problem
    people = _people(standing, free, helpers, patch)
    pins = _pins(standing, free, people, patch)
    changed = {seat.id: seat for seat in patch.seats}
    rows = dict.fromkeys([*sorted(free), *(problem.seat_index[pin.seat] for pin in pins)])
    seats = [changed.pop(problem.seats[row].id, problem.seats[row]) for row in rows]
    seats += changed.values()
    names = {seat.id for seat in seats}
    before = {made.seat: made for row in free if (made := standing.assignment(row)) is not None}
    section = replace(
        problem,
        volunteers=tuple(people.values()),
        seats=tuple(seats),
        all_or_none=_kept(problem.all_or_none, standing.teams_of, free) + patch.all_or_none,
        same_option=_kept(problem.same_option, standing.schedule.same_option, free)
        + patch.same_option,
        at_most=_quotas(standing, free, names),
        parents_days=_parents_days(standing, rows, names),
        lendable=(),
        pins=tuple(pins),
        blocks=frozenset(
            (person, seat)
            for seat in names
            for person in standing.blocked.get(seat, ())
            if person in people
        ),
    )
    return Section(
        problem=slim(section),
        factor=standing.schedule.factor,
        free=tuple(seat.id for seat in seats[: len(free)]) + tuple(changed),
        before=before,
        current={name: made for name, made in before.items() if name not in patch.lost},
    )


def _people(
    standing: Standing, free: Collection[int], helpers: Iterable[int], patch: Patch
) -> dict[str, Volunteer]:
    holders = [standing.holder(seat) for seat in free]
    tied = [standing.holder(seat) for row in free for seat in standing.bundle_of[row]]
    rows = {row for row in (*helpers, *holders, *tied) if row is not None}
    found = {
        volunteer.id: volunteer
        for volunteer in map(standing.problem.volunteers.__getitem__, sorted(rows))
    }
    found |= {volunteer.id: volunteer for volunteer in patch.volunteers}
    return {name: volunteer for name, volunteer in found.items() if name not in patch.gone}


def _pins(
    standing: Standing, free: Collection[int], people: Mapping[str, Volunteer], patch: Patch
) -> list[Pin]:
    """Keep all other work of these people where it is."""
    index, decided = standing.problem.volunteer_index, set(free)
    made = [
        standing.assignment(seat)
        for name in people
        if name in index
        for seat in standing.seats_of(index[name])
        if seat not in decided
    ]
    return [
        Pin(one.seat, one.volunteer, one.option)
        for one in made
        if one is not None and one.seat not in patch.lost
    ]


def _kept(
    groups: Sequence[Names], groups_of: Mapping[int, list[int]], free: Collection[int]
) -> tuple[Names, ...]:
    numbers = {number for seat in free for number in groups_of.get(seat, ())}
    return tuple(groups[number] for number in sorted(numbers))


def _quotas(standing: Standing, free: Collection[int], names: set[str]) -> tuple[Quota, ...]:
    """Narrow quotas to the section: k less what is filled outside."""
    problem, schedule = standing.problem, standing.schedule
    numbers = {number for seat in free for number in schedule.quotas.get(seat, ())}
    found = []
    for number in sorted(numbers):
        quota = problem.at_most[number]
        inside = tuple(name for name in quota.seats if name in names)
        outside = sum(
            problem.seat_index[name] in schedule.pair_of
            for name in dict.fromkeys(quota.seats)
            if name not in names
        )
        found.append(Quota(inside, max(0, quota.k - outside)))
    return tuple(found)


def _parents_days(
    standing: Standing, rows: Iterable[int], names: set[str]
) -> tuple[ParentsDay, ...]:
    numbers = {number for row in rows for number in standing.parents_of.get(row, ())}
    days = [standing.problem.parents_days[number] for number in sorted(numbers)]
    return tuple(replace(day, seats=tuple(n for n in day.seats if n in names)) for day in days)


def slim(problem: Problem) -> Problem:
    """Keep only the places in use, numbered anew."""
    used = {volunteer.home for volunteer in problem.volunteers}
    used |= {seat.place for seat in problem.seats if seat.place is not None}
    used |= {b.place for v in problem.volunteers for b in v.busy if b.place is not None}
    number = {place: row for row, place in enumerate(sorted(used))}
    return replace(
        problem,
        places=_places(problem, number),
        travel=_travel(problem.travel, number),
        volunteers=tuple(_moved(volunteer, number) for volunteer in problem.volunteers),
        seats=tuple(
            seat if seat.place is None else replace(seat, place=number[seat.place])
            for seat in problem.seats
        ),
    )


def _places(problem: Problem, number: Mapping[int, int]) -> tuple[Place, ...]:
    for place in number:
        if not 0 <= place < len(problem.places):
            raise ValueError(f"there is no place {place}")
    return tuple(problem.places[place] for place in number)


def _moved(volunteer: Volunteer, number: Mapping[int, int]) -> Volunteer:
    busy = tuple(
        b if b.place is None else replace(b, place=number[b.place]) for b in volunteer.busy
    )
    return replace(volunteer, home=number[volunteer.home], busy=busy)


def _travel(travel: Travel, number: Mapping[int, int]) -> Travel:
    overrides, pairs = travel.overrides, len(travel.transports) * len(number) ** 2
    keys: Iterable[tuple[str, int, int]] = overrides
    if pairs < len(overrides):
        keys = ((means, a, b) for means in travel.transports for a in number for b in number)
    return replace(
        travel,
        overrides={
            (means, number[a], number[b]): overrides[means, a, b]
            for means, a, b in keys
            if a in number and b in number and (means, a, b) in overrides
        },
        matrices={
            means: tuple(tuple(rows[a][b] for b in number) for a in number)
            for means, rows in travel.matrices.items()
            if number
        },
    )
