"""What keeps the service honest: audit, jobs, idempotency keys, ways once asked for."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from app.tables.row import Row, SponsorRow, one_of


class AuditEvent(SponsorRow, table=True):
    """Who did what on what; append-only."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "subject_type", "subject_id"),
        Index(
            "ix_audit_event_unpublished",
            "created_at",
            sqlite_where=text("NOT published"),
            postgresql_where=text("NOT published"),
        ),
        Index("uq_audit_event_position", "sponsor_id", "position", unique=True),
    )
    account_id: UUID | None = None
    via: str = Field(default="api", max_length=20)
    action: str = Field(max_length=60)
    subject_type: str = Field(max_length=30)
    subject_id: UUID
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    reason: str = Field(default="", max_length=300)
    """Why, where somebody said so or a rule did."""
    rule_version: str = Field(default="", max_length=60)
    """Which version of the rule decided."""
    published: bool = False
    """Whether it was looked at for webhooks."""
    position: int | None = None
    """Its place in the sponsor's chain, from 1; None: not chained yet."""
    previous_hash: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64)


class AuditAnchor(SponsorRow, table=True):
    """How long a sponsor's chain was at a moment, and how it ended: to be kept elsewhere, too."""

    __tablename__ = "audit_anchor"
    __table_args__ = (UniqueConstraint("sponsor_id", "count"),)
    count: int
    head: str = Field(max_length=64)


class JobState(StrEnum):
    """A job's way."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Row, table=True):
    """Work that runs after the transaction that asked for it has been committed."""

    __table_args__ = (one_of("state", JobState), Index("ix_job_state_due", "state", "due_at"))
    name: str = Field(max_length=60)
    subject_id: UUID
    state: str = Field(default=JobState.WAITING, max_length=8)
    due_at: datetime
    started_at: datetime | None = None
    attempts: int = 0
    failure: str = Field(default="", max_length=300)


class Tick(Row, table=True):
    """When work that is done again and again is due, and how it went."""

    name: str = Field(unique=True, max_length=60)
    due_at: datetime
    held_until: datetime | None = None
    """Somebody is at it; a worker that is lost lets go by saying nothing."""
    failure: str = Field(default="", max_length=300)


class IdempotencyKey(Row, table=True):
    """The answer to a POST that was already carried out, kept 48 hours."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        Index("ix_idempotency_key_created_at", "created_at"),
    )
    account_id: UUID
    key: str = Field(max_length=100)
    fingerprint: str = Field(max_length=64)
    status: int
    headers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    body: bytes = Field(sa_type=LargeBinary)


class TravelTime(Row, table=True):
    """Minutes a routing service gave for one way; ends are degrees in 1/10,000, latitude first."""

    __tablename__ = "travel_time"
    __table_args__ = (
        UniqueConstraint("service", "transport", "origin", "destination"),
        CheckConstraint("minutes >= 0", name="minutes"),
    )
    service: str = Field(max_length=20)
    transport: str = Field(max_length=20)
    origin: str = Field(max_length=24)
    destination: str = Field(max_length=24)
    minutes: int
    fetched_at: datetime
