"""Which ways a plan may ask for: home and seat, and two places of one day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from app.routing import Point
from matching import Problem
from matching import Transport as Means

Ints = npt.NDArray[np.int64]
Way = tuple[str, int, int]
"""Transport, and two places by their index."""

LONGEST_ESTIMATE = 120
"""Minutes: ways that the estimate puts beyond are not asked for."""
MOST_WAYS = 200_000
"""Ways of one plan, those from home first and then the nearest: more would weigh on the engine."""
FAR = 1e8
"""Metres that are more than any way has."""
CELLS = 2_000_000
"""Pairs looked at in one go."""
DAY = 1_440


def needed(problem: Problem, points: Sequence[Point], transports: frozenset[str]) -> list[Way]:
    """Ways between different points, in both directions, that are not farther than anybody goes."""
    names = sorted({v.transport for v in problem.volunteers if "on_site" in v.modes} & transports)
    place = np.array([(p.x_m, p.y_m) for p in problem.places], dtype=np.int64).reshape(-1, 2)
    spot = _same_point(points)
    keys, metres = [np.empty(0, dtype=np.int64)], [np.empty(0)]
    for number, name in enumerate(names):
        reach = _reach(problem.travel.transports[name])
        for later, starts, ends in _sides(problem, name):
            for a, b, far in _near(place, starts, ends, reach):
                apart = spot[a] != spot[b]
                keys.append(((number * len(place) + a) * len(place) + b)[apart])
                metres.append(far[apart] + later * FAR)
    return _nearest(names, len(place), np.concatenate(keys), np.concatenate(metres))


def _same_point(points: Sequence[Point]) -> Ints:
    """A number for each place that is the same at the same point."""
    numbers: dict[Point, int] = {}
    return np.array([numbers.setdefault(p, len(numbers)) for p in points], dtype=np.int64)


def _reach(means: Means) -> float:
    """How many metres away the estimate is at its longest."""
    minutes = LONGEST_ESTIMATE - means.fixed_minutes
    return minutes * 100 * means.metres_per_minute / means.detour_percent


def _sides(problem: Problem, transport: str) -> Iterator[tuple[bool, Ints, Ints]]:
    """Places between which somebody may travel, from and to; whether homes come before them."""
    people = [v for v in problem.volunteers if v.transport == transport and "on_site" in v.modes]
    homes = _numbers(v.home for v in people)
    on_site = [(s.place, s.spans) for s in problem.seats if "on_site" in s.modes]
    seats = [(place, spans) for place, spans in on_site if place is not None]
    spots = _numbers(place for place, _ in seats)
    yield False, homes, spots
    yield False, spots, homes
    days: dict[int, set[int]] = defaultdict(set)
    for place, spans in seats:
        for span in spans:
            days[span.start // DAY].add(place)
    for busy in (busy for person in people for busy in person.busy):
        if busy.place is not None:
            days[busy.start // DAY].add(busy.place)
    for day in sorted(days):
        together = _numbers(days[day])
        yield True, together, together


def _numbers(found: Iterable[int]) -> Ints:
    return np.array(sorted(set(found)), dtype=np.int64)


def _near(
    place: Ints, starts: Ints, ends: Ints, reach: float
) -> Iterator[tuple[Ints, Ints, npt.NDArray[np.float64]]]:
    """Pairs within reach and their metres, some rows at a time."""
    step = max(1, CELLS // max(1, len(ends)))
    for begin in range(0, len(starts), step):
        some = starts[begin : begin + step]
        apart = place[some][:, None, :] - place[ends][None, :, :]
        metres = np.hypot(apart[:, :, 0], apart[:, :, 1])
        row, column = np.nonzero(metres <= reach)
        yield some[row], ends[column], metres[row, column]


def _nearest(
    names: Sequence[str], count: int, keys: Ints, metres: npt.NDArray[np.float64]
) -> list[Way]:
    """Each way once, and when there are too many only those with the fewest metres."""
    keys, first = np.unique(keys, return_index=True)
    if len(keys) > MOST_WAYS:
        keys = keys[np.argsort(metres[first], kind="stable")[:MOST_WAYS]]
    rest, end = np.divmod(keys, max(1, count))
    number, start = np.divmod(rest, max(1, count))
    named = [names[one] for one in number.tolist()]
    return list(zip(named, start.tolist(), end.tolist(), strict=True))
