"""Somebody is asked at the very moment in which she is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import access, db, jobs
from app.offers import asking as offers
from app.privacy import erasing
from app.tables import Account, Offer, OfferState
from tests.app.examples import HOUR, MORNING, asking
from tests.app.privacy.traces import HELD, Left, in_database, leave
from tests.cast import Cast


def at_once(engine: Engine, cast: Cast, left: Left) -> set[str]:
    """She is asked, and before that is stored she is erased: what is left of her."""
    with db.transaction(engine) as session:
        seat_id = asking(session, cast.wetterau, cast.school, MORNING + 48 * HOUR).seat.id
    asked, erased = Event(), Event()

    def ask() -> None:
        with db.transaction(engine) as session:
            amal = access.actor_of(session, session.get_one(Account, cast.accounts["amal"]))
            offers.propose(session, amal, seat_id, left.volunteer_id, None)
            session.flush()
            asked.set()
            erased.wait(1)

    def erase() -> None:
        asked.wait(10)
        with db.transaction(engine) as session:
            _erase(session, left.volunteer_id)
        erased.set()

    def _erase(session: db.Session, volunteer_id: UUID) -> None:
        erasing.erase(session, volunteer_id, at=None, asked_by=None, reason="", without_pay=True)

    with ThreadPoolExecutor(2) as crowd:
        for one in [crowd.submit(ask), crowd.submit(erase)]:
            one.result(60)
    return in_database(engine)


def pending(engine: Engine, left: Left) -> int:
    with db.transaction(engine) as session:
        query = select(Offer.id).where(
            col(Offer.volunteer_id) == left.volunteer_id, col(Offer.state) == OfferState.PENDING
        )
        return len(session.exec(query).all())


def test_who_is_asked_meanwhile_is_forgotten_with_the_question(engine: Engine, cast: Cast) -> None:
    left = leave(engine, cast)
    assert at_once(engine, cast, left) == HELD
    assert pending(engine, left) == 0
    jobs.work_all(engine)
    assert in_database(engine) == HELD


@pytest.mark.postgres  # SQLite lets one writer in at a time: there is nothing to switch off.
def test_control_without_the_lock_the_question_stays(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = leave(engine, cast)
    monkeypatch.setattr(erasing, "_hold", lambda *_: None)
    assert at_once(engine, cast, left) > HELD
    assert pending(engine, left) == 1


@pytest.mark.parametrize(("answer", "status"), [("accept", 409), ("decline", 200)])
async def test_a_yes_after_it_is_refused_and_a_no_changes_nothing(
    client: AsyncClient, engine: Engine, cast: Cast, answer: str, status: int
) -> None:
    left = leave(engine, cast)
    with db.transaction(engine) as session:
        erasing.erase(
            session, left.volunteer_id, at=None, asked_by=None, reason="", without_pay=True
        )
    path = f"/offers/{left.offer_id}/{answer}"
    assert (await client.post(path, headers=cast.key("amal"))).status_code == status
    with db.transaction(engine) as session:
        assert session.get_one(Offer, left.offer_id).state == OfferState.WITHDRAWN
