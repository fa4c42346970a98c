"""Asking for work, and looking how it stands."""

import threading
from collections.abc import Callable
from uuid import UUID, uuid4

from sqlalchemy import Engine

from app import db, jobs
from app.jobs import queue
from app.jobs.view import Claimed

NAME = "test.work"
Register = Callable[[jobs.TaskFunction], None]


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


def in_threads(work: Callable[[], object], count: int) -> None:
    """The same at once, in several threads."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
