"""A commit that fails is never a success, whatever was asked: every route that writes is tried."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts
from httpx import Response
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app import clock, db, links
from app.main import create_app
from app.passwords import hash_password
from app.tables import (
    Account,
    Assignment,
    ClaimApproval,
    LinkPurpose,
    Offer,
    ServiceRecord,
    Sponsor,
    SponsorRow,
    Standby,
)
from tests.app.example_office import wait_for_treasurer
from tests.app.examples import Examples, furnish, snapshot
from tests.app.operations import PREFIX, Operation, call, operations, rule
from tests.app.ready import caller, is_ready, made_ready
from tests.app.trials import calling
from tests.cast import Cast
from tests.databases import Databases

PASSWORD = "ein langes Passwort"

YES = {"answer": "yes", "minutes": "60"}
PAGES: dict[str, tuple[LinkPurpose, type[SponsorRow], str]] = {
    "/a/{token}": (LinkPurpose.ANSWER_OFFER, Offer, "offer_id"),
    "/b/{token}": (LinkPurpose.CONFIRM_BOOKING, Assignment, "assignment_id"),
    "/c/{token}": (LinkPurpose.CONFIRM_RECORD, ServiceRecord, "record_id"),
    "/s/{token}": (LinkPurpose.ANSWER_STANDBY, Standby, "standby_id"),
    "/v/{token}": (LinkPurpose.APPROVE_CLAIMS, ClaimApproval, "approval_id"),
}
"""Pages that take an answer: what their link is for, and about which object."""
SIGNING_IN = ("/sign-in", "/account", "/l/")


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind."""
    return furnish(engine, cast)


@pytest.fixture
def tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tried again."""
    monkeypatch.setattr(db, "PAUSES", ())


def refuse(session: Session) -> None:
    """The disk is full at the very moment."""
    if not session.in_nested_transaction():
        raise OperationalError("COMMIT", {}, Exception("the disk is full"))


@contextmanager
def full_disk(_engine: Engine) -> Iterator[None]:
    """No commit gets through."""
    event.listen(Session, "before_commit", refuse)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", refuse)


@contextmanager
def dying(engine: Engine) -> Iterator[None]:
    """Every connection dies when it is told to commit; on SQLite the file is locked then."""
    if engine.dialect.name == "sqlite":
        with _locked(engine):
            yield
        return
    other = engine.execution_options(isolation_level="AUTOCOMMIT").connect()

    def kill(session: Session) -> None:
        if session.in_nested_transaction():
            return
        pid = session.connection().scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    event.listen(Session, "before_commit", kill)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", kill)
        other.close()


@contextmanager
def _locked(engine: Engine) -> Iterator[None]:
    """Somebody reads all the time: a writer gets as far as COMMIT and no further."""

    def never_wait(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA busy_timeout = 0")

    event.listen(engine, "checkout", never_wait)
    reader = sqlite3.connect(str(engine.url.database))
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM sponsor").fetchall()
    try:
        yield
    finally:
        reader.close()
        event.remove(engine, "checkout", never_wait)


FAILURES = {"full disk": full_disk, "dying": dying}
TRIED = [pytest.param("full disk", marks=pytest.mark.sqlite), "dying"]
"""A full disk is said by the test, the same on a server; a connection dies by the database."""


def writing_pages(app: FastAPI) -> set[str]:
    """Addresses beside the contract that take a POST."""
    contexts = iter_route_contexts(app.routes)
    return {
        str(one.path)
        for one in contexts
        if isinstance(one.original_route, APIRoute)
        and one.original_route.methods == {"POST"}
        and not str(one.path).startswith(PREFIX)
    }


def wrong(answers: dict[str, Response]) -> dict[str, str]:
    """What was answered otherwise than by a failure of the service."""
    return {
        name: f"{answer.status_code} {answer.text[:200]}"
        for name, answer in answers.items()
        if answer.status_code not in (500, 503)
    }


WRITING = [one for one in operations() if one.method not in db.READ_METHODS]


async def tried(
    app: FastAPI, cast: Cast, examples: Examples, some: Sequence[Operation], failure: str
) -> dict[str, Response]:
    """What operations answer whose commit fails; nothing may be stored."""
    engine: Engine = app.state.engine
    before, answers = snapshot(engine), {}
    async with calling(app) as client:
        with FAILURES[failure](engine):
            for one in some:
                key = cast.key(caller(one)) | {"Idempotency-Key": "once"}
                body = rule(one).body_for(examples)
                answers[one.name] = await call(client, one, examples.ids, key=key, body=body)
            assert snapshot(engine) == before
    return answers


@pytest.mark.parametrize("failure", TRIED)
async def test_no_operation_succeeds_when_its_commit_fails(
    databases: Databases,
    engine: Engine,
    cast: Cast,
    examples: Examples,
    tried_once: None,
    failure: str,
) -> None:
    app = create_app(engine)
    answers = await tried(app, cast, examples, [one for one in WRITING if is_ready(one)], failure)
    for one in WRITING:
        if not is_ready(one):
            with made_ready(databases, engine, one) as copy:
                db.serve_on(app, copy)
                answers |= await tried(app, cast, examples, [one], failure)
    assert len(answers) == len(WRITING) > 60
    refused = "\n".join(f"{name}: {answer}" for name, answer in wrong(answers).items())
    assert not refused, f"not the commit's failure; see tests/app/ready.py:\n{refused}"


@pytest.mark.parametrize("failure", TRIED)
async def test_nobody_is_signed_in_when_the_commit_fails(
    engine: Engine, cast: Cast, tried_once: None, failure: str
) -> None:
    with db.transaction(engine) as session:
        amal = session.get_one(Account, cast.accounts["amal"])
        amal.password_hash = hash_password(PASSWORD)
        session.add(amal)
    body = {"email": amal.email, "password": PASSWORD}
    async with calling(create_app(engine)) as client:
        with FAILURES[failure](engine):
            answer = await client.post("/auth/login", json=body)
        assert (await client.post("/auth/login", json=body)).status_code == 204
    assert answer.status_code in (500, 503)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("failure", TRIED)
@pytest.mark.parametrize("path", PAGES)
async def test_no_page_says_thank_you_when_its_commit_fails(
    engine: Engine, cast: Cast, examples: Examples, tried_once: None, failure: str, path: str
) -> None:
    purpose, table, name = PAGES[path]
    with db.transaction(engine) as session:
        subject = session.get_one(table, UUID(examples[name]))
        if isinstance(subject, ClaimApproval):
            wait_for_treasurer(session, subject)
        link = links.make(session, purpose, subject, clock.now() + timedelta(days=1))
    before = snapshot(engine)
    async with calling(create_app(engine), "") as client:
        with FAILURES[failure](engine):
            answer = await client.post(link.removeprefix("http://test"), data=YES)
            assert snapshot(engine) == before
        assert answer.status_code in (500, 503), answer.text
        assert (await client.post(link.removeprefix("http://test"), data=YES)).status_code == 200


def test_every_page_that_writes_is_tried() -> None:
    found = writing_pages(create_app(db.make_engine("sqlite://")))
    # Those of signing in are tried in tests/app/accounts/test_pages.py.
    assert {path for path in found if not path.startswith(SIGNING_IN)} == set(PAGES)


def answering_early(request: Request) -> Iterator[Session]:
    """The usual dependency: what stands after `yield` runs when the answer has left."""
    with db.open_session(request.app.state.engine) as session:
        yield session
        session.commit()


@pytest.mark.parametrize("early", [True, False])
async def test_control_a_route_that_answers_before_its_commit_is_found(
    engine: Engine, cast: Cast, early: bool
) -> None:
    opened = answering_early if early else db.get_session
    router = APIRouter(route_class=APIRoute if early else db.UnitOfWork)

    @router.post("/trial", status_code=201)
    def found_sponsor(session: Annotated[Session, Depends(opened)]) -> None:
        db.set_scope(session, db.SYSTEM)
        session.add(Sponsor(name="Probe"))
        session.flush()

    app = create_app(engine)
    app.include_router(router, prefix=PREFIX)
    before = snapshot(engine)
    async with calling(app) as client:
        with full_disk(engine):
            answers = {"POST /trial": await client.post("/trial")}
    assert snapshot(engine) == before
    assert wrong(answers) == ({"POST /trial": "201 null"} if early else {})
