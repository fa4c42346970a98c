"""Volunteers: who they are, what they speak, which papers were seen, when they can."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    UniqueConstraint,
    cast,
    event,
    inspect,
    text,
)
from sqlalchemy.orm import Session
from sqlmodel import Field, col

from app.tables.row import Row, SponsorRow, one_of
from app.tables.sealed import Sealed


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
    LENT = "lent"
    """In another pool, for single appointments that she agreed to; seen there as a name only."""


NO_MEMBER = (EnrolmentState.ENDED, EnrolmentState.LENT)
"""Who has left a pool, or is only lent to it, is neither seen nor planned there."""


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


class Season(StrEnum):
    """When of the year a weekly window holds."""

    ALWAYS = "always"
    TERM_TIME = "term_time"
    SCHOOL_HOLIDAYS = "school_holidays"


class Parity(StrEnum):
    """In which calendar weeks (ISO 8601) a weekly window holds."""

    ANY = ""
    EVEN = "even"
    ODD = "odd"


class Volunteer(Row, table=True):
    """A person who helps, possibly in several pools; what she says about herself holds in all."""

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
    iban: str = Field(default="", sa_type=Sealed(34))
    iban_changed_at: datetime | None = None
    """A new account is paid three days later: she hears of it meanwhile."""
    phone_only: bool = False
    """Works by telephone alone; without a mail address she is also asked by it."""
    locale: str = Field(default="de", max_length=8)
    only_kinds: list[str] = Field(default_factory=list, sa_type=JSON)
    note: str = Field(default="", max_length=300)
    quiet_from_minute: int = 21 * 60
    quiet_to_minute: int = 7 * 60
    """Hours in which she is not asked, local, over midnight when from is later than to."""
    most_day_assignments: int | None = None
    most_day_minutes: int | None = None
    most_week_minutes: int | None = None
    most_travel_minutes: int | None = None
    long_days: bool = False
    """Whether she wants no limit and no breaks on parents' days."""
    erased_at: datetime | None = None
    """Who she was is gone; what was paid stays for as long as the accounts are kept."""

    @property
    def shown_name(self) -> str:
        """What an institution calls her: the given name, or the only one she has."""
        return self.given_name or self.surname

    @property
    def is_called(self) -> bool:
        """Whether no message reaches her: the office calls, and answers for her."""
        return self.phone_only and not self.email


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
    lendable: bool = False
    """She agreed to be asked for appointments of other pools."""


class EnrolmentChange(SponsorRow, table=True):
    """How an enrolment stood from a moment on: who was active on a day is read from these."""

    __tablename__ = "enrolment_change"
    __table_args__ = (Index("ix_enrolment_change_sponsor_created", "sponsor_id", "created_at"),)
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    state: str = Field(max_length=12)
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    coordinating: bool = False


STANDING = ("state", "roles", "coordinating")


@event.listens_for(Session, "before_flush")
def _note_standing(session: Session, _context: object, _instances: object) -> None:
    """Keep how an enrolment stands from now on."""
    for row in [*session.new, *session.dirty]:
        if isinstance(row, Enrolment) and (row in session.new or _stands_otherwise(row)):
            kept = {name: getattr(row, name) for name in ("sponsor_id", "volunteer_id", *STANDING)}
            session.add(EnrolmentChange(**kept))


def _stands_otherwise(enrolment: Enrolment) -> bool:
    histories = inspect(enrolment).attrs
    return any(histories[name].history.has_changes() for name in STANDING)


def taken_in() -> ColumnElement[bool]:
    """Enrolments of people whom the pool took in itself, also of those who have left.

    Whoever is or was lent to it has no role there, and is not known to it.
    """
    return cast(col(Enrolment.roles), String) != "[]"


class VolunteerPart(Row):
    """A row that belongs to one volunteer and is seen with her."""

    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)


class LanguageSkill(VolunteerPart, table=True):
    """A language a volunteer speaks; no level is allowed and ranks last.

    `assessed_by` says who found the level: she herself, the office, a school.
    """

    __tablename__ = "language_skill"
    __table_args__ = (UniqueConstraint("volunteer_id", "language"),)
    language: str = Field(max_length=16)
    level: str | None = Field(default=None, max_length=8)
    assessed_by: str = Field(default="", max_length=100)
    assessed_on: date | None = None


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
        one_of("season", Season),
        one_of("parity", Parity),
    )
    weekday: int
    start_minute: int
    end_minute: int
    soft: bool = False
    every_weeks: int = 1
    season: str = Field(default=Season.ALWAYS, max_length=16)
    parity: str = Field(default=Parity.ANY, max_length=4)
    anchor_day: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class AvailabilityRecurrence(VolunteerPart, table=True):
    """Time that comes back by an iCalendar rule, local wall time, from `first_day` on."""

    __tablename__ = "availability_recurrence"
    __table_args__ = (
        CheckConstraint(
            "start_minute >= 0 AND end_minute <= 1440 AND start_minute < end_minute", name="window"
        ),
    )
    rule: str = Field(max_length=512)
    first_day: date
    start_minute: int
    end_minute: int
    soft: bool = False


class ExtraTime(VolunteerPart, table=True):
    """Time on one day besides the weekly rules, local, minutes from midnight, half-open."""

    __tablename__ = "extra_time"
    __table_args__ = (
        CheckConstraint(
            "start_minute >= 0 AND end_minute <= 1440 AND start_minute < end_minute", name="window"
        ),
    )
    day: date
    start_minute: int
    end_minute: int
    soft: bool = False


class Absence(VolunteerPart, table=True):
    """Days on which a volunteer cannot, both included; with minutes only that part of each day."""

    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint(
            "start_minute >= 0 AND end_minute <= 1440 AND start_minute < end_minute", name="window"
        ),
    )
    first_day: date
    last_day: date
    start_minute: int = 0
    end_minute: int = 1440
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
        Index(
            "uq_exclusion_institution",
            "volunteer_id",
            "sponsor_id",
            "institution_id",
            unique=True,
            sqlite_where=text("institution_id IS NOT NULL"),
            postgresql_where=text("institution_id IS NOT NULL"),
        ),
    )
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    institution_id: UUID | None = Field(default=None, foreign_key="institution.id")
    institution_kind: str = Field(default="", max_length=40)
    client_case_id: UUID | None = Field(default=None, foreign_key="client_case.id")
    by_office: bool = False
    """The office entered it: she herself does not take it back."""


class ImportBatch(SponsorRow, table=True):
    """One reading of a pool's lists, and what became of each row."""

    __tablename__ = "import_batch"
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    content_hash: str = Field(max_length=64)
    outcome: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    """What it wrote, as (table, id), in the order of writing."""
    sources: list[str] = Field(default_factory=list, sa_type=JSON)
    """Names of the files."""
    finished_at: datetime
    undone_at: datetime | None = None
