"""Two things happen to one booking at the same moment. Each race has its control.

One of the two looks and then waits for the other. Where a lock keeps the other away it goes on
alone. SQLite has one writer: there the two queue up, with or without the lock.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select, update

from app import db
from app.bookings import cancelling, confirming, moving, no_shows, visits
from app.bookings.schemas import Move, NoShow
from app.bookings.terms import Why
from app.clock import now
from app.errors import ApiError
from app.offers import answering, booking
from app.offers.refusals import NotBooked
from app.requests import ending
from app.tables import Assignment, Offer, Request, Seat, Side
from tests.app.bookings.acting import booked, request_of, row, seat_of, standby
from tests.app.examples import HOUR, MORNING, asking, offer
from tests.app.test_races import at_once
from tests.app.test_walls import actor
from tests.app.waiting import wait_for
from tests.cast import Cast

Work = Callable[[], Any]
BY_HERSELF = Why(Side.VOLUNTEER)


@pytest.fixture
def booking_id(engine: Engine, cast: Cast) -> UUID:
    """Dilan is booked for Tuesday at ten."""
    return booked(engine, cast, MORNING)


class Meeting:
    """One who looks and then waits until the other one is done."""

    def __init__(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str
    ) -> None:
        self.looked, self.done = threading.Event(), threading.Event()
        look = getattr(module, name)

        def look_and_wait(*arguments: Any, **more: Any) -> Any:
            found = look(*arguments, **more)
            if not self.looked.is_set():
                self.looked.set()
                wait_for(engine, self.done)
            return found

        monkeypatch.setattr(module, name, look_and_wait)

    def between(self, slow: Work, quick: Work) -> list[Any]:
        """Do `quick` after `slow` has looked and before it writes; a refusal is a result."""

        def after_the_look() -> Any:
            self.looked.wait(20)
            try:
                return quick()
            finally:
                self.done.set()

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(_caught, [slow, after_the_look]))


def _caught(work: Work) -> Any:
    try:
        return work()
    except (ApiError, DBAPIError) as error:
        return error


def lock_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are read as they are, and nobody waits for anybody."""

    def read(session: Session, request_ids: Any) -> list[Request]:
        query = select(Request).where(col(Request.id).in_(request_ids))
        return list(session.exec(query.execution_options(populate_existing=True)).all())

    monkeypatch.setattr(ending, "lock_all", read)
    monkeypatch.setattr(booking, "lock_all", lambda *_: None)
    monkeypatch.setattr(
        booking, "lock", lambda session, seat_id, _who: session.get_one(Seat, seat_id)
    )


def give_back(engine: Engine, booking_id: UUID) -> Work:
    def work() -> str:
        with db.transaction(engine) as session:
            found = session.get_one(Assignment, booking_id)
            return cancelling.cancel_assignment(session, found, BY_HERSELF).state

    return work


def test_who_gave_it_back_meanwhile_cannot_confirm_what_she_saw(
    engine: Engine, booking_id: UUID
) -> None:
    seen = row(engine, booking_id)
    give_back(engine, booking_id)()
    with pytest.raises(NotBooked), db.transaction(engine) as session:
        confirming.reconfirm(session, None, session.merge(seen, load=False))
    assert row(engine, booking_id).reconfirmed_at is None


def test_control_who_looks_and_then_writes_confirms_what_is_gone(
    engine: Engine, booking_id: UUID
) -> None:
    seen = row(engine, booking_id)
    give_back(engine, booking_id)()
    with db.transaction(engine) as session:
        if seen.state == "booked":
            session.exec(
                update(Assignment)
                .where(col(Assignment.id) == booking_id)
                .values(reconfirmed_at=now())
            )
    gone = row(engine, booking_id)
    assert gone.state == "cancelled_early"
    assert gone.reconfirmed_at is not None


async def test_giving_back_and_confirming_at_once_end_in_one_truth(
    client: AsyncClient, cast: Cast, engine: Engine, booking_id: UUID
) -> None:
    path, key, body = f"/assignments/{booking_id}", cast.key("dilan"), {"reason": "geht nicht"}
    calls = [
        lambda: client.post(f"{path}/reconfirm", headers=key),
        lambda: client.post(f"{path}/cancel", json=body, headers=key),
    ]
    answers = await at_once(calls * 3)
    assert {a.status_code for a in answers} <= {200, 409}
    assert Counter(a.status_code for a in answers[1::2]) == {200: 3}
    gone = row(engine, booking_id)
    assert gone.state == "cancelled_early"
    assert gone.reconfirmed_at is None or gone.reconfirmed_at <= gone.cancelled_at
    assert seat_of(engine, booking_id).state == "open"


@pytest.fixture
def asked(engine: Engine, cast: Cast) -> tuple[UUID, UUID]:
    """Dilan is asked for Tuesday at ten: the request and the offer."""
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING)
        question = offer(made, cast.volunteers["dilan"])
        session.add(question)
        session.flush()
        return made.request.id, question.id


def accept(engine: Engine, offer_id: UUID) -> Work:
    def work() -> Any:
        with db.transaction(engine) as session:
            return answering.accept(session, None, session.get_one(Offer, offer_id))

    return work


def call_off(engine: Engine, cast: Cast, request_id: UUID) -> Work:
    def work() -> None:
        with db.transaction(engine) as session:
            selin = actor(session, cast, "selin")
            found = session.get_one(Request, request_id)
            cancelling.cancel_requests(session, selin, [found], "fällt aus")

    return work


def bookings(engine: Engine) -> list[Assignment]:
    with db.transaction(engine) as session:
        return list(session.exec(select(Assignment)).all())


def test_what_is_called_off_while_she_says_yes_has_no_booking(
    engine: Engine, cast: Cast, asked: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(engine, monkeypatch, visits, "booked")
    meeting.between(call_off(engine, cast, asked[0]), accept(engine, asked[1]))
    assert [one.state for one in bookings(engine)] == []
    with db.transaction(engine) as session:
        assert session.get_one(Request, asked[0]).state == "cancelled"


def test_control_without_the_lock_she_is_booked_for_what_is_called_off(
    engine: Engine, cast: Cast, asked: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_nothing(monkeypatch)
    meeting = Meeting(engine, monkeypatch, visits, "booked")
    meeting.between(call_off(engine, cast, asked[0]), accept(engine, asked[1]))
    writers_queue = engine.dialect.name == "sqlite"
    assert [one.state for one in bookings(engine)] == ([] if writers_queue else ["booked"])
    with db.transaction(engine) as session:
        assert session.get_one(Request, asked[0]).state == "cancelled"


def move(engine: Engine, cast: Cast, request_id: UUID) -> Work:
    def work() -> None:
        body = Move.model_validate({"times": [{"day": "2027-01-13", "start": "11:00"}]})
        with db.transaction(engine) as session:
            selin = actor(session, cast, "selin")
            found = ending.lock_all(session, [request_id])[0]
            moving.move(session, selin, found, body)

    return work


def at_the_old_time(engine: Engine) -> list[Assignment]:
    return [one for one in bookings(engine) if one.state == "booked" and one.starts_at == MORNING]


def test_what_is_moved_while_she_says_yes_has_no_booking_at_the_old_time(
    engine: Engine, cast: Cast, asked: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(engine, monkeypatch, visits, "booked")
    meeting.between(move(engine, cast, asked[0]), accept(engine, asked[1]))
    assert at_the_old_time(engine) == []
    with db.transaction(engine) as session:
        assert session.get_one(Request, asked[0]).state == "open"


def test_control_without_the_lock_she_is_booked_at_the_old_time(
    engine: Engine, cast: Cast, asked: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_nothing(monkeypatch)
    meeting = Meeting(engine, monkeypatch, moving.editing, "options")
    monkeypatch.setattr(visits, "booked", lambda *_: [])
    meeting.between(move(engine, cast, asked[0]), accept(engine, asked[1]))
    writers_queue = engine.dialect.name == "sqlite"
    assert len(at_the_old_time(engine)) == (0 if writers_queue else 1)


def say(engine: Engine, cast: Cast, booking_id: UUID, name: str, who: Any) -> Work:
    def work() -> str:
        with db.transaction(engine) as session:
            said = no_shows.report(
                session,
                actor(session, cast, name),
                session.get_one(Assignment, booking_id),
                NoShow(who=who),
            )
            return said.state

    return work


@pytest.fixture
def begun(booking_id: UUID, clock: Any) -> UUID:
    """It has begun."""
    clock.move_to(MORNING + HOUR / 2)
    return booking_id


def test_of_two_who_say_who_was_missing_one_is_believed_and_the_other_told(
    engine: Engine, cast: Cast, begun: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(engine, monkeypatch, visits, "one")
    results = meeting.between(
        say(engine, cast, begun, "dilan", "client"),
        say(engine, cast, begun, "selin", "volunteer"),
    )
    told = [one for one in results if isinstance(one, ApiError)]
    believed = [one for one in results if isinstance(one, str)]
    assert [one.slug for one in told] == ["no-show-state"]
    assert believed == [row(engine, begun).state]


def test_control_without_lock_and_condition_the_first_is_overruled_in_silence(
    engine: Engine, cast: Cast, begun: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_anyway(session: Session, visit: Any, _before: str, values: dict[str, Any]) -> None:
        session.exec(
            update(Assignment).where(col(Assignment.id) == visit.booking.id).values(**values)
        )

    lock_nothing(monkeypatch)
    monkeypatch.setattr(no_shows, "_change", write_anyway)
    meeting = Meeting(engine, monkeypatch, visits, "one")
    results = meeting.between(
        say(engine, cast, begun, "dilan", "client"),
        say(engine, cast, begun, "selin", "volunteer"),
    )
    writers_queue = engine.dialect.name == "sqlite"
    assert len([one for one in results if isinstance(one, str)]) == (1 if writers_queue else 2)


def test_two_who_end_a_booking_at_once_end_it_once(
    engine: Engine, cast: Cast, booking_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(engine, monkeypatch, visits, "one")
    results = meeting.between(give_back(engine, booking_id), give_back(engine, booking_id))
    assert results == ["cancelled_early"] * 2
    assert request_of(engine, booking_id).state == "open"


def test_giving_back_while_the_request_is_called_off_leaves_nothing_open(
    engine: Engine, cast: Cast, booking_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id = request_of(engine, booking_id).id
    meeting = Meeting(engine, monkeypatch, visits, "one")
    meeting.between(give_back(engine, booking_id), call_off(engine, cast, request_id))
    assert request_of(engine, booking_id).state == "cancelled"
    assert seat_of(engine, booking_id).state == "cancelled"
    assert row(engine, booking_id).state == "cancelled_early"


@pytest.mark.parametrize("other", ["gives back", "calls off"])
def test_control_without_the_lock_who_looked_before_is_refused(
    engine: Engine, cast: Cast, booking_id: UUID, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    request_id = request_of(engine, booking_id).id
    quick = {
        "gives back": give_back(engine, booking_id),
        "calls off": call_off(engine, cast, request_id),
    }
    lock_nothing(monkeypatch)
    meeting = Meeting(engine, monkeypatch, visits, "one")
    slow, _ = meeting.between(give_back(engine, booking_id), quick[other])
    writers_queue = engine.dialect.name == "sqlite"
    assert isinstance(slow, str if writers_queue else NotBooked)


def test_who_stands_by_is_called_once_however_many_give_back(
    engine: Engine, cast: Cast, booking_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    standby(engine, cast, booking_id, "mirela")
    meeting = Meeting(engine, monkeypatch, visits, "one")
    meeting.between(give_back(engine, booking_id), give_back(engine, booking_id))
    live = [one for one in bookings(engine) if one.state == "booked"]
    assert [one.volunteer_id for one in live] == [cast.volunteers["mirela"]]
