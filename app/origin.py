"""By which way something comes to be done: the audit says it of every entry."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum


class Origin(StrEnum):
    """Somebody's request, a link in a message, work in the background, a command."""

    API = "api"
    LINK = "link"
    JOB = "job"
    COMMAND = "command"


_CURRENT: ContextVar[Origin] = ContextVar("origin", default=Origin.COMMAND)


def current() -> Origin:
    """The way on which this is done; what nothing else was said of is a command."""
    return _CURRENT.get()


@contextmanager
def coming_by(way: Origin) -> Iterator[None]:
    """Everything in this block is done on this way."""
    token = _CURRENT.set(way)
    try:
        yield
    finally:
        _CURRENT.reset(token)
