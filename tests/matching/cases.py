"""Small invented problems, and the best plan of a tiny one by trying everything."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from matching import (
    Assignment,
    OpenSeat,
    Place,
    Plan,
    Problem,
    Seat,
    Span,
    Transport,
    Travel,
    Volunteer,
    Window,
    check,
    eligibility,
)
from matching.generate import Size, generate
from matching.recount import recount

DAY = 1_440
HOME, SAME_TOWN, NEXT_TOWN = range(3)


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
