"""What really happened: appointments, and hours without one."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.tables.row import SponsorRow, one_of


class RecordState(StrEnum):
    """A service record's way."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    RESOLVED = "resolved"


HOURS_STAND = (RecordState.CONFIRMED, RecordState.RESOLVED)
"""States in which the hours of a record count: for money, for reports, for the Land."""


class Outcome(StrEnum):
    """How an appointment went."""

    PERFORMED = "performed"
    CLIENT_NO_SHOW = "client_no_show"
    CUT_SHORT = "cut_short"
    ABORTED = "aborted"
    """Begun, and broken off: the wrong dialect, a quarrel, an alarm."""
    CANCELLED_LATE = "cancelled_late"
    """Called off too late: what was booked is recorded, the rate plan says what it is worth."""


class Verdict(StrEnum):
    """How it was for the institution."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class Source(StrEnum):
    """How a record came in."""

    APP = "app"
    OFFICE = "office"
    PAPER = "paper"
    """From a slip of paper that the institution has signed."""
    CODE = "code"
    """With the institution's code for this appointment."""


class Fundable(StrEnum):
    """Whether a funding line pays such work; `unknown` until the office has said so."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ActivityKind(StrEnum):
    """What hours without an appointment are for."""

    CONSULTATION = "consultation"
    TEAM_MEETING = "team_meeting"
    OUTREACH = "outreach"
    ACCOMPANIMENT = "accompaniment"
    TRAINING = "training"
    ORGANISATION = "organisation"
    OTHER = "other"


class ActivityState(StrEnum):
    """An activity's way."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class ServiceRecord(SponsorRow, table=True):
    """Einsatznachweis: real times, outcome, two confirmations."""

    __tablename__ = "service_record"
    __table_args__ = (
        one_of("state", RecordState),
        one_of("outcome", Outcome),
        one_of("feedback", Verdict, or_nothing=True),
        one_of("institution_outcome", Outcome, or_nothing=True),
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
    source: str = Field(default=Source.APP, max_length=8)
    kilometres: int = 0
    reminders: int = 0
    """How often the institution was reminded to confirm."""
    doubts: list[str] = Field(default_factory=list, sa_type=JSON)
    """Codes of what a person should look at: `before_certificate`."""
    feedback: str = Field(default="", max_length=8)
    """How it was for the institution; empty where it has not said."""
    feedback_note: str = Field(default="", max_length=300)
    """Why it was poor."""
    institution_outcome: str = Field(default="", max_length=16)
    """How it went in the eyes of the institution that disputes it."""


class Activity(SponsorRow, table=True):
    """Tätigkeit ohne Termin: hours that nobody has asked for, as the office confirms them."""

    __table_args__ = (
        one_of("kind", ActivityKind),
        one_of("state", ActivityState),
        one_of("fundable", Fundable),
        CheckConstraint("started_at < ended_at", name="span"),
        CheckConstraint("break_minutes >= 0 AND minutes > 0", name="minutes"),
        Index("ix_activity_volunteer_span", "volunteer_id", "started_at"),
    )
    volunteer_id: UUID = Field(foreign_key="volunteer.id")
    role: str = Field(max_length=20)
    kind: str = Field(max_length=16)
    started_at: datetime
    ended_at: datetime
    break_minutes: int = 0
    minutes: int
    kilometres: int = 0
    fundable: str = Field(default=Fundable.UNKNOWN, max_length=8)
    state: str = Field(default=ActivityState.REPORTED, max_length=12)
    source: str = Field(default=Source.APP, max_length=8)
    reported_by: UUID | None = Field(default=None, foreign_key="account.id")
    confirmed_by: UUID | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = None
    reason: str = Field(default="", max_length=300)
    doubts: list[str] = Field(default_factory=list, sa_type=JSON)


class ClosedMonth(SponsorRow, table=True):
    """A month whose hours are settled: nothing is reported or changed in it any more."""

    __tablename__ = "closed_month"
    __table_args__ = (
        Index(
            "uq_closed_month_closed",
            "sponsor_id",
            "month",
            unique=True,
            sqlite_where=text("reopened_at IS NULL"),
            postgresql_where=text("reopened_at IS NULL"),
        ),
    )
    month: date
    """The first day of the month."""
    closed_by: UUID | None = Field(default=None, foreign_key="account.id")
    reopened_at: datetime | None = None
    reopened_by: UUID | None = Field(default=None, foreign_key="account.id")
    reason: str = Field(default="", max_length=300)
