"""The queue: work after the commit, tried again, given up; and the mails it lays out."""

import email
import threading
from collections.abc import Callable
from datetime import timedelta
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db, jobs
from app.clock import now
from app.messages import sending, telling
from app.tables import Event, Job, JobState, Message
from tests.cast import Cast

NAME = "test.work"


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[[jobs.TaskFunction], None]:
    """Makes a function the work behind `NAME`."""
    return lambda function: monkeypatch.setitem(jobs.REGISTRY, NAME, function)


def defer(engine: Engine) -> UUID:
    """Ask for one piece of work; its subject."""
    subject = uuid4()
    with db.transaction(engine) as session:
        jobs.defer(session, NAME, subject)
    return subject


def the_job(engine: Engine) -> Job:
    """The only job there is."""
    with db.transaction(engine) as session:
        return session.exec(select(Job)).one()


def broken(_engine: Engine, _subject: UUID) -> None:
    raise RuntimeError("the printer is on fire")


def test_work_begins_after_the_commit_and_never_without_one(
    engine: Engine, cast: Cast, register: Any
) -> None:
    done: list[UUID] = []
    register(lambda _engine, subject: done.append(subject))
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


def test_work_that_is_due_later_waits(
    engine: Engine, cast: Cast, register: Any, clock: Any
) -> None:
    register(lambda _engine, _subject: None)
    with db.transaction(engine) as session:
        jobs.defer(session, NAME, uuid4(), due_at=now() + timedelta(hours=1))
    assert not jobs.work_one(engine)
    clock.shift(3601)
    assert jobs.work_one(engine)


def test_what_fails_is_tried_again_ever_later_and_given_up_after_five(
    engine: Engine, cast: Cast, register: Any, clock: Any
) -> None:
    register(broken)
    defer(engine)
    pauses = []
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        assert jobs.work_one(engine)
        job = the_job(engine)
        assert job.attempts == attempt
        assert job.failure == "RuntimeError: the printer is on fire"
        assert not jobs.work_one(engine), "not before the pause is over"
        pauses.append((job.due_at - now()).total_seconds())
        clock.shift(pauses[-1] + 1)
    assert pauses == sorted(set(pauses))
    assert the_job(engine).state == JobState.FAILED
    assert not jobs.work_one(engine)


def test_a_broken_job_does_not_stop_the_others(engine: Engine, cast: Cast, register: Any) -> None:
    done: list[UUID] = []
    register(lambda _engine, subject: done.append(subject))
    with db.transaction(engine) as session:
        jobs.defer(session, "nobody.knows", uuid4())
    defer(engine)
    jobs.work_all(engine)
    assert len(done) == 1


def test_the_job_of_a_lost_worker_is_taken_again(
    engine: Engine, cast: Cast, register: Any, clock: Any
) -> None:
    done: list[UUID] = []
    register(lambda _engine, subject: done.append(subject))
    defer(engine)
    _lose(engine, attempts=1)
    assert not jobs.work_one(engine), "it may still be at work"
    clock.shift(jobs.STALLED_AFTER.total_seconds() + 1)
    assert jobs.work_one(engine)
    assert len(done) == 1


def test_a_job_that_ends_its_worker_each_time_is_given_up(
    engine: Engine, cast: Cast, register: Any, clock: Any
) -> None:
    register(broken)
    defer(engine)
    _lose(engine, attempts=jobs.MAX_ATTEMPTS)
    clock.shift(jobs.STALLED_AFTER.total_seconds() + 1)
    assert not jobs.work_one(engine)
    assert the_job(engine).state == JobState.FAILED


def _lose(engine: Engine, *, attempts: int) -> None:
    """A worker took the job and was never heard of again."""
    with db.transaction(engine) as session:
        job = session.exec(select(Job)).one()
        job.state, job.started_at, job.attempts = JobState.RUNNING, now(), attempts
        session.add(job)


def test_a_worker_works_until_it_is_stopped(engine: Engine, cast: Cast, register: Any) -> None:
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


def write(engine: Engine, cast: Cast, recipient: str, subject: str, body: str = "Text") -> None:
    """Send a mail and work the queue."""
    with db.transaction(engine) as session:
        telling.tell(
            session,
            cast.wetterau,
            telling.Person(recipient),
            Event.CHANGED,
            telling.Text(subject, body),
            subject_id=uuid4(),
        )
    jobs.work_all(engine)


def outbox(var: Path) -> list[Any]:
    """The mails that were laid out, as a mail program reads them."""
    files = sorted((var / "outbox").glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]


def test_a_mail_is_a_file_that_any_program_reads(engine: Engine, cast: Cast, var: Path) -> None:
    write(engine, cast, "dilan@example.org", "Anfrage: Dienstag", "Grüße aus Friedberg\n")
    (message,) = outbox(var)
    assert message["To"] == "dilan@example.org"
    assert message["Subject"] == "Anfrage: Dienstag"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == "Grüße aus Friedberg\n"


def test_nobody_without_an_address_gets_a_mail(engine: Engine, cast: Cast, var: Path) -> None:
    write(engine, cast, "", "Anfrage")
    assert outbox(var) == []


@pytest.mark.parametrize(
    ("recipient", "subject"),
    [
        ("dilan@example.org", "Hallo\r\nBcc: alle@example.org"),
        ("dilan@example.org\r\nBcc: alle@example.org", "Hallo"),
        ("dilan@example.org\nContent-Type: text/html\n\n<b>", "Hallo"),
    ],
)
def test_line_breaks_add_no_headers(
    engine: Engine, cast: Cast, var: Path, recipient: str, subject: str
) -> None:
    write(engine, cast, recipient, subject)
    for message in outbox(var):
        assert message["Bcc"] is None
        assert message.get_content_type() == "text/plain"


@pytest.mark.parametrize(
    "recipient", ["müller@example.org", "kein", "a@b@c", "<>", '"a b"@example.org', ","]
)
def test_an_odd_address_does_not_break_the_queue(
    engine: Engine, cast: Cast, var: Path, recipient: str
) -> None:
    write(engine, cast, recipient, "Zusage: Ünal, 12.01.")
    assert the_job(engine).state == JobState.DONE
    assert len(outbox(var)) == 1


def test_sending_again_writes_nothing_new(engine: Engine, cast: Cast, var: Path) -> None:
    write(engine, cast, "dilan@example.org", "Anfrage")
    with db.transaction(engine) as session:
        message_id = session.exec(select(Message.id)).one()
    sending.send(engine, message_id)
    assert len(outbox(var)) == 1


async def test_a_name_of_two_lines_is_refused(client: AsyncClient, cast: Cast) -> None:
    body = {
        "surname": "Muster",
        "given_name": "Eve\nBcc: alle@example.org",
        "birth_date": "1990-02-03",
        "postal_code": "61169",
        "roles": ["interpreter"],
    }
    answer = await client.post("/volunteers", json=body, headers=cast.key("amal"))
    assert answer.status_code == 422
    assert "given_name" in answer.json()["detail"]
