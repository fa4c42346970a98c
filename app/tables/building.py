"""Tables and their parts as migrations write them.

Names of keys and constraints come from the same convention as those of the models.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from alembic import op


def is_postgres() -> bool:
    """Whether the migration runs on PostgreSQL."""
    return op.get_bind().dialect.name == "postgresql"


def wall(table: str, sees: str, *, may_insert: str | None = None) -> None:
    """Rows are visible to the system and where `sees` holds; nothing by default (PostgreSQL).

    `may_insert` says which rows may be added, where that is not the same.
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    rule = f"lotsenwerk_system() OR {sees}"
    if may_insert is None:
        op.execute(f"CREATE POLICY wall ON {table} USING ({rule})")
        return
    for command in ("SELECT", "UPDATE", "DELETE"):
        name = "wall" if command == "SELECT" else f"wall_{command.lower()}"
        op.execute(f"CREATE POLICY {name} ON {table} FOR {command} USING ({rule})")
    op.execute(f"CREATE POLICY wall_insert ON {table} FOR INSERT WITH CHECK ({may_insert})")


def create(table: str, *parts: sa.schema.SchemaItem, indexed: Sequence[str] = ()) -> None:
    """Make a table with id and times as every row has them, and an index on single columns."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        moment("created_at"),
        moment("updated_at"),
        *parts,
        sa.PrimaryKeyConstraint("id"),
    )
    for column in indexed:
        op.create_index(f"ix_{table}_{column}", table, [column])


def index_some(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    """An index over some rows only."""
    some = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=some, postgresql_where=some)


def add_columns(columns: dict[str, Sequence[tuple[str, str]]]) -> None:
    """Add columns in plain SQL that both databases read: no table is rebuilt for them."""
    time = "TIMESTAMP WITH TIME ZONE" if is_postgres() else "DATETIME"
    for table, declared in columns.items():
        for name, kind in declared:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind.replace('MOMENT', time)}")


def drop_columns(columns: dict[str, Sequence[tuple[str, str]]]) -> None:
    """Take them away again."""
    for table, declared in columns.items():
        for name, _ in reversed(declared):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")


def moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    """A moment in UTC."""
    return sa.Column(name, UTCDateTime(), nullable=nullable)


def day(name: str, *, nullable: bool = False) -> sa.Column[date]:
    """A date."""
    return sa.Column(name, sa.Date(), nullable=nullable)


def string(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[str]:
    """A text, of at most so many letters."""
    return sa.Column(name, AutoString(length=length), nullable=nullable)


def number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    """A whole number."""
    return sa.Column(name, sa.Integer(), nullable=nullable)


def decimal(name: str, *, nullable: bool = False) -> sa.Column[float]:
    """A number with a fraction."""
    return sa.Column(name, sa.Float(), nullable=nullable)


def truth(name: str, *, nullable: bool = False) -> sa.Column[bool]:
    """Yes or no."""
    return sa.Column(name, sa.Boolean(), nullable=nullable)


def json(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Lists and members."""
    return sa.Column(name, sa.JSON(), nullable=nullable)


def identity(name: str, *, nullable: bool = False) -> sa.Column[UUID]:
    """An id that points to no one table."""
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def reference(name: str, target: str, *, nullable: bool = False) -> sa.Column[UUID]:
    """The id of a row of another table."""
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(f"{target}.id"), nullable=nullable)


def check(name: str, holds: str) -> sa.CheckConstraint:
    """A rule about the values of a row."""
    return sa.CheckConstraint(holds, name=name)


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    """The rule that a column holds one of some values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return check(column, f"{column} IN ({listed})")


def hold(table: str, column: str, values: Sequence[str]) -> None:
    """Let a column hold these values from now on, and no others; SQLite rebuilds the table."""
    listed = ", ".join(f"'{value}'" for value in values)
    name = op.f(f"ck_{table}_{column}")
    with op.batch_alter_table(table) as rebuilt:
        rebuilt.drop_constraint(name, type_="check")
        rebuilt.create_check_constraint(name, f"{column} IN ({listed})")


def unique(*columns: str) -> sa.UniqueConstraint:
    """Columns that no two rows share."""
    return sa.UniqueConstraint(*columns)


def widen(table: str, column: str, length: int) -> None:
    """Let a text column that is never NULL be this long; no table is rebuilt for it.

    The same steps on both databases: their columns stay in the same order.
    """
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO {column}_before")
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR({length}) NOT NULL DEFAULT ''")
    op.execute(f"UPDATE {table} SET {column} = {column}_before")  # noqa: S608 - words of ours
    op.execute(f"ALTER TABLE {table} DROP COLUMN {column}_before")
