"""Many at once: exactly one wins. Each race has its control without the protection."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, func, select

from app import db
from app.errors import ApiError
from app.offers import answering, booking
from app.offers.refusals import Overlap
from app.prepared import settled
from app.seam import pair
from app.tables import Assignment, Offer, Request, RequestOption, Seat
from bench.served import drop_guards
from tests.app.examples import HOUR, MORNING, asking, offer
from tests.app.test_the_way import REQUEST
from tests.app.waiting import Gathering
from tests.cast import Cast

AT_ONCE = 8
Way = Callable[[Session, Offer], object]


def rows(engine: Engine, table: Any) -> int:
    """How many rows there are."""
    with db.transaction(engine) as session:
        return session.exec(select(func.count()).select_from(table)).one()


async def at_once(calls: Sequence[Callable[[], Any]]) -> list[Response]:
    """Start every call before the first has answered; each works in threads of its own."""
    return list(await asyncio.gather(*(call() for call in calls)))


def in_threads(work: Callable[[Any], Any], arguments: Sequence[Any]) -> list[Any]:
    """The same work in one thread for each argument; a failure is a result as well."""

    def caught(argument: Any) -> Any:
        try:
            return work(argument)
        except (ApiError, DBAPIError) as error:
            return error

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(caught, arguments))


def accepting(client: AsyncClient, offer_id: UUID, key: dict[str, str]) -> Callable[[], Any]:
    """A call that says yes."""
    return lambda: client.post(f"/offers/{offer_id}/accept", headers=key)


@pytest.fixture
def two_offers(engine: Engine, cast: Cast) -> list[UUID]:
    """One seat, offered to Dilan and to Mirela."""
    with db.transaction(engine) as session:
        asked = asking(session, cast.wetterau, cast.school, MORNING)
        made = [offer(asked, cast.volunteers[name]) for name in ("dilan", "mirela")]
        session.add_all(made)
    return [one.id for one in made]


@pytest.fixture
def two_seats(engine: Engine, cast: Cast) -> list[UUID]:
    """Two seats at overlapping times, both offered to Dilan."""
    with db.transaction(engine) as session:
        made = [
            offer(
                asking(session, cast.wetterau, cast.school, MORNING + shift * HOUR / 2),
                cast.volunteers["dilan"],
            )
            for shift in range(2)
        ]
        session.add_all(made)
    return [one.id for one in made]


async def test_one_seat_is_booked_once_however_many_say_yes(
    client: AsyncClient, cast: Cast, engine: Engine, two_offers: list[UUID]
) -> None:
    dilan, mirela = (cast.key(name) for name in ("dilan", "mirela"))
    calls = [accepting(client, two_offers[0], dilan), accepting(client, two_offers[1], mirela)]
    answers = await at_once(calls * (AT_ONCE // 2))
    assert rows(engine, Assignment) == 1
    won = [a.json()["id"] for a in answers if a.status_code == 200]
    assert len(won) == AT_ONCE // 2, "saying yes again gives the same booking"
    assert len(set(won)) == 1
    lost = [a.json() for a in answers if a.status_code != 200]
    assert {a["status"] for a in lost} == {409}
    assert {a["type"] for a in lost} == {"/problems/late-yes"}
    assert all(a["detail"].endswith(".") for a in lost)


async def test_one_person_is_booked_once_at_a_time(
    client: AsyncClient, cast: Cast, engine: Engine, two_seats: list[UUID]
) -> None:
    calls = [accepting(client, one, cast.key("dilan")) for one in two_seats]
    answers = await at_once(calls * (AT_ONCE // 2))
    assert rows(engine, Assignment) == 1
    assert Counter(a.status_code for a in answers) == {200: AT_ONCE // 2, 409: AT_ONCE // 2}
    lost = {a.json()["type"] for a in answers if a.status_code == 409}
    assert lost == {"/problems/overlap"}


def read_then_write(engine: Engine, offer_ids: list[UUID]) -> list[Any]:
    """What a careless program would do: look in one transaction, book in another."""
    everybody_looked = Gathering(engine, len(offer_ids))

    def book(offer_id: UUID) -> bool:
        with db.open_session(engine, read_only=True) as session:
            db.set_scope(session, db.SYSTEM)
            asked = session.get_one(Offer, offer_id)
            seat = session.get_one(Seat, asked.seat_id)
            option = session.get_one(RequestOption, asked.option_id)
        free = seat.state == "open"
        everybody_looked.wait()
        with db.transaction(engine) as session:
            session.add(
                Assignment(
                    **asked.model_dump(include={"sponsor_id", "seat_id", "option_id", "mode"}),
                    volunteer_id=asked.volunteer_id,
                    role=seat.role,
                    starts_at=option.starts_at,
                    ends_at=option.ends_at,
                )
            )
        return free

    return in_threads(book, offer_ids)


@pytest.mark.parametrize("case", ["two_offers", "two_seats"])
def test_the_database_guards_what_a_careless_program_forgets(
    engine: Engine, cast: Cast, request: pytest.FixtureRequest, case: str
) -> None:
    outcome = read_then_write(engine, request.getfixturevalue(case))
    assert rows(engine, Assignment) == 1
    assert [isinstance(one, DBAPIError) for one in outcome].count(True) == 1


@pytest.mark.parametrize("case", ["two_offers", "two_seats"])
def test_control_without_lock_and_guards_two_are_booked(
    engine: Engine, cast: Cast, request: pytest.FixtureRequest, case: str
) -> None:
    offer_ids = request.getfixturevalue(case)
    drop_guards(engine)
    assert read_then_write(engine, offer_ids) == [True, True]
    assert rows(engine, Assignment) == 2


def accept(session: Session, asked: Offer) -> object:
    """She says yes."""
    return answering.accept(session, None, asked)


def call(session: Session, asked: Offer) -> object:
    """The office books her, without regard to the question."""
    at = asked.seat_id, asked.option_id, asked.volunteer_id
    return booking.book_seat(session, None, *at, mode=asked.mode)


def book_together(
    engine: Engine, offer_ids: list[UUID], way: Way, monkeypatch: pytest.MonkeyPatch
) -> list[Any]:
    """Book in threads that wait for each other after they have looked, before they write."""
    everybody_looked = Gathering(engine, len(offer_ids))
    look = pair.objections

    def look_and_wait(*arguments: Any, **more: Any) -> Any:
        found = look(*arguments, **more)
        everybody_looked.wait()
        return found

    monkeypatch.setattr(pair, "objections", look_and_wait)

    def book(offer_id: UUID) -> object:
        with db.transaction(engine) as session:
            return way(session, session.get_one(Offer, offer_id))

    return in_threads(book, offer_ids)


def unlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever books looks without holding anything."""
    for name, with_offer in (("HOLD_OFFER", True), ("HOLD_SEAT", False)):
        bare = settled(pair.holding(locked=False, with_offer=with_offer))
        monkeypatch.setattr(pair, name, bare)


@pytest.mark.parametrize("way", [accept, call])
def test_the_lock_alone_keeps_two_bookings_apart(
    engine: Engine, cast: Cast, two_seats: list[UUID], monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    drop_guards(engine)
    outcome = book_together(engine, two_seats, way, monkeypatch)
    assert rows(engine, Assignment) == 1
    assert [isinstance(one, Overlap) for one in outcome].count(True) == 1


@pytest.mark.parametrize("way", [accept, call])
def test_control_with_the_lock_switched_off_it_does_not(
    engine: Engine, cast: Cast, two_seats: list[UUID], monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    drop_guards(engine)
    unlock(monkeypatch)
    book_together(engine, two_seats, way, monkeypatch)
    writers_queue = engine.dialect.name == "sqlite"
    assert rows(engine, Assignment) == (1 if writers_queue else 2)


async def test_yes_and_no_at_once_are_one_answer(
    client: AsyncClient, cast: Cast, engine: Engine, two_offers: list[UUID]
) -> None:
    key, path = cast.key("dilan"), f"/offers/{two_offers[0]}"
    calls = [
        lambda: client.post(f"{path}/accept", headers=key),
        lambda: client.post(f"{path}/decline", headers=key),
    ]
    answers = await at_once(calls * 3)
    state = (await client.get(path, headers=key)).json()["state"]
    assert rows(engine, Assignment) == (1 if state == "accepted" else 0)
    assert Counter(a.status_code for a in answers) == {200: 3, 409: 3}


async def test_a_request_called_off_while_somebody_accepts_has_no_booking(
    client: AsyncClient, cast: Cast, engine: Engine, two_offers: list[UUID]
) -> None:
    with db.transaction(engine) as session:
        request_id = session.exec(select(Request.id)).one()
    body, path = {"reason": "findet nicht statt"}, f"/requests/{request_id}/cancel"
    calls = [
        accepting(client, two_offers[0], cast.key("dilan")),
        lambda: client.post(path, json=body, headers=cast.key("selin")),
        accepting(client, two_offers[1], cast.key("mirela")),
    ]
    answers = await at_once(calls)
    assert answers[1].status_code == 200
    assert {a.status_code for a in answers} <= {200, 409}
    with db.transaction(engine) as session:
        assert session.exec(select(Request.state)).one() == "cancelled"
        assert "booked" not in session.exec(select(Assignment.state)).all()
        assert session.exec(select(Seat.state)).one() == "cancelled"


async def test_two_coordinators_who_save_at_once_do_not_overwrite_each_other(
    client: AsyncClient, cast: Cast
) -> None:
    path = f"/institutions/{cast.school}"
    read = await client.get(path, headers=cast.key("amal"))
    headers = cast.key("amal") | {"If-Match": read.headers["etag"]}
    phones = [f"06031 {number}" for number in range(AT_ONCE)]
    calls = [lambda p=p: client.patch(path, json={"phone": p}, headers=headers) for p in phones]
    answers = await at_once(calls)
    assert Counter(a.status_code for a in answers) == {200: 1, 412: AT_ONCE - 1}
    saved = next(a.json() for a in answers if a.status_code == 200)
    assert (await client.get(path, headers=cast.key("amal"))).json() == saved


def ask_again(client: AsyncClient, cast: Cast, **headers: str) -> Callable[[], Any]:
    """A call that asks for the same as another family: each one is a request of its own."""
    body = REQUEST | {"another": True}
    return lambda: client.post("/requests", json=body, headers=cast.key("selin") | headers)


async def test_the_same_key_at_once_is_one_piece_of_work(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    answers = await at_once([ask_again(client, cast, **{"Idempotency-Key": "doppelt"})] * AT_ONCE)
    assert rows(engine, Request) == 1
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1


async def test_the_same_request_at_once_is_stored_once_even_without_a_key(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    def ask() -> Any:
        return client.post("/requests", json=REQUEST, headers=cast.key("selin"))

    answers = await at_once([ask] * AT_ONCE)
    assert sorted(a.status_code for a in answers) == [201] + [409] * (AT_ONCE - 1)
    assert rows(engine, Request) == 1


async def test_control_without_that_check_each_one_is_stored(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.requests.duplicates.refuse", lambda *_: None)

    def ask() -> Any:
        return client.post("/requests", json=REQUEST, headers=cast.key("selin"))

    await at_once([ask] * AT_ONCE)
    assert rows(engine, Request) == AT_ONCE


async def test_control_without_a_key_each_call_is_work(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await at_once([ask_again(client, cast)] * AT_ONCE)
    assert rows(engine, Request) == AT_ONCE
