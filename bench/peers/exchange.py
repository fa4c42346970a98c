"""The problem in numbers for a solver in another language: 32-bit integers, little endian.

Order: factor, dates, transport per volunteer, choices (eight numbers, then caps and amounts),
caps, weeks, quotas, seats, teams, groups with one date, the fairness curve, minutes between places.
Every list is preceded by its length.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matching.costs import fairness_curve, fairness_steps
from matching.rules import gap_minutes
from matching.schedule import CapKey, Schedule
from matching.tables import NEVER
from matching.teams import strict_teams

Ints = npt.NDArray[np.int64]
MOST_PLACES = 8_000


def write_instance(schedule: Schedule, pairs: Ints, file: Path) -> list[int]:
    """Write down what can be chosen beside the accepted work, and give the pairs in order.

    Raises
    ------
    ValueError
        If there are too many places for a table of the minutes between them, or points for each
        volunteer who works at all, which the format does not know.
    """
    if schedule.problem.weights.opening:
        raise ValueError("the format knows no points of opening")
    instance = _Instance(schedule, pairs)
    np.fromiter(instance.numbers(), dtype="<i4").tofile(file)
    return list(instance.pairs.tolist())


class _Instance:
    def __init__(self, schedule: Schedule, pairs: Ints) -> None:
        self.schedule = schedule
        self.candidates = schedule.candidates
        self.problem = schedule.problem
        self.pairs = _useful(schedule, pairs)
        rows = np.unique(self.candidates.seat[self.pairs]).tolist()
        self.row_of = {row: number for number, row in enumerate(rows)}
        places = self.candidates.place[self.pairs]
        self.places = np.unique(places[places != NEVER]).astype(np.int64)
        if len(self.places) > MOST_PLACES:
            raise ValueError(f"{len(self.places)} places are too many: at most {MOST_PLACES}")
        self.caps: dict[CapKey, tuple[int, int]] = {}
        self.loads: dict[tuple[int, int], int] = {}

    def numbers(self) -> Iterable[int]:
        """Give everything in order; choices come before the caps and weeks they number."""
        yield self.schedule.factor
        yield max((len(seat.spans) for seat in self.problem.seats), default=1)
        yield from _listed(self.candidates.tables.volunteers.transport.tolist())
        yield len(self.pairs)
        for pair, place in zip(self.pairs.tolist(), self._place_numbers(), strict=True):
            yield from self._choice(pair, place)
        yield from _listed([left for _, left in self.caps.values()])
        yield from _listed([self._base(*key) for key in self.loads])
        quotas = zip(self.problem.at_most, self.schedule.filled, strict=True)
        yield from _listed([max(0, quota.k - filled) for quota, filled in quotas])
        yield from self._groups()
        yield from self._curve()
        yield from self._gaps()

    def _place_numbers(self) -> list[int]:
        place = self.candidates.place[self.pairs]
        number = np.searchsorted(self.places, place)
        return list(np.where(place == NEVER, NEVER, number).tolist())

    def _choice(self, pair: int, place: int) -> Iterable[int]:
        candidates = self.candidates
        person, week, _ = self.schedule.load(pair)
        yield self.row_of[int(candidates.seat[pair])]
        yield person
        yield int(candidates.option[pair])
        yield int(candidates.start[pair])
        yield int(candidates.end[pair])
        yield place
        yield int(candidates.cost[pair])
        yield self.loads.setdefault((person, week), len(self.loads))
        needs = [need for need in self.schedule.needs(pair) if need[1] > 0]
        yield from _listed([self._cap(key, left) for key, _, left in needs])
        yield from (amount for _, amount, _ in needs)

    def _cap(self, key: CapKey, left: int) -> int:
        room = max(0, left - self.schedule.taken.get(key, 0))
        return self.caps.setdefault(key, (len(self.caps), room))[0]

    def _base(self, person: int, week: int) -> int:
        lead = self.problem.volunteers[person].lead_minutes
        return lead + self.schedule.minutes.get((person, week), 0)

    def _groups(self) -> Iterable[int]:
        teams = _numbered(strict_teams(self.problem), self.row_of)
        index = self.problem.seat_index
        named = ([index[name] for name in names] for names in self.problem.same_option)
        dates = _numbered(named, self.row_of)
        team_of = {row: number for number, team in enumerate(teams) for row in team}
        date_of = {row: number for number, group in enumerate(dates) for row in group}
        yield len(self.row_of)
        for row, number in self.row_of.items():
            yield self.problem.seats[row].priority
            yield team_of.get(number, NEVER)
            yield date_of.get(number, NEVER)
            yield from _listed(self.schedule.quotas.get(row, []))
        for groups in (teams, dates):
            yield len(groups)
            for group in groups:
                yield from _listed(group)

    def _curve(self) -> Iterable[int]:
        """Give the shift and the points of each minute from the least base to the most minutes."""
        steps = fairness_steps(self.problem.weights)
        bases = [self._base(*key) for key in self.loads]
        least = min(0, *bases, 0)
        worked = np.zeros(max(1, len(self.loads)), dtype=np.int64)
        for pair in self.pairs.tolist():
            person, week, minutes = self.schedule.load(pair)
            worked[self.loads[person, week]] += minutes
        most = max((base + int(more) for base, more in zip(bases, worked, strict=False)), default=0)
        yield -least
        yield from _listed([fairness_curve(steps, m) for m in range(least, max(most, 0) + 1)])

    def _gaps(self) -> Iterable[int]:
        count = len(self.places)
        yield count
        transports = len(self.problem.travel.transports)
        yield transports
        for means in range(transports):
            for place in self.places.tolist():
                same = np.full(count, place)
                ways = np.full(count, means)
                yield from gap_minutes(self.candidates.tables, ways, same, self.places).tolist()


def _listed(values: list[int]) -> Iterable[int]:
    yield len(values)
    yield from values


def _numbered(groups: Iterable[Iterable[int]], number: dict[int, int]) -> list[list[int]]:
    """Give groups in the numbers of the seats that can be filled, without empty ones."""
    known = [[number[row] for row in group if row in number] for group in groups]
    return [group for group in known if group]


def _useful(schedule: Schedule, pairs: Ints) -> Ints:
    """Leave out the seats of teams of which one seat can never be filled."""
    rows = set(np.unique(schedule.candidates.seat[pairs]).tolist())
    lost = {row for team in strict_teams(schedule.problem) if set(team) - rows for row in team}
    seat = schedule.candidates.seat[pairs]
    useful: Ints = pairs[~np.isin(seat, list(lost))]
    return useful
