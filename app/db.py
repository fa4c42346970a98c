"""Engine, sessions and the only commit in the code base."""

import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session, create_engine
from starlette.concurrency import run_in_threadpool

from app import idempotency
from app.errors import Busy

READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ATTEMPTS = 4
_RETRYABLE_SQLSTATES = frozenset({"40001", "40P01", "57P01", "08006", "08003"})


@dataclass(frozen=True)
class Scope:
    """What the second wall lets a transaction see; nothing by default."""

    system: bool = False
    account_id: UUID | None = None
    sponsor_ids: frozenset[UUID] = field(default_factory=frozenset)


SYSTEM = Scope(system=True)


def make_engine(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL with the rules of this house."""
    if url.startswith("sqlite"):
        # In-memory databases keep SQLAlchemy's own pool: one connection, one database.
        pool = {} if ":memory:" in url else {"poolclass": QueuePool, "pool_size": 20}
        options = {"check_same_thread": False, "timeout": 5}
        # Parameters hold names and links: no error may carry them into a log.
        engine = create_engine(url, connect_args=options, hide_parameters=True, **pool)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Any) -> None:
    reads = connection.get_execution_options().get("postgresql_readonly", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {int(reads)}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def open_session(engine: Engine, *, read_only: bool = False) -> Session:
    """A session; one that only reads refuses to write, on both databases."""
    bind = engine.execution_options(postgresql_readonly=True) if read_only else engine
    return Session(bind, expire_on_commit=False)


def set_scope(session: Session, scope: Scope) -> None:
    """Tell the second wall what this transaction may see, until its end."""
    session.info["scope"] = scope
    if session.get_bind().dialect.name != "postgresql":
        return
    session.connection().execute(
        text(
            "SELECT set_config('lotsenwerk.system', :system, true),"
            " set_config('lotsenwerk.account', :account, true),"
            " set_config('lotsenwerk.sponsors', :sponsors, true)"
        ),
        {
            "system": "on" if scope.system else "",
            "account": str(scope.account_id or ""),
            "sponsors": "{" + ",".join(str(s) for s in sorted(scope.sponsor_ids)) + "}",
        },
    )


@contextmanager
def as_system(session: Session) -> Iterator[None]:
    """Look behind the second wall for the length of a block (overlaps, links, sign-in)."""
    before: Scope = session.info.get("scope", Scope())
    session.flush()
    set_scope(session, SYSTEM)
    try:
        yield
        session.flush()
    except BaseException:
        # The transaction may be aborted: that must not hide what happened.
        with suppress(SQLAlchemyError):
            set_scope(session, before)
        raise
    set_scope(session, before)


@contextmanager
def transaction(engine: Engine, scope: Scope = SYSTEM) -> Iterator[Session]:
    """One unit of work outside HTTP: a job or a command."""
    with open_session(engine) as session:
        set_scope(session, scope)
        yield session
        session.commit()


def is_retryable(error: Exception) -> bool:
    """Whether the same unit of work may succeed when run again."""
    if isinstance(error, idempotency.KeyRaced):
        return True
    if not isinstance(error, DBAPIError):
        return False
    sqlstate = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or sqlstate in _RETRYABLE_SQLSTATES


def is_locked(error: Exception) -> bool:
    """Whether SQLite waited in vain for its one writer."""
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that refused, or SQLite's sentence about it."""
    diagnostics = getattr(error.orig, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or str(error.orig)


class UnitOfWork(APIRoute):
    """A route whose request is one transaction: committed before the answer leaves."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, wrapped in session, commit, retry and idempotency."""
        carry_out = super().get_route_handler()

        async def handle(request: Request) -> Response:
            await idempotency.prepare(request)
            last: Exception | None = None
            for attempt in range(ATTEMPTS):
                try:
                    return await _once(request, carry_out)
                except Exception as error:
                    if is_locked(error):
                        raise Busy from error
                    if not is_retryable(error):
                        raise
                    last = error
                    await run_in_threadpool(time.sleep, 0.02 * 2**attempt)
            raise Busy from last

        return handle


async def _once(
    request: Request, carry_out: Callable[[Request], Coroutine[Any, Any, Response]]
) -> Response:
    session = open_session(request.app.state.engine, read_only=request.method in READ_METHODS)
    request.state.session = session
    try:
        try:
            response = await carry_out(request)
        except idempotency.Replay as replay:
            return replay.response
        await run_in_threadpool(_finish, session, request, response)
        return response
    finally:
        await run_in_threadpool(session.close)


def _finish(session: Session, request: Request, response: Response) -> None:
    if request.method in READ_METHODS:
        return
    idempotency.keep(session, request, response)
    session.commit()


def get_session(request: Request) -> Session:
    """The session of this request; `UnitOfWork` commits or closes it."""
    session: Session = request.state.session
    return session


SessionDep = Annotated[Session, Depends(get_session)]
