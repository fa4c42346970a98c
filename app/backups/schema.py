"""The tables as they stand in a database, at whichever revision it is."""

from dataclasses import dataclass

from sqlalchemy import Connection, inspect

from app.backups.cells import Kind, kind_of
from app.jobs import schema as queue

NOT_CARRIED = frozenset({"alembic_version", "job", "sign_in_code", "sign_in_miss", "tick"})
"""The revision stands in the manifest; queue, clock and codes by mail are each database's own."""


@dataclass(frozen=True)
class Table:
    """A table's name and its columns in their order; `order` are the columns of its key."""

    name: str
    columns: tuple[tuple[str, Kind], ...]
    order: tuple[str, ...]


def tables(connection: Connection) -> list[Table]:
    """Every table that a backup carries, those first to which others point."""
    seen = inspect(connection)
    names = [
        name
        for name, _ in seen.get_sorted_table_and_fkc_names()
        if name and name not in NOT_CARRIED and not name.startswith(queue.PREFIX)
    ]
    return [
        Table(
            name,
            tuple(
                (column["name"], kind_of(f"{name}.{column['name']}", column["type"]))
                for column in seen.get_columns(name)
            ),
            tuple(seen.get_pk_constraint(name)["constrained_columns"]),
        )
        for name in names
    ]


def quoted(name: str) -> str:
    """A name as both databases take it; `request` and `offer` could be mistaken for words."""
    return '"' + name.replace('"', '""') + '"'
