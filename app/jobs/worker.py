"""Whoever works the queue of one process: jobs, periodic work, and what lost workers left."""

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy import Engine

from app.jobs import server, table
from app.jobs.fleet import Fleet
from app.jobs.ticks import run_periodic
from app.jobs.working import work_one
from app.settings import get_settings

log = logging.getLogger(__name__)

CONCURRENCY = 4
"""A plan takes long: the others must not wait for it."""
TICK_SECONDS = 1.0
STOP_SECONDS = 30.0


class Worker:
    """Works the queue until it is stopped; on SQLite one thread, on PostgreSQL as many as wanted.

    Parameters
    ----------
    concurrency
        How many jobs at once, on PostgreSQL.
    idle_seconds
        How long the one thread waits before it looks again.
    """

    def __init__(
        self, engine: Engine, *, concurrency: int = CONCURRENCY, idle_seconds: float = 0.5
    ) -> None:
        self._engine = engine
        self._idle_seconds = idle_seconds
        self._silence_seconds = get_settings().worker_silence_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="lotsenwerk-worker", daemon=True)
        self._fleet = (
            Fleet(engine, concurrency=concurrency, silence_seconds=self._silence_seconds)
            if engine.dialect.name == "postgresql"
            else None
        )

    def start(self) -> None:
        """Begin to work in the background."""
        self._thread.start()

    def run(self) -> None:
        """Work until stopped; a database that is away is tried again."""
        if self._fleet is None:
            self._run_alone()
            return
        ticking = threading.Thread(target=self._tick, name="lotsenwerk-ticks", daemon=True)
        ticking.start()
        self._fleet.run()
        ticking.join(timeout=STOP_SECONDS)

    def stop(self) -> None:
        """Finish the jobs at hand and end."""
        self._stop.set()
        if self._fleet is not None:
            self._fleet.stop()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(timeout=STOP_SECONDS)

    def _run_alone(self) -> None:
        """On SQLite: everything in turn."""
        _try(lambda: table.give_back_all(self._engine))
        next_tick = 0.0
        while not self._stop.is_set():
            if time.monotonic() >= next_tick:
                _try(lambda: run_periodic(self._engine))
                next_tick = time.monotonic() + TICK_SECONDS
            if not _try(lambda: work_one(self._engine)):
                self._stop.wait(self._idle_seconds)

    def _tick(self) -> None:
        """On PostgreSQL: periodic work and lost jobs, beside the jobs themselves."""
        next_look = 0.0
        while not self._stop.is_set():
            _try(lambda: run_periodic(self._engine))
            if time.monotonic() >= next_look:
                _try(lambda: server.give_back_lost(self._engine))
                next_look = time.monotonic() + self._silence_seconds / 4
            self._stop.wait(TICK_SECONDS)


def _try(work: Callable[[], object]) -> object:
    """What it gives; nothing when the database is away for a while."""
    try:
        return work()
    except Exception:
        log.exception("the queue cannot be reached")
        return None
