"""What is kept of jobs: listed, tried again by hand, forgotten, taken along in an upgrade."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import Engine, text

from app import db, jobs, migrations
from app.clock import now
from app.tables import Job, JobState
from tests.app.jobs.asking import NAME, Register, all_jobs, broken, defer
from tests.cast import Cast


def test_failed_jobs_are_listed_page_by_page_and_tried_again_by_hand(
    engine: Engine, cast: Cast, register: Register, clock: time_machine.Traveller
) -> None:
    register(broken)
    subjects = [defer(engine) for _ in range(3)]
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs.work_all(engine)
        clock.shift(60)
    done: list[UUID] = []
    register(lambda _engine, subject: done.append(subject))
    with db.transaction(engine) as session:
        assert jobs.counted(session) == [(JobState.FAILED, NAME, 3)]
        first = jobs.listed(session, JobState.FAILED, limit=2)
        rest = jobs.listed(session, JobState.FAILED, limit=2, cursor=first[-1].id)
        assert [job.subject_id for job in first + rest] == subjects
        jobs.retry(session, first[1].id)
    assert jobs.work_all(engine) == 1
    assert done == [subjects[1]]
    with db.transaction(engine) as session:
        with pytest.raises(jobs.NotFailed):
            jobs.retry(session, first[1].id)
        for unknown in (uuid4(), UUID(int=0), UUID(int=2**63 - 1), UUID(int=2**64)):
            with pytest.raises(Exception, match="nothing here"):
                jobs.retry(session, unknown)


def test_what_was_done_is_forgotten_later_and_what_failed_is_not(
    engine: Engine, cast: Cast, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(lambda _engine, _subject: None)
    monkeypatch.setitem(jobs.REGISTRY, "test.broken", broken)
    defer(engine)
    jobs.work_all(engine)
    defer(engine)
    with db.transaction(engine) as session:
        assert jobs.clear_done(session, now() - timedelta(days=3650)) == 0
        assert jobs.clear_done(session, now() + timedelta(days=1)) == 1
    assert [job.state for job in all_jobs(engine)] == [JobState.WAITING]


def test_the_doctor_is_told_what_failed_and_what_nobody_does(
    engine: Engine, cast: Cast, register: Register, clock: time_machine.Traveller
) -> None:
    assert jobs.warnings(engine) == []
    register(broken)
    with db.transaction(engine) as session:
        jobs.defer(session, NAME, uuid4(), due_at=now() + timedelta(minutes=1))
    clock.shift(timedelta(minutes=59))
    assert jobs.warnings(engine) == []
    clock.shift(timedelta(hours=2))
    assert ["2027-01-04 09:01" in said for said in jobs.warnings(engine)] == [True]
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs.work_all(engine)
        clock.shift(60)
    assert ["given up: 1" in said for said in jobs.warnings(engine)] == [True]


def test_the_queue_of_before_is_taken_along_and_back(engine: Engine, cast: Cast) -> None:
    """Waiting, running and failed work goes with an upgrade, and comes back with a downgrade."""
    migrations.downgrade(engine, "time_and_place")
    for state in JobState:
        _store(engine, state)
    migrations.migrate(engine)
    found = {(job.name, job.state, job.attempts, job.failure) for job in all_jobs(engine)}
    kept = {
        ("test.waiting", JobState.WAITING, 2, "why"),
        ("test.failed", JobState.FAILED, 2, "why"),
    }
    assert kept <= found
    assert {name for name, *_ in found} - {"test.done"} == {
        "test.waiting", "test.running", "test.failed"
    }  # fmt: skip
    migrations.downgrade(engine, "time_and_place")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, state, attempts FROM job")).all()
    assert ("test.waiting", "waiting", 2) in {tuple(row) for row in rows}
    assert ("test.failed", "failed", 2) in {tuple(row) for row in rows}
    migrations.migrate(engine)


def _store(engine: Engine, state: JobState) -> None:
    with db.transaction(engine) as session:
        session.add(
            Job(
                name=f"test.{state}",
                subject_id=uuid4(),
                state=state,
                due_at=now(),
                started_at=now(),
                attempts=2,
                failure="why",
            )
        )
