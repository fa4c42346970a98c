"""The queue, the same on both databases: after the commit, tried again, given up, never lost."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import Engine, event, text

from app import db, jobs, migrations
from app.clock import now
from app.jobs import queue, server, table
from app.jobs.view import Claimed
from app.tables import Job, JobState
from tests.cast import Cast

NAME = "test.work"
Register = Callable[[jobs.TaskFunction], None]


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """No periodic work but that of the test."""
    for name in list(jobs.PERIODIC):
        monkeypatch.delitem(jobs.PERIODIC, name)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Makes a function the work behind `NAME`."""
    return lambda function: monkeypatch.setitem(jobs.REGISTRY, NAME, function)


@pytest.fixture
def done(register: Register) -> list[UUID]:
    """The subjects whose work was done."""
    subjects: list[UUID] = []
    register(lambda _engine, subject: subjects.append(subject))
    return subjects


def defer(engine: Engine, name: str = NAME) -> UUID:
    """Ask for one piece of work; its subject."""
    subject = uuid4()
    with db.transaction(engine) as session:
        jobs.defer(session, name, subject)
    return subject


def all_jobs(engine: Engine) -> list[jobs.JobView]:
    """Every job there is."""
    with db.transaction(engine) as session:
        return jobs.listed(session)


def the_job(engine: Engine) -> jobs.JobView:
    """The only job there is."""
    (job,) = all_jobs(engine)
    return job


def broken(_engine: Engine, _subject: UUID) -> None:
    raise RuntimeError("the printer is on fire")


def claimed(engine: Engine) -> Claimed:
    """The next job, taken by a worker that is never heard of again."""
    job = queue.of(engine).claim(engine)
    assert job is not None
    return job


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


@pytest.fixture
def counted(register: Register) -> Counter[UUID]:
    """How often the work of each job ran."""
    runs: Counter[UUID] = Counter()
    turn = threading.Lock()

    def work(_engine: Engine, subject_id: UUID) -> None:
        with turn:
            runs[subject_id] += 1

    register(work)
    return runs


def in_threads(work: Callable[[], object], count: int) -> None:
    """The same at once, in several threads."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


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
