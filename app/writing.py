"""Several writes that belong together: one statement where the database can do that."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Insert, Update, literal_column, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.prepared import Prepared

INSERTS: Mapping[str, type[sqlite.Insert] | type[postgresql.Insert]] = {
    "sqlite": sqlite.Insert,
    "postgresql": postgresql.Insert,
}
"""Inserts that say what becomes of a row that is there already, by the name of the database."""


class Together:
    """Prepared writes, each of which returns the ids of its rows.

    PostgreSQL carries them out as one statement: all of them see the rows as they were before, and
    no two may change the same row. SQLite carries them out one after the other. Columns are
    written as given: what the tables fill in by themselves is not.
    """

    def __init__(self, *writes: Insert | Update) -> None:
        self._writes = [(write, _names(write)) for write in writes]
        parts = [write.cte(f"write_{number}") for number, write in enumerate(writes)]
        self._at_once = Prepared(
            union_all(*(select(literal_column(str(n)), part.c.id) for n, part in enumerate(parts)))
        )

    def carry_out(self, session: Session, values: Mapping[str, Any]) -> list[list[UUID]]:
        """Write, and give for each of the writes which rows it touched.

        `values` are the parameters of all of them. What waits in the session is written before.
        """
        session.flush()
        connection = session.connection()
        if connection.dialect.name != "postgresql":
            return [
                list(connection.execute(write, {name: values[name] for name in names}).scalars())
                for write, names in self._writes
            ]
        found: list[list[UUID]] = [[] for _ in self._writes]
        for number, row_id in self._at_once.rows(connection, values):
            found[number].append(row_id)
        return found


def _names(write: Insert | Update) -> Sequence[str]:
    """The parameters that are given when it is carried out."""
    compiled = write.compile(dialect=sqlite.dialect())
    return [name for name, bind in compiled.binds.items() if bind.required]
