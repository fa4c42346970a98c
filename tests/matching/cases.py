"""Small invented problems, and the best plan of a tiny one by trying everything."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from matching import (
    Assignment,
    Cap,
    OpenSeat,
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
    eligibility,
)
from matching.generate import Size, generate
from matching.problem import MODES, Mode, ParentsDay
from matching.recount import recount

DAY = 1_440
HOME, SAME_TOWN, NEXT_TOWN = range(3)
PERIODS = ("day", "week", "year", "tax_year")
NUMBERS = {"week": 49, "year": 2026, "tax_year": 0}


def span(hour: float, minutes: int = 60, day: int = 0) -> Span:
    start = day * DAY + int(hour * 60)
    return Span(start, start + minutes, day, 49, 2026)


def dilan(**changes: object) -> Volunteer:
    usual = Volunteer(
        "dilan",
        frozenset(("interpreter",)),
        home=HOME,
        transport="car",
        languages={0: 7},
        windows=(Window(480, 1_080),),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def mirela(**changes: object) -> Volunteer:
    return dilan(**({"id": "mirela", "female": True} | changes))


def seat(name: str = "a", hour: float = 9, **changes: object) -> Seat:
    usual = Seat(name, name, "interpreter", (span(hour),), place=HOME, language=0)
    return replace(usual, **changes)  # type: ignore[arg-type]


def problem(
    volunteers: tuple[Volunteer, ...], seats: tuple[Seat, ...], **changes: object
) -> Problem:
    """Two towns 15 km apart: 1 km a minute by car, detour 1.0, 5 minutes fixed."""
    usual = Problem(
        languages=("ar", "apc", "uk", "ru"),
        substitution=((0, 20, -1, -1), (20, 0, -1, -1), (-1, -1, 0, 30), (-1, -1, -1, 0)),
        needs_consent=tuple(tuple((a, b) == (2, 3) for b in range(4)) for a in range(4)),
        places=(Place(0, 0, 0), Place(1_000, 0, 0), Place(15_000, 0, 1)),
        travel=Travel({"car": Transport(1_000, 100, 5)}),
        volunteers=volunteers,
        seats=seats,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def week(seed: int, volunteers: int = 5, seats: int = 8) -> Problem:
    return generate(Size(volunteers, seats, 2, 2), seed)


def varied_week(seed: int, volunteers: int = 10, seats: int = 16) -> Problem:
    """Give a week with every way to travel: formula, flat time, matrix, override, none at all."""
    task, random = week(seed, volunteers, seats), np.random.default_rng(seed)
    places, limits = len(task.places), (None, 0, 5, 20, 25, 30, 60)
    matrix = random.integers(-1, 60, (places, places))
    means = (*task.travel.transports, "foot", "taxi")
    transports = {**task.travel.transports, "foot": Transport(90, 120, 0), "taxi": Transport(900)}
    overrides = {
        (means[int(random.integers(len(means)))], int(a), int(b)): int(random.integers(70))
        for a, b in random.integers(places, size=(5, 2))
    }
    town = random.integers(3, size=places).tolist()
    people = tuple(
        replace(
            v,
            transport=means[int(random.integers(len(means)))],
            max_travel_minutes=limits[int(random.integers(len(limits)))],
            modes=_some_modes(random),
            lent=bool(random.random() < 0.2),
        )
        for v in task.volunteers
    )
    return replace(
        task,
        places=tuple(replace(p, town=t) for p, t in zip(task.places, town, strict=True)),
        travel=Travel(transports, 15, 5, overrides, {"taxi": tuple(map(tuple, matrix.tolist()))}),
        volunteers=people[:-1],
        lendable=(replace(people[-1], lent=True),),
        seats=tuple(_varied(seat, random) for seat in task.seats),
        pins=tuple(pin for pin in task.pins if pin.volunteer != people[-1].id),
        blocks=frozenset(((people[0].id, task.seats[0].id),)) - {_pinned(task)},
    )


def tight_week(seed: int) -> Problem:
    """Give a week with tight caps of every kind, own and general, and parents' days."""
    task, random = week(seed, volunteers=8, seats=20), np.random.default_rng(seed)

    def caps() -> tuple[Cap, ...]:
        wanted = {
            (period, unit, index)
            for period in PERIODS
            for unit in ("assignments", "minutes", "cents")
            for index in (None, (NUMBERS | {"day": int(random.integers(5))})[period])
            if random.random() < 0.4
        }
        most = {"assignments": 4, "minutes": 200, "cents": 6_000}
        return tuple(
            Cap(period, index, unit, int(random.integers(most[unit])))  # type: ignore[arg-type]
            for period, unit, index in sorted(wanted, key=str)
        )

    names = random.permutation([s.id for s in task.seats]).tolist()
    days = (ParentsDay(tuple(names[:9]), 60, 15, 90), ParentsDay(tuple(names[6:12]), 45, 30, 100))
    people = tuple(
        replace(v, caps=caps(), long_days=bool(random.random() < 0.2)) for v in task.volunteers
    )
    return replace(task, volunteers=people, parents_days=days)


def tired_crowd(seed: int) -> Problem:
    """Give a week in which many could go to each seat, but whoever is near has worked a lot."""
    random = np.random.default_rng(seed)
    people, seats = 26, int(random.integers(6, 14))
    hours, lengths = random.integers(14, size=seats) / 2, random.choice((30, 60, 90, 120), seats)
    spots = random.integers(3_000, size=(people + seats, 2)).tolist()
    wanted = tuple(
        seat(f"s{n}", spans=(span(8 + hours[n], int(lengths[n])),), place=people + n)
        for n in range(seats)
    )
    leads = random.integers(5, size=people) * 100
    return problem(
        tuple(dilan(id=f"v{n}", home=n, lead_minutes=int(leads[n])) for n in range(people)),
        wanted,
        places=tuple(Place(x, y, town) for town, (x, y) in enumerate(spots)),
        travel=Travel({"car": Transport(1_000, 100, 0)}, 0, 0),
        weights=Weights(travel=int(random.choice((2, 10, 20)))),
        all_or_none=(("s0", "s1", "s2"),),
    )


def _pinned(task: Problem) -> tuple[str, str]:
    return next(((pin.volunteer, pin.seat) for pin in task.pins), ("", ""))


def _some_modes(random: np.random.Generator) -> frozenset[Mode]:
    return frozenset(mode for mode in MODES if random.random() < 0.6) or frozenset(("on_site",))


def _varied(wanted: Seat, random: np.random.Generator) -> Seat:
    modes = [mode for mode in MODES if random.random() < 0.5]
    if wanted.place is None or ("on_site" not in modes and random.random() < 0.5):
        return replace(wanted, place=None, modes=("video", "phone"), mode_alternatives=())
    others = tuple(mode for mode in MODES if mode not in (modes or MODES[:1]))
    return replace(wanted, modes=tuple(modes) or MODES[:1], mode_alternatives=others)


def plan_of(task: Problem, made: tuple[Assignment, ...], factor: int) -> Plan:
    """Give a plan with right figures for any set of assignments."""
    filled = {assignment.seat for assignment in made}
    empty = tuple(OpenSeat(s.id, ()) for s in task.seats if s.id not in filled)
    blank = Plan(made, empty, "exact", "feasible", 0, 0, 0, factor, None, None, None, None, 0.0, 0)
    count = recount(task, blank)
    priced = tuple(replace(a, cost=c) for a, c in zip(made, count.costs, strict=True))
    value = factor * count.fill - count.total
    return replace(blank, assignments=priced, objective=value, fill=count.fill, cost=count.total)


def best_by_trying(task: Problem, factor: int) -> int:
    """Try every choice of volunteer and date for every seat; the checker says what holds."""
    best = -(10**12)
    for made in product(*(list(_choices(task, s)) for s in task.seats)):
        chosen = tuple(assignment for assignment in made if assignment is not None)
        plan = plan_of(task, chosen, factor)
        if plan.objective > best and not check(task, plan):
            best = plan.objective
    return best


def _choices(task: Problem, wanted: Seat) -> Iterator[Assignment | None]:
    pins = {pin.seat: pin for pin in task.pins}
    if wanted.id not in pins:
        yield None
    for volunteer, option in product(task.volunteers, range(len(wanted.spans))):
        pin = pins.get(wanted.id)
        pinned = pin is not None and (pin.volunteer, pin.option) == (volunteer.id, option)
        may = pin is None and not eligibility.reasons(task, volunteer, wanted, option)
        if may or pinned:
            mode = eligibility.choose_mode(task, volunteer, wanted, option) or wanted.modes[0]
            yield Assignment(wanted.id, volunteer.id, option, mode, 0)
