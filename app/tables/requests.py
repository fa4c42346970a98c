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


class LeadTime(StrEnum):
    """How short the notice was when a request came in, by working days."""

    NORMAL = "normal"
    SHORT = "short"
    URGENT = "urgent"


class Series(SponsorRow, table=True):
    """A request that comes back: one rule, each date a request of its own.

    `rule` is an iCalendar rule on local wall time from `first_day`; `template` what each date asks
    for. A series that was cut goes on in the one that names it in `follows_id`.
    """

    __table_args__ = (
        CheckConstraint("duration_minutes > 0", name="duration"),
        CheckConstraint("start_minute BETWEEN 0 AND 1439", name="start"),
    )
    institution_id: UUID = Field(foreign_key="institution.id", index=True)
    follows_id: UUID | None = Field(default=None, foreign_key="series.id")
    rule: str = Field(max_length=512)
    first_day: date
    last_day: date
    """The last date the rule yields."""
    start_minute: int
    duration_minutes: int
    template: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class ParentsDay(SponsorRow, table=True):
    """Elternsprechtag: one place, one window of local time, many short slots in some languages.

    `needs` lists language, as written, and slots; people are booked on shifts, each a seat of one
    of its requests.
    """

    __tablename__ = "parents_day"
    __table_args__ = (
        CheckConstraint(
            "start_minute >= 0 AND end_minute <= 1440 AND start_minute < end_minute", name="window"
        ),
        CheckConstraint("slot_minutes BETWEEN 5 AND 60", name="slot"),
    )
    institution_id: UUID = Field(foreign_key="institution.id", index=True)
    day: date = Field(index=True)
    start_minute: int
    end_minute: int
    slot_minutes: int
    needs: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class ClientCase(SponsorRow, table=True):
    """Pseudonym of a client: an HMAC, never a name."""

    __tablename__ = "client_case"
    __table_args__ = (UniqueConstraint("sponsor_id", "pseudonym"),)
    pseudonym: str = Field(max_length=64)
    key_version: int = 0
    """Which key of the sponsor made it; 0: the one derived from the service's own key."""


class Request(SponsorRow, table=True):
    """Anfrage: what an institution asks for."""

    __table_args__ = (
        one_of("state", RequestState),
        one_of("lead_time", LeadTime),
        UniqueConstraint("sponsor_id", "source_key"),
        Index("uq_request_series_day", "series_id", "series_day", unique=True),
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
    client_case_id: UUID | None = Field(default=None, foreign_key="client_case.id", index=True)
    wished_volunteer_id: UUID | None = Field(default=None, foreign_key="volunteer.id")
    same_person_wished: bool = False
    end_reason: str = Field(default="", max_length=300)
    lead_time: str = Field(default=LeadTime.NORMAL, max_length=8)
    urgent: bool = False
    critical: bool = False
    """Somebody stands by for it."""
    moved_at: datetime | None = None
    """When its time was changed last: who said no before was asked about another time."""
    follow_up_of_id: UUID | None = Field(default=None, foreign_key="request.id")
    series_id: UUID | None = Field(default=None, foreign_key="series.id", index=True)
    series_day: date | None = None
    """The date the series' rule gives this request, also when it was moved since."""
    series_exception: bool = False
    """Changed on its own: a change of the series leaves it alone."""
    parents_day_id: UUID | None = Field(default=None, foreign_key="parents_day.id", index=True)
    source_key: str | None = Field(default=None, max_length=80)


def is_group_event(kind: str, client_case_id: UUID | None) -> bool:
    """A parents' day or evening; several people for one client are no group event."""
    return kind == "parents_day" or (kind == "team" and client_case_id is None)


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
    slots: list[int] = Field(default_factory=list, sa_type=JSON)
    """On a parents' day: the local minutes at which this person's slots begin."""
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
