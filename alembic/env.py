"""Runs the migrations on the database of the settings, or on the one handed in."""

from sqlalchemy import Connection
from sqlmodel import SQLModel

import app.tables  # noqa: F401 - fills the metadata
from alembic import context
from app.db import make_engine, see_all
from app.jobs import schema
from app.settings import get_settings


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """The queue's tables belong to a library, which changes them itself."""
    return kind != "table" or not (name or "").startswith(schema.PREFIX)


def run(connection: Connection) -> None:
    """Migrate over one connection, all or nothing."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        include_name=_is_ours,
    )
    with context.begin_transaction():
        see_all(connection)
        context.run_migrations()


handed_in: Connection | None = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    with make_engine(get_settings().url).connect() as own:
        run(own)
        own.commit()
