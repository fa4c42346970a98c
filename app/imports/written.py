"""What one import writes, row by row: the list by which it can be taken back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlmodel import Session, SQLModel

Written = list[tuple[str, UUID]]
"""Table and id, in the order of writing."""


@contextmanager
def recorded(session: Session) -> Iterator[Written]:
    """Every row that is added within the block, whoever adds it; complete at its end."""
    session.flush()
    found: Written = []

    def note(_session: Session, _context: object) -> None:
        found.extend(_in_order(session.new))

    event.listen(session, "after_flush", note)
    try:
        yield found
        session.flush()
    finally:
        event.remove(session, "after_flush", note)


@cache
def tables_in_order() -> Mapping[str, int]:
    """Tables so that each stands behind those it points to."""
    return {table.name: at for at, table in enumerate(SQLModel.metadata.sorted_tables)}


def _in_order(new: Any) -> Written:
    """The new rows of one flush in the order in which the database takes them."""
    order = tables_in_order()
    rows = [(str(type(row).__tablename__), row.id) for row in new]
    return sorted(rows, key=lambda row: (order[row[0]], row[1]))
