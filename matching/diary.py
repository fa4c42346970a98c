"""What each volunteer has: where she is when, and what it takes from her week and her caps."""

from collections.abc import Iterable, Iterator

import numpy as np

from matching.problem import Busy, Seat, Span
from matching.rules import gap_minutes
from matching.tables import EVERY, NEVER, PERIODS, Bools, Ints, Tables
from matching.travel import longest_gap

NO_START, NO_END = 2**61, -(2**61)
ENDLESS = 2**61


class Diary:
    """Intervals [start, end) with a place, in as many columns as the busiest volunteer needs."""

    def __init__(self, tables: Tables) -> None:
        people = len(tables.problem.volunteers)
        self._tables = tables
        self._far = longest_gap(tables.travel)
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
        """Tell per volunteer whether her work leaves no time for a span at a place (-1: none)."""
        found = np.zeros(len(people), dtype=np.bool_)
        who, column = self._entries(people)
        if not len(who):
            return found
        row = people[who]
        later, earlier = self._starts[row, column] - span.end, span.start - self._ends[row, column]
        free = np.maximum(later, earlier)
        found[who[free < 0]] = True
        near = (free >= 0) & (free < self._far) & (place != NEVER)[who] & ~found[who]
        who, row, column = who[near], row[near], column[near]
        there, here, leaves = self._places[row, column], place[who], later[near] >= 0
        origin, goal = np.where(leaves, here, there), np.where(leaves, there, here)
        means = self._tables.volunteers.transport[row]
        late = gap_minutes(self._tables, means, origin, goal) > free[near]
        found[who[late]] = True
        return found

    def _entries(self, people: Ints) -> tuple[Ints, Ints]:
        """Give position among these volunteers and column of every interval they have."""
        counts = self._counts[people]
        who = np.repeat(np.arange(len(people)), counts)
        first = np.cumsum(counts) - counts
        return who, np.arange(len(who)) - first[who]


class Ledger:
    """Minutes that each volunteer works in a week, and what is left of her caps in a period."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        volunteers = tables.problem.volunteers
        self._leads = np.array([v.lead_minutes for v in volunteers], dtype=np.int64)
        self._lead_in: dict[int, Ints] = {}
        self._left_in: dict[tuple[int, int, int], Ints] = {}

    def add(self, person: int, seat: Seat, span: Span, *, times: int = 1) -> None:
        """Write work of a volunteer (row) down; with `times` -1 strike it out again."""
        self.lead(span)[person] += times * span.minutes
        for left, amount in self._touched(seat, span):
            left[person] -= times * amount

    def lead(self, span: Span) -> Ints:
        """Give the lead of all volunteers in the week of a span, minutes written down included."""
        if span.week not in self._lead_in:
            self._lead_in[span.week] = self._leads.copy()
        return self._lead_in[span.week]

    def exceeds(self, people: Ints, seat: Seat, span: Span) -> Bools:
        """Tell per volunteer whether a seat on a date takes more than a cap has left."""
        found = np.zeros(len(people), dtype=np.bool_)
        for left, amount in self._touched(seat, span):
            found |= left[people] < amount
        return found

    def _touched(self, seat: Seat, span: Span) -> Iterator[tuple[Ints, int]]:
        """Give per kind of cap what each volunteer has left, and what the seat takes from it."""
        for period, unit in self._tables.volunteers.cap_rules:
            index: int = getattr(span, PERIODS[period])
            key = period, unit, index
            if key not in self._left_in:
                self._left_in[key] = self._left_at_first(*key)
            yield self._left_in[key], (1, span.minutes, seat.cents)[unit]

    def _left_at_first(self, period: int, unit: int, index: int) -> Ints:
        """Give what each volunteer has left with nothing written down; a cap of its own counts."""
        caps = self._tables.volunteers.caps
        periods, indices, units, lefts = caps.columns
        found = np.full(len(caps.counts), ENDLESS, dtype=np.int64)
        for which in EVERY, index:
            rows = (periods == period) & (units == unit) & (indices == which)
            found[caps.owners[rows]] = lefts[rows]
        return found
