"""Engine, sessions and the only commit in the code base."""

import logging
import random
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar
from uuid import UUID

import anyio
from fastapi import Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message

from app import faults, idempotency, limits, nesting, origin
from app.admission import Admission, NoPlace
from app.engines import MIGRATING, WAIT_SECONDS, WORKING, Limits, make_engine, serving
from app.errors import ApiError, Busy, TooSlow
from app.faults import OutcomeUnknown
from app.origin import Origin

__all__ = [
    "MIGRATING",
    "READ_METHODS",
    "SYSTEM",
    "WORKING",
    "Limits",
    "Scope",
    "SessionDep",
    "UnitOfWork",
    "afterwards",
    "as_system",
    "before_answering",
    "constraint_of",
    "get_session",
    "in_transaction",
    "make_engine",
    "open_session",
    "see_all",
    "serve_on",
    "serving",
    "set_scope",
    "transaction",
]

log = logging.getLogger(__name__)
T = TypeVar("T")
CarryOut = Callable[[Request], Coroutine[Any, Any, Response]]

READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PAUSES = (0.02, 0.06, 0.15, 0.4)
"""Seconds before each further try of a unit of work; times a half to one and a half, by chance."""
PATIENCE_SECONDS = 8.0
"""Later than this no further try is begun."""
SPARE_CONNECTIONS = 4
"""Not for requests: for jobs, health, and what is noted after an answer has left."""


@dataclass(frozen=True)
class Scope:
    """What the second wall lets a transaction see; nothing by default."""

    system: bool = False
    account_id: UUID | None = None
    sponsor_ids: frozenset[UUID] = field(default_factory=frozenset)


SYSTEM = Scope(system=True)


def open_session(engine: Engine, *, read_only: bool = False) -> Session:
    """A session; one that only reads refuses to write, on both databases."""
    bind = engine.execution_options(postgresql_readonly=True) if read_only else engine
    return Session(bind, expire_on_commit=False)


_SET_SCOPE = (
    "SELECT set_config('lotsenwerk.system', %(system)s, true),"
    " set_config('lotsenwerk.account', %(account)s, true),"
    " set_config('lotsenwerk.sponsors', %(sponsors)s, true)"
)


def set_scope(session: Session, scope: Scope) -> None:
    """Tell the second wall what this transaction may see, until its end."""
    session.info["scope"] = scope
    if session.get_bind().dialect.name == "postgresql":
        _tell_wall(session.connection(), scope)


def see_all(connection: Connection) -> None:
    """Look behind the second wall over a bare connection, until the end of its transaction."""
    if connection.dialect.name == "postgresql":
        _tell_wall(connection, SYSTEM)


def _tell_wall(connection: Connection, scope: Scope) -> None:
    connection.exec_driver_sql(
        _SET_SCOPE,
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


def _commit(session: Session) -> None:
    """Make it last; or `OutcomeUnknown` when the connection breaks at the very moment."""
    session.flush()
    try:
        session.commit()
    except DBAPIError as error:
        if faults.is_lost(error):
            raise OutcomeUnknown from error
        raise


@contextmanager
def transaction(
    engine: Engine, scope: Scope = SYSTEM, *, read_only: bool = False
) -> Iterator[Session]:
    """One unit of work outside HTTP, tried once; `in_transaction` tries again.

    One that only reads takes nobody the right to write.
    """
    with open_session(engine, read_only=read_only) as session:
        set_scope(session, scope)
        yield session
        session.commit()


def in_transaction(
    engine: Engine, work: Callable[[Session], T], *, scope: Scope = SYSTEM, repeatable: bool = False
) -> T:
    """One unit of work of a job or a command, run again whole while something is in its way.

    What `work` does is stored once, however often it ran. Work that is `repeatable` (it may be
    stored twice without harm) is also run again when nobody knows whether it was stored.
    Raises what was in the way in the end, or `OutcomeUnknown`.
    """
    tries = _Tries()
    while True:
        try:
            with open_session(engine) as session:
                set_scope(session, scope)
                done = work(session)
                _commit(session)
                return done
        except OutcomeUnknown:
            pause = tries.pause()
            if pause is None or not repeatable:
                raise
        except SQLAlchemyError as error:
            pause = tries.pause()
            if pause is None or not faults.is_retryable(error):
                raise
        time.sleep(pause)


class _Tries:
    """How often, and after which pauses, a unit of work is tried again."""

    def __init__(self) -> None:
        self._pauses = iter(PAUSES)
        self._until = time.monotonic() + PATIENCE_SECONDS

    def pause(self) -> float | None:
        """Seconds until the next try; None when there is none."""
        seconds = next(self._pauses, None)
        if seconds is None or time.monotonic() > self._until:
            return None
        return seconds * random.uniform(0.5, 1.5)  # noqa: S311 - keeps rivals apart, no secret


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that refused, or SQLite's sentence about it."""
    diagnostics = getattr(error.orig, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or str(error.orig)


def serve_on(app: FastAPI, engine: Engine) -> None:
    """Let the requests of an application work on this database."""
    app.state.engine = engine
    connections = engine.pool.size() if isinstance(engine.pool, QueuePool) else 1
    places = max(1, connections - SPARE_CONNECTIONS)
    app.state.admission = Admission(places, wait_seconds=WAIT_SECONDS)


class UnitOfWork(APIRoute):
    """A route whose request is one transaction: committed before the answer leaves."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, wrapped in session, commit, retry and idempotency."""
        carry_out = super().get_route_handler()

        async def handle(request: Request) -> Response:
            body = await _body(request)
            idempotency.prepare(request, self.path, body)
            way = Origin.LINK if "{token}" in self.path else Origin.API
            with origin.coming_by(way):
                return await _Unit(request, body, self.path, carry_out).run()

        return handle


async def _body(request: Request) -> bytes:
    """The whole body, read once: it is needed for every try, and nobody slow may hold a place."""
    if request.method in READ_METHODS:
        return b""
    try:
        with anyio.fail_after(limits.BODY_SECONDS):
            body = await request.body()
    except ClientDisconnect as error:
        raise HTTPException(400, "The body ended too early") from error
    except TimeoutError as error:
        raise TooSlow from error
    if not _is_form(request):
        nesting.check(body)
    return body


def _is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in ("multipart/form-data", "application/x-www-form-urlencoded")


@dataclass
class _Unit:
    """One request and its tries."""

    request: Request
    body: bytes
    path: str
    carry_out: CarryOut
    tries: _Tries = field(default_factory=_Tries)
    unknown: OutcomeUnknown | None = None

    async def run(self) -> Response:
        """Carry the request out, again and again while something is in its way."""
        while True:
            try:
                return await self._placed()
            except OutcomeUnknown as error:
                self.unknown = error
                await self._wait(error, error, again=self._may_repeat())
            except ApiError as refusal:
                if self.unknown is not None and not self._claimed():
                    # What is refused now may have been stored a moment ago.
                    raise self.unknown from refusal
                raise
            except Exception as error:
                said = faults.refusal(error)
                if said is None:
                    raise
                again = faults.is_retryable(error)
                await self._wait(error, self.unknown or said, again=again)

    async def _wait(self, error: Exception, refusal: ApiError, *, again: bool) -> None:
        """Let some time go by before the next try, or refuse when there is none."""
        pause = self.tries.pause() if again else None
        name = f"{self.request.method} {self.path}"
        log.warning("%s: %s; %s", name, faults.in_short(error), "again" if pause else "refused")
        if pause is None:
            raise refusal from error
        await anyio.sleep(pause)

    def _claimed(self) -> bool:
        keyed = idempotency.keyed(self.request)
        return keyed is not None and keyed.claim is not None

    def _may_repeat(self) -> bool:
        """Whether a second time does no harm although the first may have been stored."""
        method, tag = self.request.method, self.request.headers.get("if-match", "*").strip()
        harmless = method in READ_METHODS or method == "DELETE"
        return self._claimed() or harmless or (method != "POST" and tag != "*")

    async def _placed(self) -> Response:
        admission: Admission = self.request.app.state.admission
        try:
            async with admission.place():
                return await _once(self._fresh(), self.carry_out)
        except NoPlace as error:
            raise Busy from error

    def _fresh(self) -> Request:
        """The request as if it had just come, with a body that can be read from its beginning."""
        if self.request.method in READ_METHODS:
            return self.request

        async def receive() -> Message:
            return {"type": "http.request", "body": self.body, "more_body": False}

        return Request(self.request.scope, receive)


async def _once(request: Request, carry_out: CarryOut) -> Response:
    session = open_session(request.app.state.engine, read_only=request.method in READ_METHODS)
    request.state.session = session
    request.state.before_answering, request.state.afterwards = [], []
    try:
        response = await carry_out(request)
        if request.method not in READ_METHODS:
            await run_in_threadpool(_finish, session, request, response)
        if request.state.before_answering:
            await run_in_threadpool(_write_first, session, request)
        if request.state.afterwards:
            await run_in_threadpool(_look_after, session, request)
        return response
    except idempotency.Replay as replay:
        return replay.response
    finally:
        if session.in_transaction():
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(session.close)


def afterwards(request: Request, work: Callable[[Session], None]) -> None:
    """Write something small after a request has gone well, in a transaction of its own.

    It may get lost: nothing that matters is written so.
    """
    request.state.afterwards.append(work)


def before_answering(request: Request, work: Callable[[Session], None]) -> None:
    """Write something that the answer depends on, in a transaction of its own.

    For requests that only read. When it cannot be written, the request has failed.
    """
    request.state.before_answering.append(work)


def _write_first(session: Session, request: Request) -> None:
    session.close()
    with open_session(request.app.state.engine) as own:
        set_scope(own, SYSTEM)
        for work in request.state.before_answering:
            work(own)
        _commit(own)


def _look_after(session: Session, request: Request) -> None:
    session.close()
    try:
        with transaction(request.app.state.engine) as own:
            for work in request.state.afterwards:
                work(own)
    except SQLAlchemyError as error:
        log.warning("What was to be noted after a request is lost: %s", faults.in_short(error))


def _finish(session: Session, request: Request, response: Response) -> None:
    session.flush()
    idempotency.keep(session, request, response)
    _commit(session)
    session.close()


async def get_session(request: Request) -> Session:
    """The session of this request; `UnitOfWork` commits or closes it."""
    session: Session = request.state.session
    return session


SessionDep = Annotated[Session, Depends(get_session)]
