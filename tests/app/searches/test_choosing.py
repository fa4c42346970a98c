"""Who is asked next: the order is that of the candidates, rates only cut the waves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from app import db, jobs
from app.bookings import cancelling
from app.bookings.terms import Why
from app.main import create_app
from app.offers import answering
from app.offers.refusals import LateYes
from app.planning import views
from app.searches import choosing, rates, standing
from app.tables import (
    Assignment,
    ClientCase,
    LanguageSkill,
    Offer,
    Request,
    Seat,
    Side,
    Volunteer,
)
from tests.app.examples import MORNING, asking, offer
from tests.app.searches import sought
from tests.cast import Cast, volunteer


@pytest.fixture(autouse=True)
def _jobs_known(engine: Engine) -> None:
    create_app(engine)


def picked(engine: Engine, search_id: Any) -> list[Any]:
    """Whom the search would ask, in order."""
    with db.transaction(engine) as session:
        seen = standing.look(session, search_id)
        assert seen is not None
        return [p.volunteer.id for p in choosing.choose(session, seen).picks]


def candidates(engine: Engine, seat_id: Any) -> list[Any]:
    """The candidates as the office sees them."""
    with db.transaction(engine) as session:
        row = session.get_one(Seat, seat_id)
        return [c.volunteer_id for c in views.candidates(session, row, 50, "de").candidates]


def test_the_order_is_that_of_the_candidates(engine: Engine, cast: Cast) -> None:
    sought.crowd(engine, cast, "aram", "bero", "ciwan")
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, "waves", 2)
    sought.say_no(engine, asked)
    everybody = candidates(engine, asked.seat.id)
    assert picked(engine, search_id) == everybody
    assert len(everybody) == 1


def late(engine: Engine, offer_id: Any) -> None:
    """She says yes after her time."""
    with db.transaction(engine) as session:
        answer = answering.accept(session, None, session.get_one(Offer, offer_id))
    assert isinstance(answer, LateYes)


def test_whose_yes_came_too_late_is_asked_before_all_others(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    sought.crowd(engine, cast, "aram", "bero", "ciwan")
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, "sequence")
    first = sought.offers(engine, asked)[0]
    clock.move_to(first.expires_at)
    jobs.work_all(engine)
    late(engine, first.id)
    assert picked(engine, search_id)[0] == first.volunteer_id
    sought.say_no(engine, asked)
    again = sought.offers(engine, asked)[-1]
    assert (again.volunteer_id, again.state) == (first.volunteer_id, "pending")
    assert picked(engine, search_id).count(first.volunteer_id) == 0
    clock.move_to(again.expires_at)
    jobs.work_all(engine)
    assert first.volunteer_id not in picked(engine, search_id), "she was silent now"


def test_for_a_substitute_whose_yes_came_too_late_is_asked_first(
    engine: Engine, cast: Cast
) -> None:
    sought.crowd(engine, cast, "aram", "bero")
    asked = sought.seat(engine, cast)
    sought.begin(engine, asked, "all")
    made = sought.offers(engine, asked)
    with db.transaction(engine) as session:
        answering.accept(session, None, session.get_one(Offer, made[0].id))
    jobs.work_all(engine)
    late(engine, made[-1].id)
    with db.transaction(engine) as session:
        booking = session.exec(select(Assignment)).one()
        cancelling.cancel_assignment(session, booking, Why(Side.VOLUNTEER))
    jobs.work_all(engine)
    assert sought.offers(engine, asked)[len(made)].volunteer_id == made[-1].volunteer_id


def test_of_a_large_pool_only_who_speaks_it_is_looked_at(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction(engine) as session:
        at = {"sponsor_id": cast.wetterau}
        volunteer(session, cast, "levent", languages={"tr": "native"}, **at)
        volunteer(session, cast, "sinan", languages={"kmr": "native"}, **at)
    asked = sought.seat(engine, cast)
    with db.transaction(engine) as session:
        sought.change(session, Request, asked.request.id, consent_substitution=True)
    search_id = sought.begin(engine, asked, "waves", 1)
    before = picked(engine, search_id)
    monkeypatch.setattr(choosing, "LARGE", 2)
    assert picked(engine, search_id) == before
    assert cast.volunteers["levent"] in before, "Turkish may stand in, with consent"
    with db.transaction(engine) as session:
        seen = standing.look(session, search_id)
        assert seen is not None
        names = [v.given_name for v in choosing.pool(session, seen)]
    assert "Oksana" not in names
    assert sorted(names) == ["Dilan", "Levent", "Mirela", "Sinan"]


def test_rates_come_from_what_was_answered_in_time(engine: Engine, cast: Cast) -> None:
    dilan, mirela = cast.volunteers["dilan"], cast.volunteers["mirela"]
    said = {dilan: ["accepted"] * 6, mirela: ["declined", "expired", "expired", "withdrawn"]}
    with db.transaction(engine) as session:
        for who, states in said.items():
            for number, state in enumerate(states):
                at = MORNING - timedelta(days=60 + number)
                made = asking(session, cast.wetterau, cast.school, at, state="done")
                session.add(offer(made, who, state=state))
    with db.transaction(engine) as session:
        people = [session.get_one(Volunteer, who) for who in (dilan, mirela)]
        people.append(session.get_one(Volunteer, cast.volunteers["oksana"]))
        known = rates.load(session, cast.wetterau, "normal", people)
        elsewhere = rates.load(session, cast.fulda, "normal", people)
    assert known.people[dilan] == (6, 6)
    assert known.people[mirela] == (3, 0), "what was taken back counts for nothing"
    often, seldom, new = (known.chance(one).yes for one in people)
    assert seldom < known.usual == new < often
    assert elsewhere.usual == 0.4
    assert elsewhere.people == {}


def test_another_notice_has_another_rate(engine: Engine, cast: Cast) -> None:
    with db.transaction(engine) as session:
        for number in range(20):
            at = MORNING - timedelta(days=60 + number)
            made = asking(session, cast.wetterau, cast.school, at, state="done")
            made.request.lead_time = "urgent"
            session.add(made.request)
            session.add(offer(made, cast.volunteers["dilan"], state="expired"))
    with db.transaction(engine) as session:
        load = [rates.load(session, cast.wetterau, notice, []) for notice in ("urgent", "normal")]
    assert load[0].usual < 0.2
    assert load[1].usual == 0.4


def test_what_is_long_ago_is_forgotten(engine: Engine, cast: Cast, clock: Any) -> None:
    asked = sought.seat(engine, cast)
    with db.transaction(engine) as session:
        session.add(offer(asked, cast.volunteers["dilan"], state="declined"))
    clock.shift(timedelta(days=366))
    with db.transaction(engine) as session:
        assert rates.load(session, cast.wetterau, "normal", []).usual == 0.4


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(sorted), max_size=20))
def test_a_rate_is_a_chance(counts: list[list[int]]) -> None:
    assert 0 < rates.usual([(asked, yes) for yes, asked in counts]) < 1


def test_everybody_at_once_is_bounded(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sought.crowd(engine, cast, "aram", "bero", "ciwan")
    monkeypatch.setattr(choosing, "AT_ONCE", 3)
    asked = sought.seat(engine, cast)
    sought.begin(engine, asked, "all")
    assert len(sought.pending(engine, asked)) == 3
    sought.say_no(engine, asked)
    assert len(sought.pending(engine, asked)) == 2


def test_a_client_who_has_had_her_five_is_not_sought_for(engine: Engine, cast: Cast) -> None:
    with db.transaction(engine) as session:
        case = ClientCase(sponsor_id=cast.wetterau, pseudonym="2" * 64)
        session.add(case)
        session.flush()
        for day in range(6):
            at = datetime(2027, 2, 1 + day, 9, 0, tzinfo=UTC)
            made = asking(session, cast.wetterau, cast.school, at)
            made.request.client_case_id = case.id
            session.add(made.request)
            if day < 5:
                session.add(offer(made, cast.volunteers["dilan"]))
        case_id = case.id
    asked = sought.seat(engine, cast, datetime(2027, 3, 1, 9, 0, tzinfo=UTC))
    with db.transaction(engine) as session:
        sought.change(session, Request, asked.request.id, client_case_id=case_id)
    search_id = sought.begin(engine, asked, "all")
    assert sought.search(engine, search_id).state == "exhausted"


def test_somebody_who_lost_the_language_meanwhile_is_passed_over(
    engine: Engine, cast: Cast
) -> None:
    sought.crowd(engine, cast, "aram")
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, "sequence")
    first = sought.pending(engine, asked)
    with db.transaction(engine) as session:
        for skill in session.exec(sought.select(LanguageSkill)).all():
            if skill.volunteer_id == cast.volunteers["aram"]:
                session.delete(skill)
    sought.say_no(engine, asked)
    assert sought.pending(engine, asked) == ["dilan" if first == ["aram"] else "mirela"]
    assert sought.search(engine, search_id).wave == 2
