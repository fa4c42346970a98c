"""Which work there is, how often it is tried, and what is kept of a failure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from app import faults
from app.clock import now
from app.freetext import seems_personal
from app.tables import JobState
from app.tokens import BEARER_PREFIX

TaskFunction = Callable[[Engine, UUID], None]
PeriodicFunction = Callable[[Engine], None]
Look = Callable[[Engine], bool]


class Periodic(NamedTuple):
    """Work that is done again and again."""

    every: timedelta
    function: PeriodicFunction
    is_to_do: Look | None = None
    """A look that takes nobody the right to write: where it finds nothing, nobody begins."""


REGISTRY: dict[str, TaskFunction] = {}
PERIODIC: dict[str, Periodic] = {}
MAX_ATTEMPTS = 5
STALLED_AFTER = timedelta(minutes=10)
"""The longest that one job may take: whoever is at it longer is thought to be lost."""
LOST = "The worker was lost."
MAX_FAILURE = 300
DATA = "22"
"""Class of PostgreSQL's complaints that quote a value."""
OF_THE_CODE = (AttributeError, ImportError, NameError, TypeError)
"""What these quote are words of the program."""


def task(name: str) -> Callable[[TaskFunction], TaskFunction]:
    """Register a function as the work behind `name`.

    It may be run twice for one subject, and by two workers at once after one was thought to be
    lost: it looks first whether its work is still to be done.
    """

    def register(function: TaskFunction) -> TaskFunction:
        REGISTRY[name] = function
        return function

    return register


def periodic(
    name: str, every: timedelta, *, is_to_do: Look | None = None
) -> Callable[[PeriodicFunction], PeriodicFunction]:
    """Register a function that is run again and again, by one worker each time.

    It is short: what takes longer is deferred as jobs. What was missed is not made up for; the
    pause is counted from the last start. A failure is logged, and the next time tries again. What
    comes every few seconds says with `is_to_do` whether it is to begin: each start is written down.
    """

    def register(function: PeriodicFunction) -> PeriodicFunction:
        PERIODIC[name] = Periodic(every, function, is_to_do)
        return function

    return register


def outcome(attempts: int, failure: str) -> tuple[JobState, datetime | None]:
    """How a job stands after its n-th attempt, and when the next one is due.

    It is tried again after 2, 4, 8, 16 seconds, then given up.
    """
    if not failure:
        return JobState.DONE, None
    if attempts >= MAX_ATTEMPTS:
        return JobState.FAILED, None
    return JobState.WAITING, now() + timedelta(seconds=2**attempts)


def in_short(error: Exception) -> str:
    """Kind and first line of a failure, without anything about a person.

    It may quote a value, an address or a link: then the kind alone is kept. A database names its
    own things in quotes, and the program its words.
    """
    kind, state = type(error).__name__, getattr(getattr(error, "orig", error), "sqlstate", None)
    if state and state.startswith(DATA):
        return f"{kind} {state}"
    said = faults.in_short(error).replace("\0", "")
    if isinstance(error, OSError) and error.strerror:
        # Its text goes on with the name of a file, which somebody may have named after a person.
        said = f"{kind}: {error.strerror}"
    quotes = '"' in said or ("'" in said and not isinstance(error, OF_THE_CODE))
    tells = quotes and not isinstance(error, DBAPIError)
    if tells or seems_personal(said) or BEARER_PREFIX in said:
        return kind
    return said[:MAX_FAILURE]
