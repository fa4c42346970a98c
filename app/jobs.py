"""The queue: work that runs after the transaction that asked for it. The only job engine.

`defer` writes a row in the caller's transaction; a worker claims it under a lock that others skip,
so that one job runs once however many workers look. Tasks take an id and may be run again.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, or_, select

from app import db
from app.clock import now
from app.tables import Job, JobState

log = logging.getLogger(__name__)

TaskFunction = Callable[[Engine, UUID], None]
PeriodicFunction = Callable[[Engine], None]
REGISTRY: dict[str, TaskFunction] = {}
PERIODIC: dict[str, tuple[timedelta, PeriodicFunction]] = {}
MAX_ATTEMPTS = 5
STALLED_AFTER = timedelta(minutes=10)


def task(name: str) -> Callable[[TaskFunction], TaskFunction]:
    """Register a function as the work behind `name`."""

    def register(function: TaskFunction) -> TaskFunction:
        REGISTRY[name] = function
        return function

    return register


def periodic(name: str, every: timedelta) -> Callable[[PeriodicFunction], PeriodicFunction]:
    """Register a function that is run again and again, by one worker each time."""

    def register(function: PeriodicFunction) -> PeriodicFunction:
        PERIODIC[name] = (every, function)
        return function

    return register


def defer(session: Session, name: str, subject_id: UUID, *, due_at: datetime | None = None) -> None:
    """Ask for `name` to be run on `subject_id` once this transaction is committed."""
    session.add(Job(name=name, subject_id=subject_id, due_at=due_at or now()))


def _claim(engine: Engine) -> Job | None:
    with db.transaction(engine) as session:
        stalled = now() - STALLED_AFTER
        _give_up_lost(session, stalled)
        ready = or_(
            (col(Job.state) == JobState.WAITING) & (col(Job.due_at) <= now()),
            (col(Job.state) == JobState.RUNNING) & (col(Job.started_at) < stalled),
        )
        query = select(Job).where(ready).order_by(col(Job.due_at), col(Job.id)).limit(1)
        job = session.exec(query.with_for_update(skip_locked=True)).one_or_none()
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS:
            job.state, job.failure = JobState.FAILED, "its worker ended without a word"
            session.add(job)
            return job
        job.state, job.started_at, job.attempts = JobState.RUNNING, now(), job.attempts + 1
        session.add(job)
        return job


def _give_up_lost(session: Session, stalled: datetime) -> None:
    """A job whose worker was lost each time is not begun again: it may be what ends them."""
    session.exec(
        update(Job)
        .where(
            col(Job.state) == JobState.RUNNING,
            col(Job.started_at) < stalled,
            col(Job.attempts) >= MAX_ATTEMPTS,
        )
        .values(state=JobState.FAILED, failure="The worker was lost.", updated_at=now())
    )


def _settle(engine: Engine, job: Job, failure: str) -> None:
    again = bool(failure) and job.attempts < MAX_ATTEMPTS
    state = JobState.WAITING if again else JobState.FAILED if failure else JobState.DONE
    pause = timedelta(seconds=2**job.attempts) if failure else timedelta()
    with db.transaction(engine) as session:
        session.exec(
            update(Job)
            .where(col(Job.id) == job.id, col(Job.attempts) == job.attempts)
            .values(state=state, failure=failure[:300], due_at=now() + pause, updated_at=now())
        )


def _in_short(error: Exception) -> str:
    """Kind and first line; a database quotes the row that it refuses in the lines below."""
    said = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return f"{type(error).__name__}: {next(iter(str(said).splitlines()), '')}"


def work_one(engine: Engine) -> bool:
    """Run the next due job; whether there was one."""
    job = _claim(engine)
    if job is None:
        return False
    if job.state == JobState.FAILED:
        return True
    failure = ""
    try:
        REGISTRY[job.name](engine, job.subject_id)
    except Exception as error:  # a broken job must not stop the others
        log.exception("job %s on %s failed", job.name, job.subject_id)
        failure = _in_short(error)
    _settle(engine, job, failure)
    return True


def work_all(engine: Engine) -> int:
    """Run everything that is due, and what it asked for; how many jobs ran."""
    count = 0
    while work_one(engine):
        count += 1
    return count


class Worker:
    """One thread that works the queue until it is stopped."""

    def __init__(self, engine: Engine, *, idle_seconds: float = 0.5) -> None:
        self._engine = engine
        self._idle_seconds = idle_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="lotsenwerk-worker", daemon=True)

    def start(self) -> None:
        """Begin to work in the background."""
        self._thread.start()

    def run(self) -> None:
        """Work until stopped; a database that is away is tried again."""
        while not self._stop.is_set():
            try:
                busy = work_one(self._engine)
            except Exception:  # the database may be away for a while
                log.exception("the queue cannot be read")
                busy = False
            if not busy:
                self._stop.wait(self._idle_seconds)

    def stop(self) -> None:
        """Finish the job at hand and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)
