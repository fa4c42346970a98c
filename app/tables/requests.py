"""What institutions ask for: requests, their alternative times, seats, and open questions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.tables.row import SponsorRow, one_of


class RequestState(StrEnum):
    """A request's way, from being sent in to being closed."""

    SUBMITTED = "submitted"
    NEEDS_INFO = "needs_info"
    OPEN = "open"
    BOOKED = "booked"
    DONE = "done"
    CLOSED = "closed"
    REJECTED = "rejected"
    UNFILLED = "unfilled"
    CANCELLED = "cancelled"


class Mode(StrEnum):
    """Where an appointment happens."""

    ON_SITE = "on_site"
    PHONE = "phone"
    VIDEO = "video"


class SeatState(StrEnum):
    """A seat's way."""

    OPEN = "open"
    BOOKED = "booked"
    DONE = "done"
    CANCELLED = "cancelled"


class ClientCase(SponsorRow, table=True):
    """Pseudonym of a client: an HMAC, never a name."""

    __tablename__ = "client_case"
    __table_args__ = (UniqueConstraint("sponsor_id", "pseudonym"),)
    pseudonym: str = Field(max_length=64)


class Request(SponsorRow, table=True):
    """Anfrage: what an institution asks for."""

    __table_args__ = (
        one_of("state", RequestState),
        UniqueConstraint("sponsor_id", "source_key"),
        Index("ix_request_sponsor_state", "sponsor_id", "state"),
    )
    institution_id: UUID = Field(foreign_key="institution.id", index=True)
    kind: str = Field(default="single", max_length=16)
    state: str = Field(default=RequestState.SUBMITTED, max_length=12)
    received_at: datetime
    topic: str = Field(default="", max_length=120)
    note: str = Field(default="", max_length=300)
    urgency_reason: str = Field(default="", max_length=300)
    priority: int = 1
    contact_name: str = Field(default="", max_length=200)
    contact_phone: str = Field(default="", max_length=40)
    room: str = Field(default="", max_length=100)
    cost_centre: str = Field(default="", max_length=60)
    people_count: int = 1
    consent_substitution: bool = False
    client_case_id: UUID | None = Field(default=None, foreign_key="client_case.id")
    wished_volunteer_id: UUID | None = Field(default=None, foreign_key="volunteer.id")
    same_person_wished: bool = False
    end_reason: str = Field(default="", max_length=300)
    source_key: str | None = Field(default=None, max_length=80)


class RequestOption(SponsorRow, table=True):
    """One possible time of a request: local wall time kept, UTC for arithmetic, half-open."""

    __tablename__ = "request_option"
    __table_args__ = (
        UniqueConstraint("request_id", "position"),
        CheckConstraint("starts_at < ends_at", name="span"),
        Index("ix_request_option_sponsor_day", "sponsor_id", "day"),
        Index(
            "uq_request_option_chosen",
            "request_id",
            unique=True,
            sqlite_where=text("chosen"),
            postgresql_where=text("chosen"),
        ),
    )
    request_id: UUID = Field(foreign_key="request.id", index=True)
    position: int
    day: date
    start_minute: int
    duration_minutes: int
    zone: str = Field(default="Europe/Berlin", max_length=40)
    starts_at: datetime
    ends_at: datetime
    chosen: bool = False


class Seat(SponsorRow, table=True):
    """One volunteer who is needed at a request."""

    __table_args__ = (
        one_of("state", SeatState),
        one_of("mode", Mode),
        UniqueConstraint("request_id", "position"),
    )
    request_id: UUID = Field(foreign_key="request.id", index=True)
    position: int = 0
    role: str = Field(max_length=20)
    language: str | None = Field(default=None, max_length=16)
    language_written: str = Field(default="", max_length=100)
    min_level: str | None = Field(default=None, max_length=8)
    mode: str = Field(default=Mode.ON_SITE, max_length=10)
    gender: str | None = Field(default=None, max_length=1)
    gender_hard: bool = False
    state: str = Field(default=SeatState.OPEN, max_length=12)


class TaskState(StrEnum):
    """Whether somebody still has to look."""

    OPEN = "open"
    RESOLVED = "resolved"


class Task(SponsorRow, table=True):
    """Aufgabe: something a person must look at."""

    __table_args__ = (
        one_of("state", TaskState),
        Index(
            "uq_task_open",
            "subject_id",
            "code",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_task_sponsor_state", "sponsor_id", "state"),
    )
    code: str = Field(max_length=160)
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    subject_type: str = Field(max_length=20)
    subject_id: UUID = Field(index=True)
    state: str = Field(default=TaskState.OPEN, max_length=12)
    answer: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    resolved_by: UUID | None = Field(default=None, foreign_key="account.id")
    resolved_at: datetime | None = None
