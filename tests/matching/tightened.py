"""One rule more: each function makes a problem stricter so that a plan breaks just that rule.

They get a problem, its plan and one or two of its assignments, and give the stricter problem.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from matching import Assignment, Busy, Cap, Pin, Problem, Quota, Seat, Span, Volunteer, Window
from matching.problem import ParentsDay, Period, Unit
from matching.recount import way_minutes

NEW = "new"


def seat_of(task: Problem, made: Assignment) -> Seat:
    return task.seats[task.seat_index[made.seat]]


def person_of(task: Problem, made: Assignment) -> Volunteer:
    return task.volunteers[task.volunteer_index[made.volunteer]]


def span_of(task: Problem, made: Assignment) -> Span:
    return seat_of(task, made).spans[made.option]


def with_person(task: Problem, made: Assignment, **changes: Any) -> Problem:
    changed = replace(person_of(task, made), **changes)
    people = tuple(changed if v.id == made.volunteer else v for v in task.volunteers)
    return replace(task, volunteers=people)


def with_seat(task: Problem, made: Assignment, **changes: Any) -> Problem:
    changed = replace(seat_of(task, made), **changes)
    return replace(task, seats=tuple(changed if s.id == made.seat else s for s in task.seats))


def role(task: Problem, made: Assignment) -> Problem:
    return with_person(task, made, roles=frozenset())


def language(task: Problem, made: Assignment) -> Problem:
    return with_person(with_seat(task, made, language=0), made, languages={})


def consent(task: Problem, made: Assignment) -> Problem:
    """She speaks another language, which would do if the client agreed."""
    count = len(task.languages)
    asked = tuple(tuple((a, b) == (0, 1) for b in range(count)) for a in range(count))
    costs = tuple(
        tuple(10 if (a, b) == (0, 1) else cost for b, cost in enumerate(row))
        for a, row in enumerate(task.substitution)
    )
    other = replace(task, substitution=costs, needs_consent=asked)
    asking = with_seat(other, made, language=0, consent=False, min_level=0)
    return with_person(asking, made, languages={1: 7})


def level(task: Problem, made: Assignment) -> Problem:
    wanting = with_seat(task, made, language=0, min_level=2)
    return with_person(wanting, made, languages=dict.fromkeys(range(len(task.languages)), 1))


def gender(task: Problem, made: Assignment) -> Problem:
    return with_person(with_seat(task, made, gender="f", gender_hard=True), made, female=None)


def missing_paper(task: Problem, made: Assignment) -> Problem:
    return with_seat(task, made, papers=(NEW,))


def expired_paper(task: Problem, made: Assignment) -> Problem:
    papers = {**person_of(task, made).papers, NEW: span_of(task, made).end - 1}
    return with_person(missing_paper(task, made), made, papers=papers)


def excluded(task: Problem, made: Assignment) -> Problem:
    tags = task.seats[task.seat_index[made.seat]].tags | {NEW}
    return with_person(with_seat(task, made, tags=tags), made, excluded=frozenset((NEW,)))


def only_kinds(task: Problem, made: Assignment) -> Problem:
    return with_person(task, made, only_kinds=frozenset((NEW,)))


def open_question(task: Problem, made: Assignment) -> Problem:
    return with_person(task, made, open_question=True)


def blocked(task: Problem, made: Assignment) -> Problem:
    return replace(task, blocks=task.blocks | {(made.volunteer, made.seat)})


def mode(task: Problem, made: Assignment) -> Problem:
    return with_person(task, made, modes=person_of(task, made).modes - {made.mode})


def mode_nobody_wished(task: Problem, made: Assignment) -> Problem:
    others = tuple(way for way in ("phone", "video") if way != made.mode)
    return with_seat(task, made, modes=others, mode_alternatives=())


def unavailable(task: Problem, made: Assignment) -> Problem:
    """Her last minute there is no longer free."""
    person, minute = person_of(task, made), span_of(task, made).end - 1
    windows = (_without(person.windows, minute), _without(person.soft_windows, minute))
    return with_person(task, made, windows=windows[0], soft_windows=windows[1])


def _without(windows: tuple[Window, ...], minute: int) -> tuple[Window, ...]:
    parts = [
        part
        for window in windows
        for part in (
            Window(window.start, min(window.end, minute)),
            Window(max(window.start, minute + 1), window.end),
        )
    ]
    return tuple(part for part in parts if part.start < part.end)


def too_far(task: Problem, made: Assignment) -> Problem | None:
    person, place = person_of(task, made), seat_of(task, made).place
    if made.mode != "on_site" or place is None:
        return None
    way = way_minutes(task, person.transport, person.home, place)
    return with_person(task, made, max_travel_minutes=way - 1) if way else None


def busy(task: Problem, made: Assignment) -> Problem:
    end = span_of(task, made).end
    return with_person(task, made, busy=(*person_of(task, made).busy, Busy(end - 1, end)))


def busy_elsewhere(task: Problem, made: Assignment) -> Problem | None:
    """Other work begins right when she would have to leave for it."""
    person, place = person_of(task, made), seat_of(task, made).place
    end = span_of(task, made).end
    if made.mode != "on_site" or not way_minutes(task, person.transport, place or 0, person.home):
        return None
    return with_person(task, made, busy=(*person.busy, Busy(end, end + 1, person.home)))


def cap(period: Period, unit: Unit, *, own: bool) -> Callable[..., Problem]:
    """Leave a little less than she uses; `own` says whether the cap is for that period alone."""

    def tighten(task: Problem, made: Assignment, plan: tuple[Assignment, ...]) -> Problem:
        paid = with_seat(task, made, cents=150)
        index = getattr(span_of(paid, made), period)
        used = sum(
            _amount(paid, other, unit)
            for other in plan
            if other.volunteer == made.volunteer and getattr(span_of(paid, other), period) == index
        )
        others = [c for c in person_of(paid, made).caps if (c.period, c.unit) != (period, unit)]
        new = Cap(period, index if own else None, unit, used - 1)
        return with_person(paid, made, caps=(*others, new))

    return tighten


def _amount(task: Problem, made: Assignment, unit: Unit) -> int:
    if unit == "minutes":
        return span_of(task, made).minutes
    return seat_of(task, made).cents if unit == "cents" else 1


def pin(task: Problem, made: Assignment) -> Problem | None:
    others = [v.id for v in task.volunteers if v.id != made.volunteer]
    pinned = {known.volunteer for known in task.pins}
    free = [name for name in others if name not in pinned]
    blocks = frozenset(pair for pair in task.blocks if pair[1] != made.seat)
    new = (*task.pins, Pin(made.seat, free[0], made.option)) if free else ()
    return replace(task, pins=new, blocks=blocks) if free else None


def at_most(task: Problem, plan: tuple[Assignment, ...]) -> Problem:
    filled = tuple(made.seat for made in plan)
    return replace(task, at_most=(*task.at_most, Quota(filled, len(filled) - 1)))


def all_or_none(task: Problem, made: Assignment, empty: str) -> Problem:
    return replace(task, all_or_none=(*task.all_or_none, (made.seat, empty)))


def overlap(task: Problem, one: Assignment, two: Assignment) -> Problem | None:
    """The way from one to the other takes a minute longer than there is."""
    here, there = seat_of(task, one).place, seat_of(task, two).place
    if {one.mode, two.mode} != {"on_site"} or here is None or there is None:
        return None
    pause = span_of(task, two).start - span_of(task, one).end
    ways = {**task.travel.overrides, (person_of(task, one).transport, here, there): pause + 1}
    return replace(task, travel=replace(task.travel, overrides=ways))


def whole_parents_day(task: Problem, one: Assignment, two: Assignment) -> Problem:
    """Together they last longer than anybody may work on a parents' day."""
    most = max(span_of(task, made).minutes for made in (one, two))
    day = ParentsDay((one.seat, two.seat), 1_440, 1, most)
    easy = with_person(task, one, long_days=False)
    return replace(easy, parents_days=(*easy.parents_days, day))


def parents_day_without_break(task: Problem, one: Assignment, two: Assignment) -> Problem | None:
    """They follow each other without the break that is due."""
    most = max(span_of(task, made).minutes for made in (one, two))
    if span_of(task, two).end - span_of(task, one).start > most + 1_440:
        return None
    day = ParentsDay((one.seat, two.seat), most, 1_440, 1_440)
    easy = with_person(task, one, long_days=False)
    return replace(easy, parents_days=(*easy.parents_days, day))
