"""Which seats and volunteers a new decision about some seats can reach."""

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from matching.candidates import Candidates, pair_costs
from matching.look import look_at
from matching.rules import choose_modes
from matching.schedule import Schedule
from matching.standing import Standing
from matching.tables import Tables

DEPTH = 3
MOST_SEATS = 80
NEAREST = 25
TRIES = 60


def neighbourhood(
    standing: Standing,
    seeds: Iterable[int],
    *,
    lost: frozenset[int] = frozenset(),
    most: int = MOST_SEATS,
) -> tuple[int, ...]:
    """Give up to `most` seats (rows) that ejection chains from the seeds can reach, bundles whole.

    A step goes from a seat over its cheapest volunteers to the seats for which they have no time
    or no room. Accepted work stays out, unless it is lost.
    """
    free = dict.fromkeys(sorted(lost))
    for seed in (*seeds, *lost):
        _take(standing, free, seed)
    most, edge = max(most, 2 * len(free)), list(free)
    for _ in range(DEPTH):
        known = set(free)
        for seat in chain.from_iterable(_blockers(standing, seat) for seat in edge):
            if len(free) >= most:
                break
            _take(standing, free, seat)
        edge = [seat for seat in free if seat not in known]
    return tuple(free)


def _take(standing: Standing, free: dict[int, None], seat: int) -> None:
    for mate in standing.bundle_of[seat]:
        if mate not in standing.schedule.pinned:
            free.setdefault(mate)


def _cheapest(candidates: Candidates, seat: int, count: int) -> list[int]:
    pairs = candidates.of_seat(seat)
    order = np.argsort(candidates.cost[pairs], kind="stable")
    found: list[int] = pairs[order[:count]].tolist()
    return found


def _blockers(standing: Standing, seat: int) -> Iterator[int]:
    """Give the seats that keep the cheapest volunteers of a seat from it."""
    for pair in _cheapest(standing.candidates, seat, NEAREST):
        yield from blocking(standing.schedule, pair)


def blocking(schedule: Schedule, pair: int) -> list[int]:
    """Give the seats of a volunteer that stand against a pair: time first, else caps."""
    person = int(schedule.candidates.volunteer[pair])
    work = [other for other in schedule.pairs_of.get(person, ()) if other != pair]
    clashing = [other for other in work if schedule.collide(pair, other)]
    if not clashing and work:
        full = {
            key for key, more, left in schedule.needs(pair) if schedule.taken[key] + more > left
        }
        if full:
            clashing = [w for w in work if any(key in full for key, _, _ in schedule.needs(w))]
    return [schedule.seat_of(other) for other in clashing]


def helpers(standing: Standing, seat: int) -> list[int]:
    """Give the cheapest volunteers (rows) who could take a seat beside all that is not free.

    Accepted work has no other candidates: there everybody eligible counts.
    """
    if seat in standing.schedule.pinned:
        return _eligible(standing.candidates.tables, seat)
    candidates, found = standing.candidates, dict[int, None]()
    for pair in _cheapest(candidates, seat, TRIES):
        if standing.schedule.fits(pair):
            found.setdefault(int(candidates.volunteer[pair]))
            if len(found) >= NEAREST:
                break
    return list(found)


def _eligible(tables: Tables, seat: int) -> list[int]:
    look = look_at(tables, seat)
    able = np.flatnonzero(look.lacks == 0)
    volunteer, slot = look.volunteer[able], look.slot[able]
    cost = pair_costs(tables, volunteer, slot, choose_modes(tables, volunteer, slot)[0])
    cheapest: list[int] = volunteer[np.argsort(cost, kind="stable")].tolist()
    return list(dict.fromkeys(cheapest))[:NEAREST]
