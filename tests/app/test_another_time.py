"""A yes to a question about one time never books another one, whatever happens in between."""

import threading
from datetime import timedelta

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, select

from app import db
from app.offers import answering
from app.offers.refusals import LateYes
from app.requests import editing, ending
from app.requests.times import Slot
from app.tables import Assignment, Institution, Offer, Request
from tests.app.examples import HOUR, MORNING, Asking, asking, offer
from tests.app.test_interleavings import goes_wrong, offer_of
from tests.app.test_races import in_threads, rows, unlock
from tests.app.waiting import wait_for
from tests.cast import Cast

LATER = MORNING + 48 * HOUR


@pytest.fixture
def asked(engine: Engine, cast: Cast, clock: time_machine.Traveller) -> Asking:
    """Dilan was asked for a seat at the school and let the time to answer pass."""
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING)
        session.add(offer(made, cast.volunteers["dilan"], state="expired"))
    clock.shift(timedelta(hours=1))
    return made


def move(session: Session, asked: Asking) -> None:
    """Nobody is booked or asked: the request simply gets another time."""
    request = ending.lock(session, asked.request.id)
    place = session.get_one(Institution, request.institution_id)
    slot = Slot(LATER.date(), 600, 60, LATER, LATER + HOUR)
    editing.move(session, request, place, editing.options(session, request), [slot])
    session.flush()


async def test_a_late_yes_counts_for_the_time_it_was_asked_about(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    path = f"/offers/{offer_of(engine, asked)}/accept"
    assert (await client.post(path, headers=cast.key("dilan"))).status_code == 200


async def test_a_late_yes_books_no_other_time(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    with db.transaction(engine) as session:
        move(session, asked)
    path = f"/offers/{offer_of(engine, asked)}/accept"
    answer = await client.post(path, headers=cast.key("dilan"))
    assert answer.json()["type"] == "/problems/late-yes"
    assert rows(engine, Assignment) == 0
    with db.transaction(engine) as session:
        kept = session.exec(select(Offer)).one()
        assert kept.late_yes_at is not None
        assert not answering.is_open(session, kept)


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control"])
def test_a_late_yes_that_waits_for_a_change_of_the_time_books_neither(
    engine: Engine, cast: Cast, asked: Asking, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """What is read while waiting for a lock may be older than what the lock was held for."""
    offer_id = offer_of(engine, asked)
    changed, answered = threading.Event(), threading.Event()
    if not locked:
        unlock(monkeypatch)

    def change() -> None:
        with db.transaction(engine) as session:
            move(session, asked)
            changed.set()
            # By then she has asked for the lock, or has read without one: the time before.
            wait_for(engine, answered)

    def say_yes() -> object:
        assert changed.wait(20)
        try:
            with db.transaction(engine) as session:
                return answering.accept(session, None, session.get_one(Offer, offer_id))
        finally:
            answered.set()

    _, answer = in_threads(lambda work: work(), [change, say_yes])
    if goes_wrong(engine, locked):
        assert rows(engine, Assignment) == 1
        return
    assert isinstance(answer, LateYes)
    assert rows(engine, Assignment) == 0
    with db.transaction(engine) as session:
        assert session.get_one(Request, asked.request.id).state == "open"
