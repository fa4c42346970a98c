"""When the database fails: the real error is told, work is run again, nothing private leaks."""

import traceback
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import Session

from app import db, engines, jobs
from app.imports import service as imports
from app.tables import Account, Volunteer
from app.volunteers import days
from tests.cast import Cast

LIST = "Nr;Nachname;Vorname;geb. am;PLZ;Rolle;Sprachen\n"
LIST += "1;Neu;Nina;01.01.1990;61169;Dolmetscher;Türkisch\n"


class Deadlock(Exception):
    """What a driver says when two transactions wait for each other."""

    sqlstate = "40P01"


def deadlock(*_args: object, **_named: object) -> None:
    raise OperationalError("UPDATE", {}, Deadlock())


def _fail_behind_the_wall(session: Session) -> None:
    with db.as_system(session):
        session.execute(text("SELECT nobody_knows_this_column FROM sponsor"))


def test_a_failure_behind_the_second_wall_is_told_as_it_is(engine: Engine, cast: Cast) -> None:
    scope = db.Scope(sponsor_ids=frozenset({cast.wetterau}))
    with db.open_session(engine) as session:
        db.set_scope(session, scope)
        with pytest.raises(DBAPIError, match="nobody_knows_this_column"):
            _fail_behind_the_wall(session)
        assert session.info["scope"] == scope


def _refuse_behind_the_wall(session: Session) -> None:
    with db.as_system(session):
        raise LookupError


def test_the_second_wall_stands_again_after_a_refusal(engine: Engine, cast: Cast) -> None:
    with db.open_session(engine) as session:
        db.set_scope(session, db.Scope(sponsor_ids=frozenset({cast.wetterau})))
        with pytest.raises(LookupError):
            _refuse_behind_the_wall(session)
        if engine.dialect.name == "postgresql":
            setting = "SELECT current_setting('lotsenwerk.system')"
            assert session.execute(text(setting)).scalar_one() == ""


async def test_work_that_deadlocks_every_time_is_busy(
    client: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "add_absence", deadlock)
    path = f"/volunteers/{cast.volunteers['dilan']}/absences"
    body = {"first_day": "2027-05-03", "last_day": "2027-05-04"}
    answer = await client.post(path, json=body, headers=cast.key("dilan"))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["type"] == "/problems/busy"


async def test_an_upload_is_read_once_and_survives_a_second_run(
    client: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, runs = imports.verdicts, []

    def deadlock_once(*args: Any, **named: Any) -> Any:
        runs.append(1)
        if len(runs) == 1:
            deadlock()
        return judge(*args, **named)

    monkeypatch.setattr(imports, "verdicts", deadlock_once)
    files = [("files", ("freiwillige.csv", LIST.encode(), "text/csv"))]
    answer = await client.post("/imports", files=files, headers=cast.key("amal"))
    assert answer.status_code == 200, answer.text
    assert len(runs) == 2
    assert answer.json()["new_volunteers"] == 1


def _same_account_twice(session: Session, cast: Cast, note: str) -> None:
    known = session.get_one(Volunteer, cast.volunteers["dilan"])
    values = known.model_dump(exclude={"id"}) | {"note": note, "birth_date": date(1990, 1, 1)}
    session.add(Volunteer(**values))
    session.flush()


def test_no_error_of_the_database_carries_what_was_written(engine: Engine, cast: Cast) -> None:
    with db.open_session(engine) as session:
        db.set_scope(session, db.SYSTEM)
        with pytest.raises(DBAPIError) as caught:
            _same_account_twice(session, cast, "/a/lw_secret")
    assert "lw_secret" not in str(caught.value)


def test_a_failed_job_keeps_the_first_line_of_its_error(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(_engine: Engine, _subject: object) -> None:
        with db.transaction(engine) as session:
            _same_account_twice(session, cast, "/a/lw_secret")

    monkeypatch.setitem(jobs.REGISTRY, "test.work", work)
    with db.transaction(engine) as session:
        jobs.defer(session, "test.work", cast.wetterau)
    jobs.work_all(engine)
    with db.transaction(engine) as session:
        (failure,) = (job.failure for job in jobs.listed(session))
    assert failure.startswith("IntegrityError: ")
    private = ("lw_secret", "INSERT", "\n", str(cast.accounts["dilan"]))
    assert [part for part in private if part in failure] == []


def _said_about_a_second(engine: Engine, email: str) -> str:
    """Everything that a log would hold about an account whose address is taken."""
    with db.transaction(engine) as session:
        session.add(Account(email=email, name="Zweite"))
        with pytest.raises(IntegrityError) as caught:
            session.flush()
        session.rollback()
    return "".join(traceback.format_exception(caught.value))


def test_no_error_of_the_database_quotes_the_row(engine: Engine, cast: Cast) -> None:
    said = _said_about_a_second(engine, "dilan@example.org")
    assert "account" in said
    assert "dilan@example.org" not in said


def test_control_postgres_quotes_it_unless_it_is_cut(engine: Engine, cast: Cast) -> None:
    own = engines.make_engine(engine.url.render_as_string(hide_password=False))
    if engine.dialect.name == "postgresql":
        event.remove(own, "handle_error", engines.keep_first_line)
    said = _said_about_a_second(own, "dilan@example.org")
    own.dispose()
    assert ("dilan@example.org" in said) == (engine.dialect.name == "postgresql")
