"""When nobody is left, questions that nobody has answered are put differently, as few as can be."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from app import db, jobs
from app.main import create_app
from app.offers import answering
from app.searches import making_room
from app.searches.making_room import Move
from app.tables import LanguageSkill, Offer
from tests.app.examples import HOUR, MORNING, Asking
from tests.app.searches import sought
from tests.cast import Cast


@pytest.fixture
def crossed(engine: Engine, cast: Cast, clock: Any) -> tuple[Asking, Asking]:
    """Two seats at one time: Dilan alone speaks Turkish, and is asked for Kurmandschi."""
    create_app(engine)
    kmr = sought.seat(engine, cast)
    sought.begin(engine, kmr, "sequence")
    assert sought.pending(engine, kmr) == ["dilan"]
    return kmr, sought.seat(engine, cast, MORNING + HOUR / 2, language="tr")


def test_somebody_else_is_asked_there_so_that_she_can_be_asked_here(
    engine: Engine, cast: Cast, crossed: tuple[Asking, Asking]
) -> None:
    kmr, tr = crossed
    search_id = sought.begin(engine, tr, "sequence")
    assert sought.search(engine, search_id).state == "exhausted"
    jobs.work_all(engine)
    assert sought.pending(engine, kmr) == ["mirela"]
    assert sought.pending(engine, tr) == ["dilan"]
    found = sought.search(engine, search_id)
    assert (found.state, found.wave) == ("running", 1)
    for one in [o for o in sought.offers(engine) if o.state == "pending"]:
        with db.transaction(engine) as session:
            answering.accept(session, None, session.get_one(Offer, one.id))
    jobs.work_all(engine)
    assert {s.state for s in sought.rows(engine, sought.Search)} == {"filled"}


def test_a_seat_is_not_left_without_anybody_for_another_one(
    engine: Engine, cast: Cast, crossed: tuple[Asking, Asking]
) -> None:
    kmr, tr = crossed
    with db.transaction(engine) as session:
        for skill in session.exec(sought.select(LanguageSkill)).all():
            if skill.volunteer_id == cast.volunteers["mirela"] and skill.language == "kmr":
                session.delete(skill)
    search_id = sought.begin(engine, tr, "sequence")
    jobs.work_all(engine)
    assert sought.pending(engine, kmr) == ["dilan"]
    assert sought.search(engine, search_id).state == "exhausted"


def test_a_booking_is_never_touched(
    engine: Engine, cast: Cast, crossed: tuple[Asking, Asking]
) -> None:
    kmr, tr = crossed
    (first,) = sought.offers(engine, kmr)
    with db.transaction(engine) as session:
        answering.accept(session, None, session.get_one(Offer, first.id))
    search_id = sought.begin(engine, tr, "sequence")
    jobs.work_all(engine)
    assert [o.state for o in sought.offers(engine, kmr)] == ["accepted"]
    assert sought.search(engine, search_id).state == "exhausted"


def test_whoever_answers_meanwhile_is_right(
    engine: Engine, cast: Cast, crossed: tuple[Asking, Asking], monkeypatch: pytest.MonkeyPatch
) -> None:
    kmr, tr = crossed
    search_id = sought.begin(engine, tr, "sequence")
    find = making_room.find

    def answered_meanwhile(*given: Any) -> Any:
        moves = find(*given)
        assert len(moves) == 2
        given[0].expunge_all()
        given[0].rollback()
        (first,) = sought.offers(engine, kmr)
        with db.transaction(engine) as session:
            answering.accept(session, None, session.get_one(Offer, first.id))
        return moves

    monkeypatch.setattr(making_room, "find", answered_meanwhile)
    making_room.make_room(engine, search_id)
    assert [o.state for o in sought.offers(engine, kmr)] == ["accepted"]
    assert sought.offers(engine, tr) == []
    assert sought.search(engine, search_id).state == "exhausted"


def test_what_cannot_be_asked_any_more_changes_nothing_at_all(
    engine: Engine, cast: Cast, crossed: tuple[Asking, Asking], monkeypatch: pytest.MonkeyPatch
) -> None:
    kmr, tr = crossed
    search_id = sought.begin(engine, tr, "sequence")
    (offer,) = sought.offers(engine, kmr)
    at = {"mode": "on_site"}
    moves = [
        Move(kmr.seat.id, kmr.option.id, cast.volunteers["oksana"], **at, instead_of=offer.id),
        Move(tr.seat.id, tr.option.id, cast.volunteers["dilan"], **at, instead_of=None),
    ]
    monkeypatch.setattr(making_room, "find", lambda *_: moves)
    making_room.make_room(engine, search_id)
    assert sought.pending(engine, kmr) == ["dilan"]
    assert sought.offers(engine, tr) == []


def test_taken_twice_the_step_changes_nothing(
    engine: Engine, cast: Cast, crossed: tuple[Asking, Asking]
) -> None:
    _, tr = crossed
    search_id = sought.begin(engine, tr, "sequence")
    jobs.work_all(engine)
    before = sought.offers(engine)
    making_room.make_room(engine, search_id)
    jobs.work_all(engine)
    assert sought.offers(engine) == before


def test_when_the_other_seat_is_given_up_she_is_asked_by_herself(
    engine: Engine, cast: Cast, crossed: tuple[Asking, Asking], clock: Any
) -> None:
    kmr, tr = crossed
    with db.transaction(engine) as session:
        for skill in session.exec(sought.select(LanguageSkill)).all():
            if skill.volunteer_id == cast.volunteers["mirela"] and skill.language == "kmr":
                session.delete(skill)
    sought.begin(engine, tr, "sequence")
    jobs.work_all(engine)
    sought.say_no(engine, kmr)
    clock.shift(timedelta(hours=1))
    jobs.work_all(engine)
    assert sought.pending(engine, tr) == ["dilan"]
