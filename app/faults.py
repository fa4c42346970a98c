"""What a database may say instead of an answer, and what follows: again, later, or never."""

import sqlite3
from typing import ClassVar

from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import ApiError, Busy

_SERIALIZATION, _DEADLOCK, _LOCK_TIMEOUT, _STATEMENT_TIMEOUT = "40001", "40P01", "55P03", "57014"
_IN_THE_WAY = frozenset({_SERIALIZATION, _DEADLOCK, _LOCK_TIMEOUT})
# The server ends (57P01-57P03), our pause was too long for it (25P03, 57P05), class 08.
_AWAY = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03"})
_CONNECTION_CLASS = "08"
_SQLITE_IN_THE_WAY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_CANNOT_RECONNECT = "8s2b"
"""SQLAlchemy's number for: the connection was lost within this transaction."""


class TookTooLong(ApiError):
    """One statement ran into its time limit; nothing was stored."""

    status, slug, title = 503, "took-too-long", "Took too long"
    de = (
        "Das hat zu lange gedauert und wurde abgebrochen; gespeichert ist nichts."
        " Bitte versuchen Sie es später noch einmal."
    )
    en = "This took too long and was stopped; nothing was stored. Please try again later."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "30"}


class OutcomeUnknown(ApiError):
    """The connection broke during the commit: stored or not, nobody can say at this moment.

    There is no `Retry-After`: only a request with an `Idempotency-Key` may be sent again unseen.
    """

    status, slug, title = 503, "outcome-unknown", "Outcome unknown"
    de = (
        "Die Verbindung zur Datenbank brach beim Speichern ab: Wir wissen nicht, ob es gespeichert"
        " ist. Bitte laden Sie neu und sehen Sie nach, bevor Sie es noch einmal versuchen."
    )
    en = (
        "The connection to the database broke while saving: we do not know whether it is stored."
        " Please reload and look before you try again. With the same Idempotency-Key the same"
        " request may be sent again at any time."
    )


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def is_locked(error: BaseException) -> bool:
    """Whether SQLite waited in vain for its one writer."""
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    # The low byte is the kind, what lies above tells more.
    return code is not None and code & 0xFF in _SQLITE_IN_THE_WAY


def is_lost(error: BaseException) -> bool:
    """Whether there is no connection to PostgreSQL, or no longer one."""
    if isinstance(error, PendingRollbackError):
        return error.code == _CANNOT_RECONNECT
    if not isinstance(error, DBAPIError):
        return False
    state = _sqlstate(error)
    if error.connection_invalidated or state in _AWAY or state[:2] == _CONNECTION_CLASS:
        return True
    # A connection that could not be made has no state: only the server gives one.
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") is None


def is_retryable(error: BaseException) -> bool:
    """Whether the same unit of work may succeed when it is run again whole."""
    in_the_way = isinstance(error, DBAPIError) and _sqlstate(error) in _IN_THE_WAY
    return in_the_way or is_lost(error)


def refusal(error: BaseException) -> ApiError | None:
    """What to tell the caller when it was not carried out; None for what is no such fault."""
    if isinstance(error, DBAPIError) and _sqlstate(error) == _STATEMENT_TIMEOUT:
        return TookTooLong()
    if is_retryable(error) or is_locked(error) or isinstance(error, PoolTimeout):
        return Busy()
    return None


def in_short(error: BaseException) -> str:
    """Kind and first line; a database quotes the row that it refuses in the lines below."""
    said = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return f"{type(error).__name__}: {next(iter(str(said).splitlines()), '')}"
