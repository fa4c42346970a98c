"""The problem as arrays: volunteers, seats and their dates (slots), ready for whole blocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.problem import MODES, Problem, Volunteer
from matching.speech import Demand, demand_of, speech

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEVER = -1
EVERY = -(2**62)
PERIODS = ("day", "week", "year")
UNITS = ("assignments", "minutes", "cents")


@dataclass(frozen=True)
class Ragged:
    """Lists of different length in one array: those of row i are at start[i]:start[i + 1]."""

    start: Ints
    columns: tuple[Ints, ...]

    @property
    def longest(self) -> int:
        return int(np.diff(self.start).max(initial=0))


@dataclass(frozen=True)
class VolunteerTable:
    """One row per volunteer."""

    roles: Bools
    home: Ints
    transport: Ints
    female: Ints
    papers: Ints
    modes: Bools
    max_travel: Ints
    kinds: Ints
    open_question: Bools
    windows: Ragged
    all_windows: Ragged
    busy: Ragged
    caps: Ragged


@dataclass(frozen=True)
class SeatTable:
    """One row per seat; `speech` numbers the kinds of language demand."""

    role: Ints
    place: Ints
    modes: Ints
    gender: Ints
    gender_hard: Bools
    papers: Bools
    speech: Ints
    cents: Ints
    priority: Ints
    wished: Ints
    published: Ints


@dataclass(frozen=True)
class SlotTable:
    """One row per seat and date, in the order of seats and options."""

    seat: Ints
    option: Ints
    start: Ints
    end: Ints
    day: Ints
    week: Ints
    year: Ints
    first: Ints


@dataclass(frozen=True)
class TravelTable:
    """Places and transports; overrides as sorted keys (transport, from, to) in one number."""

    x: Ints
    y: Ints
    town: Ints
    speed: Ints
    detour: Ints
    fixed: Ints
    same_town: int
    buffer: int
    keys: Ints
    minutes: Ints


@dataclass(frozen=True)
class Tables:
    """All arrays of one problem.

    `speech_code` and `speech_points` are demands × volunteers; `kinds` is sets of kinds × seats;
    `excluded` and `blocked`
    hold sorted keys volunteer · seats + seat.
    """

    problem: Problem
    volunteers: VolunteerTable
    seats: SeatTable
    slots: SlotTable
    travel: TravelTable
    speech_code: Ints
    speech_points: Ints
    kinds: Bools
    excluded: Ints
    blocked: Ints


def ints(values: Iterable[int]) -> Ints:
    """Give whole numbers as an array."""
    return np.fromiter(values, dtype=np.int64)


def build(problem: Problem) -> Tables:
    """Lay a valid problem out as arrays."""
    roles = number(seat.role for seat in problem.seats)
    papers = number(name for seat in problem.seats for name in seat.papers)
    demands = number(map(demand_of, problem.seats))
    kinds = number(v.only_kinds for v in problem.volunteers if v.only_kinds is not None)
    code, points = speech(problem, list(demands))
    return Tables(
        problem=problem,
        volunteers=_volunteers(problem, roles, papers, kinds),
        seats=_seats(problem, roles, papers, demands),
        slots=_slots(problem),
        travel=_travel(problem),
        speech_code=code,
        speech_points=points,
        kinds=_kinds(problem, list(kinds)),
        excluded=_excluded(problem),
        blocked=_blocked(problem),
    )


def number(values: Iterable[Any]) -> dict[Any, int]:
    """Number distinct values in order of appearance."""
    return {value: place for place, value in enumerate(dict.fromkeys(values))}


def ragged(rows: Sequence[Sequence[tuple[int, ...]]], width: int) -> Ragged:
    """Join lists of tuples into one array per tuple column."""
    flat = np.array([entry for row in rows for entry in row], dtype=np.int64).reshape(-1, width)
    start = np.concatenate(([0], np.cumsum([len(row) for row in rows], dtype=np.int64)))
    return Ragged(start.astype(np.int64), tuple(flat.T.copy()))


def _volunteers(
    problem: Problem, roles: dict[Any, int], papers: dict[Any, int], kinds: dict[Any, int]
) -> VolunteerTable:
    people = problem.volunteers
    transports = number(problem.travel.transports)
    valid = [[v.papers.get(name, -1) for name in papers] for v in people]
    return VolunteerTable(
        roles=_flags([[role in v.roles for role in roles] for v in people], len(roles)),
        home=ints(v.home for v in people),
        transport=ints(transports[v.transport] for v in people),
        female=ints(-1 if v.female is None else int(v.female) for v in people),
        papers=np.array(valid, dtype=np.int64).reshape(len(people), len(papers)),
        modes=_flags([[mode in v.modes for mode in MODES] for v in people], len(MODES)),
        max_travel=ints(
            np.iinfo(np.int64).max if v.max_travel_minutes is None else v.max_travel_minutes
            for v in people
        ),
        kinds=ints(NEVER if v.only_kinds is None else kinds[v.only_kinds] for v in people),
        open_question=np.array([v.open_question for v in people], dtype=np.bool_),
        windows=ragged([_stretches(v, on_request=False) for v in people], 2),
        all_windows=ragged([_stretches(v, on_request=True) for v in people], 2),
        busy=ragged([_busy(v) for v in people], 3),
        caps=ragged([_caps(v) for v in people], 4),
    )


def _flags(rows: list[list[bool]], width: int) -> Bools:
    return np.array(rows, dtype=np.bool_).reshape(len(rows), width)


def _stretches(volunteer: Volunteer, *, on_request: bool) -> list[tuple[int, int]]:
    windows = volunteer.windows + (volunteer.soft_windows if on_request else ())
    joined: list[tuple[int, int]] = []
    for window in sorted(windows, key=lambda window: window.start):
        if joined and window.start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], window.end)
        else:
            joined.append((window.start, window.end))
    return joined


def _busy(volunteer: Volunteer) -> list[tuple[int, int, int]]:
    return [(b.start, b.end, NEVER if b.place is None else b.place) for b in volunteer.busy]


def _caps(volunteer: Volunteer) -> list[tuple[int, int, int, int]]:
    return [
        (
            PERIODS.index(cap.period),
            EVERY if cap.index is None else cap.index,
            UNITS.index(cap.unit),
            cap.left,
        )
        for cap in volunteer.caps
    ]


def _seats(
    problem: Problem, roles: dict[Any, int], papers: dict[Any, int], demands: dict[Demand, int]
) -> SeatTable:
    seats, people = problem.seats, problem.volunteer_index
    most = max((len(seat.modes) for seat in seats), default=0)
    modes = [[*map(MODES.index, s.modes)] + [NEVER] * (most - len(s.modes)) for s in seats]
    genders = {None: NEVER, "m": 0, "f": 1}
    return SeatTable(
        role=ints(roles[seat.role] for seat in seats),
        place=ints(NEVER if seat.place is None else seat.place for seat in seats),
        modes=np.array(modes, dtype=np.int64).reshape(len(seats), most),
        gender=ints(genders[seat.gender] for seat in seats),
        gender_hard=np.array([seat.gender_hard for seat in seats], dtype=np.bool_),
        papers=_flags([[name in seat.papers for name in papers] for seat in seats], len(papers)),
        speech=ints(demands[demand_of(seat)] for seat in seats),
        cents=ints(seat.cents for seat in seats),
        priority=ints(seat.priority for seat in seats),
        wished=ints(_person(people, seat.wished) for seat in seats),
        published=ints(_person(people, seat.published) for seat in seats),
    )


def _person(people: dict[str, int], name: str | None) -> int:
    return NEVER if name is None else people.get(name, len(people))


def _slots(problem: Problem) -> SlotTable:
    rows = [
        (number, option, span.start, span.end, span.day, span.week, span.year)
        for number, seat in enumerate(problem.seats)
        for option, span in enumerate(seat.spans)
    ]
    seat, option, start, end, day, week, year = (
        np.array(rows, dtype=np.int64).reshape(-1, 7).T.copy()
    )
    counts = [len(seat.spans) for seat in problem.seats]
    first = np.concatenate(([0], np.cumsum(counts, dtype=np.int64))).astype(np.int64)
    return SlotTable(seat, option, start, end, day, week, year, first)


def _travel(problem: Problem) -> TravelTable:
    travel, places = problem.travel, problem.places
    means = travel.transports.values()
    names, count = number(travel.transports), len(places)
    keyed = sorted(
        ((names[name] * count + start) * count + end, minutes)
        for (name, start, end), minutes in travel.overrides.items()
    )
    return TravelTable(
        x=ints(place.x_m for place in places),
        y=ints(place.y_m for place in places),
        town=ints(place.town for place in places),
        speed=ints(m.metres_per_minute for m in means),
        detour=ints(m.detour_percent for m in means),
        fixed=ints(m.fixed_minutes for m in means),
        same_town=travel.same_town_minutes,
        buffer=travel.buffer_minutes,
        keys=ints(key for key, _ in keyed),
        minutes=ints(minutes for _, minutes in keyed),
    )


def _kinds(problem: Problem, sets: list[frozenset[str]]) -> Bools:
    rows = [[not chosen.isdisjoint(seat.tags) for seat in problem.seats] for chosen in sets]
    return _flags(rows, len(problem.seats))


def _excluded(problem: Problem) -> Ints:
    by_tag: dict[str, list[int]] = {}
    for row, seat in enumerate(problem.seats):
        for tag in seat.tags:
            by_tag.setdefault(tag, []).append(row)
    count = len(problem.seats)
    keys = {
        person * count + row
        for person, volunteer in enumerate(problem.volunteers)
        for tag in volunteer.excluded
        for row in by_tag.get(tag, ())
    }
    return np.sort(ints(keys))


def _blocked(problem: Problem) -> Ints:
    people, seats = problem.volunteer_index, problem.seat_index
    return np.sort(ints(people[v] * len(seats) + seats[s] for v, s in problem.blocks))
