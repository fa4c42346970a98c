"""A job as it is seen from outside, whichever database keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from app.tables import JobState


@dataclass(frozen=True)
class JobView:
    """One job: what on which subject, how it stands, and why it failed last.

    On PostgreSQL the id is the number of the queue, written as a UUID.
    """

    id: UUID
    name: str
    subject_id: UUID
    state: JobState
    attempts: int
    failure: str
    due_at: datetime
    started_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True)
class Claimed:
    """A job that was taken to be run now, for the n-th time."""

    id: UUID
    name: str
    subject_id: UUID
    attempts: int


Asked = tuple[str, UUID, datetime | None]
"""Name, subject and moment of work that is asked for; without a moment it is due at once."""


class Queue(Protocol):
    """What a database's queue can do; two modules are one: `table` and `server`."""

    def defer_many(self, session: Session, asked: Sequence[Asked]) -> None:
        """Ask for work in the transaction of the session."""

    def give_back_lost(self, engine: Engine) -> int:
        """Let others take what lost workers were at, or give it up; how many jobs."""

    def claim(self, engine: Engine) -> Claimed | None:
        """Take the next job that is due and known here."""

    def settle(self, engine: Engine, job: Claimed, failure: str) -> None:
        """Say how it ended: done, to be tried again, or given up."""

    def listed(
        self, session: Session, states: Sequence[JobState], limit: int, cursor: UUID | None
    ) -> list[JobView]:
        """Jobs in these states in the order of their ids, after `cursor`."""

    def counted(self, session: Session) -> list[tuple[JobState, str, int]]:
        """How many jobs there are, by state and name."""

    def oldest_due(self, session: Session) -> datetime | None:
        """Since when the job waits that is due the longest."""

    def retry(self, session: Session, job_id: UUID) -> bool:
        """Let a failed job be tried again, five times; whether it was one that failed."""

    def clear_done(self, session: Session, before: datetime) -> int:
        """Forget what was done before; how many jobs."""
