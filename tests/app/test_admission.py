"""Standing in line: in order, with an end to the waiting, and nobody is forgotten in it."""

import asyncio
import threading
import time

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app import db, faults
from app.admission import Admission, Line, NoPlace
from tests.cast import Cast


def test_a_line_is_served_in_the_order_of_asking() -> None:
    line, served = Line(), []
    assert line.enter(0)

    def wait(number: int) -> None:
        assert line.enter(10)
        served.append(number)
        line.leave()

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(8)]
    for number, thread in enumerate(threads):
        thread.start()
        while line.length <= number:
            time.sleep(0.001)
    line.leave()
    for thread in threads:
        thread.join()
    assert served == list(range(8))
    assert line.enter(0)


def test_who_waits_in_vain_leaves_the_line() -> None:
    line = Line()
    assert line.enter(0)
    assert not line.enter(0.01)
    line.leave()
    assert line.enter(0)


async def test_places_are_given_back_and_waiting_has_an_end() -> None:
    admission = Admission(1, wait_seconds=0.01)
    async with admission.place():
        with pytest.raises(NoPlace):
            async with admission.place():
                pass
    with pytest.raises(ZeroDivisionError):
        async with admission.place():
            _ = 1 / 0
    async with admission.place():
        pass


async def test_who_is_called_off_while_waiting_takes_no_place() -> None:
    admission = Admission(1, wait_seconds=10)

    async def work() -> None:
        async with admission.place():
            await asyncio.sleep(10)

    first, second = (asyncio.create_task(work()) for _ in range(2))
    await asyncio.sleep(0)
    for task in (second, first):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    async with admission.place():
        pass


def name_all(session: Session) -> None:
    """Something that writes."""
    session.execute(text("UPDATE sponsor SET population = coalesce(population, 0) + 1"))


def test_the_next_writer_waits_and_one_that_waits_in_vain_is_locked_out(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine.dialect.name != "sqlite":
        return
    monkeypatch.setattr("app.engines.WAIT_SECONDS", 0.05)
    with db.transaction(engine) as session:
        name_all(session)
        with pytest.raises(OperationalError) as caught, db.transaction(engine) as other:
            name_all(other)
        assert faults.is_locked(caught.value)
    with db.transaction(engine) as session:
        name_all(session)


def test_all_writers_of_a_crowd_get_their_turn(engine: Engine, cast: Cast) -> None:
    def write() -> None:
        for _ in range(5):
            db.in_transaction(engine, name_all)

    threads = [threading.Thread(target=write) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.transaction(engine) as session:
        assert set(session.execute(text("SELECT population FROM sponsor")).scalars()) == {60}
