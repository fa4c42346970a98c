"""Sealed cells of the whole database: which key closed them, and closing them anew with today's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, TableClause
from sqlmodel import SQLModel

from app import commandline, db
from app.sealing import NotOurs, is_current, renewed, unseal
from app.tables.sealed import Sealed

BATCH = 500
NO_ID = UUID(int=0)


@dataclass
class Cells:
    """How the cells of one column stand."""

    table: str
    column: str
    current: int = 0
    old: int = 0
    """Sealed with a key of the past, or not yet at all."""
    closed: int = 0
    """No key that is here opens them."""
    renewed: int = 0

    @property
    def name(self) -> str:
        """`volunteer.iban`."""
        return f"{self.table}.{self.column}"


def sealed_columns() -> list[tuple[str, str]]:
    """Table and column of everything that is stored sealed."""
    return [
        (name, column.name)
        for name, table in sorted(SQLModel.metadata.tables.items())
        for column in table.columns
        if isinstance(column.type, Sealed)
    ]


def _raw(table: str, column: str) -> TableClause:
    """The table as it is stored: nothing is opened on reading nor sealed on writing."""
    return sa.table(table, sa.column("id", sa.Uuid()), sa.column(column, sa.String()))


def _page(connection: Connection, table: str, column: str, after: UUID) -> list[Any]:
    raw = _raw(table, column)
    query = sa.select(raw.c.id, raw.c[column]).where(raw.c[column] != "", raw.c.id > after)
    return list(connection.execute(query.order_by(raw.c.id).limit(BATCH)).all())


def _count(cells: Cells, stored: str) -> bool:
    """Add one cell; whether it can be sealed anew."""
    if is_current(stored):
        cells.current += 1
        return False
    try:
        unseal(stored)
    except NotOurs:
        cells.closed += 1
        return False
    cells.old += 1
    return True


def look(engine: Engine) -> list[Cells]:
    """Count the cells of every sealed column; nothing is changed."""
    return list(_each(engine, renews=False))


def reseal(engine: Engine, each: Callable[[Cells], None] = lambda _: None) -> list[Cells]:
    """Seal with today's key what an old one closed, some hundred at a time.

    Who changes a cell meanwhile wins; running it again does what is left. `each` hears of every
    some hundred.
    """
    return list(_each(engine, renews=True, each=each))


def _each(
    engine: Engine, *, renews: bool, each: Callable[[Cells], None] = lambda _: None
) -> Iterator[Cells]:
    for table, column in sealed_columns():
        cells, after = Cells(table, column), NO_ID
        while True:
            with db.transaction(engine, read_only=not renews) as session:
                connection = session.connection()
                page = _page(connection, table, column, after)
                old = [(row_id, stored) for row_id, stored in page if _count(cells, stored)]
                if renews:
                    cells.renewed += sum(renew(connection, cells, *one) for one in old)
            each(cells)
            if len(page) < BATCH:
                break
            after = page[-1][0]
        yield cells


def renew(connection: Connection, cells: Cells, row_id: UUID, stored: str) -> int:
    """Seal one cell anew, unless somebody has changed it since it was read; how many cells."""
    raw = _raw(cells.table, cells.column)
    column = raw.c[cells.column]
    same = sa.update(raw).where(raw.c.id == row_id, column == stored)
    return connection.execute(same.values({cells.column: renewed(stored)})).rowcount


def findings(cells: list[Cells]) -> list[str]:
    """What keeps the database from being served: values that no key here opens."""
    closed = [(one.name, one.closed) for one in cells if one.closed]
    if not closed:
        return []
    where = ", ".join(f"{name}: {count}" for name, count in closed)
    return [f"{NotOurs()} ({where})"]


def warnings(cells: list[Cells]) -> list[str]:
    """What should be done: values under a key of the past."""
    old = sum(one.old - one.renewed for one in cells)
    if not old:
        return []
    return [
        f"{old} values are sealed with a key of the past or not at all:"
        f" run `{commandline.typed('privacy reseal')}`."
    ]


def sample(engine: Engine) -> list[str]:
    """The same as `findings` from the oldest and newest cell of each column: at once."""
    found = []
    with db.transaction(engine, read_only=True) as session:
        for table, column in sealed_columns():
            raw, cells = _raw(table, column), Cells(table, column)
            some = sa.select(raw.c[column]).where(raw.c[column] != "").limit(1)
            for order in (raw.c.id, raw.c.id.desc()):
                for stored in session.connection().scalars(some.order_by(order)):
                    _count(cells, stored)
            found.append(cells)
    return findings(found)
