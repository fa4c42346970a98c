"""Whatever people answer, and whenever: what must hold of a search holds after every step."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import delete, select

from app import db, jobs
from app.errors import ApiError
from app.main import create_app
from app.offers import answering
from app.searches import watching
from app.tables import Assignment, Offer, Request, Seat, Volunteer
from tests.app.examples import MORNING, Asking
from tests.app.searches import sought
from tests.cast import Cast
from tests.conftest import NOW

PEOPLE = ("aram", "bero", "ciwan")
steps = st.lists(
    st.tuples(
        st.sampled_from(("yes", "no", "wait", "wait", "long wait", "take back", "watch")),
        st.integers(0, 4),
    ),
    min_size=3,
    max_size=14,
)


@pytest.fixture
def people(engine: Engine, cast: Cast) -> None:
    """Five who could go, one of whom somebody has to call."""
    create_app(engine)
    sought.crowd(engine, cast, *PEOPLE)
    with db.transaction(engine) as session:
        sought.change(session, Volunteer, cast.volunteers["aram"], phone_only=True)
        sought.change(session, Volunteer, cast.volunteers["aram"], email="")


def act(engine: Engine, clock: Any, asked: Asking, what: str, number: int) -> None:
    """One thing happens, and then everything that follows from it."""
    pending = [o for o in sought.offers(engine, asked) if o.state == "pending"]
    if what == "watch":
        watching.watch(engine)
    elif what == "wait":
        clock.shift(timedelta(hours=3))
    elif what == "long wait":
        clock.shift(timedelta(hours=30))
    elif pending:
        answer(engine, pending[number % len(pending)].id, what)
    jobs.work_all(engine)


def answer(engine: Engine, offer_id: UUID, what: str) -> None:
    """Somebody answers, or the office takes the question back."""
    with db.transaction(engine) as session:
        offer = session.get_one(Offer, offer_id)
        try:
            if what == "yes":
                answering.accept(session, None, offer)
            elif what == "no":
                answering.decline(session, None, offer)
            else:
                answering.withdraw(session, None, offer)
        except ApiError:
            session.rollback()


def check(engine: Engine, asked: Asking, search_id: UUID, strategy: str) -> None:
    """What must hold at any time."""
    search = sought.search(engine, search_id)
    made = sought.offers(engine, asked)
    with db.transaction(engine) as session:
        state = session.get_one(Seat, asked.seat.id).state
        request = session.get_one(Request, asked.request.id)
    pending = [o for o in made if o.state == "pending"]
    accepted = [o for o in made if o.state == "accepted"]
    assert max(Counter(o.volunteer_id for o in made).values(), default=1) == 1
    assert len(accepted) == (state == "booked")
    assert not pending or search.state == "running"
    assert all(o.expires_at <= MORNING for o in made)
    if strategy == "sequence":
        assert len(pending) <= 1
    if search.state in ("running", "exhausted"):
        assert search.next_at is not None
        assert state == "open"
    else:
        assert search.next_at is None
        assert search.ended_at is not None
    assert (search.state == "filled") == (state == "booked")
    assert (search.state == "unfilled") == (request.state == "unfilled")


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(course=steps, strategy=st.sampled_from(("sequence", "waves", "all")), size=st.booleans())
def test_whatever_happens(
    engine: Engine,
    cast: Cast,
    clock: Any,
    people: None,
    course: list[tuple[str, int]],
    strategy: str,
    size: bool,
) -> None:
    clock.move_to(NOW)
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, strategy, 2 if size and strategy == "waves" else None)
    for what, number in course:
        act(engine, clock, asked, what, number)
        check(engine, asked, search_id, strategy)
    for _ in range(6):
        clock.shift(timedelta(hours=24))
        jobs.work_all(engine)
        check(engine, asked, search_id, strategy)
    assert sought.search(engine, search_id).state in ("filled", "unfilled")
    with db.transaction(engine) as session:
        booked = session.exec(select(Offer).where(Offer.state == "accepted")).all()
        for offer in booked:
            sought.change(session, Seat, offer.seat_id, state="cancelled")
        session.exec(delete(Assignment))
