"""The problem as arrays: volunteers, seats and their dates (slots), ready for whole blocks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from matching.problem import MODES, Problem, Seat, Volunteer
from matching.speech import demand_of, speech
from matching.travel import TravelTable, travel_table

Ints = npt.NDArray[np.int64]
Whole = npt.NDArray[np.signedinteger[Any]]
Bools = npt.NDArray[np.bool_]
Row = TypeVar("Row")

NEVER = -1
EVERY = -(2**62)
PERIODS = ("day", "week", "year", "tax_year")
UNITS = ("assignments", "minutes", "cents")


@dataclass(frozen=True)
class Ragged:
    """Lists of different length in one array: those of row i are at start[i]:start[i + 1]."""

    start: Ints
    columns: tuple[Ints, ...]

    @property
    def longest(self) -> int:
        return int(self.counts.max(initial=0))

    @cached_property
    def counts(self) -> Ints:
        """How many entries each row has."""
        return np.diff(self.start)

    @cached_property
    def owners(self) -> Ints:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.counts)), self.counts)


@dataclass(frozen=True)
class CapRule:
    """Caps of one period and unit: `general` per volunteer (-1: none) for every such period.

    Those for one period of their own: sorted keys owner · width + (index - low), and what is left.
    """

    general: Ints
    keys: Ints
    left: Ints
    low: int
    width: int


@dataclass(frozen=True)
class VolunteerTable:
    """One row per volunteer; `choosy` ones go only to kinds (tags) of `only`."""

    roles: Bools
    home: Ints
    transport: Ints
    female: Ints
    papers: Ints
    modes: Bools
    max_travel: Ints
    open_question: Bools
    lent: Bools
    choosy: Bools
    only: Ragged
    excluded: Ragged
    windows: Ragged
    all_windows: Ragged
    busy: Ragged
    caps: Ragged

    @cached_property
    def cap_rules(self) -> dict[tuple[int, int], CapRule]:
        """The caps there are, by period and unit."""
        periods, _, units, _ = self.caps.columns
        kinds = sorted(set(zip(periods.tolist(), units.tolist(), strict=True)))
        return {kind: _cap_rule(self.caps, *kind) for kind in kinds}


def _cap_rule(caps: Ragged, period: int, unit: int) -> CapRule:
    periods, indices, units, lefts = caps.columns
    mine = (periods == period) & (units == unit)
    every = mine & (indices == EVERY)
    general = np.full(len(caps.counts), NEVER, dtype=np.int64)
    general[caps.owners[every]] = lefts[every]
    own = np.flatnonzero(mine & (indices != EVERY))
    low = int(indices[own].min(initial=2**31))
    width = int(indices[own].max(initial=low)) - low + 1
    keys = caps.owners[own] * width + indices[own] - low
    order = np.argsort(keys, kind="stable")
    return CapRule(general, keys[order], lefts[own][order], low, width)


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
    tax_year: Ints
    first: Ints

    @property
    def periods(self) -> tuple[Ints, ...]:
        """The number of each slot in each of `PERIODS`."""
        return self.day, self.week, self.year, self.tax_year


@dataclass(frozen=True)
class Tables:
    """All arrays of one problem.

    `speech_code` and `speech_points` are demands × volunteers. `tagged` holds sorted keys
    tag · seats + seat of the tags some volunteer asks about, `blocked` volunteer · seats + seat.
    """

    problem: Problem
    volunteers: VolunteerTable
    seats: SeatTable
    slots: SlotTable
    travel: TravelTable
    speech_code: npt.NDArray[np.int8]
    speech_points: npt.NDArray[np.int32]
    tagged: Ints
    blocked: Ints


def ints(values: Iterable[int]) -> Ints:
    """Give whole numbers as an array."""
    return np.fromiter(values, dtype=np.int64)


def build(problem: Problem) -> Tables:
    """Lay a valid problem out as arrays."""
    roles = number(seat.role for seat in problem.seats)
    papers = number(name for seat in problem.seats for name in seat.papers)
    wanted = [demand_of(seat) for seat in problem.seats]
    demands = number(wanted)
    tags = number(chain.from_iterable(map(_asked, problem.volunteers)))
    code, points = speech(problem, list(demands))
    return Tables(
        problem=problem,
        volunteers=_volunteers(problem, roles, papers, tags),
        seats=_seats(problem, roles, papers, ints(demands[demand] for demand in wanted)),
        slots=_slots(problem),
        travel=travel_table(problem),
        speech_code=code,
        speech_points=points,
        tagged=_tagged(problem, tags),
        blocked=_blocked(problem),
    )


def _column(rows: Iterable[object], name: str) -> Ints:
    return ints(map(attrgetter(name), rows))


def number(values: Iterable[Any]) -> dict[Any, int]:
    """Number distinct values in order of appearance."""
    return {value: place for place, value in enumerate(dict.fromkeys(values))}


def ragged(rows: Iterable[Row], width: int, entries: Callable[[Row], list[int]]) -> Ragged:
    """Join what `entries` gives for each row: tuples of `width` numbers, one after another."""
    lists = [entries(row) for row in rows]
    flat = ints(chain.from_iterable(lists)).reshape(-1, width)
    counts = ints(len(list_) // width for list_ in lists)
    return Ragged(_starts(counts), tuple(flat.T.copy()))


def _starts(counts: Ints) -> Ints:
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))


def _asked(volunteer: Volunteer) -> Iterable[str]:
    return chain(volunteer.excluded, volunteer.only_kinds or ())


def _volunteers(
    problem: Problem, roles: dict[str, int], papers: dict[str, int], tags: dict[str, int]
) -> VolunteerTable:
    people, endless = problem.volunteers, np.iinfo(np.int64).max
    means = number(problem.travel.transports)
    valid = [v.papers.get(name, -1) for v in people for name in papers]
    return VolunteerTable(
        roles=_flags([role in v.roles for v in people for role in roles], len(people), len(roles)),
        home=_column(people, "home"),
        transport=ints(means[v.transport] for v in people),
        female=ints(-1 if v.female is None else int(v.female) for v in people),
        papers=ints(valid).reshape(len(people), len(papers)),
        modes=_flags([mode in v.modes for v in people for mode in MODES], len(people), len(MODES)),
        max_travel=ints(
            endless if v.max_travel_minutes is None else v.max_travel_minutes for v in people
        ),
        open_question=_column(people, "open_question").astype(np.bool_),
        lent=_column(people, "lent").astype(np.bool_),
        choosy=np.array([v.only_kinds is not None for v in people], dtype=np.bool_),
        only=ragged(people, 1, lambda v: sorted(tags[tag] for tag in v.only_kinds or ())),
        excluded=ragged(people, 1, lambda v: sorted(tags[tag] for tag in v.excluded)),
        windows=ragged(people, 2, lambda v: _stretches(v, on_request=False)),
        all_windows=ragged(people, 2, lambda v: _stretches(v, on_request=True)),
        busy=ragged(people, 3, _busy),
        caps=ragged(people, 4, _caps),
    )


def _flags(flags: list[bool], *shape: int) -> Bools:
    return np.array(flags, dtype=np.bool_).reshape(shape)


def _stretches(volunteer: Volunteer, *, on_request: bool) -> list[int]:
    windows = volunteer.windows + (volunteer.soft_windows if on_request else ())
    bounds = sorted((window.start, window.end) for window in windows)
    joined: list[int] = []
    for start, end in bounds:
        if joined and start <= joined[-1]:
            joined[-1] = max(joined[-1], end)
        else:
            joined += (start, end)
    return joined


def _busy(volunteer: Volunteer) -> list[int]:
    found: list[int] = []
    for busy in volunteer.busy:
        found += (busy.start, busy.end, NEVER if busy.place is None else busy.place)
    return found


def _caps(volunteer: Volunteer) -> list[int]:
    found: list[int] = []
    for cap in volunteer.caps:
        index = EVERY if cap.index is None else cap.index
        found += (PERIODS.index(cap.period), index, UNITS.index(cap.unit), cap.left)
    return found


def _seats(
    problem: Problem, roles: dict[str, int], papers: dict[str, int], speech_of: Ints
) -> SeatTable:
    seats, people = problem.seats, problem.volunteer_index
    genders = {None: NEVER, "m": 0, "f": 1}
    return SeatTable(
        role=ints(roles[seat.role] for seat in seats),
        place=ints(NEVER if seat.place is None else seat.place for seat in seats),
        modes=_modes(seats),
        gender=ints(genders[seat.gender] for seat in seats),
        gender_hard=_column(seats, "gender_hard").astype(np.bool_),
        papers=_flags(
            [p in seat.papers for seat in seats for p in papers], len(seats), len(papers)
        ),
        speech=speech_of,
        cents=_column(seats, "cents"),
        priority=_column(seats, "priority"),
        wished=ints(_person(people, seat.wished) for seat in seats),
        published=ints(_person(people, seat.published) for seat in seats),
    )


def _modes(seats: tuple[Seat, ...]) -> Ints:
    numbers, most = number(MODES), max((len(seat.modes) for seat in seats), default=0)
    padded = {
        modes: [numbers[mode] for mode in modes] + [NEVER] * (most - len(modes))
        for modes in {seat.modes for seat in seats}
    }
    rows = chain.from_iterable(padded[seat.modes] for seat in seats)
    return ints(rows).reshape(len(seats), most)


def _person(people: dict[str, int], name: str | None) -> int:
    return NEVER if name is None else people.get(name, len(people))


def _slots(problem: Problem) -> SlotTable:
    spans = [span for seat in problem.seats for span in seat.spans]
    counts = ints(len(seat.spans) for seat in problem.seats)
    first = _starts(counts)
    return SlotTable(
        seat=np.repeat(np.arange(len(counts)), counts),
        option=np.arange(len(spans)) - np.repeat(first[:-1], counts),
        start=_column(spans, "start"),
        end=_column(spans, "end"),
        day=_column(spans, "day"),
        week=_column(spans, "week"),
        year=_column(spans, "year"),
        tax_year=_column(spans, "tax_year"),
        first=first,
    )


def _tagged(problem: Problem, tags: dict[str, int]) -> Ints:
    count = len(problem.seats)
    found = ints(
        tags[tag] * count + row
        for row, seat in enumerate(problem.seats)
        for tag in seat.tags
        if tag in tags
    )
    return np.sort(found)


def _blocked(problem: Problem) -> Ints:
    people, seats = problem.volunteer_index, problem.seat_index
    return np.sort(ints(people[v] * len(seats) + seats[s] for v, s in problem.blocks))
