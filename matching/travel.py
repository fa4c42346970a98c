"""Minutes between two places for one mode of transport, and between two assignments."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt

import numpy as np
import numpy.typing as npt

from matching.problem import Problem

Ints = npt.NDArray[np.int64]
FAR = 10**8


@dataclass(frozen=True)
class TravelTable:
    """Places and transports as arrays, for `rules.minutes`.

    Overrides are sorted keys (transport, from, to) in one number; `matrices` maps a transport to
    the minutes between all places (rows = from, -1 = not known).
    """

    x: Ints
    y: Ints
    town: Ints
    speed: Ints
    detour: Ints
    fixed: Ints
    same_town: int
    buffer: int
    keys: Ints
    minutes: Ints
    matrices: Mapping[int, npt.NDArray[np.int32]]


def travel_table(problem: Problem) -> TravelTable:
    """Lay places, transports and known minutes out as arrays."""
    travel, places = problem.travel, problem.places
    numbers = {name: number for number, name in enumerate(travel.transports)}
    means, count = travel.transports.values(), len(places)
    keyed = sorted(
        ((numbers[name] * count + start) * count + end, minutes)
        for (name, start, end), minutes in travel.overrides.items()
    )
    return TravelTable(
        x=np.array([place.x_m for place in places], dtype=np.int64),
        y=np.array([place.y_m for place in places], dtype=np.int64),
        town=np.array([place.town for place in places], dtype=np.int64),
        speed=np.array([m.metres_per_minute for m in means], dtype=np.int64),
        detour=np.array([m.detour_percent for m in means], dtype=np.int64),
        fixed=np.array([m.fixed_minutes for m in means], dtype=np.int64),
        same_town=travel.same_town_minutes,
        buffer=travel.buffer_minutes,
        keys=np.array([key for key, _ in keyed], dtype=np.int64),
        minutes=np.array([minutes for _, minutes in keyed], dtype=np.int64),
        matrices={numbers[n]: np.array(m, dtype=np.int32) for n, m in travel.matrices.items()},
    )


def reach_metres(table: TravelTable, transport: Ints, limit: Ints) -> Ints:
    """Give how far one can get by the formula in `limit` minutes, a metre too far at most.

    floor((limit - fixed) · 100 · metres per minute / detour) + 1, and 0 without time to set out;
    the same town and building may be nearer than that. Beyond FAR nothing lies.
    """
    time = np.clip(limit - table.fixed[transport], -1, 10**6)
    metres = time * 100 * table.speed[transport] // table.detour[transport] + 1
    return np.where(time >= 0, np.minimum(metres, FAR), 0)


def of_place(numbers: Ints, place: Ints) -> Ints:
    """Give the number of each place, 0 where there is none (-1)."""
    return np.append(numbers, 0)[place]


def town_extent(table: TravelTable, place: Ints) -> tuple[Ints, Ints]:
    """Give the least and the most x of the towns in which places lie."""
    _, town = np.unique(table.town, return_inverse=True)
    west = np.full(len(town), np.iinfo(np.int64).max)
    east = np.full(len(town), np.iinfo(np.int64).min)
    np.minimum.at(west, town, table.x)
    np.maximum.at(east, town, table.x)
    return west[town[place]], east[town[place]]


def is_formula(table: TravelTable, transport: Ints, home: Ints) -> npt.NDArray[np.bool_]:
    """Tell per volunteer whether every way from her home follows the formula."""
    count = max(1, len(table.x))
    known = np.isin(transport * count + home, table.keys // count)
    return ~known & ~np.isin(transport, list(table.matrices))


def longest_gap(table: TravelTable) -> int:
    """Give minutes that no gap between two assignments exceeds, the buffer included.

    The formula over the width and the height of all places together, or what is known to be longer.
    """
    metres = sum(int(np.ptp(axis)) for axis in (table.x, table.y) if len(axis))
    rides = table.fixed + metres * table.detour // (100 * table.speed) + 1
    longest = max(table.same_town, int(rides.max(initial=0)), int(table.minutes.max(initial=0)))
    for matrix in table.matrices.values():
        longest = max(longest, int(matrix.max(initial=0)))
    return longest + table.buffer


def minutes(problem: Problem, transport: str, start: int, end: int) -> int:
    """Give the whole minutes of one way between two places (indices).

    override, else the matrix where it knows (≥ 0), else 0 in the same building, else the flat time
    in the same town, else max(flat time, fixed + ceil(distance_m · detour / (100 · metres per
    minute))): the next village is never nearer than the other end of the own town.
    """
    travel = problem.travel
    override = travel.overrides.get((transport, start, end))
    if override is not None:
        return override
    matrix = travel.matrices.get(transport)
    if matrix is not None and matrix[start][end] >= 0:
        return matrix[start][end]
    if start == end:
        return 0
    a, b = problem.places[start], problem.places[end]
    if a.town == b.town:
        return travel.same_town_minutes
    means = travel.transports[transport]
    metres = isqrt((a.x_m - b.x_m) ** 2 + (a.y_m - b.y_m) ** 2)
    ride = -(-metres * means.detour_percent // (100 * means.metres_per_minute))
    return max(travel.same_town_minutes, means.fixed_minutes + ride)


def gap_minutes(problem: Problem, transport: str, start: int | None, end: int | None) -> int:
    """Give the minutes that must lie between two assignments of one volunteer.

    minutes(start, end), plus the buffer when the towns differ; 0 when one of them has no place
    (phone, video).
    """
    if start is None or end is None:
        return 0
    buffer = problem.travel.buffer_minutes
    if problem.places[start].town == problem.places[end].town:
        buffer = 0
    return minutes(problem, transport, start, end) + buffer
