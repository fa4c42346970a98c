"""When each volunteer is taken, as arrays that answer for many volunteers at once."""

from collections.abc import Sequence

import numpy as np

from matching.tables import Bools, Ints

NO_START, NO_END = 2**62, -(2**62)


class Diary:
    """Intervals [start, end) per volunteer (row), in as many columns as the busiest needs."""

    def __init__(self, people: int) -> None:
        self._counts = np.zeros(people, dtype=np.int64)
        self._starts = np.full((people, 1), NO_START, dtype=np.int64)
        self._ends = np.full((people, 1), NO_END, dtype=np.int64)

    def add(self, person: int, start: int, end: int) -> None:
        """Take one interval in."""
        column = int(self._counts[person])
        if column == self._starts.shape[1]:
            self._starts = np.hstack((self._starts, np.full_like(self._starts, NO_START)))
            self._ends = np.hstack((self._ends, np.full_like(self._ends, NO_END)))
        self._starts[person, column], self._ends[person, column] = start, end
        self._counts[person] += 1

    def rewrite(self, person: int, intervals: Sequence[tuple[int, int]]) -> None:
        """Give a volunteer these intervals instead of those she had."""
        self._starts[person], self._ends[person] = NO_START, NO_END
        self._counts[person] = 0
        for start, end in intervals:
            self.add(person, start, end)

    def overlaps(self, people: Ints, start: int, end: int) -> Bools:
        """Tell per volunteer whether something of hers overlaps [start, end)."""
        clashes = (self._starts[people] < end) & (self._ends[people] > start)
        return np.asarray(clashes.any(axis=1), dtype=np.bool_)
