"""Long statements that are carried out often: made once, then sent as they are."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from psycopg.types.json import Json
from sqlalchemy import ClauseElement, CompoundSelect, Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg

S = TypeVar("S", bound=ClauseElement)
_DIALECTS = (psycopg.dialect(), sqlite.dialect())  # type: ignore[no-untyped-call]
_SETTLED: dict[int, ClauseElement] = {}


def settled(statement: S) -> S:
    """The same statement, which many threads may carry out at once from the first time on.

    What SQLAlchemy works out about a statement at its first use it keeps within it. Threads that do
    so at the same moment build different halves: columns and conditions are missing, and an engine
    keeps the broken text for as long as it lives. So whoever shares a statement has it worked out
    where it is made, while nobody else has it.
    """
    for dialect in _DIALECTS:
        statement.compile(dialect=dialect)
    _SETTLED[id(statement)] = statement
    return statement


def is_settled(statement: ClauseElement) -> bool:
    """Whether this very statement was worked out where it was made."""
    return id(statement) in _SETTLED


class Prepared:
    """A statement that PostgreSQL gets without being built, looked up and checked each time.

    That costs more than the work of the database when a statement is long. Values go to the driver
    as they are (ids, moments, text, numbers; dicts as JSON), and what comes back is the driver's.
    On SQLite, and with a list among the parameters, it is a statement like any other.
    """

    def __init__(self, statement: CompoundSelect[Any]) -> None:
        self._statement = settled(statement)
        self._made = self._compiled()

    def _compiled(self) -> tuple[str, dict[str, Any]] | None:
        """The text, and the values that stand in the statement itself."""
        compiled = self._statement.compile(dialect=psycopg.dialect())  # type: ignore[no-untyped-call]
        open_ = {name: bind for name, bind in compiled.binds.items() if bind.required}
        if any(bind.expanding for bind in open_.values()):
            return None
        made = compiled.construct_expanded_state(dict.fromkeys(open_))
        own = {name: value for name, value in made.parameters.items() if name not in open_}
        return made.statement, own

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """Carry it out with these values for its parameters."""
        if connection.dialect.name != "postgresql" or self._made is None:
            return connection.execute(self._statement, values).all()
        text, own = self._made
        sent = {n: Json(v) if isinstance(v, dict) else v for n, v in values.items()}
        return connection.exec_driver_sql(text, own | sent).all()
