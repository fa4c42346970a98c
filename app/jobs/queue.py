"""Asking for work, and how it stands: the same words on both databases."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from app import commandline, db
from app.clock import now
from app.errors import Conflict, NotFound
from app.jobs import server, table
from app.jobs.view import Asked, JobView, Queue
from app.tables import JobState

LATE = timedelta(hours=1)
"""Work that was due so long ago is not done by anybody."""


class NotFailed(Conflict):
    """Only a job that was given up is tried again by hand."""

    slug, title = "job-not-failed", "Nothing to try again"
    de = "Dieser Auftrag ist nicht gescheitert. Es ist nichts zu tun."
    en = "This job has not failed. There is nothing to do."


def of(bind: Any) -> Queue:
    """The queue of an engine or a connection."""
    return server if bind.dialect.name == "postgresql" else table


def defer(session: Session, name: str, subject_id: UUID, *, due_at: datetime | None = None) -> None:
    """Ask for `name` to be run on `subject_id` once this transaction is committed.

    Parameters
    ----------
    due_at
        Not before this moment; at once by default.
    """
    of(session.get_bind()).defer_many(session, [(name, subject_id, due_at)])


def defer_many(session: Session, asked: Sequence[Asked]) -> None:
    """Ask for several: `(name, subject_id, due_at)` each; one statement altogether."""
    if asked:
        of(session.get_bind()).defer_many(session, asked)


def listed(
    session: Session,
    state: JobState | None = None,
    *,
    limit: int = 200,
    cursor: UUID | None = None,
) -> list[JobView]:
    """Jobs in a state (in any by default) in the order of their ids, after `cursor`."""
    states = [state] if state else list(JobState)
    return of(session.get_bind()).listed(session, states, limit, cursor)


def counted(session: Session) -> list[tuple[JobState, str, int]]:
    """How many jobs there are, by state and name."""
    order = list(JobState)
    found = of(session.get_bind()).counted(session)
    return sorted(found, key=lambda one: (order.index(one[0]), one[1]))


def retry(session: Session, job_id: UUID) -> None:
    """Let a job that was given up be tried again, as often as at first.

    Raises
    ------
    NotFound, NotFailed
        If there is no such job, or it waits, runs or is done.
    """
    queue = of(session.get_bind())
    if queue.retry(session, job_id):
        return
    before = UUID(int=max(job_id.int - 1, 0))
    found = queue.listed(session, list(JobState), 1, before)
    raise NotFailed if [job for job in found if job.id == job_id] else NotFound


def clear_done(session: Session, before: datetime) -> int:
    """Forget what was done before; how many jobs. What failed is kept."""
    return of(session.get_bind()).clear_done(session, before)


def warnings(engine: Engine) -> list[str]:
    """What somebody should look at: work that was given up, work that nobody does."""
    queue = of(engine)
    found = []
    with db.transaction(engine) as session:
        counted, oldest = queue.counted(session), queue.oldest_due(session)
    failed = sum(count for state, _, count in counted if state == JobState.FAILED)
    if failed:
        found.append(f"Jobs that were given up: {failed}. See `{commandline.typed('jobs')}`.")
    if oldest is not None and oldest < now() - LATE:
        found.append(
            f"A job has been due since {oldest:%Y-%m-%d %H:%M} UTC: does a worker run,"
            " and is it of this version?"
        )
    return found
