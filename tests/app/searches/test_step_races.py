"""However many workers take the same step at once, one of them asks. With controls."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from app import db, jobs
from app.errors import ApiError
from app.main import create_app
from app.offers import booking, seeking
from app.searches import advancing, choosing
from app.searches.choosing import Choice, Pick
from app.searches.standing import Standing
from app.tables import Offer, Search, Seat
from tests.app.searches import sought
from tests.app.test_races import in_threads
from tests.app.waiting import Gathering
from tests.cast import Cast

WORKERS = 2


def prepared(engine: Engine, cast: Cast) -> tuple[Any, UUID]:
    """A search that has asked nobody yet, and four people who could go."""
    create_app(engine)
    sought.crowd(engine, cast, "aram", "bero")
    asked = sought.seat(engine, cast)
    with db.transaction(engine) as session:
        row = session.get_one(Seat, asked.seat.id)
        search = seeking.begin(session, None, row, cause="office", chosen=seeking.Way("sequence"))
        return asked, search.id


def meet(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who ask wait for each other, or alone when a lock keeps the others away."""
    all_there = Gathering(engine, WORKERS)
    make = advancing._make

    def late(
        session: Session, seen: Standing, choice: Choice, picks: Sequence[Pick]
    ) -> list[Offer]:
        all_there.wait()
        return make(session, seen, choice, picks)

    monkeypatch.setattr(advancing, "_make", late)


def without_looking(session: Session, search: Search, wave: int) -> bool:
    """Begin a wave, whoever else has begun it."""
    search.wave = wave
    session.add(search)
    session.flush()
    return True


def step(engine: Engine, search_id: UUID) -> list[Any]:
    """Several workers take the step at once."""
    return in_threads(lambda one: advancing.advance(engine, one), [search_id] * WORKERS)


def test_one_step_is_taken_once(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, search_id = prepared(engine, cast)
    meet(engine, monkeypatch)
    assert step(engine, search_id) == [None] * WORKERS
    assert len(sought.offers(engine, asked)) == 1
    assert sought.search(engine, search_id).wave == 1


def test_control_without_lock_and_condition_two_are_asked(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, search_id = prepared(engine, cast)
    meet(engine, monkeypatch)
    monkeypatch.setattr(booking, "lock_all", lambda *_: None)
    monkeypatch.setattr(advancing, "_is_first", without_looking)
    step(engine, search_id)
    writers_queue = engine.dialect.name == "sqlite"
    assert len(sought.offers(engine, asked)) == (1 if writers_queue else WORKERS)


def test_without_the_lock_the_condition_alone_holds(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, search_id = prepared(engine, cast)
    meet(engine, monkeypatch)
    monkeypatch.setattr(booking, "lock_all", lambda *_: None)
    step(engine, search_id)
    assert len(sought.offers(engine, asked)) == 1


def test_a_yes_while_the_next_is_chosen_asks_nobody_else(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, search_id = prepared(engine, cast)
    choose = choosing.choose

    def book_meanwhile(session: Session, seen: Standing) -> Choice:
        found = choose(session, seen)
        session.expunge_all()
        session.rollback()
        with db.transaction(engine) as other:
            booking.book_seat(
                other,
                None,
                asked.seat.id,
                asked.option.id,
                cast.volunteers["mirela"],
                mode="on_site",
            )
        return found

    monkeypatch.setattr(choosing, "choose", book_meanwhile)
    advancing.advance(engine, search_id)
    assert sought.offers(engine, asked) == []
    assert sought.search(engine, search_id).state == "filled"


def test_two_begin_a_search_at_once(engine: Engine, cast: Cast) -> None:
    create_app(engine)
    asked = sought.seat(engine, cast)

    def begin(seat_id: UUID) -> None:
        with db.transaction(engine) as session:
            booking.lock_all(session, [seat_id], [])
            seeking.begin(session, None, session.get_one(Seat, seat_id), cause="office")

    answers = in_threads(begin, [asked.seat.id] * 4)
    assert [type(a).__name__ for a in answers].count("SoughtAlready") == 3
    assert len(sought.rows(engine, Search)) == 1


def test_nobody_waits_in_a_circle_when_answers_and_steps_cross(engine: Engine, cast: Cast) -> None:
    """Many noes and many steps at once: every person is asked once, and all ends well."""
    asked, search_id = prepared(engine, cast)
    advancing.advance(engine, search_id)
    for _ in range(4):
        (offer,) = [o for o in sought.offers(engine, asked) if o.state == "pending"]

        def act(number: int, offer: Offer = offer) -> None:
            if number == 0:
                with db.transaction(engine) as session:
                    sought.answering.decline(session, None, session.get_one(Offer, offer.id))
            advancing.advance(engine, search_id)

        answers = in_threads(act, range(4))
        assert not [a for a in answers if isinstance(a, ApiError)], answers
        if len(sought.offers(engine, asked)) == 4:
            break
    people = [o.volunteer_id for o in sought.offers(engine, asked)]
    assert len(people) == len(set(people)) == 4
    jobs.work_all(engine)
