"""Seats that hang together, as arrays: bundles, teams, common dates, quotas."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from matching.candidates import Candidates
from matching.pinned import choices_of_date, quotas_left
from matching.problem import Problem
from matching.teams import joined, strict_teams

Array = npt.NDArray[Any]
Rows = Sequence[Sequence[int]]

SINGLE, TEAM, DATE, TEAM_DATE, LOOSE = range(5)
"""Kinds of bundles: one seat, all or none, one date, both, anything else (each seat alone)."""


class Lists(NamedTuple):
    """Lists of different length: those of row i are at first[i]:first[i + 1] of items."""

    first: Array
    items: Array


class Ties(NamedTuple):
    """Bundles are the smallest sets that no team and no common date crosses."""

    bundle_of: Array
    bundles: Lists
    kind: Array
    teams: Lists
    seat_teams: Lists
    dates: Lists
    seat_dates: Lists
    quota_left: Array
    quotas: Lists
    seat_quotas: Lists


def build_ties(candidates: Candidates) -> Ties:
    """Lay out which seats hang together beside the pins."""
    problem, seats = candidates.problem, len(candidates.problem.seats)
    teams, dates = strict_teams(problem), choices_of_date(problem)
    groups = joined(seats, [*teams, *dates])
    bundle_of = np.zeros(seats, dtype=np.int32)
    for number, group in enumerate(groups):
        bundle_of[list(group)] = number
    quotas = _quotas(problem)
    return Ties(
        bundle_of=bundle_of,
        bundles=lists(groups),
        kind=_kinds(groups, teams, dates),
        teams=lists(teams),
        seat_teams=turned(teams, seats),
        dates=lists(dates),
        seat_dates=turned(dates, seats),
        quota_left=np.maximum(np.array(quotas_left(candidates), dtype=np.int64), 0),
        quotas=lists(quotas),
        seat_quotas=turned(quotas, seats),
    )


def find_copies(ties: Ties, seat_first: Array, by_seat: Array, columns: Sequence[Array]) -> Array:
    """Give per seat the first seat of its team that is the same in everything, itself if none.

    Parameters
    ----------
    seat_first, by_seat
        The pairs of seat s are by_seat[seat_first[s]:seat_first[s + 1]], by volunteer.
    columns
        What must agree, one value per pair.
    """
    original = np.arange(len(ties.bundle_of), dtype=np.int32)
    for team in range(len(ties.teams.first) - 1):
        known: dict[bytes, int] = {}
        for seat in ties.teams.items[ties.teams.first[team] : ties.teams.first[team + 1]].tolist():
            pairs = by_seat[seat_first[seat] : seat_first[seat + 1]]
            mark = b"".join(column[pairs].tobytes() for column in columns)
            original[seat] = known.setdefault(mark, seat)
    whole = np.isin(ties.kind, (TEAM, TEAM_DATE))[ties.bundle_of]
    return np.where(whole, original, np.arange(len(original))).astype(np.int32)


def lists(rows: Iterable[Sequence[int]]) -> Lists:
    """Join rows of different length."""
    kept = [list(row) for row in rows]
    first = np.concatenate(([0], np.cumsum([len(row) for row in kept], dtype=np.int64)))
    return Lists(
        first.astype(np.int64), np.array([entry for row in kept for entry in row], dtype=np.int32)
    )


def turned(rows: Rows, count: int) -> Lists:
    """Give per item in which rows it stands."""
    found: list[list[int]] = [[] for _ in range(count)]
    for number, row in enumerate(rows):
        for item in row:
            found[item].append(number)
    return lists(found)


def _quotas(problem: Problem) -> list[list[int]]:
    index = problem.seat_index
    return [[index[name] for name in dict.fromkeys(quota.seats)] for quota in problem.at_most]


def _kinds(bundles: Rows, teams: Rows, dates: Rows) -> Array:
    whole_teams = {frozenset(team) for team in teams}
    whole_dates = {frozenset(date) for date in dates}
    tied = {seat for group in (*teams, *dates) for seat in group}
    in_dates = {seat for group in dates for seat in group}
    kinds = []
    for bundle in bundles:
        seats = frozenset(bundle)
        if len(bundle) == 1 or not seats & tied:
            kinds.append(SINGLE)
        elif seats in whole_teams and not seats & in_dates:
            kinds.append(TEAM)
        elif seats in whole_teams and seats in whole_dates:
            kinds.append(TEAM_DATE)
        elif seats in whole_dates and not any(seats & set(team) for team in teams):
            kinds.append(DATE)
        else:
            kinds.append(LOOSE)
    return np.array(kinds, dtype=np.int8)
