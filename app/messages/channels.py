"""The ways a message can go, behind one small Protocol."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Browser:
    """A browser that may be woken: where, and the keys that only it can undo."""

    id: UUID
    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True)
class Parcel:
    """Everything a way needs to know about a message; made in a transaction, sent outside of it."""

    message_id: UUID
    event: str
    locale: str
    sponsor: str
    recipient: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    short: str = field(repr=False)
    calendar: str = field(repr=False)
    made_at: datetime
    subject_id: UUID | None = None
    until: datetime | None = None
    """After that nobody needs it any more."""
    browsers: tuple[Browser, ...] = ()


class Undelivered(Exception):
    """A message did not leave.

    `failure` says why, without addresses or passwords. `lasting`: it will not leave by this way,
    however often it is tried; else `after` is how long the other side asks to be left alone.
    """

    def __init__(
        self,
        failure: str,
        *,
        lasting: bool = False,
        after: timedelta | None = None,
        gone: tuple[UUID, ...] = (),
    ) -> None:
        super().__init__(failure)
        self.failure = failure
        self.lasting = lasting
        self.after = after
        self.gone = gone


@dataclass(frozen=True)
class Receipt:
    """A message has left; browsers that took it, and those that are there no more."""

    reached: tuple[UUID, ...] = ()
    gone: tuple[UUID, ...] = ()


class Way(Protocol):
    """Mail, push or SMS."""

    def deliver(self, parcel: Parcel) -> Receipt:
        """Hand the message over, or raise `Undelivered`; the same message twice is allowed."""
        ...


def seconds_of(retry_after: str) -> timedelta | None:
    """How long a `Retry-After` in seconds asks to wait, at most six hours; else None."""
    if not retry_after.strip().isascii() or not retry_after.strip().isdigit():
        return None
    return timedelta(seconds=min(int(retry_after.strip()[:9]), 6 * 3600))
