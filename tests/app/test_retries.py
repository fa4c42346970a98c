"""What was in the way is tried again, whole, and has one effect; what is not known is said."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from fastapi import APIRouter, FastAPI, UploadFile
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, col, func, select

from app import db, faults
from app.engines import Limits, make_engine
from app.errors import Busy
from app.faults import TookTooLong
from app.main import create_app
from app.tables import Sponsor
from tests.app.operations import PREFIX
from tests.app.trials import (
    State,
    Work,
    as_one_of_us,
    calling,
    effects,
    found_sponsor,
    kill,
    post,
    trial,
)
from tests.cast import Cast
from tests.conftest import NOW

KEY = {"Idempotency-Key": "einmal"}
QUICK = Limits(statement_seconds=0.3, lock_seconds=0.2, idle_seconds=60, connections=6)


@pytest.fixture
def postgres(engine: Engine) -> bool:
    """Whether several write at once, on connections that may break."""
    return engine.dialect.name == "postgresql"


class First:
    """Does something at the first of several tries."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.tries = 0

    def __call__(self, session: Session) -> None:
        self.tries += 1
        if self.tries == 1:
            self.work(session)


async def test_a_killed_connection_is_one_effect(
    engine: Engine, cast: Cast, postgres: bool
) -> None:
    def lose(session: Session) -> None:
        found_sponsor(session)
        if postgres:
            kill(engine, session)
        else:
            raise OperationalError("INSERT", {}, State("08006"))

    first = First(lose)
    assert (await post(trial(engine, first), cast)).status_code == 201
    assert (first.tries, effects(engine)) == (2, 1)


async def test_a_deadlock_is_resolved_and_both_are_stored(
    engine: Engine, cast: Cast, postgres: bool
) -> None:
    both_hold = threading.Barrier(2)
    begun: list[int] = []

    def cross(session: Session) -> None:
        begun.append(1)
        turn = len(begun)
        if not postgres:
            return
        lock = text("SELECT pg_advisory_xact_lock(:number)")
        session.execute(lock, {"number": turn})
        if turn <= 2:
            both_hold.wait(timeout=10)
            session.execute(lock, {"number": 3 - turn})

    app = trial(engine, cross)
    answers = await asyncio.gather(post(app, cast), post(app, cast))
    assert [a.status_code for a in answers] == [201, 201]
    assert effects(engine) == 2
    assert len(begun) == (3 if postgres else 2)


async def test_a_serialization_failure_is_tried_again(
    engine: Engine, cast: Cast, postgres: bool
) -> None:
    both_looked = threading.Barrier(2 if postgres else 1)
    begun: list[int] = []

    def count_up(session: Session) -> None:
        begun.append(1)
        session.exec(select(Sponsor.population)).all()
        if len(begun) <= 2:
            both_looked.wait(timeout=10)
        session.execute(text("UPDATE sponsor SET population = coalesce(population, 0) + 1"))

    strict = engine.execution_options(isolation_level="REPEATABLE READ") if postgres else engine
    with db.open_session(engine, read_only=True) as session:
        as_one_of_us(session)
        before = session.exec(select(func.count()).select_from(Sponsor)).one()
    app = trial(strict, count_up)
    answers = await asyncio.gather(post(app, cast), post(app, cast))
    assert [a.status_code for a in answers] == [201, 201]
    assert len(begun) == (3 if postgres else 2)
    with db.open_session(engine, read_only=True) as session:
        as_one_of_us(session)
        counted = select(Sponsor.population).where(~col(Sponsor.name).startswith("Probe"))
        assert session.exec(counted).all() == [2] * before


async def test_an_uploaded_file_is_read_from_its_beginning_each_time(
    engine: Engine, cast: Cast
) -> None:
    router, read = APIRouter(route_class=db.UnitOfWork), []

    @router.post("/upload")
    def upload(file: UploadFile, session: db.SessionDep) -> None:
        as_one_of_us(session)
        read.append(file.file.read())
        if len(read) == 1:
            raise OperationalError("INSERT", {}, State("40P01"))

    app = create_app(engine)
    app.include_router(router, prefix=PREFIX)
    async with calling(app) as client:
        answer = await client.post("/upload", files={"file": ("a.csv", b"Nr;Name")})
    assert answer.status_code == 200
    assert read == [b"Nr;Name"] * 2


async def test_what_stays_in_the_way_is_busy_and_nothing_is_stored(
    engine: Engine, cast: Cast
) -> None:
    tries = []

    def always(session: Session) -> None:
        tries.append(1)
        found_sponsor(session)
        raise OperationalError("INSERT", {}, State("40001"))

    answer = await post(trial(engine, always), cast)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/busy")
    assert answer.headers["retry-after"] == "2"
    assert (len(tries), effects(engine)) == (1 + len(db.PAUSES), 0)


async def test_other_errors_are_tried_once(engine: Engine, cast: Cast) -> None:
    tries = []

    def wrong(session: Session) -> None:
        tries.append(1)
        session.execute(text("SELECT nothing FROM nowhere"))

    assert (await post(trial(engine, wrong), cast)).status_code == 500
    assert len(tries) == 1


@contextmanager
def quick(engine: Engine) -> Iterator[Engine]:
    """The same database with short limits; waiting needs a clock that goes."""
    made = make_engine(engine.url.render_as_string(hide_password=False), QUICK)
    with time_machine.travel(NOW, tick=True):
        yield made
    made.dispose()


@contextmanager
def holding(engine: Engine) -> Iterator[None]:
    """Somebody changes every sponsor and does not come to an end."""
    with db.open_session(engine) as session:
        as_one_of_us(session)
        session.execute(text("UPDATE sponsor SET population = 1"))
        yield


def change_all(session: Session) -> None:
    """What has to wait for somebody who holds the rows."""
    session.execute(text("UPDATE sponsor SET population = 2"))


async def test_who_waits_too_long_for_a_lock_is_told_to_come_again(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.engines.WAIT_SECONDS", 0.2)
    with quick(engine) as served:
        app = trial(served, change_all)
        with holding(engine):
            answer = await post(app, cast)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert (await post(app, cast)).status_code == 201
    assert effects(engine) == 1


async def test_a_statement_without_end_is_stopped(
    engine: Engine, cast: Cast, postgres: bool
) -> None:
    tries = []

    def sleep(session: Session) -> None:
        tries.append(1)
        found_sponsor(session)
        if not postgres:
            raise OperationalError("SELECT", {}, State("57014"))
        session.execute(text("SELECT pg_sleep(20)"))

    with quick(engine) as served:
        answer = await post(trial(served, sleep), cast)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/took-too-long")
    assert int(answer.headers["retry-after"]) >= 10
    assert (len(tries), effects(engine)) == (1, 0)


async def test_a_full_pool_is_busy(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.engines.WAIT_SECONDS", 0.2)
    with quick(engine) as served:
        app = trial(served, lambda _: None)
        held = [served.raw_connection() for _ in range(QUICK.connections)]
        answer = await post(app, cast)
        for one in held:
            one.close()
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert (await post(app, cast)).status_code == 201


async def crowd(app: FastAPI, cast: Cast) -> list[int]:
    """What 64 people are answered who press at once."""
    answers = await asyncio.gather(*(post(app, cast) for _ in range(64)))
    return [answer.status_code for answer in answers]


async def test_64_at_once_wait_for_their_place_and_are_all_served(
    engine: Engine, cast: Cast
) -> None:
    with quick(engine) as served:
        assert await crowd(trial(served, lambda _: None), cast) == [201] * 64
    assert effects(engine) == 64


async def test_control_without_places_they_wait_in_a_circle(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.engines.WAIT_SECONDS", 0.2)
    with quick(engine) as served:
        app = trial(served, lambda _: threading.Event().wait(0.02))
        app.state.admission = db.Admission(64, wait_seconds=5)
        assert 503 in await crowd(app, cast)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_while_the_server_is_away_the_answer_is_503(cast: Cast, method: str) -> None:
    away = make_engine("postgresql+psycopg://lotsenwerk@127.0.0.1:9/lotsenwerk", QUICK)
    async with calling(create_app(away)) as client:
        answer = await client.request(method, "/api-tokens", headers=cast.key("amal"))
    away.dispose()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "127.0.0.1" not in answer.text


async def test_after_a_restart_nobody_is_told_of_dead_connections(
    engine: Engine, cast: Cast, postgres: bool
) -> None:
    if postgres:
        app = trial(engine, lambda _: None)
        await crowd(app, cast)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as one:
            one.execute(
                text(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        assert await crowd(app, cast) == [201] * 64


def test_a_job_is_run_again_whole_when_its_connection_is_lost(
    engine: Engine, cast: Cast, postgres: bool
) -> None:
    first = First(lambda session: kill(engine, session))

    def work(session: Session) -> str:
        if postgres:
            first(session)
        found_sponsor(session)
        return "done"

    assert db.in_transaction(engine, work) == "done"
    assert effects(engine) == 1


def test_a_job_gives_up_in_the_end(engine: Engine, cast: Cast) -> None:
    def work(session: Session) -> None:
        found_sponsor(session)
        raise OperationalError("INSERT", {}, State("40P01"))

    with pytest.raises(OperationalError):
        db.in_transaction(engine, work)
    assert effects(engine) == 0


@pytest.mark.parametrize(
    ("state", "again", "said"),
    [
        ("40001", True, Busy),
        ("40P01", True, Busy),
        ("55P03", True, Busy),
        ("57P01", True, Busy),
        ("57P03", True, Busy),
        ("08006", True, Busy),
        ("25P03", True, Busy),
        (None, True, Busy),
        ("57014", False, TookTooLong),
        ("23505", False, None),
        ("42601", False, None),
        ("53100", False, None),
    ],
)
def test_what_the_database_says_and_what_follows(
    state: str, again: bool, said: type[Exception] | None
) -> None:
    error = OperationalError("SELECT", {}, State(state))
    assert faults.is_retryable(error) is again
    assert (type(faults.refusal(error)) if said else faults.refusal(error)) is said


def test_what_is_no_word_of_the_database_is_no_fault() -> None:
    for error in (ValueError("x"), OperationalError("COMMIT", {}, Exception("the disk is full"))):
        assert not faults.is_retryable(error)
        assert faults.refusal(error) is None


def test_limits_of_the_address_count_before_ours(engine: Engine, postgres: bool) -> None:
    if postgres:
        own = make_url(engine.url).update_query_dict({"options": "-c lock_timeout=777"})
        served = make_engine(own.render_as_string(hide_password=False), QUICK)
        with served.connect() as connection:
            shown = [
                connection.scalar(text(f"SHOW {name}"))
                for name in ("lock_timeout", "statement_timeout")
            ]
        served.dispose()
        assert shown == ["777ms", "300ms"]


def test_a_refusal_quotes_no_row() -> None:
    said = Exception("duplicate key\nDETAIL: Key (name)=(Ayla) already exists.")
    assert "Ayla" not in faults.in_short(DBAPIError("INSERT", {}, said))
