"""Which pair takes how much from which cap, as arrays for the compiled engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from matching.candidates import Candidates
from matching.eligibility import parents_shares
from matching.rules import amounts_of, left_of
from matching.tables import NEVER, PERIODS, UNITS, Ints

PARENTS_DAY = len(PERIODS)


@dataclass(frozen=True)
class Resources:
    """What `Schedule.needs` says of every pair, without caps that can never bind.

    Parameters
    ----------
    first
        Shape pairs + 1: what pair p takes is at first[p]:first[p + 1] of `key` and `amount`.
    key, amount
        Which cap, and how much of it (above 0) in assignments, minutes or cents.
    left, volunteer, period
        Per cap: what is left before any assignment, accepted work included; whose it is; and 0
        for a day, 1 a week, 2 a grant year, 3 a tax year, 4 a limit of a parents' day.
    """

    first: Ints
    key: npt.NDArray[np.int32]
    amount: Ints
    left: Ints
    volunteer: npt.NDArray[np.int32]
    period: npt.NDArray[np.int8]


@dataclass(frozen=True)
class _Part:
    """Entries of one kind of cap: `pair` ascends, `key` counts from 0 within the part."""

    pair: Ints
    key: Ints
    amount: Ints
    left: Ints
    volunteer: Ints
    period: int


def resources(candidates: Candidates) -> Resources:
    """Lay the caps that can bind out by pair; time and memory grow with the pairs."""
    parts = [part for part in _parts(candidates) if len(part.key)]
    counts = np.zeros(len(candidates), dtype=np.int64)
    for part in parts:
        counts += np.bincount(part.pair, minlength=len(candidates))
    first = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
    key = np.empty(int(first[-1]), dtype=np.int32)
    amount = np.empty(int(first[-1]), dtype=np.int64)
    free, keys = first[:-1].copy(), 0
    for part in parts:
        place = free[part.pair] + _rank(part.pair)
        key[place], amount[place] = part.key + keys, part.amount
        free += np.bincount(part.pair, minlength=len(candidates))
        keys += len(part.left)
    none = np.zeros(0, dtype=np.int64)
    return Resources(
        first=first,
        key=key,
        amount=amount,
        left=np.concatenate([none, *(part.left for part in parts)]),
        volunteer=np.concatenate([none, *(p.volunteer for p in parts)]).astype(np.int32),
        period=np.repeat([p.period for p in parts], [len(p.left) for p in parts]).astype(np.int8),
    )


def _rank(pair: Ints) -> Ints:
    """Number the entries of each pair from 0; equal pairs stand together."""
    begins = np.flatnonzero(np.diff(pair, prepend=NEVER))
    lengths = np.diff(begins, append=len(pair))
    return np.arange(len(pair)) - np.repeat(begins, lengths)


def _parts(candidates: Candidates) -> Iterator[_Part]:
    caps = candidates.tables.volunteers.caps.columns
    known = set(zip(caps[0].tolist(), caps[2].tolist(), strict=True))
    for period, unit in product(range(len(PERIODS)), range(len(UNITS))):
        if (period, unit) in known:
            yield _caps(candidates, period, unit)
    if candidates.problem.parents_days:
        yield _parents(candidates)


def _caps(candidates: Candidates, period: int, unit: int) -> _Part:
    tables = candidates.tables
    index = tables.slots.periods[period]
    values, compact = np.unique(index, return_inverse=True)
    left = left_of(tables, candidates.volunteer, candidates.slot, period=period, unit=unit)
    amount = amounts_of(tables, unit, candidates.slot)
    pair = np.flatnonzero((left >= 0) & (amount > 0))
    owner = candidates.volunteer[pair].astype(np.int64)
    code = owner * len(values) + compact[candidates.slot[pair]]
    return _binding(pair, code, amount[pair], left[pair], owner=owner, period=period)


def _parents(candidates: Candidates) -> _Part:
    """Cross each pair of a parents' day with the limits its slot takes from."""
    tables = candidates.tables
    shares = parents_shares(candidates.problem)
    limits: dict[tuple[int, int | None], int] = {}
    counts = np.zeros(len(tables.slots.seat), dtype=np.int64)
    rows: list[tuple[int, int, int]] = []
    for (seat, option), taken in sorted(shares.items()):
        counts[tables.slots.first[seat] + option] = len(taken)
        for share in taken:
            limit = limits.setdefault((share.day, share.start), len(limits))
            rows.append((limit, share.amount, share.left))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    begin = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
    long_days = np.array([v.long_days for v in candidates.problem.volunteers], dtype=np.bool_)
    times = np.where(long_days[candidates.volunteer], 0, counts[candidates.slot])
    pair = np.repeat(np.arange(len(candidates)), times)
    entry = begin[candidates.slot[pair]] + _rank(pair)
    owner = candidates.volunteer[pair].astype(np.int64)
    limit, amount, left = columns[entry].T
    code = owner * max(1, len(limits)) + limit
    return _binding(pair, code, amount, left, owner=owner, period=PARENTS_DAY)


def _binding(
    pair: Ints, code: Ints, amount: Ints, left: Ints, *, owner: Ints, period: int
) -> _Part:
    """Number the caps by their code and leave out those that all entries together respect."""
    order = np.argsort(code, kind="stable")
    begins = np.flatnonzero(np.diff(code[order], prepend=NEVER))
    sums = np.add.reduceat(amount[order], begins) if len(begins) else begins
    binds = sums > left[order[begins]]
    number = np.empty(len(code), dtype=np.int64)
    number[order] = np.repeat(
        np.where(binds, np.cumsum(binds) - 1, NEVER), np.diff(begins, append=len(code))
    )
    kept, heads = number != NEVER, order[begins[binds]]
    return _Part(pair[kept], number[kept], amount[kept], left[heads], owner[heads], period)
