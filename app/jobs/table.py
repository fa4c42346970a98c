"""The queue on SQLite: the table `job`, worked by one thread of the one process."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, case, delete, func, update
from sqlmodel import Session, col, select

from app import db
from app.clock import now
from app.jobs.registry import LOST, MAX_ATTEMPTS, REGISTRY, STALLED_AFTER, outcome
from app.jobs.view import Asked, Claimed, JobView
from app.tables import Job, JobState


def defer_many(session: Session, asked: Sequence[Asked]) -> None:
    """Write a row each in the transaction of the session."""
    for name, subject_id, due_at in asked:
        session.add(Job(name=name, subject_id=subject_id, due_at=due_at or now()))


def give_back_lost(engine: Engine) -> int:
    """What runs longer than any job may is not run by anybody."""
    return _give_back(engine, now() - STALLED_AFTER)


def give_back_all(engine: Engine) -> int:
    """At the start of the only process nothing can be at work."""
    return _give_back(engine, now())


def _give_back(engine: Engine, started_before: datetime) -> int:
    """Waiting again; lost as often as it may be tried, it may be what ends the workers."""
    lost = (col(Job.state) == JobState.RUNNING, col(Job.started_at) < started_before)
    if not _is_there(engine, *lost):
        return 0
    given_up = col(Job.attempts) >= MAX_ATTEMPTS
    state = case((given_up, JobState.FAILED), else_=JobState.WAITING)
    with db.transaction(engine) as session:
        done = session.exec(
            update(Job).where(*lost).values(state=state, failure=LOST, updated_at=now())
        )
        return int(done.rowcount)


def _is_there(engine: Engine, *conditions: Any) -> bool:
    """A look that takes nobody the right to write."""
    with db.transaction(engine, read_only=True) as session:
        return session.exec(select(Job.id).where(*conditions).limit(1)).first() is not None


def claim(engine: Engine) -> Claimed | None:
    """Take the job that is due the longest; one of an unknown name waits for who knows it."""
    ready = (
        col(Job.state) == JobState.WAITING,
        col(Job.due_at) <= now(),
        col(Job.name).in_(REGISTRY),
    )
    if not _is_there(engine, *ready):
        return None
    first = select(Job.id).where(*ready).order_by(col(Job.due_at), col(Job.id)).limit(1)
    with db.transaction(engine) as session:
        row = session.exec(
            update(Job)
            .where(col(Job.id) == first.scalar_subquery(), *ready)
            .values(
                state=JobState.RUNNING,
                started_at=now(),
                attempts=col(Job.attempts) + 1,
                updated_at=now(),
            )
            .returning(col(Job.id), col(Job.name), col(Job.subject_id), col(Job.attempts))
        ).one_or_none()
    return Claimed(*row) if row else None


def settle(engine: Engine, job: Claimed, failure: str) -> None:
    """Done, waiting for the next attempt, or failed; nothing when somebody else has it by now."""
    state, due_at = outcome(job.attempts, failure)
    values = {"due_at": due_at} if due_at else {}
    with db.transaction(engine) as session:
        session.exec(
            update(Job)
            .where(
                col(Job.id) == job.id,
                col(Job.state) == JobState.RUNNING,
                col(Job.attempts) == job.attempts,
            )
            .values(state=state, failure=failure, updated_at=now(), **values)
        )


def listed(
    session: Session, states: Sequence[JobState], limit: int, cursor: UUID | None
) -> list[JobView]:
    """Jobs in these states in the order of their ids, after `cursor`."""
    query = select(Job).where(col(Job.state).in_(states))
    if cursor is not None:
        query = query.where(col(Job.id) > cursor)
    rows = session.exec(query.order_by(col(Job.id)).limit(limit)).all()
    return [
        JobView(
            id=row.id,
            name=row.name,
            subject_id=row.subject_id,
            state=JobState(row.state),
            attempts=row.attempts,
            failure=row.failure,
            due_at=row.due_at,
            started_at=row.started_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def counted(session: Session) -> list[tuple[JobState, str, int]]:
    """How many jobs there are, by state and name."""
    query = select(col(Job.state), col(Job.name), func.count()).group_by(
        col(Job.state), col(Job.name)
    )
    return [(JobState(state), name, count) for state, name, count in session.exec(query).all()]


def oldest_due(session: Session) -> datetime | None:
    """Since when the job waits that is due the longest."""
    return session.exec(
        select(func.min(col(Job.due_at))).where(
            col(Job.state) == JobState.WAITING, col(Job.due_at) <= now()
        )
    ).one()


def retry(session: Session, job_id: UUID) -> bool:
    """Let a failed job be tried again, five times; whether it was one that failed."""
    done = session.exec(
        update(Job)
        .where(col(Job.id) == job_id, col(Job.state) == JobState.FAILED)
        .values(state=JobState.WAITING, attempts=0, due_at=now(), updated_at=now())
    )
    return bool(done.rowcount)


def clear_done(session: Session, before: datetime) -> int:
    """Forget what was done before; how many jobs."""
    done = session.exec(
        delete(Job).where(col(Job.state) == JobState.DONE, col(Job.updated_at) < before)
    )
    return int(done.rowcount)
