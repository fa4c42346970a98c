"""Lost workers, and many at once: nothing is lost, nothing is done by two."""

import threading
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import Engine

from app import db, jobs
from app.jobs import queue, server, table
from app.jobs.view import Claimed
from app.tables import JobState
from tests.app.jobs.asking import (
    claimed,
    defer,
    in_threads,
    the_job,
)
from tests.cast import Cast


def test_the_job_of_a_lost_worker_is_taken_again(
    engine: Engine, cast: Cast, done: list[UUID], clock: time_machine.Traveller
) -> None:
    defer(engine)
    claimed(engine)
    clock.shift(jobs.STALLED_AFTER.total_seconds() - 1)
    assert not jobs.work_one(engine), "it may still be at work"
    clock.shift(2)
    assert jobs.work_one(engine)
    assert len(done) == 1


def test_control_what_nobody_gives_back_stays_lost(
    engine: Engine,
    cast: Cast,
    done: list[UUID],
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "give_back_lost", lambda _engine: 0)
    monkeypatch.setattr(server, "give_back_lost", lambda _engine: 0)
    defer(engine)
    claimed(engine)
    clock.shift(timedelta(days=1))
    assert jobs.work_all(engine) == 0
    assert done == []


def test_a_job_that_ends_its_worker_each_time_is_given_up(
    engine: Engine, cast: Cast, done: list[UUID], clock: time_machine.Traveller
) -> None:
    defer(engine)
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        assert claimed(engine).attempts == attempt
        clock.shift(jobs.STALLED_AFTER.total_seconds() + 1)
        queue.of(engine).give_back_lost(engine)
    assert not jobs.work_one(engine)
    job = the_job(engine)
    assert (job.state, job.failure) == (JobState.FAILED, "The worker was lost.")
    assert done == []


def test_who_was_thought_to_be_lost_does_not_speak_for_the_next_one(
    engine: Engine, cast: Cast, done: list[UUID], clock: time_machine.Traveller
) -> None:
    defer(engine)
    late = claimed(engine)
    clock.shift(jobs.STALLED_AFTER.total_seconds() + 1)
    queue.of(engine).give_back_lost(engine)
    second = claimed(engine)
    queue.of(engine).settle(engine, late, "")
    assert the_job(engine).state == JobState.RUNNING
    queue.of(engine).settle(engine, second, "")
    assert the_job(engine).state == JobState.DONE


def test_each_job_runs_once_however_many_workers_look(
    engine: Engine, cast: Cast, counted: Counter[UUID]
) -> None:
    for _ in range(20):
        defer(engine)
    in_threads(lambda: jobs.work_all(engine), 4)
    assert len(counted) == 20
    assert set(counted.values()) == {1}


def test_control_workers_who_look_before_they_claim_run_a_job_twice(
    engine: Engine, cast: Cast, counted: Counter[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    both_looked = threading.Barrier(2)

    def look(engine: Engine) -> Claimed:
        with db.transaction(engine) as session:
            (job,) = jobs.listed(session, JobState.WAITING)
        both_looked.wait(timeout=20)
        return Claimed(job.id, job.name, job.subject_id, 1)

    defer(engine)
    monkeypatch.setattr(table, "claim", look)
    monkeypatch.setattr(server, "claim", look)
    in_threads(lambda: jobs.work_one(engine), 2)
    assert list(counted.values()) == [2]
