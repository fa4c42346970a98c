"""Threads of a test that wait for each other, where a lock may hold one of them back."""

import threading
import time

from sqlalchemy import Engine, text

PATIENCE = 1.0
"""Seconds after which SQLite's other writer must be queueing: nobody can be asked about it."""
AT_MOST = 60.0
HELD_BACK = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def wait_for(engine: Engine, event: threading.Event) -> None:
    """Wait for the event, or until a lock keeps away who would bring it about.

    A server is asked who waits for a lock, however slow the machine is; on SQLite, where one
    writes at a time, a while goes by.
    """
    if engine.dialect.name == "sqlite":
        event.wait(PATIENCE)
        return
    seen, deadline = 0, time.perf_counter() + AT_MOST
    while seen < 2 and time.perf_counter() < deadline and not event.wait(0.02):
        with engine.connect() as connection:
            seen = seen + 1 if connection.scalar(HELD_BACK) else 0


class Gathering:
    """A place where all go on together, or as soon as a lock keeps one of them away."""

    def __init__(self, engine: Engine, number: int = 2) -> None:
        self._engine, self._missing = engine, number
        self._counting, self._complete = threading.Lock(), threading.Event()

    def wait(self) -> None:
        """Arrive, and wait for the others."""
        with self._counting:
            self._missing -= 1
            if self._missing <= 0:
                self._complete.set()
        wait_for(self._engine, self._complete)
        self._complete.set()
