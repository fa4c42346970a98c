"""Whoever works the queue inside a process."""

import threading
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from app import jobs
from app.jobs import server, table
from app.tables import JobState
from tests.app.jobs.asking import (
    Register,
    all_jobs,
    defer,
    the_job,
)
from tests.cast import Cast


def test_a_worker_works_until_it_is_stopped(engine: Engine, cast: Cast, register: Register) -> None:
    done = threading.Event()
    register(lambda _engine, _subject: done.set())
    worker = jobs.Worker(engine, idle_seconds=0.01)
    worker.start()
    try:
        defer(engine)
        assert done.wait(timeout=20)
    finally:
        worker.stop()
    assert not worker._thread.is_alive()  # noqa: SLF001 - the thread is what this is about
    assert the_job(engine).state == JobState.DONE


def test_a_worker_that_is_stopped_lets_its_job_end(
    engine: Engine, cast: Cast, register: Register
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def work(_engine: Engine, _subject: UUID) -> None:
        begun.set()
        may_end.wait(timeout=20)

    register(work)
    worker = jobs.Worker(engine, idle_seconds=0.01)
    defer(engine)
    defer(engine)
    worker.start()
    assert begun.wait(timeout=20)
    stopping = threading.Thread(target=worker.stop)
    stopping.start()
    stopping.join(timeout=0.5)
    assert stopping.is_alive(), "it waits for the job"
    may_end.set()
    stopping.join(timeout=20)
    states = Counter(job.state for job in all_jobs(engine))
    assert JobState.RUNNING not in states
    assert states[JobState.DONE] >= 1


def test_a_worker_that_the_others_gave_up_begins_anew(
    engine: Engine, cast: Cast, register: Register
) -> None:
    done: list[UUID] = []
    begun, again = threading.Event(), threading.Event()

    def work(_engine: Engine, subject: UUID) -> None:
        done.append(subject)
        (again if begun.is_set() else begun).set()

    register(work)
    worker = jobs.Worker(engine, idle_seconds=0.01)
    defer(engine)
    worker.start()
    try:
        assert begun.wait(timeout=20)
        if engine.dialect.name == "postgresql":
            with engine.begin() as connection:
                connection.execute(text("DELETE FROM procrastinate_workers"))
        subject = defer(engine)
        assert again.wait(timeout=20)
    finally:
        worker.stop()
    assert done[-1] == subject


def test_a_worker_does_not_end_with_its_database(
    engine: Engine, cast: Cast, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    register(lambda _engine, _subject: done.set())
    away = threading.Event()
    for module in (table, server):
        monkeypatch.setattr(module, "give_back_lost", _away_for(module.give_back_lost, 3, away))
    monkeypatch.setattr("app.jobs.worker.TICK_SECONDS", 0.05)
    worker = jobs.Worker(engine, idle_seconds=0.01)
    worker.start()
    try:
        assert away.wait(timeout=20), "control: it was away"
        defer(engine)
        assert done.wait(timeout=20)
    finally:
        worker.stop()


def _away_for(
    work: Callable[[Engine], int], times: int, met: threading.Event
) -> Callable[[Engine], int]:
    left = [times]

    def sometimes(engine: Engine) -> int:
        if left[0]:
            left[0] -= 1
            met.set()
            raise OSError("gone")
        return work(engine)

    return sometimes
