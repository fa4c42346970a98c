"""The queue: work that runs after the transaction that asked for it. The only job engine.

`defer` asks in the caller's transaction, so that a job is neither lost nor invented. A worker takes
it under a lock that others skip: one job is run once however many workers look. After a worker was
lost it is run again; tasks take an id and look first whether their work is still to be done.

On PostgreSQL the tables and the worker are procrastinate's, on SQLite one thread of the serving
process works the table `job`. Whoever asks sees no difference.
"""

from app.jobs.queue import (
    NotFailed,
    clear_done,
    counted,
    defer,
    defer_many,
    listed,
    retry,
    warnings,
)
from app.jobs.registry import (
    MAX_ATTEMPTS,
    PERIODIC,
    REGISTRY,
    STALLED_AFTER,
    Periodic,
    TaskFunction,
    periodic,
    task,
)
from app.jobs.ticks import failures, run_periodic
from app.jobs.view import JobView
from app.jobs.worker import CONCURRENCY, Worker
from app.jobs.working import work_all, work_one

__all__ = [
    "CONCURRENCY",
    "MAX_ATTEMPTS",
    "PERIODIC",
    "REGISTRY",
    "STALLED_AFTER",
    "JobView",
    "NotFailed",
    "Periodic",
    "TaskFunction",
    "Worker",
    "clear_done",
    "counted",
    "defer",
    "defer_many",
    "failures",
    "listed",
    "periodic",
    "retry",
    "run_periodic",
    "task",
    "warnings",
    "work_all",
    "work_one",
]
