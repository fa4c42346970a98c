"""What really happened."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from app.tables.row import SponsorRow, one_of


class RecordState(StrEnum):
    """A service record's way."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    RESOLVED = "resolved"


class Outcome(StrEnum):
    """How an appointment went."""

    PERFORMED = "performed"
    CLIENT_NO_SHOW = "client_no_show"
    CUT_SHORT = "cut_short"


class ServiceRecord(SponsorRow, table=True):
    """Einsatznachweis: real times, outcome, two confirmations."""

    __tablename__ = "service_record"
    __table_args__ = (
        one_of("state", RecordState),
        one_of("outcome", Outcome),
        UniqueConstraint("assignment_id"),
        CheckConstraint("started_at < ended_at", name="span"),
        CheckConstraint("break_minutes >= 0 AND minutes >= 0", name="minutes"),
    )
    assignment_id: UUID = Field(foreign_key="assignment.id")
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    started_at: datetime
    ended_at: datetime
    break_minutes: int = 0
    minutes: int
    """What counts for pay: reported, or the lower of both, or what was resolved."""
    reported_minutes: int
    confirmed_minutes: int | None = None
    outcome: str = Field(default=Outcome.PERFORMED, max_length=16)
    state: str = Field(default=RecordState.REPORTED, max_length=12)
    reported_by: UUID | None = Field(default=None, foreign_key="account.id")
    confirmed_by: str = Field(default="", max_length=200)
    confirmed_at: datetime | None = None
    reason: str = Field(default="", max_length=300)
