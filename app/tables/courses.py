"""Courses and talks: who takes part, and what is certified."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from app.tables.row import SponsorRow, one_of


class CourseKind(StrEnum):
    """What is taught; only basic courses are granted money for."""

    BASIC_GUIDE = "basic_guide"
    BASIC_INTERPRETER = "basic_interpreter"
    DEEPENING = "deepening"
    REFLECTION = "reflection"


class CourseState(StrEnum):
    """A course's way."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    """Whether somebody was there."""

    REGISTERED = "registered"
    ATTENDED = "attended"
    MISSED = "missed"


class Course(SponsorRow, table=True):
    """A basic course, a seminar, or a talk about the work."""

    __table_args__ = (
        one_of("kind", CourseKind),
        one_of("state", CourseState),
        CheckConstraint("starts_on <= ends_on", name="days"),
        CheckConstraint("units > 0 AND cost_cents >= 0", name="units"),
    )
    kind: str = Field(max_length=20)
    title: str = Field(max_length=200)
    moderator: str = Field(default="", max_length=200)
    units: int
    """Of 45 minutes."""
    starts_on: date
    ends_on: date
    cost_cents: int = 0
    state: str = Field(default=CourseState.PLANNED, max_length=10)
    held_at: datetime | None = None
    reason: str = Field(default="", max_length=300)
    """Why it was called off, or opened once more."""
    proof_sent_on: date | None = None
    """When its own proof of use was sent: the grant may go on for other courses."""


class CourseParticipant(SponsorRow, table=True):
    """Somebody in a course; with the certificate she may be sent."""

    __tablename__ = "course_participant"
    __table_args__ = (
        UniqueConstraint("course_id", "volunteer_id"),
        one_of("attendance", Attendance),
        CheckConstraint("units >= 0", name="units"),
    )
    course_id: UUID = Field(foreign_key="course.id")
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    units: int = 0
    attendance: str = Field(default=Attendance.REGISTERED, max_length=10)
    certified_on: date | None = None
    training_id: UUID | None = Field(default=None, foreign_key="training.id")
