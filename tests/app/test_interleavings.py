"""A yes in the very moment in which somebody changes what it rests on, step by step. With controls.

She has looked and found nothing against it; then the other one acts, as far as he gets; then she
writes. Where her locks hold, he waits for her. On SQLite there is one writer at a time anyway.
"""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import access, db
from app.access import Actor
from app.bookings import cancelling
from app.offers import answering
from app.offers.refusals import MayNotGo, Overlap
from app.requests import ending
from app.seam import pair
from app.tables import (
    Absence,
    Assignment,
    Enrolment,
    Offer,
    Request,
    Volunteer,
)
from app.volunteers import days, keeping
from app.volunteers import service as volunteers
from app.volunteers.schemas import EnrolmentUpdate
from app.volunteers.schemas_times import AbsenceWrite
from bench.served import drop_guards
from tests.app.examples import HOUR, MORNING, Asking, asking, offer
from tests.app.test_races import in_threads, rows, unlock
from tests.app.waiting import wait_for
from tests.cast import Cast

Work = Callable[[Session], object]
TUESDAY = date(2027, 1, 12)


@pytest.fixture(params=[True, False], ids=["locked", "control"])
def locked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether she holds what she looks at."""
    if not request.param:
        unlock(monkeypatch)
        monkeypatch.setattr(ending, "lock", _only_look)
    return bool(request.param)


def _only_look(session: Session, request_id: UUID) -> Request:
    return session.get_one(Request, request_id)


def goes_wrong(engine: Engine, locked: bool) -> bool:
    """On SQLite writers queue, whether she holds something or not."""
    return not locked and engine.dialect.name == "postgresql"


@pytest.fixture
def asked(engine: Engine, cast: Cast) -> Asking:
    """Dilan is asked for a seat at the school."""
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING)
        session.add(offer(made, cast.volunteers["dilan"]))
    return made


@pytest.fixture
def amal(cast: Cast) -> Actor:
    """Coordinates."""
    roles = frozenset({(cast.wetterau, "coordinator")})
    return Actor(account_id=cast.accounts["amal"], name="Amal", memberships=roles)


def offer_of(engine: Engine, asked: Asking) -> UUID:
    """The question for the seat."""
    with db.transaction(engine) as session:
        return session.exec(select(Offer.id).where(col(Offer.seat_id) == asked.seat.id)).one()


def meanwhile(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, offer_id: UUID, other: Work
) -> tuple[object, object]:
    """She looks; the other one acts until he is done or waits for her; she writes."""
    looked, acted, look = threading.Event(), threading.Event(), pair.objections

    def look_and_wait(*arguments: Any) -> Any:
        found = look(*arguments)
        if not looked.is_set():
            looked.set()
            wait_for(engine, acted)
        return found

    def say_yes() -> object:
        with db.transaction(engine) as session:
            return answering.accept(session, None, session.get_one(Offer, offer_id))

    def act() -> object:
        assert looked.wait(20)
        with db.transaction(engine) as session:
            found = other(session)
        acted.set()
        return found

    monkeypatch.setattr(pair, "objections", look_and_wait)
    yes, act_result = in_threads(lambda work: work(), [say_yes, act])
    return yes, act_result


def booked(engine: Engine) -> list[str]:
    """The states of all bookings."""
    with db.transaction(engine) as session:
        return list(session.exec(select(Assignment.state)).all())


def test_the_office_takes_the_question_back(
    engine: Engine, cast: Cast, asked: Asking, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    offer_id = offer_of(engine, asked)

    def take_back(session: Session) -> object:
        return answering.withdraw(session, None, session.get_one(Offer, offer_id)).state

    _, answer = meanwhile(engine, monkeypatch, offer_id, take_back)
    assert booked(engine) == ["booked"]
    told_that_it_is_taken_back = answer == "withdrawn"
    assert told_that_it_is_taken_back == goes_wrong(engine, locked)


def test_the_request_is_called_off(
    engine: Engine,
    cast: Cast,
    asked: Asking,
    amal: Actor,
    monkeypatch: pytest.MonkeyPatch,
    locked: bool,
) -> None:
    def call_off(session: Session) -> object:
        request = session.get_one(Request, asked.request.id)
        return cancelling.cancel_request(session, amal, request, "findet nicht statt")

    meanwhile(engine, monkeypatch, offer_of(engine, asked), call_off)
    with db.transaction(engine) as session:
        state = session.exec(select(Request.state)).one()
    stands = "booked" in booked(engine)
    assert (state, stands) != ("cancelled", True) or goes_wrong(engine, locked)
    assert stands == goes_wrong(engine, locked)


def test_she_enters_an_absence(
    engine: Engine,
    cast: Cast,
    asked: Asking,
    amal: Actor,
    monkeypatch: pytest.MonkeyPatch,
    locked: bool,
) -> None:
    body = AbsenceWrite(first_day=TUESDAY, last_day=TUESDAY)

    def be_away(session: Session) -> object:
        hers = access.visible_volunteers(amal)
        dilan = access.load(session, hers, Volunteer, cast.volunteers["dilan"], lock=True)
        return days.add_absence(session, amal, dilan, body, preview=False)

    meanwhile(engine, monkeypatch, offer_of(engine, asked), be_away)
    assert booked(engine) == ["booked"]
    assert rows(engine, Absence) == (1 if goes_wrong(engine, locked) else 0)


def test_she_is_booked_by_another_pool(
    engine: Engine, cast: Cast, asked: Asking, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    drop_guards(engine)
    with db.transaction(engine) as session:
        session.add(
            Enrolment(
                sponsor_id=cast.fulda,
                volunteer_id=cast.volunteers["dilan"],
                roles=["interpreter"],
                state="released",
                listing_renewed_on=date(2026, 11, 1),
            )
        )
        other = asking(session, cast.fulda, cast.school_fulda, MORNING + HOUR / 2)
        second = offer(other, cast.volunteers["dilan"])
        session.add(second)

    def say_yes_there(session: Session) -> object:
        return answering.accept(session, None, session.get_one(Offer, second.id))

    answers = meanwhile(engine, monkeypatch, offer_of(engine, asked), say_yes_there)
    assert len(booked(engine)) == (2 if goes_wrong(engine, locked) else 1)
    assert any(isinstance(one, Overlap) for one in answers) != goes_wrong(engine, locked)


@pytest.mark.parametrize("change", ["state", "listing"])
def test_she_may_not_go_any_more(
    engine: Engine,
    cast: Cast,
    asked: Asking,
    amal: Actor,
    monkeypatch: pytest.MonkeyPatch,
    locked: bool,
    change: str,
) -> None:
    fields: dict[str, Any] = {"state": {"state": "paused"}}
    fields["listing"] = {"listing_renewed_on": date(2025, 1, 1)}
    seen: list[int] = []

    def take_away(session: Session) -> None:
        enrolment = session.get_one(Enrolment, cast.enrolments["dilan"])
        keeping.hold(session, enrolment.volunteer_id)
        volunteers.update_enrolment(session, amal, enrolment, EnrolmentUpdate(**fields[change]))
        session.commit()
        seen.append(rows(engine, Assignment))

    meanwhile(engine, monkeypatch, offer_of(engine, asked), take_away)
    assert booked(engine) == ["booked"]
    booked_before_it_was_taken_away = seen == [1]
    assert booked_before_it_was_taken_away != goes_wrong(engine, locked)


def test_what_was_taken_away_before_is_seen(engine: Engine, cast: Cast, asked: Asking) -> None:
    with db.transaction(engine) as session:
        session.get_one(Enrolment, cast.enrolments["dilan"]).state = "paused"
    offer_id = offer_of(engine, asked)
    with db.transaction(engine) as session, pytest.raises(MayNotGo) as refused:
        answering.accept(session, None, session.get_one(Offer, offer_id))
    assert "paper:released" in refused.value.members["reasons"]
    assert booked(engine) == []
