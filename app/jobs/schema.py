"""The tables of procrastinate: made, brought up to date and taken away; a step of their own.

They belong to the library, so Alembic leaves them alone. Which of its own changes were made stands
in the comment of its table; `migrate` makes the missing ones.
"""

from contextlib import closing
from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, text

from app import commandline

PREFIX = "procrastinate_"
_QUIET = """
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT tgname AS name FROM pg_trigger
        WHERE tgrelid = 'procrastinate_jobs'::regclass
            AND starts_with(tgname, 'procrastinate_jobs_notify')
    LOOP
        EXECUTE 'ALTER TABLE procrastinate_jobs DISABLE TRIGGER ' || one.name;
    END LOOP;
END;
$$
"""
"""A transaction that notifies lets no other one commit beside it; workers look often enough."""

_DROP = """
DO $$
DECLARE
    one record;
BEGIN
    DROP TABLE IF EXISTS procrastinate_events, procrastinate_periodic_defers,
        procrastinate_jobs, procrastinate_workers CASCADE;
    FOR one IN
        SELECT p.oid::regprocedure AS signature FROM pg_proc AS p
        WHERE starts_with(p.proname, 'procrastinate_')
            AND p.pronamespace = current_schema()::regnamespace
    LOOP
        EXECUTE 'DROP FUNCTION ' || one.signature || ' CASCADE';
    END LOOP;
    FOR one IN
        SELECT t.oid::regtype AS name FROM pg_type AS t
        WHERE starts_with(t.typname, 'procrastinate_') AND t.typtype IN ('e', 'c')
            AND t.typnamespace = current_schema()::regnamespace
    LOOP
        EXECUTE 'DROP TYPE ' || one.name;
    END LOOP;
END;
$$
"""


def changes() -> list[Path]:
    """The library's own changes to its tables, oldest first."""
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def newest() -> str:
    """The last of them in the library that is installed."""
    return changes()[-1].stem


def is_there(connection: Connection) -> bool:
    """Whether this database keeps the queue in the library's tables."""
    if connection.dialect.name != "postgresql":
        return False
    return connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is not None


def current(connection: Connection) -> str | None:
    """The last change that was made here; None without the tables."""
    if not is_there(connection):
        return None
    comment = text("SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')")
    return connection.scalar(comment) or ""


def _run(connection: Connection, script: str) -> None:
    """Many statements at once, with nothing to fill in."""
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(script)


def make(connection: Connection) -> None:
    """Make the tables as the library that is installed wants them."""
    _run(connection, SchemaManager.get_schema())
    _finish(connection, newest())


def bring_up_to_date(engine: Engine) -> None:
    """Make the changes that are missing, each in a transaction of its own, as the library does."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        made = current(connection)
    if made is None:
        return
    for change in changes():
        if change.stem > made:
            with engine.begin() as connection:
                _run(connection, change.read_text(encoding="utf-8"))
                _finish(connection, change.stem)


def _finish(connection: Connection, change: str) -> None:
    """Note how far it is; no notifications."""
    _run(connection, f"{_QUIET}; COMMENT ON TABLE procrastinate_jobs IS '{change}'")


def drop(connection: Connection) -> None:
    """Take tables, functions and types away."""
    _run(connection, _DROP)


def findings(connection: Connection) -> list[str]:
    """What is missing for the queue to be used; empty when all is well."""
    made = current(connection)
    if made == newest():
        return []
    if made is None:
        return [f"The tables of the queue are missing: run `{commandline.typed('migrate')}`."]
    return [
        f"The tables of the queue are at {made or 'an unknown state'}, the program needs"
        f" {newest()}: run `{commandline.typed('migrate')}`."
    ]


def take_over(connection: Connection) -> None:
    """Make the tables, and let them hold what the table `job` held until then."""
    make(connection)
    connection.execute(
        text("""
        INSERT INTO procrastinate_jobs
            (queue_name, task_name, args, status, scheduled_at, attempts)
        SELECT name, name,
            jsonb_build_object('subject_id', subject_id)
                || CASE WHEN failure = '' THEN '{}'::jsonb
                    ELSE jsonb_build_object('failure', failure) END,
            CASE state WHEN 'failed' THEN 'failed' ELSE 'todo' END::procrastinate_job_status,
            due_at, attempts
        FROM job WHERE state <> 'done' ORDER BY due_at, id
        """)
    )
    connection.execute(text("DELETE FROM job"))


def hand_back(connection: Connection) -> None:
    """Let the table `job` hold what is not done yet, and take the others away."""
    connection.execute(
        text("""
        INSERT INTO job
            (id, created_at, updated_at, name, subject_id, state, due_at, attempts, failure)
        SELECT gen_random_uuid(), now(), now(), task_name, (args->>'subject_id')::uuid,
            CASE status WHEN 'failed' THEN 'failed' ELSE 'waiting' END,
            coalesce(scheduled_at, now()), attempts, coalesce(args->>'failure', '')
        FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed')
        """)
    )
    drop(connection)
