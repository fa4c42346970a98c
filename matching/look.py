"""What stands against volunteers on the dates of one seat, for many at once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matching.rules import failures
from matching.speech import NO_LANGUAGE
from matching.tables import Bools, Ints, Tables


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
