"""A route that does what a test wants, and what became of it."""

from collections.abc import Callable
from uuid import UUID, uuid4

from fastapi import APIRouter, FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import Engine, text
from sqlmodel import Session, col, func, select

from app import db
from app.access import Anyone
from app.main import create_app
from app.tables import Sponsor
from tests.app.operations import PREFIX
from tests.cast import Cast

Work = Callable[[Session], None]


def as_one_of_us(session: Session) -> None:
    """See everything."""
    db.set_scope(session, db.SYSTEM)


def found_sponsor(session: Session) -> UUID:
    """The effect that is counted; its id."""
    sponsor = Sponsor(name=f"Probe {uuid4()}")
    session.add(sponsor)
    session.flush()
    return sponsor.id


def effects(engine: Engine) -> int:
    """How often the work was stored."""
    with db.transaction(engine, read_only=True) as session:
        probes = select(func.count()).where(col(Sponsor.name).startswith("Probe"))
        return session.exec(probes).one()


def trial(engine: Engine, work: Work) -> FastAPI:
    """The application with routes that do `work`, found a sponsor and answer with its id."""
    router = APIRouter(route_class=db.UnitOfWork)

    def carry_out(session: db.SessionDep, _actor: Anyone) -> UUID:
        as_one_of_us(session)
        work(session)
        return found_sponsor(session)

    router.post("/trial", status_code=201)(carry_out)
    router.patch("/trial")(carry_out)
    app = create_app(engine)
    app.include_router(router, prefix=PREFIX)
    return app


def calling(app: FastAPI, base: str = PREFIX) -> AsyncClient:
    """A client that is answered 500 instead of seeing the exception."""
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url=f"http://test{base}")


async def post(app: FastAPI, cast: Cast, **headers: str) -> Response:
    """Ask for the trial."""
    async with calling(app) as client:
        return await client.post("/trial", headers=cast.key("amal") | headers)


def kill(engine: Engine, session: Session) -> None:
    """End the connection of a session from outside, as a restart does."""
    pid = session.connection().scalar(text("SELECT pg_backend_pid()"))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as other:
        assert other.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


class State(Exception):
    """What PostgreSQL says, where there is none."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("said")
        self.sqlstate = sqlstate
