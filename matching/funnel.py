"""How many volunteers are left for a seat after each question."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matching.codes import FunnelCode
from matching.repair import blocking
from matching.rules import failures
from matching.speech import NO_LANGUAGE
from matching.standing import Standing
from matching.tables import Bools, Ints, Tables

STEPS: tuple[tuple[FunnelCode, tuple[str, ...]], ...] = (
    (FunnelCode.SPEAKS, ("language", "consent", "level")),
    (FunnelCode.RELEASED, ("role", "open_question", "papers")),
    (FunnelCode.ALLOWED, ("gender", "excluded", "only_kinds", "blocked")),
    (FunnelCode.NEAR, ("mode", "too_far")),
    (FunnelCode.FREE, ("unavailable", "busy")),
    (FunnelCode.UNDER_CAPS, ("cap",)),
)


@dataclass(frozen=True)
class Look:
    """What stands against some volunteers on the dates of a seat: one entry per pair.

    `fails` has one row of flags per code of `rules.failures`; those who speak nothing that could
    serve are left out.
    """

    tables: Tables
    volunteer: Ints
    slot: Ints
    fails: Mapping[str, Bools]

    @property
    def lacks(self) -> Ints:
        """How many codes stand against each pair."""
        lacks: Ints = np.sum(list(self.fails.values()), axis=0, dtype=np.int64)
        return lacks

    def people_but_for(self, *codes: str) -> Ints:
        """Give the volunteers against whom nothing stands on some date, these codes apart."""
        other = [flags for code, flags in self.fails.items() if code not in codes]
        return np.unique(self.volunteer[~np.any(other, axis=0)])


def look_at(tables: Tables, seat: int, people: Ints | None = None) -> Look:
    """Look at one seat (row) for all volunteers of the tables, or some of them (rows)."""
    if people is None:
        demand = tables.seats.speech[seat]
        people = np.flatnonzero(tables.speech_code[demand] != NO_LANGUAGE)
    slots = np.arange(tables.slots.first[seat], tables.slots.first[seat + 1])
    volunteer, slot = np.tile(people, len(slots)), np.repeat(slots, len(people))
    return Look(tables, volunteer, slot, failures(tables, volunteer, slot))


def funnel(standing: Standing, seat: int, look: Look) -> Mapping[FunnelCode, int]:
    """Count the volunteers left after each question, each on the date that suits her best.

    Every number counts those who also pass all questions before it; the last one asks the plan.
    """
    counts = {FunnelCode.POOL: len(standing.problem.volunteers)}
    left = np.ones(len(look.volunteer), dtype=np.bool_)
    for step, codes in STEPS:
        for code in codes:
            left &= ~look.fails[code]
        counts[step] = len(np.unique(look.volunteer[left]))
    return counts | {FunnelCode.UNTAKEN: _untaken(standing, seat)}


def _untaken(standing: Standing, seat: int) -> int:
    candidates, schedule = standing.candidates, standing.schedule
    free = [p for p in candidates.of_seat(seat).tolist() if not blocking(schedule, p)]
    return len(np.unique(candidates.volunteer[free])) if free else 0
