"""Ways that a plan may ask for, and the minutes of them that a routing service gave.

Minutes are kept in the database and asked for before a plan is made, outside of any transaction.
Requests only read what is kept; what is not known stays with the estimate of the engine.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, true
from sqlmodel import Session, col, delete, select

from app import db, routing
from app.clock import now
from app.routing import Point, Router, RoutingFailed
from app.seam.needed import Way, needed
from app.settings import get_settings
from app.tables import TravelTime
from app.tables.row import new_id
from app.writing import INSERTS
from matching import Problem
from scheduling import travel

Found = Mapping[tuple[Point, Point], int]

KEPT = timedelta(days=180)
MOST_POINTS = 10_000
"""Points that fit into one statement; with more of them everything kept is read."""
FEW_PAIRS = 10_000
"""Up to here each pair is looked up; beyond, all that is kept from the origins is read faster."""
MOST_REFUSALS = 3
"""A service that refuses more often than this is left alone until the next plan."""
ROWS = 5_000
FAILED = "travel:service_failed"
"""Note of a plan that was made while the service gave no answer."""

log = logging.getLogger(__name__)


def with_known(session: Session, problem: Problem, points: Sequence[Point]) -> Problem:
    """The problem with the minutes that are kept, read in one statement."""
    ways = needed(problem, points, routing.transports(get_settings()))
    if not ways:
        return problem
    return _with(problem, points, ways, _kept(session, ways, points))


def with_asked(engine: Engine, problem: Problem, points: Sequence[Point]) -> tuple[Problem, bool]:
    """The problem with the minutes that the service gives besides, and whether it gave them all."""
    settings = get_settings()
    ways = needed(problem, points, routing.transports(settings))
    missing = [way for way in ways if way not in problem.travel.overrides]
    if not missing:
        return problem, True
    wanted: dict[str, set[tuple[Point, Point]]] = defaultdict(set)
    for transport, start, end in missing:
        wanted[transport].add((points[start], points[end]))
    with routing.opened(settings) as router:
        asking = Asking(engine, settings.routing, router)
        found = {name: asking.ask(name, pairs) for name, pairs in sorted(wanted.items())}
    with db.transaction(engine) as session:
        forget_old(session)
    return _with(problem, points, missing, found), not asking.failures


def minutes_of(
    session: Session, wanted: Sequence[tuple[str, Point, Point]]
) -> dict[tuple[str, Point, Point], int]:
    """The kept minutes of single ways, with those before and after; no statement for none."""
    if not wanted:
        return {}
    points = sorted({point for _, *ends in wanted for point in ends})
    number = {point: at for at, point in enumerate(points)}
    found = _kept(session, [(name, number[a], number[b]) for name, a, b in wanted], points)
    return {
        (name, *ends): kept + travel.TRANSPORTS[name].fixed_minutes
        for name, several in found.items()
        for ends, kept in several.items()
    }


class Asking:
    """Questions for one plan: what comes back is kept at once, so that no answer is lost."""

    def __init__(self, engine: Engine, service: str, router: Router) -> None:
        self._engine, self._service, self._router = engine, service, router
        self.failures: list[str] = []

    @property
    def _given_up(self) -> bool:
        hopeless = [code for code in self.failures if code != "refused"]
        return bool(hopeless) or len(self.failures) >= MOST_REFUSALS

    def ask(self, transport: str, pairs: set[tuple[Point, Point]]) -> Found:
        """The minutes the service knows for these pairs."""
        found: dict[tuple[Point, Point], int] = {}
        for origins, destinations in _blocks(pairs):
            if self._given_up:
                break
            try:
                minutes = self._router.minutes(transport, origins, destinations)
            except RoutingFailed as error:
                log.warning("routing service %s: %s", self._service, error)
                self.failures.append(error.code)
                continue
            block = _pick(pairs, origins, destinations, minutes)
            keep(self._engine, self._service, transport, block)
            found.update(block)
        return found


def _blocks(pairs: set[tuple[Point, Point]]) -> Iterator[tuple[list[Point], list[Point]]]:
    """Origins that go to the same places stand together, so that little is asked in vain."""
    ends: dict[Point, set[Point]] = defaultdict(set)
    for origin, destination in pairs:
        ends[origin].add(destination)
    origins = sorted(ends, key=lambda one: (sorted(ends[one]), one))
    for start in range(0, len(origins), routing.SIDE):
        some = origins[start : start + routing.SIDE]
        destinations = sorted(set().union(*(ends[one] for one in some)))
        for begin in range(0, len(destinations), routing.SIDE):
            yield some, destinations[begin : begin + routing.SIDE]


def _pick(
    pairs: set[tuple[Point, Point]],
    origins: Sequence[Point],
    destinations: Sequence[Point],
    minutes: routing.Minutes,
) -> dict[tuple[Point, Point], int]:
    return {
        (origin, destination): known
        for origin, row in zip(origins, minutes, strict=True)
        for destination, known in zip(destinations, row, strict=True)
        if known is not None and (origin, destination) in pairs
    }


def keep(engine: Engine, service: str, transport: str, found: Found) -> None:
    """Store minutes; who else has the same at the same moment does no harm."""
    # Always in one order: two workers may wait for each other, but never in a circle.
    ordered = sorted(found.items())
    for start in range(0, len(ordered), ROWS):
        with db.transaction(engine) as session:
            _store(session, service, transport, ordered[start : start + ROWS])


def _store(
    session: Session, service: str, transport: str, found: Sequence[tuple[tuple[Point, Point], int]]
) -> None:
    moment = now()
    rows = [
        {
            "id": new_id(),
            "created_at": moment,
            "updated_at": moment,
            "service": service,
            "transport": transport,
            "origin": _written(origin),
            "destination": _written(destination),
            "minutes": minutes,
            "fetched_at": moment,
        }
        for (origin, destination), minutes in found
    ]
    insert = INSERTS[session.get_bind().dialect.name](TravelTime)
    renewed = {name: insert.excluded[name] for name in ("minutes", "fetched_at", "updated_at")}
    key = ("service", "transport", "origin", "destination")
    session.connection().execute(
        insert.on_conflict_do_update(index_elements=key, set_=renewed), rows
    )


def forget_old(session: Session) -> None:
    """Remove minutes that nobody would believe any more."""
    session.exec(delete(TravelTime).where(col(TravelTime.fetched_at) <= now() - KEPT))


def _written(point: Point) -> str:
    return f"{point.lat},{point.lon}"


def _kept(session: Session, ways: Sequence[Way], points: Sequence[Point]) -> dict[str, Found]:
    """What the database knows of these ways, by transport."""
    starts = {_written(point): point for point in {points[start] for _, start, _ in ways}}
    ends = {_written(point): point for point in {points[end] for _, _, end in ways}}
    few = len(starts) * len(ends) <= FEW_PAIRS
    rows = session.exec(
        select(
            TravelTime.transport, TravelTime.origin, TravelTime.destination, TravelTime.minutes
        ).where(
            col(TravelTime.service) == get_settings().routing,
            col(TravelTime.transport).in_(sorted({name for name, _, _ in ways})),
            col(TravelTime.origin).in_(sorted(starts)) if len(starts) <= MOST_POINTS else true(),
            col(TravelTime.destination).in_(sorted(ends)) if few else true(),
            col(TravelTime.fetched_at) > now() - KEPT,
        )
    )
    found: dict[str, dict[tuple[Point, Point], int]] = defaultdict(dict)
    for transport, origin, destination, minutes in rows:
        if origin in starts and destination in ends:
            found[transport][starts[origin], ends[destination]] = minutes
    return dict(found)


def _with(
    problem: Problem, points: Sequence[Point], ways: Iterable[Way], found: Mapping[str, Found]
) -> Problem:
    """The service's minutes on the way, and those before and after it as in the estimate."""
    overrides = dict(problem.travel.overrides)
    for way in ways:
        transport, start, end = way
        minutes = found.get(transport, {}).get((points[start], points[end]))
        if minutes is not None:
            overrides[way] = minutes + travel.TRANSPORTS[transport].fixed_minutes
    if len(overrides) == len(problem.travel.overrides):
        return problem
    return replace(problem, travel=replace(problem.travel, overrides=overrides))
