"""A plan under construction: what is taken, what still fits, and what it would cost."""

from collections import defaultdict
from collections.abc import Iterable

from matching.candidates import Candidates
from matching.costs import fairness_curve, fairness_steps
from matching.eligibility import amount, caps_at, parents_shares
from matching.problem import Problem
from matching.tables import NEVER
from matching.travel import gap_minutes

CapKey = tuple[int, str, str, int]


class Schedule:
    """Pairs chosen so far, always feasible but for teams that are still incomplete.

    `factor` is the weight of one filled priority point. The pins are in from the start and stay.
    """

    def __init__(self, candidates: Candidates, factor: int) -> None:
        self.candidates = candidates
        self.problem: Problem = candidates.problem
        self.factor = factor
        self.fill = 0
        self.cost = 0
        self.pair_of: dict[int, int] = {}
        self.pairs_of: defaultdict[int, list[int]] = defaultdict(list)
        self.minutes: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.taken: defaultdict[CapKey, int] = defaultdict(int)
        self.quotas = _groups(self.problem, (quota.seats for quota in self.problem.at_most))
        self.filled = [0] * len(self.problem.at_most)
        self.same_option = _groups(self.problem, self.problem.same_option)
        self.options: list[list[int]] = [[] for _ in self.problem.same_option]
        self._steps = fairness_steps(self.problem.weights)
        self._shares = parents_shares(self.problem)
        self._volunteer = candidates.volunteer.data
        self._seat = candidates.seat.data
        self._option = candidates.option.data
        self._start = candidates.start.data
        self._end = candidates.end.data
        self._place = candidates.place.data
        self._cost = candidates.cost.data
        for pair in candidates.pinned.nonzero()[0].tolist():
            self.add(pair)
        self.pinned = frozenset(self.pair_of)

    @property
    def objective(self) -> int:
        return self.factor * self.fill - self.cost

    def seat_of(self, pair: int) -> int:
        """Give the seat of a pair."""
        return self._seat[pair]

    def fits(self, pair: int) -> bool:
        """Tell whether a pair can be added: seat free, time, caps, quotas, options."""
        seat = self._seat[pair]
        if seat in self.pair_of or not self._room(seat, self._option[pair]):
            return False
        busy = self.pairs_of.get(self._volunteer[pair], ())
        return not any(self.collide(pair, other) for other in busy) and self._caps_allow(pair)

    def _room(self, seat: int, option: int) -> bool:
        for group in self.quotas.get(seat, ()):
            if self.filled[group] >= self.problem.at_most[group].k:
                return False
        return all(set(self.options[group]) <= {option} for group in self.same_option.get(seat, ()))

    def collide(self, pair: int, other: int) -> bool:
        """Tell whether one volunteer cannot do both, travel between them included."""
        if self._start[pair] > self._start[other]:
            pair, other = other, pair
        end, start = self._end[pair], self._start[other]
        if start < end:
            return True
        transport = self.problem.volunteers[self._volunteer[pair]].transport
        places = (self._place[pair], self._place[other])
        if NEVER in places:
            return False
        return end + gap_minutes(self.problem, transport, *places) > start

    def needs(self, pair: int) -> list[tuple[CapKey, int, int]]:
        """Give what a pair takes from which caps and limits of parents' days.

        Returns
        -------
        list of (key, amount, left)
            The key is (volunteer, period, unit, index); a limit of a parents' day has the period
            "parents_day" (its index is the number of the day), that of a window in it the number
            in its period and the window's start as index.
        """
        person, row, option = self._volunteer[pair], self._seat[pair], self._option[pair]
        volunteer, seat = self.problem.volunteers[person], self.problem.seats[row]
        span = seat.spans[option]
        found: list[tuple[CapKey, int, int]] = [
            ((person, cap.period, cap.unit, cap.index or 0), amount(cap, seat, span), cap.left)
            for cap in caps_at(volunteer, span)
        ]
        for share in () if volunteer.long_days else self._shares.get((row, option), ()):
            period, index = f"parents_day {share.day}", share.start
            if index is None:
                period, index = "parents_day", share.day
            found.append(((person, period, "minutes", index), share.amount, share.left))
        return found

    def _caps_allow(self, pair: int) -> bool:
        return all(
            more == 0 or self.taken[key] + more <= left for key, more, left in self.needs(pair)
        )

    def marginal(self, pair: int) -> int:
        """Give the points a pair would add now, fairness and opening included."""
        person, week, worked = self.load(pair)
        before = self.minutes[person, week] + self.problem.volunteers[person].lead_minutes
        rise = fairness_curve(self._steps, before + worked) - fairness_curve(self._steps, before)
        opening = 0 if self.pairs_of.get(person) else self.problem.weights.opening
        return self._cost[pair] + rise + opening

    def load(self, pair: int) -> tuple[int, int, int]:
        """Give volunteer, week and minutes of a pair."""
        week = self.problem.seats[self._seat[pair]].spans[self._option[pair]].week
        return self._volunteer[pair], week, self._end[pair] - self._start[pair]

    def add(self, pair: int) -> None:
        """Take a pair in."""
        seat = self._seat[pair]
        self.cost += self.marginal(pair)
        self.fill += self.problem.seats[seat].priority
        self.pair_of[seat] = pair
        self.pairs_of[self._volunteer[pair]].append(pair)
        self._book(pair, 1)
        for group in self.same_option.get(seat, ()):
            self.options[group].append(self._option[pair])

    def remove(self, pair: int) -> None:
        """Take a pair out again."""
        seat = self._seat[pair]
        del self.pair_of[seat]
        self.pairs_of[self._volunteer[pair]].remove(pair)
        self._book(pair, -1)
        for group in self.same_option.get(seat, ()):
            self.options[group].remove(self._option[pair])
        self.fill -= self.problem.seats[seat].priority
        self.cost -= self.marginal(pair)

    def _book(self, pair: int, sign: int) -> None:
        person, week, worked = self.load(pair)
        self.minutes[person, week] += sign * worked
        for key, more, _ in self.needs(pair):
            self.taken[key] += sign * more
        for group in self.quotas.get(self._seat[pair], ()):
            self.filled[group] += sign


def _groups(problem: Problem, groups: Iterable[tuple[str, ...]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for number, names in enumerate(groups):
        for name in dict.fromkeys(names):
            found.setdefault(problem.seat_index[name], []).append(number)
    return found
