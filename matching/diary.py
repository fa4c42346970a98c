"""When and where each volunteer is taken, as arrays that answer for many at once."""

from collections.abc import Iterable

import numpy as np

from matching.problem import Busy, Span
from matching.rules import gap_minutes
from matching.tables import NEVER, Bools, Ints, Tables

NO_START, NO_END = 2**61, -(2**61)


class Diary:
    """Intervals [start, end) with a place, in as many columns as the busiest volunteer needs.

    `far` are minutes that no way between two places exceeds.
    """

    def __init__(self, tables: Tables, far: int) -> None:
        people = len(tables.problem.volunteers)
        self._tables = tables
        self._far = far
        self._counts = np.zeros(people, dtype=np.int64)
        self._starts = np.full((people, 1), NO_START, dtype=np.int64)
        self._ends = np.full((people, 1), NO_END, dtype=np.int64)
        self._places = np.full((people, 1), NEVER, dtype=np.int64)

    def add(self, person: int, busy: Busy) -> None:
        """Take one interval of a volunteer (row) in."""
        column = int(self._counts[person])
        if column == self._starts.shape[1]:
            self._widen()
        self._starts[person, column], self._ends[person, column] = busy.start, busy.end
        self._places[person, column] = NEVER if busy.place is None else busy.place
        self._counts[person] += 1

    def _widen(self) -> None:
        self._starts = np.hstack((self._starts, np.full_like(self._starts, NO_START)))
        self._ends = np.hstack((self._ends, np.full_like(self._ends, NO_END)))
        self._places = np.hstack((self._places, np.full_like(self._places, NEVER)))

    def rewrite(self, person: int, work: Iterable[Busy]) -> None:
        """Give a volunteer (row) this work instead of what she had."""
        self._starts[person], self._ends[person] = NO_START, NO_END
        self._counts[person] = 0
        for busy in work:
            self.add(person, busy)

    def collides(self, people: Ints, span: Span, place: Ints) -> Bools:
        """Tell per volunteer whether other work leaves no time for a span at a place (-1: none)."""
        starts, ends = self._starts[people], self._ends[people]
        later, earlier = starts - span.end, span.start - ends
        free = np.maximum(later, earlier)
        found = np.asarray((free < 0).any(axis=1), dtype=np.bool_)
        near = (free >= 0) & (free < self._far) & (place != NEVER)[:, None]
        who, column = np.nonzero(near)
        there, here = self._places[people[who], column], place[who]
        leaves = later[who, column] >= 0
        means = self._tables.volunteers.transport[people[who]]
        origin, goal = np.where(leaves, here, there), np.where(leaves, there, here)
        late = gap_minutes(self._tables, means, origin, goal) > free[who, column]
        found[who[late]] = True
        return found
