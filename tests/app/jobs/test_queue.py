"""The queue, the same on both databases: after the commit, tried again, given up."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from psycopg.errors import InvalidTextRepresentation
from sqlalchemy import Engine, event
from sqlalchemy.exc import DataError

from app import db, jobs
from app.clock import now
from app.jobs.registry import in_short
from app.tables import JobState
from tests.app.jobs.asking import NAME, Register, broken, defer, the_job
from tests.cast import Cast


def test_work_begins_after_the_commit_and_never_without_one(
    engine: Engine, cast: Cast, done: list[UUID]
) -> None:
    with pytest.raises(RuntimeError):
        _defer_and_fail(engine)
    assert jobs.work_all(engine) == 0
    subject = defer(engine)
    assert jobs.work_all(engine) == 1
    assert done == [subject]
    assert the_job(engine).state == JobState.DONE
    assert jobs.work_all(engine) == 0


def _defer_and_fail(engine: Engine) -> None:
    with db.transaction(engine) as session:
        jobs.defer(session, NAME, uuid4())
        session.flush()
        broken(engine, uuid4())


def test_what_was_asked_for_inside_a_savepoint_goes_with_it(
    engine: Engine, cast: Cast, done: list[UUID]
) -> None:
    kept = uuid4()
    with db.transaction(engine) as session:
        jobs.defer(session, NAME, kept)
        inner = session.begin_nested()
        jobs.defer(session, NAME, uuid4())
        inner.rollback()
    jobs.work_all(engine)
    assert done == [kept]


def test_several_jobs_are_asked_for_at_once(engine: Engine, cast: Cast, done: list[UUID]) -> None:
    subjects = [uuid4() for _ in range(3)]
    later = now() + timedelta(hours=1)
    statements: list[str] = []
    with db.transaction(engine) as session:
        event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        jobs.defer_many(session, [(NAME, subjects[0], None), (NAME, subjects[1], later)])
        jobs.defer_many(session, [(NAME, subjects[2], now())])
        jobs.defer_many(session, [])
        session.flush()
    asked = [one for one in statements if "INSERT INTO job" in one or "defer_jobs" in one]
    assert len(asked) == (2 if engine.dialect.name == "postgresql" else 1)
    assert jobs.work_all(engine) == 2
    assert set(done) == {subjects[0], subjects[2]}


def test_work_that_is_due_later_waits(
    engine: Engine, cast: Cast, done: list[UUID], clock: time_machine.Traveller
) -> None:
    due_at = now() + timedelta(hours=1)
    with db.transaction(engine) as session:
        jobs.defer(session, NAME, uuid4(), due_at=due_at)
    assert the_job(engine).due_at == due_at
    assert not jobs.work_one(engine)
    clock.move_to(due_at - timedelta(seconds=1))
    assert not jobs.work_one(engine)
    clock.move_to(due_at)
    assert jobs.work_one(engine)


def test_what_fails_is_tried_again_ever_later_and_given_up_after_five(
    engine: Engine, cast: Cast, register: Register, clock: time_machine.Traveller
) -> None:
    register(broken)
    defer(engine)
    pauses = []
    for attempt in range(1, jobs.MAX_ATTEMPTS):
        assert jobs.work_one(engine)
        job = the_job(engine)
        assert (job.state, job.attempts) == (JobState.WAITING, attempt)
        assert job.failure == "RuntimeError: the printer is on fire"
        assert not jobs.work_one(engine), "not before the pause is over"
        pauses.append((job.due_at - now()).total_seconds())
        clock.move_to(job.due_at)
    assert pauses == [2, 4, 8, 16]
    assert jobs.work_one(engine)
    job = the_job(engine)
    assert (job.state, job.attempts) == (JobState.FAILED, jobs.MAX_ATTEMPTS)
    clock.shift(timedelta(days=1))
    assert not jobs.work_one(engine)


def test_what_succeeds_in_the_end_says_nothing_of_its_failures(
    engine: Engine, cast: Cast, register: Register, clock: time_machine.Traveller
) -> None:
    register(broken)
    defer(engine)
    jobs.work_all(engine)
    clock.shift(timedelta(minutes=1))
    register(lambda _engine, _subject: None)
    jobs.work_all(engine)
    job = the_job(engine)
    assert (job.state, job.attempts, job.failure) == (JobState.DONE, 2, "")


def test_a_broken_job_does_not_stop_the_others(
    engine: Engine, cast: Cast, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[UUID] = []
    register(lambda _engine, subject: done.append(subject))
    monkeypatch.setitem(jobs.REGISTRY, "test.broken", broken)
    defer(engine, "test.broken")
    defer(engine)
    jobs.work_all(engine)
    assert len(done) == 1


def test_work_that_nobody_knows_here_waits_for_who_knows_it(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = defer(engine, "test.of_the_next_version")
    assert jobs.work_all(engine) == 0
    assert the_job(engine).state == JobState.WAITING
    done: list[UUID] = []
    monkeypatch.setitem(
        jobs.REGISTRY, "test.of_the_next_version", lambda _engine, one: done.append(one)
    )
    jobs.work_all(engine)
    assert done == [subject]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("the printer is on fire\nby dilan@example.org", "ValueError: the printer is on fire"),
        ("550 dilan@example.org is unknown", "ValueError"),
        ("no answer from +49 170 1234567", "ValueError"),
        ("GET /a/lw_ab12 gave 500", "ValueError"),
        ("a\0b", "ValueError: ab"),
        ("", "ValueError: "),
        ("x" * 1000, ("ValueError: " + "x" * 1000)[:300]),
    ],
)
def test_a_failure_says_nothing_about_anybody(
    engine: Engine, cast: Cast, register: Register, said: str, kept: str
) -> None:
    def work(_engine: Engine, _subject: UUID) -> None:
        raise ValueError(said)

    register(work)
    defer(engine)
    jobs.work_one(engine)
    assert the_job(engine).failure == kept


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (
            DataError("INSERT", {}, InvalidTextRepresentation('invalid input syntax: "Ayla"')),
            "DataError 22P02",
        ),
        (
            FileNotFoundError(2, "No such file or directory", "/lists/Ayla.csv"),
            "FileNotFoundError: No such file or directory",
        ),
    ],
)
def test_a_failure_quotes_neither_a_value_nor_the_name_of_a_file(
    error: Exception, kept: str
) -> None:
    assert in_short(error) == kept
