"""Volunteers: who they are, what they speak, which papers were seen, when they can."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.tables.row import Row, SponsorRow, one_of


class VolunteerRole(StrEnum):
    """What a volunteer may do."""

    GUIDE = "guide"
    INTERPRETER = "interpreter"


class EnrolmentState(StrEnum):
    """A volunteer's way through a pool."""

    APPLIED = "applied"
    IN_TRAINING = "in_training"
    RELEASED = "released"
    PAUSED = "paused"
    ENDED = "ended"


class ClearanceKind(StrEnum):
    """Papers that are looked at, never kept."""

    CONDUCT = "conduct"
    MEASLES = "measles"
    DECLARATION = "declaration"


class Gender(StrEnum):
    """What a wish for a woman or a man looks at."""

    FEMALE = "f"
    MALE = "m"
    DIVERSE = "d"
    UNKNOWN = "unknown"


class Volunteer(Row, table=True):
    """A person who helps, possibly in several pools."""

    __table_args__ = (one_of("gender", Gender),)
    account_id: UUID | None = Field(default=None, foreign_key="account.id", unique=True)
    surname: str = Field(max_length=100)
    given_name: str = Field(max_length=100)
    identity_key: str = Field(max_length=64, index=True)
    """Hash of folded name and birth date: the same person twice is found by it."""
    birth_date: date
    gender: str = Field(default="unknown", max_length=8)
    postal_code: str = Field(max_length=5)
    town: str = Field(default="", max_length=100)
    lat: float
    lon: float
    transport: str = Field(default="car", max_length=20)
    german_level: str | None = Field(default=None, max_length=8)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)
    iban: str = Field(default="", max_length=34)
    phone_only: bool = False
    only_kinds: list[str] = Field(default_factory=list, sa_type=JSON)
    note: str = Field(default="", max_length=300)


class Enrolment(SponsorRow, table=True):
    """A volunteer in a sponsor's pool."""

    __table_args__ = (
        UniqueConstraint("volunteer_id", "sponsor_id"),
        one_of("state", EnrolmentState),
        CheckConstraint("week_minutes > 0", name="week_minutes_positive"),
        CheckConstraint("day_assignments > 0", name="day_assignments_positive"),
    )
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    coordinating: bool = False
    state: str = Field(default=EnrolmentState.APPLIED, max_length=12)
    listing_renewed_on: date
    week_minutes: int = 360
    day_assignments: int = 2
    source_key: str = Field(default="", max_length=80)


class VolunteerPart(Row):
    """A row that belongs to one volunteer and is seen with her."""

    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)


class LanguageSkill(VolunteerPart, table=True):
    """A language a volunteer speaks; no level is allowed and ranks last."""

    __tablename__ = "language_skill"
    __table_args__ = (UniqueConstraint("volunteer_id", "language"),)
    language: str = Field(max_length=16)
    level: str | None = Field(default=None, max_length=8)


class Training(VolunteerPart, table=True):
    """A course that was done: units of 45 minutes, and when."""

    role: str = Field(max_length=20)
    units: int
    done_on: date


class Clearance(VolunteerPart, table=True):
    """A paper that was seen, with its dates."""

    __table_args__ = (
        UniqueConstraint("volunteer_id", "kind", "seen_on"),
        one_of("kind", ClearanceKind),
    )
    kind: str = Field(max_length=12)
    issued_on: date | None = None
    seen_on: date
    valid_to: date | None = None


class AvailabilityRule(VolunteerPart, table=True):
    """One weekly window in local wall time, half-open, minutes from midnight."""

    __tablename__ = "availability_rule"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "start_minute >= 0 AND end_minute <= 1440 AND start_minute < end_minute", name="window"
        ),
        CheckConstraint("every_weeks BETWEEN 1 AND 8", name="every_weeks"),
    )
    weekday: int
    start_minute: int
    end_minute: int
    soft: bool = False
    every_weeks: int = 1
    term_time_only: bool = False
    valid_from: date | None = None
    valid_to: date | None = None


class Absence(VolunteerPart, table=True):
    """Days on which a volunteer cannot, both included."""

    __table_args__ = (CheckConstraint("first_day <= last_day", name="days"),)
    first_day: date
    last_day: date
    reason: str = Field(default="", max_length=100)


class Exclusion(SponsorRow, table=True):
    """Sperre: this volunteer never with that institution, kind of institution or client case."""

    __table_args__ = (
        CheckConstraint(
            "institution_id IS NOT NULL OR institution_kind <> '' OR client_case_id IS NOT NULL",
            name="target",
        ),
        Index(
            "uq_exclusion_kind",
            "volunteer_id",
            "sponsor_id",
            "institution_kind",
            unique=True,
            sqlite_where=text("institution_kind <> ''"),
            postgresql_where=text("institution_kind <> ''"),
        ),
    )
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    institution_id: UUID | None = Field(default=None, foreign_key="institution.id")
    institution_kind: str = Field(default="", max_length=40)
    client_case_id: UUID | None = Field(default=None, foreign_key="client_case.id")


class ImportBatch(SponsorRow, table=True):
    """One reading of a pool's lists, and what became of each row."""

    __tablename__ = "import_batch"
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    content_hash: str = Field(max_length=64)
    outcome: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    finished_at: datetime
