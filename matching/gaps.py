"""Minutes that must lie between two assignments, for the compiled functions.

Among few places they are worked out once for all pairs of places; among many, where such a table
would not fit, at each question.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from matching import rules
from matching.compiled import kernel
from matching.tables import Tables

Array = npt.NDArray[Any]

NOWHERE = -1
LARGEST_TABLE = 64_000_000
ROWS = 2_000_000


class Ways(NamedTuple):
    """Places that seats use ("spots") and how long it takes between them.

    `table` (transports × spots × spots, rows = from) holds the minutes with the buffer; without
    spots in it they follow from the other arrays, by the rule of `matching.travel`.
    """

    table: Array
    x: Array
    y: Array
    town: Array
    speed: Array
    detour: Array
    fixed: Array
    flat: int
    buffer: int
    keys: Array
    minutes: Array


def build_ways(tables: Tables, spots: Array) -> Ways:
    """Lay out the ways between some places (indices of places, ascending)."""
    travel = tables.travel
    keys, minutes = _overrides(tables, spots)
    return Ways(
        table=_table(tables, spots),
        x=travel.x[spots],
        y=travel.y[spots],
        town=travel.town[spots],
        speed=travel.speed,
        detour=travel.detour,
        fixed=travel.fixed,
        flat=travel.same_town,
        buffer=travel.buffer,
        keys=keys,
        minutes=minutes,
    )


def _table(tables: Tables, spots: Array) -> Array:
    means, count = len(tables.travel.speed), len(spots)
    if means * count * count > LARGEST_TABLE and not tables.problem.travel.matrices:
        return np.zeros((means, 0, 0), dtype=np.int16)
    table = np.empty((means, count, count), dtype=np.int16)
    step = max(1, ROWS // max(1, count))
    for transport in range(means):
        for begin in range(0, count, step):
            some = spots[begin : begin + step]
            start, end = np.repeat(some, count), np.tile(spots, len(some))
            means_of = np.full(len(start), transport)
            gaps = rules.gap_minutes(tables, means_of, start, end).reshape(len(some), count)
            table[transport, begin : begin + step] = np.minimum(gaps, np.iinfo(np.int16).max)
    return table


def _overrides(tables: Tables, spots: Array) -> tuple[Array, Array]:
    """Give the overrides among the spots, keyed by their own numbers."""
    travel = tables.travel
    count, own = len(travel.x), len(spots)
    transport, rest = np.divmod(travel.keys, count * count)
    start, end = np.divmod(rest, count)
    used = np.isin(start, spots) & np.isin(end, spots)
    here, there = np.searchsorted(spots, start[used]), np.searchsorted(spots, end[used])
    keys = (transport[used] * own + here) * own + there
    return keys.astype(np.int64), travel.minutes[used].astype(np.int64)


@kernel
def gap_minutes(ways: Ways, transport: int, start: int, end: int) -> int:
    """Give the minutes between two assignments: the way, and the buffer to another town."""
    if start == NOWHERE or end == NOWHERE:
        return 0
    if ways.table.shape[1]:
        return int(ways.table[transport, start, end])
    minutes = way_minutes(ways, transport, start, end)
    if ways.town[start] != ways.town[end]:
        minutes += ways.buffer
    return minutes


@kernel
def way_minutes(ways: Ways, transport: int, start: int, end: int) -> int:
    """Give the minutes of one way: override, same place, same town, formula."""
    if len(ways.keys):
        key = (transport * len(ways.x) + start) * len(ways.x) + end
        at = np.searchsorted(ways.keys, key)
        if at < len(ways.keys) and ways.keys[at] == key:
            return int(ways.minutes[at])
    if start == end:
        return 0
    if ways.town[start] == ways.town[end]:
        return ways.flat
    dx, dy = ways.x[start] - ways.x[end], ways.y[start] - ways.y[end]
    metres = int(np.sqrt(float(dx * dx + dy * dy)))
    ride = -(-(metres * ways.detour[transport]) // (100 * ways.speed[transport]))
    return max(ways.flat, int(ways.fixed[transport] + ride))
