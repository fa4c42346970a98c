"""Ideas that change when or how a seat is served, or ask people of another pool."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from matching.codes import RepairCode
from matching.ideas import (
    ASK_CAP,
    ASK_CLIENT,
    ENOUGH,
    LOOKED_AT,
    MINUTE,
    Case,
    Idea,
    first_few,
    raise_cap,
)
from matching.look import Look, look_at
from matching.problem import MODES, Seat
from matching.reach import blocking
from matching.rules import inside
from matching.standing import Standing
from matching.tables import NEVER, Ints, Tables

DAY_MINUTES = 1_440
SHIFTS = (15, -15, 30, -30, 45, -45, 60, -60, 90, -90, 120, -120)
"""Minutes by which an appointment may be moved, the smallest first."""
MOVED = 8
"""Volunteers who are looked at for each of these moves, the cheapest ones."""

Relax = Callable[[Case], Idea | None]


def variants(standing: Standing, row: int, look: Look) -> Iterator[Idea]:
    """Give all ideas of this module for one seat (row)."""
    yield from moves(standing, row, look)
    yield from remote(standing, row, look)
    yield from lent(standing, row)
    yield from more_room(standing, row)


def moves(standing: Standing, row: int, look: Look) -> Iterator[Idea]:
    """The appointment starts earlier or later on the same day.

    Seats that hang together with others stay where they are. A day is one of 1,440 minutes from
    the plan's start: nothing moves over its end.
    """
    if len(standing.bundle_of[row]) > 1 or row in standing.parents_of:
        return
    people, left = look.people_but_for("unavailable", "busy"), ENOUGH
    for minutes in SHIFTS if len(people) else ():
        found = list(_moved_by(standing, row, minutes, people))[:left]
        yield from found
        left -= len(found)
        if not left:
            return


def _moved_by(standing: Standing, row: int, minutes: int, people: Ints) -> Iterator[Idea]:
    """Look closely only at those who have time then."""
    moved = _moved(standing.problem.seats[row], minutes)
    if moved is None:
        return
    tables = _shifted(standing.candidates.tables, row, minutes)
    there = np.zeros(len(people), dtype=np.bool_)
    for span in moved.spans:
        start, end = np.full(len(people), span.start), np.full(len(people), span.end)
        there |= inside(tables.volunteers.all_windows, people, start, end)
    if there.any():
        look = look_at(tables, row, people[there])
        pairs = np.flatnonzero(look.lacks == 0)
        relax = _moving(minutes)
        yield from first_few(standing, moved, look, pairs, relax, looked_at=MOVED)


def _moving(minutes: int) -> Relax:
    asking, params = MINUTE * abs(minutes), {"minutes": minutes}
    return lambda case: case.idea(RepairCode.MOVE, asking, params=params)


def _moved(seat: Seat, minutes: int) -> Seat | None:
    spans = tuple(replace(s, start=s.start + minutes, end=s.end + minutes) for s in seat.spans)
    for old, new in zip(seat.spans, spans, strict=True):
        if old.start // DAY_MINUTES != new.start // DAY_MINUTES:
            return None
        if (old.end - 1) // DAY_MINUTES != (new.end - 1) // DAY_MINUTES:
            return None
    return replace(seat, spans=spans)


def _shifted(tables: Tables, row: int, minutes: int) -> Tables:
    slots = tables.slots
    own = slice(int(slots.first[row]), int(slots.first[row + 1]))
    start, end = slots.start.copy(), slots.end.copy()
    start[own] += minutes
    end[own] += minutes
    return replace(tables, slots=replace(slots, start=start, end=end))


def remote(standing: Standing, row: int, look: Look) -> Iterator[Idea]:
    """By phone or video, which nobody asked for but which would do, instead of on site."""
    seat, tables = standing.problem.seats[row], standing.candidates.tables
    people = look.people_but_for("mode", "too_far", "busy")
    for mode in seat.mode_alternatives:
        if mode not in seat.modes:
            modes = np.full_like(tables.seats.modes, NEVER)
            modes[row, 0] = MODES.index(mode)
            called = replace(tables, seats=replace(tables.seats, modes=modes))
            then = look_at(called, row, people)
            others = tuple(other for other in seat.mode_alternatives if other != mode)
            asked = replace(seat, modes=(mode,), mode_alternatives=others)
            yield from _all_free(standing, asked, then, _calling(mode))


def _calling(mode: str) -> Relax:
    return lambda case: case.idea(RepairCode.REMOTE, ASK_CLIENT, params={"mode": mode})


def lent(standing: Standing, row: int) -> Iterator[Idea]:
    """A volunteer of another pool is asked; the weight of lending is part of her cost."""
    if standing.lending is not None:
        look = look_at(standing.lending, row)
        yield from _all_free(standing, standing.problem.seats[row], look, _lending)


def _lending(case: Case) -> Idea:
    return case.idea(RepairCode.LEND, 0)


def _all_free(standing: Standing, seat: Seat, look: Look, relax: Relax) -> Iterator[Idea]:
    """Give ideas for the cheapest against whom nothing stands."""
    yield from first_few(standing, seat, look, np.flatnonzero(look.lacks == 0), relax)


def more_room(standing: Standing, row: int) -> Iterator[Idea]:
    """A cap that her work in the plan uses up is raised, or she does a longer parents' day."""
    candidates, seat = standing.candidates, standing.problem.seats[row]
    pairs = candidates.of_seat(row)
    order = np.argsort(candidates.cost[pairs], kind="stable")[:LOOKED_AT]
    for pair in pairs[order].tolist():
        case = Case(
            standing=standing,
            volunteer=standing.problem.volunteers[int(candidates.volunteer[pair])],
            seat=seat,
            option=int(candidates.option[pair]),
            on_site=int(candidates.place[pair]) != NEVER,
        )
        if blocking(standing.schedule, pair) and not case.clashes():
            idea = raise_cap(case) or _long_day(case)
            yield replace(idea, estimate=int(candidates.cost[pair]) + idea.asking)


def _long_day(case: Case) -> Idea:
    longer = replace(case.volunteer, long_days=True)
    return case.idea(RepairCode.LONG_DAY, ASK_CAP, volunteer=longer)
