"""Working the queue on PostgreSQL: procrastinate's worker, made patient with its database.

While the database is away it waits instead of ending, and says afterwards what it could not say.
A job that was taken while the connection broke, unheard of here, is put back.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import psycopg
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from sqlalchemy import Engine

from app.jobs import server
from app.jobs.registry import REGISTRY, outcome
from app.jobs.view import Claimed
from app.jobs.working import carry_out

log = logging.getLogger(__name__)

AGAIN_SECONDS = 0.5
LAST_TRIES = 4
CONNECT_SECONDS = 2.0
"""How long a connection is waited for before it is tried anew: a longer outage must not make the
pool's pauses longer, which double and would outlast it."""

_PUT_BACK = """
UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL
WHERE status = 'doing' AND worker_id = %(worker_id)s AND NOT id = ANY(%(held)s)
"""


class Failed(Exception):
    """The work of a job raised something; why is logged and kept already."""


class Again(BaseRetryStrategy):
    """Five attempts, each after a longer pause."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When the job is tried again; None when it is given up."""
        _, due_at = outcome(job.attempts + 1, repr(exception))
        return RetryDecision(retry_at=due_at) if due_at else None


def _is_away(error: BaseException) -> bool:
    """Whether the database cannot be reached, rather than refusing something."""
    cause = error.__cause__
    return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)


class Patient(JobManager):
    """procrastinate's words to its tables, said again until they are heard."""

    def __init__(self, connector: PsycopgConnector, stopping: threading.Event) -> None:
        super().__init__(connector)
        self._stopping = stopping
        self._held: set[int] = set()

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """Take a job; none while the database is away and the worker is to stop."""
        broken = False
        while not self._stopping.is_set():
            try:
                if broken:
                    await self.connector.execute_query_async(
                        _PUT_BACK, worker_id=worker_id, held=sorted(self._held)
                    )
                job = await super().fetch_job(queues, worker_id)
            except ConnectorException as error:
                await _wait_or_raise(error)
                broken = True
                continue
            if job is not None and job.id is not None:
                self._held.add(job.id)
            return job
        return None

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Say that a job is done or given up."""
        await self._settle(job, lambda: super(Patient, self).finish_job(job, status, delete_job))

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Say that a job is to be tried again."""
        await self._settle(
            job, lambda: super(Patient, self).retry_job(job, retry_at, priority, queue, lock)
        )

    async def update_heartbeat(self, worker_id: int) -> None:
        """Say that the worker lives."""
        await self._until_heard(lambda: super(Patient, self).update_heartbeat(worker_id))

    async def _settle(self, job: Job, say: Callable[[], Awaitable[None]]) -> None:
        try:
            await self._until_heard(say)
        except ConnectorException as error:
            if not isinstance(error.__cause__, psycopg.errors.RaiseException):
                raise
            log.info("job %s was taken by somebody else meanwhile", job.id)
        finally:
            self._held.discard(job.id or 0)

    async def _until_heard(self, say: Callable[[], Awaitable[None]]) -> None:
        """Say it until it is heard; who is to stop gives up soon, and others take the job."""
        left = LAST_TRIES
        while True:
            try:
                await say()
                return
            except ConnectorException as error:
                left -= self._stopping.is_set()
                if left == 0:
                    raise
                await _wait_or_raise(error)


async def _wait_or_raise(error: ConnectorException) -> None:
    if not _is_away(error):
        raise error
    log.warning("the queue cannot be reached: %s", type(error.__cause__).__name__)
    await asyncio.sleep(AGAIN_SECONDS)


def _work_behind(engine: Engine, name: str) -> Callable[..., None]:
    """The function that procrastinate calls for a name."""

    def run(context: JobContext, *, subject_id: str, **kept: object) -> None:
        number = context.job.id or 0
        job = Claimed(UUID(int=number), name, UUID(subject_id), context.job.attempts + 1)
        failure = carry_out(engine, job)
        if failure or "failure" in kept:
            server.note(engine, number, failure)
        if failure:
            raise Failed(failure)

    return run


class Fleet:
    """One process's share of the work, until it is told to stop."""

    def __init__(self, engine: Engine, *, concurrency: int, silence_seconds: float) -> None:
        self._engine = engine
        self._concurrency = concurrency
        self._silence_seconds = silence_seconds
        self._stopping = threading.Event()
        self._wake: Callable[[], object] | None = None

    def run(self) -> None:
        """Work until stopped; whatever ends procrastinate's worker, another one is begun."""
        asyncio.run(self._run())

    def stop(self) -> None:
        """Finish the jobs at hand and end; from any thread or signal handler."""
        self._stopping.set()
        wake = self._wake
        if wake is not None:
            wake()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(self._concurrency + 1))
        stopped = asyncio.Event()
        self._wake = lambda: loop.call_soon_threadsafe(stopped.set)
        while not self._stopping.is_set():
            try:
                await self._work_until(stopped)
            except Exception:  # the database may be away, or have forgotten us
                log.exception("the worker begins anew")
                await asyncio.sleep(AGAIN_SECONDS)
        self._wake = None

    async def _work_until(self, stopped: asyncio.Event) -> None:
        url = self._engine.url.set(drivername="postgresql")
        connector = PsycopgConnector(
            conninfo=url.render_as_string(hide_password=False),
            min_size=1,
            max_size=self._concurrency + 2,
            timeout=CONNECT_SECONDS,
            reconnect_timeout=CONNECT_SECONDS / 2,
        )
        app = App(connector=connector)
        app.job_manager = Patient(connector, self._stopping)
        for name in REGISTRY:
            register = app.task(name=name, queue=name, retry=Again(), pass_context=True)
            register(_work_behind(self._engine, name))
        async with app.open_async():
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=list(REGISTRY),
                    concurrency=self._concurrency,
                    fetch_job_polling_interval=AGAIN_SECONDS,
                    listen_notify=False,
                    install_signal_handlers=False,
                    update_heartbeat_interval=self._silence_seconds / 4,
                    stalled_worker_timeout=self._silence_seconds,
                )
            )
            stopping = asyncio.create_task(stopped.wait())
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            # Cancelled, it takes no more jobs and waits for those at hand.
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
