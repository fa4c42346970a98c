"""Calendars that go out by a secret address, and foreign ones of which busy times are taken."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from app.tables.row import Row, one_of
from app.tables.volunteers import VolunteerPart


class FeedKind(StrEnum):
    """Whose appointments a calendar shows."""

    VOLUNTEER = "volunteer"
    COORDINATOR = "coordinator"


class FeedDetail(StrEnum):
    """How much a calendar tells: place and language by default, more only on wish."""

    MINIMAL = "minimal"
    FULL = "full"


class CalendarFeed(Row, table=True):
    """A private calendar address; of its token only the hash is kept."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        one_of("kind", FeedKind),
        one_of("detail", FeedDetail),
        CheckConstraint(
            "(kind = 'volunteer') = (volunteer_id IS NOT NULL)"
            " AND (kind = 'coordinator') = (sponsor_id IS NOT NULL)",
            name="whose",
        ),
    )
    account_id: UUID = Field(foreign_key="account.id", index=True)
    kind: str = Field(max_length=12)
    detail: str = Field(default=FeedDetail.MINIMAL, max_length=8)
    name: str = Field(default="", max_length=100)
    volunteer_id: UUID | None = Field(default=None, foreign_key="volunteer.id")
    sponsor_id: UUID | None = Field(default=None, foreign_key="sponsor.id")
    token_hash: str = Field(max_length=64, unique=True)
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class BusyFeed(VolunteerPart, table=True):
    """A volunteer's own calendar, read by its address as busy times and nothing else."""

    __tablename__ = "busy_feed"
    address: str = Field(max_length=1000)
    name: str = Field(default="", max_length=100)
    etag: str = Field(default="", max_length=200)
    fetched_at: datetime | None = None
    """When it was last read well."""
    next_fetch_at: datetime
    failure: str = Field(default="", max_length=60)
    """Code of what went wrong last; empty when all is well."""
    failures: int = 0


class BusySpan(VolunteerPart, table=True):
    """Time a volunteer's own calendar says is taken, half-open."""

    __tablename__ = "busy_span"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="span"),
        Index("ix_busy_span_volunteer_start", "volunteer_id", "starts_at"),
    )
    busy_feed_id: UUID = Field(foreign_key="busy_feed.id", index=True)
    starts_at: datetime
    ends_at: datetime
