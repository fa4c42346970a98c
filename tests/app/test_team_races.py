"""Two seats of one request change at once: the request is locked first. With controls."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from app import db
from app.access import Actor
from app.bookings import cancelling
from app.bookings.terms import Why
from app.offers import answering, booking
from app.offers.refusals import LateYes
from app.requests import ending
from app.requests.answering import resolve
from app.requests.schemas import TaskAnswer
from app.tables import Assignment, Cause, Offer, Request, RequestOption, Seat, Side, Task
from tests.app.examples import HOUR, MORNING, asking, offer
from tests.app.test_races import in_threads, unlock
from tests.app.waiting import Gathering
from tests.cast import Cast

Work = Callable[[Session], object]


def together(engine: Engine, works: list[Work]) -> list[object]:
    """Each commits only when all have done their work, or wait for a lock."""
    all_done = Gathering(engine, len(works))

    def carry_out(work: Work) -> None:
        with db.transaction(engine) as session:
            work(session)
            all_done.wait()

    return in_threads(carry_out, works)


@pytest.fixture
def team(engine: Engine, cast: Cast) -> tuple[UUID, list[UUID]]:
    """One request with two seats and two times: Dilan is asked for one, Mirela for the other."""
    with db.transaction(engine) as session:
        asked = asking(session, cast.wetterau, cast.school, MORNING)
        at = {"sponsor_id": cast.wetterau, "request_id": asked.request.id}
        seat = Seat(**at, role="interpreter", language="kmr", position=1)
        other = RequestOption(
            **at,
            position=1,
            day=asked.option.day.replace(day=13),
            start_minute=600,
            duration_minutes=60,
            starts_at=MORNING + 24 * HOUR,
            ends_at=MORNING + 25 * HOUR,
        )
        session.add_all([seat, other])
        session.flush()
        made = [
            offer(asked, cast.volunteers["dilan"]),
            offer(asked, cast.volunteers["mirela"], seat_id=seat.id, option_id=other.id),
        ]
        session.add_all(made)
    return asked.request.id, [one.id for one in made]


def accepting(offer_id: UUID) -> Work:
    """Somebody says yes."""

    def accept(session: Session) -> None:
        answer = answering.accept(session, None, session.get_one(Offer, offer_id))
        if isinstance(answer, LateYes):
            raise answer

    return accept


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for anybody."""

    def only_look(session: Session, request_id: UUID) -> Request:
        return session.get_one(Request, request_id)

    monkeypatch.setattr(ending, "lock", only_look)
    monkeypatch.setattr(booking, "lock_all", lambda *_: None)
    unlock(monkeypatch)


def test_those_who_go_together_are_booked_at_one_time(
    engine: Engine, cast: Cast, team: tuple[UUID, list[UUID]]
) -> None:
    answers = together(engine, [accepting(one) for one in team[1]])
    assert sorted(type(a).__name__ for a in answers) == ["LateYes", "NoneType"]
    with db.transaction(engine) as session:
        chosen = select(RequestOption).where(col(RequestOption.chosen).is_(True))
        assert len(session.exec(chosen).all()) == 1
        assert len(session.exec(select(Assignment)).all()) == 1


def test_control_without_lock_and_index_two_times_are_chosen(
    engine: Engine,
    cast: Cast,
    team: tuple[UUID, list[UUID]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unlocked(monkeypatch)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_request_option_chosen"))
    together(engine, [accepting(one) for one in team[1]])
    writers_queue = engine.dialect.name == "sqlite"
    with db.transaction(engine) as session:
        chosen = select(RequestOption).where(col(RequestOption.chosen).is_(True))
        assert len(session.exec(chosen).all()) == (1 if writers_queue else 2)


@pytest.fixture
def booked_team(engine: Engine, cast: Cast, team: tuple[UUID, list[UUID]]) -> list[UUID]:
    """Both go, at the second time."""
    with db.transaction(engine) as session:
        first, second = (session.get_one(Offer, one) for one in team[1])
        first.option_id = second.option_id
        session.add(first)
    for one in team[1]:
        with db.transaction(engine) as session:
            accepting(one)(session)
    with db.transaction(engine) as session:
        return list(session.exec(select(Assignment.id)).all())


def test_two_who_give_back_at_once_leave_no_time_chosen(
    engine: Engine, cast: Cast, booked_team: list[UUID]
) -> None:
    def giving_back(one: UUID) -> Work:
        return lambda session: cancelling.cancel_assignment(
            session, session.get_one(Assignment, one), Why(Side.VOLUNTEER, Cause.ILLNESS, "krank")
        )

    assert together(engine, [giving_back(one) for one in booked_team]) == [None, None]
    with db.transaction(engine) as session:
        assert set(session.exec(select(RequestOption.chosen)).all()) == {False}
        assert session.exec(select(Request.state)).one() == "open"


def answering_the_last_two(engine: Engine, cast: Cast) -> str:
    """The state of a request whose last two questions are answered at once."""
    with db.transaction(engine) as session:
        asked = asking(session, cast.wetterau, cast.school, MORNING, state="needs_info")
        at = {"subject_type": "request", "subject_id": asked.request.id}
        codes = ("personal_data:note", "gender:conflict")
        questions = [Task(sponsor_id=cast.wetterau, code=code, **at) for code in codes]
        session.add_all(questions)
    amal = Actor(
        account_id=cast.accounts["amal"],
        name="Amal",
        memberships=frozenset({(cast.wetterau, "coordinator")}),
    )

    def answering(task_id: UUID, answer: TaskAnswer) -> Work:
        return lambda session: resolve(session, amal, session.get_one(Task, task_id), answer)

    answers = [TaskAnswer(note="kurz"), TaskAnswer(gender="any")]
    works = [answering(q.id, a) for q, a in zip(questions, answers, strict=True)]
    assert together(engine, works) == [None, None]
    with db.transaction(engine) as session:
        return session.exec(select(Request.state)).one()


def test_the_last_two_questions_answered_at_once_open_the_request(
    engine: Engine, cast: Cast
) -> None:
    assert answering_the_last_two(engine, cast) == "open"


def test_control_without_the_lock_the_request_waits_for_ever(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked(monkeypatch)
    writers_queue = engine.dialect.name == "sqlite"
    state = answering_the_last_two(engine, cast)
    assert state == ("open" if writers_queue else "needs_info")
