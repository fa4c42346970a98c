"""Which work there is, how often it is tried, and what is kept of a failure."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from app.freetext import seems_personal
from app.tokens import BEARER_PREFIX

TaskFunction = Callable[[Engine, UUID], None]
PeriodicFunction = Callable[[Engine], None]
REGISTRY: dict[str, TaskFunction] = {}
PERIODIC: dict[str, tuple[timedelta, PeriodicFunction]] = {}
MAX_ATTEMPTS = 5
STALLED_AFTER = timedelta(minutes=10)
"""The longest that one job may take: whoever is at it longer is thought to be lost."""
LOST = "The worker was lost."
MAX_FAILURE = 300


def task(name: str) -> Callable[[TaskFunction], TaskFunction]:
    """Register a function as the work behind `name`.

    It may be run twice for one subject, and by two workers at once after one was thought to be
    lost: it looks first whether its work is still to be done.
    """

    def register(function: TaskFunction) -> TaskFunction:
        REGISTRY[name] = function
        return function

    return register


def periodic(name: str, every: timedelta) -> Callable[[PeriodicFunction], PeriodicFunction]:
    """Register a function that is run again and again, by one worker each time.

    It is short: what takes longer is deferred as jobs. What was missed is not made up for; the
    pause is counted from the last start. A failure is logged, and the next time tries again.
    """

    def register(function: PeriodicFunction) -> PeriodicFunction:
        PERIODIC[name] = (every, function)
        return function

    return register


def pause(attempts: int) -> timedelta:
    """How long a job waits after its n-th failure: 2, 4, 8, 16 seconds."""
    return timedelta(seconds=2**attempts)


def in_short(error: Exception) -> str:
    """Kind and first line of a failure, without anything about a person.

    A database quotes the row that it refuses in the lines below; other errors may quote an address
    or a link: then the kind alone is kept.
    """
    said = error.orig if isinstance(error, DBAPIError) and error.orig else error
    line = next(iter(str(said).replace("\0", "").splitlines()), "")
    if seems_personal(line) or BEARER_PREFIX in line:
        return type(error).__name__
    return f"{type(error).__name__}: {line}"[:MAX_FAILURE]
