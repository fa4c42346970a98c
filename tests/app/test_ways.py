"""Ways of a plan: asked for once, kept, read by everybody else, estimated where nobody knows."""

import math
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine, event
from sqlmodel import Session, col, delete, select

from app import db, jobs, routing
from app.clock import now
from app.planning import notes
from app.planning import service as planning
from app.planning.service import Week
from app.routing import Point
from app.seam import ways
from app.settings import get_settings
from app.tables import (
    AvailabilityRule,
    Institution,
    Partnership,
    Plan,
    Season,
    Sponsor,
    TravelTime,
)
from matching.travel import minutes as minutes_of
from scheduling.holidays import known_until
from tests.app.examples import HOUR, MORNING, asking, assignment, offer
from tests.app.planned import ask, planned
from tests.app.routing_service import Service, running, seconds
from tests.app.test_races import in_threads
from tests.cast import Cast

FRIEDBERG, BUEDINGEN = Point.of(50.3353, 8.7553), Point.of(50.2906, 9.1128)
BY_CAR = 5
"""Minutes that the estimate adds to each way by car, before and after the ride."""


@pytest.fixture
def service(var: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A routing service in the settings."""
    with running() as made:
        monkeypatch.setenv("LOTSENWERK_ROUTING", "osrm")
        monkeypatch.setenv("LOTSENWERK_ROUTING_URL", made.url)
        get_settings.cache_clear()
        yield made


def ride(start: Point, end: Point) -> int:
    """The service's minutes by car."""
    return math.ceil(seconds(start.degrees, end.degrees, "driving") / 60)


def place(session: Session, cast: Cast, name: str, street: str, **where: Any) -> Institution:
    """One more partner."""
    values: dict[str, Any] = {
        "postal_code": "61169",
        "town": "Friedberg",
        "lat": 50.3353,
        "lon": 8.7553,
    } | where
    row = Institution(name=name, kind="daycare", street=street, **values)
    session.add(row)
    session.flush()
    session.add(Partnership(institution_id=row.id, sponsor_id=cast.wetterau))
    session.flush()
    return row


def gather(engine: Engine, cast: Cast) -> Week:
    """The week as it would be planned, from what is kept."""
    with db.transaction(engine) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        return planning.gather(session, sponsor, MORNING.date(), MORNING.date())


def kept(engine: Engine) -> dict[tuple[str, str, str], int]:
    """What lies in the store."""
    with db.transaction(engine) as session:
        rows = session.exec(select(TravelTime)).all()
        return {(row.transport, row.origin, row.destination): row.minutes for row in rows}


async def read(client: AsyncClient, cast: Cast, plan_id: str, locale: str = "de") -> Any:
    headers = cast.key("amal") | {"Accept-Language": locale}
    return (await client.get(f"/plans/{plan_id}", headers=headers)).json()


async def test_a_plan_asks_once_and_the_next_one_knows(
    client: AsyncClient, cast: Cast, engine: Engine, service: Service
) -> None:
    ask(engine, cast)
    plan = await read(client, cast, await planned(client, cast, engine))
    assert (plan["state"], plan["filled"], plan["notes"]) == ("ready", 1, [])
    there, back = ride(BUEDINGEN, FRIEDBERG), ride(FRIEDBERG, BUEDINGEN)
    assert kept(engine) == {
        ("car", "502906,91128", "503353,87553"): there,
        ("car", "503353,87553", "502906,91128"): back,
    }
    asked = len(service.paths)
    assert asked == 1, "there and back fit into one question"
    await planned(client, cast, engine)
    assert len(service.paths) == asked
    week = gather(engine, cast)
    mirela = next(v for v in week.problem.volunteers if v.id == str(cast.volunteers["mirela"]))
    school = week.problem.seats[0].place
    assert school is not None
    assert minutes_of(week.problem, "car", mirela.home, school) == there + BY_CAR


async def test_without_a_service_the_estimate_plans(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ask(engine, cast)
    plan = await read(client, cast, await planned(client, cast, engine))
    assert (plan["state"], plan["notes"]) == ("ready", [])
    assert kept(engine) == {}
    assert gather(engine, cast).problem.travel.overrides == {}


@pytest.mark.parametrize("answer", [(500, b""), (400, b'{"code":"InvalidQuery"}'), (200, b"{")])
async def test_a_plan_is_made_although_the_service_fails_and_says_so(
    client: AsyncClient, cast: Cast, engine: Engine, service: Service, answer: tuple[int, bytes]
) -> None:
    ask(engine, cast)
    service.answer = answer
    plan_id = await planned(client, cast, engine)
    plan = await read(client, cast, plan_id)
    assert (plan["state"], plan["filled"]) == ("ready", 1)
    assert plan["notes"] == [notes.SENTENCES[notes.SERVICE_FAILED][0]]
    english = await read(client, cast, plan_id, "en")
    assert english["notes"] == [notes.SENTENCES[notes.SERVICE_FAILED][1]]
    with db.transaction(engine) as session:
        assert session.get_one(Plan, UUID(plan_id)).notes == ["travel:service_failed"]
    assert kept(engine) == {}
    service.answer = None
    again = await read(client, cast, await planned(client, cast, engine))
    assert again["notes"] == []
    assert len(kept(engine)) == 2


async def test_places_without_a_way_are_estimated_and_not_kept(
    client: AsyncClient, cast: Cast, engine: Engine, service: Service
) -> None:
    ask(engine, cast)
    service.silent = {BUEDINGEN.degrees}
    plan = await read(client, cast, await planned(client, cast, engine))
    assert (plan["state"], plan["notes"]) == ("ready", [])
    assert kept(engine) == {}
    asked = len(service.paths)
    await planned(client, cast, engine)
    assert len(service.paths) == 2 * asked


async def test_old_minutes_are_asked_for_again_and_then_forgotten(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    service: Service,
    clock: time_machine.Traveller,
) -> None:
    ask(engine, cast)
    with db.transaction(engine) as session:
        session.add(_row("1,1", "2,2", 7))
        session.add(_row("502906,91128", "503353,87553", 999))
    clock.shift(ways.KEPT - timedelta(days=1))
    assert gather(engine, cast).problem.travel.overrides == {}, "its seat has gone by"
    later = MORNING + timedelta(days=182)
    with db.transaction(engine) as session:
        asking(session, cast.wetterau, cast.school, later)
    assert 999 + BY_CAR in _overrides(engine, cast, later).values()
    clock.shift(timedelta(days=1))
    assert _overrides(engine, cast, later) == {}
    body = {"first_day": str(later.date()), "last_day": str(later.date())}
    await client.post("/plans", json=body, headers=cast.key("amal"))
    jobs.work_all(engine)
    assert sorted(kept(engine).values()) == [ride(BUEDINGEN, FRIEDBERG)] * 2
    assert len(service.paths) == 1


def _row(origin: str, destination: str, minutes: int, **changes: Any) -> TravelTime:
    values: dict[str, Any] = {"service": "osrm", "transport": "car", "fetched_at": now()} | changes
    return TravelTime(origin=origin, destination=destination, minutes=minutes, **values)


def _overrides(engine: Engine, cast: Cast, moment: datetime) -> dict[Any, int]:
    with db.transaction(engine) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        week = planning.gather(session, sponsor, moment.date(), moment.date())
    return dict(week.problem.travel.overrides)


def test_minutes_of_another_service_or_transport_are_not_taken(
    cast: Cast, engine: Engine, service: Service
) -> None:
    ask(engine, cast)
    ends = ("502906,91128", "503353,87553")
    with db.transaction(engine) as session:
        session.add(_row(*ends, 30, service="valhalla"))
        session.add(_row(*ends, 30, transport="foot"))
    assert gather(engine, cast).problem.travel.overrides == {}
    with db.transaction(engine) as session:
        session.add(_row(*ends, 30))
    assert list(gather(engine, cast).problem.travel.overrides.values()) == [30 + BY_CAR]
    assert service.paths == []


async def test_an_answer_of_yes_asks_nobody_and_reads_what_is_kept(
    client: AsyncClient, cast: Cast, engine: Engine, service: Service
) -> None:
    with db.transaction(engine) as session:
        kita = place(
            session, cast, "Kita Büdingen", "Am Wald 3",
            postal_code="63654", town="Büdingen", lat=50.2950, lon=9.1100,
        )  # fmt: skip
        first = asking(
            session, cast.wetterau, kita.id, MORNING, state="booked", seat_state="booked"
        )
        second = asking(session, cast.wetterau, cast.school, MORNING + 1.5 * HOUR)
        mirela = cast.volunteers["mirela"]
        made = offer(second, mirela)
        session.add_all([assignment(first, mirela), made])
    path = f"/offers/{made.id}/accept"
    refused = await client.post(path, headers=cast.key("mirela"))
    assert refused.status_code == 409, "half an hour is not enough by the estimate"
    with db.transaction(engine) as session:
        session.add(_row("502950,91100", "503353,87553", 30 - 10 - BY_CAR + 1))
    refused = await client.post(path, headers=cast.key("mirela"))
    assert refused.status_code == 409, "a minute too long"
    with db.transaction(engine) as session:
        session.exec(delete(TravelTime))
        session.add(_row("502950,91100", "503353,87553", 30 - 10 - BY_CAR))
    done = await client.post(path, headers=cast.key("mirela"))
    assert done.status_code == 200, done.text
    assert service.paths == []


def test_two_workers_keep_the_same_ways_at_once(cast: Cast, engine: Engine) -> None:
    _fill_at_once(engine)
    assert len(kept(engine)) == 200


def test_the_control_a_plain_insert_fails_for_the_second_worker(
    cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plainly(session: Session, service: str, transport: str, found: Any) -> None:
        for (origin, end), minutes in found:
            at = {"service": service, "transport": transport}
            session.add(_row(f"{origin.lat},{origin.lon}", f"{end.lat},{end.lon}", minutes, **at))

    monkeypatch.setattr(ways, "_store", plainly)
    with pytest.raises(AssertionError, match="IntegrityError"):
        _fill_at_once(engine)


def _fill_at_once(engine: Engine) -> None:
    """Several workers keep the same ways, each in an order of its own."""
    pairs = [((Point(n, 1), Point(2, n)), n) for n in range(200)]

    def work(turn: int) -> None:
        ways.keep(engine, "osrm", "car", dict(pairs[turn:] + pairs[:turn]))

    failed = [one for one in in_threads(work, [0, 50, 100, 150]) if one is not None]
    assert not failed, [type(one).__name__ for one in failed]


def test_what_is_kept_again_is_renewed(
    cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    way = (FRIEDBERG, BUEDINGEN)
    ways.keep(engine, "osrm", "car", {way: 40})
    clock.shift(timedelta(days=10))
    ways.keep(engine, "osrm", "car", {way: 35})
    with db.transaction(engine) as session:
        row = session.exec(select(TravelTime)).one()
    assert (row.minutes, row.fetched_at) == (35, now())


def test_many_ways_are_asked_in_few_batches_and_only_what_is_needed_is_kept(
    cast: Cast, engine: Engine, service: Service
) -> None:
    origins = [Point(503_000 + n, 87_000) for n in range(120)]
    ends = [Point(504_000, 88_000 + n) for n in range(70)]
    pairs = {(a, b) for a in origins for b in ends if (a.lat + b.lon) % 2}
    with routing.opened(get_settings()) as router:
        asking_ = ways.Asking(engine, "osrm", router)
        found = asking_.ask("car", pairs)
    assert set(found) == pairs
    assert len(kept(engine)) == len(pairs) == 4200
    assert service.pairs < 120 * 70, "who goes to the same places is asked about together"
    assert len(service.asked) == 4
    assert all(a + b <= 100 for _, a, b in service.asked)


def test_a_service_that_keeps_refusing_is_left_alone(
    cast: Cast, engine: Engine, service: Service
) -> None:
    service.answer = (400, b'{"code":"NoSegment"}')
    pairs = {(Point(n, 0), Point(0, m)) for n in range(500) for m in range(50)}
    with routing.opened(get_settings()) as router:
        asking_ = ways.Asking(engine, "osrm", router)
        assert asking_.ask("car", pairs) == {}
    assert len(service.paths) == ways.MOST_REFUSALS
    service.answer = (500, b"")
    with routing.opened(get_settings()) as router:
        asking_ = ways.Asking(engine, "osrm", router)
        assert asking_.ask("car", pairs) == {}
    assert len(service.paths) == ways.MOST_REFUSALS + 1


def test_two_partners_in_one_building_are_one_place(cast: Cast, engine: Engine) -> None:
    with db.transaction(engine) as session:
        upstairs = place(
            session, cast, "Kita", "Schulstraße 1, 1. Stock", town="Friedberg (Hessen)"
        )
        across = place(session, cast, "Hort", "Schulstr. 2")
        nowhere = place(session, cast, "Treff", "")
        for where in (cast.school, upstairs.id, across.id, nowhere.id):
            asking(session, cast.wetterau, where, MORNING)
    week = gather(engine, cast)
    by_place: dict[UUID, int | None] = {}
    for one in week.asked:
        seat = next(s for s in week.problem.seats if s.request == str(one.request.id))
        by_place[one.institution.id] = seat.place
    school = by_place[cast.school]
    assert school is not None
    assert by_place[upstairs.id] == school
    assert len({*by_place.values()}) == 3

    def walk(end: UUID) -> int:
        index = by_place[end]
        assert index is not None
        return minutes_of(week.problem, "foot", school, index)

    assert [walk(end) for end in (upstairs.id, across.id, nowhere.id)] == [0, 20, 20]


def test_neighbours_share_a_home_and_never_a_workplace(cast: Cast, engine: Engine) -> None:
    ask(engine, cast)
    problem = gather(engine, cast).problem
    homes = {v.id: v.home for v in problem.volunteers}
    dilan, oksana = (homes[str(cast.volunteers[name])] for name in ("dilan", "oksana"))
    assert dilan == oksana
    assert problem.seats[0].place != dilan
    assert minutes_of(problem, "car", dilan, problem.seats[0].place or 0) == 20


async def test_unknown_school_holidays_are_a_note_where_they_matter(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    day = str(known_until() + timedelta(days=8))

    async def said() -> Any:
        body = {"first_day": day, "last_day": day}
        made = await client.post("/plans", json=body, headers=cast.key("amal"))
        jobs.work_all(engine)
        return (await read(client, cast, made.json()["id"]))["notes"]

    assert await said() == []
    with db.transaction(engine) as session:
        rule = session.exec(
            select(AvailabilityRule).where(
                col(AvailabilityRule.volunteer_id) == cast.volunteers["dilan"]
            )
        ).first()
        assert rule is not None
        rule.season = Season.TERM_TIME
        session.add(rule)
    assert await said() == [notes.SENTENCES[notes.HOLIDAYS_UNKNOWN][0]]
    plan = await read(client, cast, await planned(client, cast, engine))
    assert plan["notes"] == []


@pytest.mark.parametrize("limit", ["FEW_PAIRS", "MOST_POINTS"])
def test_however_many_there_are_the_same_minutes_are_read(
    cast: Cast, engine: Engine, service: Service, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(engine, cast)
    with db.transaction(engine) as session:
        session.add(_row("502906,91128", "503353,87553", 30))
        session.add(_row("502906,91128", "1,1", 31))
        session.add(_row("1,1", "503353,87553", 32))
    monkeypatch.setattr(ways, limit, 0)
    assert list(gather(engine, cast).problem.travel.overrides.values()) == [30 + BY_CAR]


async def test_reading_the_ways_takes_one_statement_whatever_their_number(
    cast: Cast, engine: Engine, service: Service, statements: Callable[..., int]
) -> None:
    ask(engine, cast)
    few = statements(lambda: gather(engine, cast))
    with db.transaction(engine) as session:
        for number in range(10):
            where = place(session, cast, f"Kita {number}", f"Weg {number}", lat=50.4 + number / 100)
            asking(session, cast.wetterau, where.id, MORNING)
    assert statements(lambda: gather(engine, cast)) == few


@pytest.fixture
def statements(engine: Engine) -> Callable[[Callable[[], Any]], int]:
    """Counts what a piece of work asks of the database."""

    def counted(work: Callable[[], Any]) -> int:
        sent: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if "travel_time" in statement:
                sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        work()
        event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    return counted
