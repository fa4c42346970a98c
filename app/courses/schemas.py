"""What travels about courses, who takes part in them, and wishes to talk."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from app.bodies import Day, Line, Reason, Strict
from app.tables import Attendance, CourseKind, CourseState

MOST = 200
"""People in one course, and in one call."""
Title = Annotated[Line, StringConstraints(min_length=3)]
Units = Annotated[int, Field(ge=1, le=200)]
Cost = Annotated[int, Field(ge=0, le=100_000_00)]


class CourseCreate(Strict):
    """A basic course, a seminar or a reflection talk; units have 45 minutes."""

    kind: CourseKind
    title: Title
    moderator: Line = ""
    units: Units
    starts_on: Day
    ends_on: Day
    cost_cents: Cost = 0
    sponsor_id: UUID | None = None


class CourseUpdate(Strict):
    """What changes, as long as it is planned."""

    kind: CourseKind | None = None
    title: Title | None = None
    moderator: Line | None = None
    units: Units | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    cost_cents: Cost | None = None


class CourseReason(Strict):
    """Why it is called off, or opened once more."""

    reason: Reason


class CourseProof(Strict):
    """When the proof of use of a course was sent; today where nothing is said."""

    sent_on: Day | None = None


class Participants(Strict):
    """Who takes part."""

    volunteer_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)]


class Attended(Strict):
    """Whether somebody was there; without `units` she was there for all of them."""

    volunteer_id: UUID
    attendance: Attendance
    units: Units | None = None


class AttendanceWrite(Strict):
    """Who was there and for how long; who is not named stays as she is."""

    items: Annotated[list[Attended], Field(min_length=1, max_length=MOST)]


class ParticipantRead(BaseModel):
    """Somebody in a course; `in_full`: she was there for every unit."""

    volunteer_id: UUID
    volunteer: str
    attendance: Attendance
    units: int
    in_full: bool
    certified_on: date | None


class CourseRead(BaseModel):
    """A course. Cost and grant are null for who only takes part."""

    id: UUID
    sponsor_id: UUID
    kind: CourseKind
    title: str
    """Empty for an auditor, as are `moderator` and `reason`."""
    moderator: str
    units: int
    starts_on: date
    ends_on: date
    state: CourseState
    held_at: datetime | None
    reason: str
    participants_count: int
    in_full_count: int
    proof_sent_on: date | None
    cost_cents: int | None
    grant_cents: int | None
    """What the Land grants for those who took part in full, as noted until now."""
    units_note: str
    """A sentence where the units are too few or too many for a grant; else empty."""


class CourseDetail(CourseRead):
    """A course with everybody in it; who only takes part sees herself."""

    participants: list[ParticipantRead]


class Topic(StrEnum):
    """What somebody would like to talk about."""

    APPOINTMENT = "appointment"
    COOPERATION = "cooperation"
    BOUNDARIES = "boundaries"
    OTHER = "other"


class DebriefCreate(Strict):
    """A wish to talk; nothing has to be explained."""

    assignment_id: UUID | None = None
    topic: Topic = Topic.OTHER
    sponsor_id: UUID | None = None
    """Needed of who volunteers for several sponsors and names no appointment."""


class DebriefRead(BaseModel):
    """The wish as the office has it: the first one, as long as nobody has seen to it."""

    id: UUID
    sponsor_id: UUID
    asked_at: datetime
