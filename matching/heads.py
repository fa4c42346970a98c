"""Heads: who can do one seat of a team at most, because its seats are at the same time.

A team of n needs n people. Prices alone do not see it: half a team filled by one volunteer looks
to them like one seat filled. Hence one row per head (volunteer h, team g, date d):

    Σ x over her pairs on the seats of g on d ≤ whether g goes on d
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from matching.ties import TEAM, TEAM_DATE, Ties

Array = npt.NDArray[Any]

NONE = -1


def find_heads(ties: Ties, slot_first: Array, columns: tuple[Array, ...]) -> tuple[Array, Array]:
    """Give the head of each pair, and per head the slot that stands for its team and date.

    Parameters
    ----------
    columns
        Volunteer, seat, slot, start, end of each pair.

    Returns
    -------
    head, head_slot
        Pairs without a head have the number after the last one.
    """
    volunteer, seat, slot, start, end = columns
    whole = _with_heads(ties, slot_first)
    stands = standing_slots(ties, slot_first, seat, slot)
    pairs = np.flatnonzero(whole[ties.bundle_of[seat]] & (stands != NONE))
    stands = stands[pairs]
    code = volunteer[pairs].astype(np.int64) * (slot_first[-1] + 1) + stands
    known, first, number = np.unique(code, return_index=True, return_inverse=True)
    latest, earliest = np.zeros(len(known), np.int64), np.full(len(known), 1 << 40)
    np.maximum.at(latest, number, start[pairs])
    np.minimum.at(earliest, number, end[pairs])
    useful = (latest < earliest) & (np.bincount(number, minlength=len(known)) > 1)
    rank = np.where(useful, np.cumsum(useful) - 1, useful.sum())
    head = np.full(len(seat), useful.sum(), dtype=np.int32)
    head[pairs] = rank[number]
    return head, stands[first[useful]].astype(np.int64)


def standing_slots(ties: Ties, slot_first: Array, seat: Array, slot: Array) -> Array:
    """Give the slot that stands for the bundle of a seat on the date of its slot.

    It is that of the first seat of the bundle, NONE where that seat has no such date.
    """
    leader = ties.bundles.items[ties.bundles.first[:-1]][ties.bundle_of[seat]]
    stands = slot_first[leader] + slot - slot_first[seat]
    return np.where(stands < slot_first[leader + 1], stands, NONE)


def _with_heads(ties: Ties, slot_first: Array) -> Array:
    """Tell per bundle whether it is one team whose seats have one date, or one date in common."""
    seats = np.diff(slot_first)[ties.bundles.items]
    most = np.maximum.reduceat(seats, ties.bundles.first[:-1]) if len(seats) else seats
    found: Array = (ties.kind == TEAM_DATE) | ((ties.kind == TEAM) & (most == 1))
    return found
