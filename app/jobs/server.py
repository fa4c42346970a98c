"""The queue on PostgreSQL: the tables of procrastinate.

Enqueued by its function, over the connection of the session. Here a worker may also take jobs one
by one by the service's own clock; `fleet` runs procrastinate's worker on the same rows. A job's
name is its queue, so that a worker takes only what it knows: in an upgrade the old ones leave the
new names alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, RowMapping, text
from sqlmodel import Session

from app import db
from app.clock import now
from app.jobs.registry import LOST, MAX_ATTEMPTS, REGISTRY, STALLED_AFTER, outcome
from app.jobs.view import Asked, Claimed, JobView
from app.settings import get_settings
from app.tables import JobState

STATUS = {
    JobState.WAITING: "todo",
    JobState.RUNNING: "doing",
    JobState.DONE: "succeeded",
    JobState.FAILED: "failed",
}
STATES = {status: state for state, status in STATUS.items()}

_DEFER = text("""
SELECT procrastinate_defer_jobs_v1(array_agg(
    ROW(name, name, CASE WHEN due_at IS NULL THEN 1 ELSE 0 END, NULL, NULL,
        jsonb_build_object('subject_id', subject_id), due_at)::procrastinate_job_to_defer_v1
    ORDER BY position))
FROM unnest(CAST(:names AS text[]), CAST(:subjects AS text[]), CAST(:dues AS timestamptz[]))
    WITH ORDINALITY AS asked(name, subject_id, due_at, position)
""")
"""What is due at once comes before what was put off, and is found without reading past it."""

_GIVE_BACK = text("""
UPDATE procrastinate_jobs AS job
SET status = CASE WHEN job.attempts + 1 < :most THEN 'todo' ELSE 'failed' END
        ::procrastinate_job_status,
    attempts = job.attempts + 1, scheduled_at = NULL, worker_id = NULL,
    args = job.args - 'started_at' || jsonb_build_object('failure', CAST(:lost AS text))
FROM (
    SELECT one.id FROM procrastinate_jobs AS one
    LEFT JOIN procrastinate_workers AS worker ON worker.id = one.worker_id
    WHERE one.status = 'doing' AND CASE
        WHEN one.args ? 'started_at' THEN (one.args->>'started_at')::timestamptz < :stalled
        ELSE worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :silence)
        END
    FOR UPDATE OF one SKIP LOCKED
) AS gone
WHERE job.id = gone.id
""")

_CLAIM = text("""
UPDATE procrastinate_jobs
SET status = 'doing', args = args || jsonb_build_object('started_at', CAST(:now AS timestamptz))
WHERE id = (
    SELECT id FROM procrastinate_jobs
    WHERE status = 'todo' AND lock IS NULL AND queue_name = ANY(:names)
        AND (scheduled_at IS NULL OR scheduled_at <= :now)
    ORDER BY priority DESC, id LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING id, task_name, args->>'subject_id' AS subject_id, attempts
""")

_SETTLE = text("""
UPDATE procrastinate_jobs
SET status = CAST(:status AS procrastinate_job_status), attempts = attempts + 1,
    scheduled_at = :due_at,
    args = args - 'started_at' - 'failure' || CASE WHEN :failure = '' THEN '{}'::jsonb
        ELSE jsonb_build_object('failure', CAST(:failure AS text)) END
WHERE id = :id AND status = 'doing' AND attempts = :before
""")

_NOTE = text("""
UPDATE procrastinate_jobs SET args = args || jsonb_build_object('failure', CAST(:failure AS text))
WHERE id = :id
""")

_LISTED = text("""
SELECT job.id, job.task_name AS name, job.args->>'subject_id' AS subject_id, job.status::text,
    job.attempts, coalesce(job.args->>'failure', '') AS failure,
    coalesce(job.scheduled_at, happened.asked_at) AS due_at,
    coalesce((job.args->>'started_at')::timestamptz, happened.started_at) AS started_at,
    happened.changed_at
FROM procrastinate_jobs AS job
CROSS JOIN LATERAL (
    SELECT coalesce(min(at) FILTER (WHERE type = 'deferred'), now()) AS asked_at,
        max(at) FILTER (WHERE type = 'started') AS started_at,
        coalesce(max(at) FILTER (WHERE type <> 'scheduled'), now()) AS changed_at
    FROM procrastinate_events WHERE job_id = job.id
) AS happened
WHERE job.status = ANY(CAST(:statuses AS procrastinate_job_status[])) AND job.id > :after
ORDER BY job.id LIMIT :limit
""")

_COUNTED = text("""
SELECT status::text, task_name, count(*) FROM procrastinate_jobs
WHERE status = ANY(CAST(:statuses AS procrastinate_job_status[])) GROUP BY 1, 2
""")

_OLDEST_DUE = text("""
SELECT min(coalesce(job.scheduled_at, event.at))
FROM procrastinate_jobs AS job
LEFT JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'
WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= :now)
""")

_RETRY = text("""
UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL
WHERE id = :id AND status = 'failed'
""")

_CLEAR = text("""
DELETE FROM procrastinate_jobs WHERE status = 'succeeded' AND NOT EXISTS (
    SELECT FROM procrastinate_events
    WHERE job_id = procrastinate_jobs.id AND type <> 'scheduled' AND at >= :before)
""")


def number(job_id: UUID) -> int:
    """The queue's number of a job; -1 for an id that is none of its."""
    return job_id.int if job_id.int < 2**63 else -1


def _rows(session: Session, query: Any, **values: Any) -> Sequence[RowMapping]:
    return session.connection().execute(query, values).mappings().all()


def _change(session: Session, query: Any, **values: Any) -> int:
    return int(session.connection().execute(query, values).rowcount)


def defer_many(session: Session, asked: Sequence[Asked]) -> None:
    """Enqueue over the connection of the session, in one statement."""
    moment = now()
    later = [due if due is not None and due > moment else None for _, _, due in asked]
    session.connection().execute(
        _DEFER,
        {
            "names": [name for name, _, _ in asked],
            "subjects": [str(subject_id) for _, subject_id, _ in asked],
            "dues": later,
        },
    )


def give_back_lost(engine: Engine) -> int:
    """Let others take what silent workers were at; given up when it was tried often enough."""
    with db.transaction(engine) as session:
        return _change(
            session,
            _GIVE_BACK,
            most=MAX_ATTEMPTS,
            lost=LOST,
            stalled=now() - STALLED_AFTER,
            silence=get_settings().worker_silence_seconds,
        )


def claim(engine: Engine) -> Claimed | None:
    """Take the next job that is due by our clock; one of an unknown name waits for who knows it."""
    with db.transaction(engine) as session:
        for row in _rows(session, _CLAIM, now=now(), names=list(REGISTRY)):
            return Claimed(
                UUID(int=row["id"]),
                row["task_name"],
                UUID(row["subject_id"]),
                row["attempts"] + 1,
            )
    return None


def settle(engine: Engine, job: Claimed, failure: str) -> None:
    """Done, waiting for the next attempt, or failed; nothing when somebody else has it by now."""
    state, due_at = outcome(job.attempts, failure)
    with db.transaction(engine) as session:
        _change(
            session,
            _SETTLE,
            status=STATUS[state],
            due_at=due_at,
            failure=failure,
            id=number(job.id),
            before=job.attempts - 1,
        )


def note(engine: Engine, job_id: int, failure: str) -> None:
    """Keep why a job failed; what becomes of it is decided elsewhere."""
    with db.transaction(engine) as session:
        _change(session, _NOTE, id=job_id, failure=failure)


def listed(
    session: Session, states: Sequence[JobState], limit: int, cursor: UUID | None
) -> list[JobView]:
    """Jobs in these states in the order of their ids, after `cursor`."""
    rows = _rows(
        session,
        _LISTED,
        statuses=[STATUS[state] for state in states],
        after=number(cursor) if cursor else 0,
        limit=limit,
    )
    return [
        JobView(
            id=UUID(int=row["id"]),
            name=row["name"],
            subject_id=UUID(row["subject_id"]),
            state=STATES[row["status"]],
            attempts=row["attempts"],
            failure=row["failure"],
            due_at=row["due_at"],
            started_at=row["started_at"],
            updated_at=row["changed_at"],
        )
        for row in rows
    ]


def counted(session: Session) -> list[tuple[JobState, str, int]]:
    """How many jobs there are, by state and name."""
    found = session.connection().execute(_COUNTED, {"statuses": list(STATES)}).all()
    return [(STATES[status], name, count) for status, name, count in found]


def oldest_due(session: Session) -> datetime | None:
    """Since when the job waits that is due the longest."""
    found: datetime | None = session.connection().scalar(_OLDEST_DUE, {"now": now()})
    return found


def retry(session: Session, job_id: UUID) -> bool:
    """Let a failed job be tried again, five times; whether it was one that failed."""
    return bool(_change(session, _RETRY, id=number(job_id)))


def clear_done(session: Session, before: datetime) -> int:
    """Forget what was done before; how many jobs."""
    return _change(session, _CLEAR, before=before)
