"""Engines for SQLite and PostgreSQL, and how long each of them waits."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from app.admission import Line
from app.settings import Settings

WAIT_SECONDS = 5.0
"""How long a request waits for its place, and SQLite for its one writer."""
CONNECT_SECONDS = 3
"""How long a server may take to answer at all."""


@dataclass(frozen=True)
class Limits:
    """How many connections one process opens, and how long PostgreSQL waits.

    In seconds, 0 is without end: for one statement, for a lock, for us within a transaction.
    """

    statement_seconds: float
    lock_seconds: float
    idle_seconds: float
    connections: int = 20

    def options(self) -> str:
        """As the server reads them when a connection begins."""
        values = {
            "statement_timeout": self.statement_seconds,
            "lock_timeout": self.lock_seconds,
            "idle_in_transaction_session_timeout": self.idle_seconds,
        }
        return " ".join(f"-c {name}={round(1000 * seconds)}" for name, seconds in values.items())


WORKING = Limits(statement_seconds=300, lock_seconds=30, idle_seconds=600)
"""For jobs and commands."""
MIGRATING = Limits(statement_seconds=0, lock_seconds=60, idle_seconds=0)
"""For migrations and backups: a large table takes its time, but no lock is waited for long."""


def serving(settings: Settings) -> Limits:
    """For requests: somebody waits for the answer."""
    return Limits(
        statement_seconds=settings.statement_seconds,
        lock_seconds=settings.lock_seconds,
        idle_seconds=60,
        connections=settings.connections,
    )


def make_engine(url: str, limits: Limits = WORKING) -> Engine:
    """An engine for SQLite or PostgreSQL with the rules of this house."""
    if not url.startswith("sqlite"):
        return _postgres(url, limits)
    # In-memory databases keep SQLAlchemy's own pool: one connection, one database.
    pool = {} if ":memory:" in url else {"poolclass": QueuePool, **_pool(limits)}
    options = {"factory": _File, "check_same_thread": False, "timeout": WAIT_SECONDS}
    # Parameters hold names and links: no error may carry them into a log.
    engine = create_engine(url, connect_args=options, hide_parameters=True, **pool)
    line = Line()
    event.listen(engine, "connect", lambda made, _record: _prepare_sqlite(made, line))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _pool(limits: Limits) -> dict[str, Any]:
    """Requests wait for their place and find a connection: the pool itself need not be patient."""
    return {"pool_size": limits.connections, "max_overflow": 0, "pool_timeout": WAIT_SECONDS / 2}


def _postgres(url: str, limits: Limits) -> Engine:
    # What the operator writes into the address comes last and counts.
    own = make_url(url).query.get("options", "")
    options = {
        "options": f"{limits.options()} {own if isinstance(own, str) else ' '.join(own)}".strip(),
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    engine = create_engine(
        url, connect_args=options, hide_parameters=True, pool_pre_ping=True, **_pool(limits)
    )
    event.listen(engine, "handle_error", keep_first_line)
    return engine


def keep_first_line(context: ExceptionContext) -> None:
    """Leave only the first line of what PostgreSQL says: below it quotes the row it refuses.

    No log may hold who somebody is. What stands in the diagnostics stays.
    """
    said = context.original_exception
    whole = str(said)
    first = next(iter(whole.splitlines()), "")
    for error in (said, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(
                one.replace(whole, first) if isinstance(one, str) else one for one in error.args
            )


class _File(sqlite3.Connection):
    """A connection to the file; from the begin to the end of writing it stands first in line.

    Without a line SQLite's writers knock by chance: some are never let in, and between two of them
    nobody works. Other processes knock still.
    """

    line: Line
    first = False

    def begin_to_write(self) -> None:
        """Wait for the other writers of this process."""
        if not self.line.enter(WAIT_SECONDS):
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError("BEGIN IMMEDIATE", {}, error)
        self.first = True

    def commit(self) -> None:
        """Make it last, and let the next one write.

        A reader may be in the way even now. Then nothing is stored: SQLAlchemy holds a transaction
        for ended whose commit has failed, and would hand the connection on with it.
        """
        try:
            super().commit()
        except sqlite3.Error:
            super().rollback()
            raise
        finally:
            self._leave()

    def rollback(self) -> None:
        """Forget it, and let the next one write."""
        try:
            super().rollback()
        finally:
            self._leave()

    def close(self) -> None:
        """End, and let the next one write."""
        try:
            super().close()
        finally:
            self._leave()

    def _leave(self) -> None:
        if self.first:
            self.first = False
            self.line.leave()


def _prepare_sqlite(connection: Any, line: Line) -> None:
    connection.line = line
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("postgresql_readonly", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {int(reads)}")
    if reads:
        connection.exec_driver_sql("BEGIN")
        return
    file = connection.connection.dbapi_connection
    if isinstance(file, _File):
        file.begin_to_write()
    connection.exec_driver_sql("BEGIN IMMEDIATE")
