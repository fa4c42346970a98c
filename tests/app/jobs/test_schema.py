"""The library's tables on PostgreSQL: missing, older, brought up to date. SQLite has none."""

from contextlib import closing
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, text

from app import jobs, migrations
from app.jobs import schema
from tests.app.jobs.asking import NAME, Register, defer

OLD_JOB = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args)
VALUES (%s, %s, jsonb_build_object('subject_id', CAST(%s AS text)))
"""
SHAPE = """
SELECT proname || pg_get_function_arguments(oid) FROM pg_proc WHERE starts_with(proname, :prefix)
UNION ALL SELECT table_name || '.' || column_name || ' ' || data_type
    FROM information_schema.columns WHERE starts_with(table_name, :prefix)
UNION ALL SELECT tgname || ' ' || CAST(tgenabled AS text)
    FROM pg_trigger WHERE starts_with(tgname, :prefix)
UNION ALL SELECT indexname FROM pg_indexes WHERE starts_with(tablename, :prefix)
"""


def shape(connection: Connection) -> set[str]:
    """Functions, columns, triggers and indexes of the library."""
    return set(connection.scalars(text(SHAPE), {"prefix": schema.PREFIX}))


def test_missing_tables_are_found_and_made_again(engine: Engine) -> None:
    on_server = engine.dialect.name == "postgresql"
    with engine.begin() as connection:
        if on_server:
            before = shape(connection)
            schema.drop(connection)
            assert shape(connection) == set()
        assert schema.is_there(connection) is False
    assert ["queue are missing" in said for said in migrations.findings(engine)] == (
        [True] if on_server else []
    )
    if on_server:
        with engine.begin() as connection:
            schema.make(connection)
            assert shape(connection) == before
    assert migrations.findings(engine) == []


def test_tables_of_an_older_version_are_brought_up_to_date(
    engine: Engine, register: Register
) -> None:
    """An upgrade of the library and `lotsenwerk migrate`: the work that waits stays."""
    done = []
    register(lambda _engine, subject: done.append(subject))
    if engine.dialect.name == "postgresql":
        subject, wanted = _as_long_ago(engine)
        assert ["lotsenwerk migrate" in said for said in migrations.findings(engine)] == [True]
    else:
        subject, wanted = defer(engine), set()
    migrations.migrate(engine)
    assert migrations.findings(engine) == []
    if wanted:
        with engine.connect() as connection:
            assert wanted <= shape(connection)
    assert jobs.work_all(engine) == 1
    assert done == [subject]


def _as_long_ago(engine: Engine) -> tuple[UUID, set[str]]:
    """The library's version 3.1 with a job that waits; its subject, and the newest shape."""
    subject = uuid4()
    with engine.begin() as connection:
        wanted = shape(connection)
        schema.drop(connection)
    old = [change for change in schema.changes() if change.stem < "03.02"]
    for change in old:
        with engine.begin() as connection, closing(connection.connection.cursor()) as cursor:
            cursor.execute(change.read_text(encoding="utf-8"))
            if change == old[-1]:
                cursor.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{change.stem}'")
                cursor.execute(OLD_JOB, (NAME, NAME, str(subject)))
    return subject, wanted


@pytest.mark.parametrize("times", [1, 2])
def test_migrating_again_changes_nothing(engine: Engine, times: int) -> None:
    with engine.connect() as connection:
        before = schema.current(connection)
    for _ in range(times):
        migrations.migrate(engine)
    with engine.connect() as connection:
        assert schema.current(connection) == before
