"""Boards of small problems, rosters on them, and what they come to outside of the kernels."""

from dataclasses import dataclass

import numpy as np

from matching import Assignment, Plan, Problem
from matching.board import Board, build_board
from matching.candidates import Candidates, find_candidates
from matching.engine import choose_factor
from matching.generate import SIZES, Size, generate
from matching.problem import MODES
from matching.roster import OPEN, Roster, add, empty_roster
from matching.schedule import Schedule
from tests.matching.cases import plan_of, tight_week, varied_week


@dataclass(frozen=True)
class Stage:
    """One problem in all its shapes."""

    problem: Problem
    candidates: Candidates
    factor: int
    board: Board

    def schedule(self) -> Schedule:
        """Give a plan in which nothing but the accepted work is done."""
        return Schedule(self.candidates, self.factor)

    @property
    def base(self) -> int:
        """The objective of the accepted work, which is not on the board."""
        return self.schedule().objective

    def plan(self, roster: Roster) -> Plan:
        """Give a roster and the accepted work as a plan with right figures."""
        chosen = self.board.pair[roster.pair_of[roster.pair_of != OPEN]].tolist()
        pairs = [*np.flatnonzero(self.candidates.pinned).tolist(), *chosen]
        return plan_of(self.problem, tuple(map(self._assignment, pairs)), self.factor)

    def _assignment(self, pair: int) -> Assignment:
        found = self.candidates
        return Assignment(
            self.problem.seats[found.seat[pair]].id,
            self.problem.volunteers[found.volunteer[pair]].id,
            int(found.option[pair]),
            MODES[found.mode[pair]],
            0,
        )


def stage(problem: Problem) -> Stage:
    """Lay a problem out."""
    candidates = find_candidates(problem)
    factor = choose_factor(candidates)
    return Stage(problem, candidates, factor, build_board(candidates, factor))


def some_stage(seed: int) -> Stage:
    """Give a small problem; tight caps, ways to travel, crowds and changed clocks take turns."""
    kinds = (
        lambda: tight_week(seed),
        lambda: varied_week(seed),
        lambda: generate(SIZES["small"], seed, clock_change=True),
        lambda: generate(Size(15, 12, 1, 1, mix="full"), seed),
    )
    return stage(kinds[seed % len(kinds)]())


def rebuilt(board: Board, roster: Roster) -> Roster:
    """Give a roster with the same work, taken in anew."""
    fresh = empty_roster(board)
    for pair in np.sort(roster.pair_of[roster.pair_of != OPEN]).tolist():
        add(board, fresh, pair)
    return fresh


def state(roster: Roster) -> dict[str, list[int]]:
    """Give all that a roster counts; dates only where somebody has settled one."""
    counted = {
        name: getattr(roster, name).tolist()
        for name in ("pair_of", "held", "used", "minutes", "filled", "date_count", "value")
    }
    return counted | {"date": np.where(roster.date_count > 0, roster.date, OPEN).tolist()}
