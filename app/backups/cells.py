"""Values that survive exactly: from either database into a backup, and into either one again.

A cell of a backup is a plain JSON value. Moments are UTC with microseconds, documents stay the text
they are, bytes are base64; NULL is null and nothing else is.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import types
from sqlalchemy.types import TypeEngine

from app.backups.refusals import BackupError


class Kind(StrEnum):
    """What a column holds, the same word on both databases."""

    ID = "uuid"
    MOMENT = "moment"
    DAY = "day"
    DOCUMENT = "json"
    BYTES = "bytes"
    TRUTH = "boolean"
    WHOLE = "integer"
    REAL = "real"
    TEXT = "text"


_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (types.Uuid, Kind.ID),
    (types.CHAR, Kind.ID),
    (types.JSON, Kind.DOCUMENT),
    (types.LargeBinary, Kind.BYTES),
    (types.Boolean, Kind.TRUTH),
    (types.DateTime, Kind.MOMENT),
    (types.Date, Kind.DAY),
    (types.Integer, Kind.WHOLE),
    (types.Float, Kind.REAL),
    (types.String, Kind.TEXT),
)
"""SQLite keeps an id as CHAR(32); no other column is a CHAR."""


def kind_of(column: str, declared: TypeEngine[Any]) -> Kind:
    """What a column of this declared type holds; refuses a type no backup knows."""
    for known, kind in _KINDS:
        if isinstance(declared, known):
            return kind
    raise BackupError(f"The column {column} is of the type {declared!r}, which no backup knows.")


def _same(value: Any) -> Any:
    return value


def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _without_saying_utc(written: str) -> str:
    """How SQLite keeps a moment."""
    moment = datetime.fromisoformat(written).astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(" ", timespec="microseconds")


def _base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


Change = Callable[[Any], Any]
_PACKED: dict[str, dict[Kind, Change]] = {
    "sqlite": {
        Kind.ID: lambda value: str(UUID(value)),
        Kind.MOMENT: lambda value: _in_utc(datetime.fromisoformat(value).replace(tzinfo=UTC)),
        Kind.BYTES: _base64,
        Kind.TRUTH: bool,
        Kind.REAL: float,
    },
    "postgresql": {
        Kind.ID: str,
        Kind.MOMENT: _in_utc,
        Kind.DAY: lambda value: value.isoformat(),
        Kind.BYTES: _base64,
    },
}
_UNPACKED: dict[str, dict[Kind, Change]] = {
    "sqlite": {
        Kind.ID: lambda value: UUID(value).hex,
        Kind.MOMENT: _without_saying_utc,
        Kind.BYTES: b64decode,
        Kind.TRUTH: int,
    },
    "postgresql": {Kind.MOMENT: datetime.fromisoformat, Kind.BYTES: b64decode},
}


def packing(dialect: str, kind: Kind) -> Change:
    """The change from what the database's driver gives to a cell; NULL is not asked about."""
    return _PACKED[dialect].get(kind, _same)


def unpacking(dialect: str, kind: Kind) -> Change:
    """The change from a cell to what the database's driver takes; NULL is not asked about."""
    return _UNPACKED[dialect].get(kind, _same)


def apply(changes: list[Change], row: list[Any]) -> list[Any]:
    """One row, changed cell by cell; NULL stays NULL."""
    return [
        None if value is None else change(value) for change, value in zip(changes, row, strict=True)
    ]
