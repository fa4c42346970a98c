"""What travels about volunteers."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.bodies import Day, Line, Name, Note, OptionalEmail, Phone, Place, PostalCode, Strict
from app.tables import ClearanceKind, EnrolmentState, Parity, Season, VolunteerRole

Gender = Literal["f", "m", "d", "unknown"]
Transport = Literal["car", "public_transport", "bicycle", "foot"]
Level = Literal["A1", "A2", "B1", "B2", "C1", "C2", "native"]
LanguageTag = Annotated[
    str, StringConstraints(max_length=16, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
]
Minute = Annotated[int, Field(ge=0, le=1440)]


class LanguageWrite(Strict):
    """A language and how well; no level is allowed and ranks last."""

    language: LanguageTag
    level: Level | None = None


class LanguageRead(BaseModel):
    """A language a volunteer speaks."""

    language: str
    level: str | None


class TrainingWrite(Strict):
    """A course that was done."""

    role: VolunteerRole
    units: Annotated[int, Field(ge=1, le=400)]
    done_on: Day


class TrainingRead(BaseModel):
    """A course that was done: units of 45 minutes."""

    role: str
    units: int
    done_on: date


class ClearanceWrite(Strict):
    """A paper that was seen; the paper itself is never kept."""

    kind: ClearanceKind
    issued_on: Day | None = None
    seen_on: Day
    valid_to: Day | None = None


class ClearanceRead(BaseModel):
    """A paper that was seen, with its dates."""

    kind: str
    issued_on: date | None
    seen_on: date
    valid_to: date | None


class WindowWrite(Strict):
    """One weekly window in local time, half-open, minutes from midnight; Monday is 0."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    start_minute: Minute
    end_minute: Minute
    soft: bool = False
    every_weeks: Annotated[int, Field(ge=1, le=8)] = 1
    season: Season = Season.ALWAYS
    parity: Parity = Parity.ANY
    anchor_day: Day | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None

    @model_validator(mode="after")
    def ends_after_start(self) -> Self:
        """The window must have a length."""
        if self.start_minute >= self.end_minute:
            raise ValueError("end_minute must be after start_minute")
        return self


class WindowRead(BaseModel):
    """One weekly window in local time."""

    weekday: int
    start_minute: int
    end_minute: int
    soft: bool
    every_weeks: int
    season: str
    parity: str
    anchor_day: date | None
    valid_from: date | None
    valid_to: date | None


class AvailabilityWrite(Strict):
    """All weekly windows at once: as windows, or as a phrase that is read and shown back."""

    windows: list[WindowWrite] | None = Field(default=None, max_length=100)
    phrase: Line | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        """Windows or phrase, not both."""
        if (self.windows is None) == (self.phrase is None):
            raise ValueError("give either windows or phrase")
        return self


class AvailabilityRead(BaseModel):
    """The weekly windows, and how they read as a sentence."""

    windows: list[WindowRead]
    understood: str


class AbsenceWrite(Strict):
    """Days on which a volunteer cannot, both included."""

    first_day: Day
    last_day: Day
    reason: Annotated[Line, StringConstraints(max_length=100)] = ""

    @model_validator(mode="after")
    def ends_after_start(self) -> Self:
        """The last day is not before the first."""
        if self.last_day < self.first_day:
            raise ValueError("last_day must not be before first_day")
        return self


class AbsenceRead(BaseModel):
    """Days on which a volunteer cannot."""

    id: UUID
    first_day: date
    last_day: date
    reason: str


class EnrolmentRead(BaseModel):
    """A volunteer in a pool."""

    id: UUID
    sponsor_id: UUID
    roles: list[str]
    coordinating: bool
    state: str
    week_minutes: int
    day_assignments: int
    listing_renewed_on: date


class EnrolmentUpdate(Strict):
    """What a coordinator may change about an enrolment."""

    roles: list[VolunteerRole] | None = Field(default=None, min_length=1, max_length=2)
    coordinating: bool | None = None
    state: EnrolmentState | None = None
    week_minutes: Annotated[int, Field(ge=1, le=3600)] | None = None
    day_assignments: Annotated[int, Field(ge=1, le=12)] | None = None
    listing_renewed_on: Day | None = None


class VolunteerCreate(Strict):
    """A new volunteer in the coordinator's pool."""

    surname: Name
    given_name: Name
    birth_date: date
    gender: Gender = "unknown"
    postal_code: PostalCode
    town: Place = ""
    transport: Transport = "car"
    german_level: Level | None = None
    phone: Phone = ""
    email: OptionalEmail = ""
    iban: Annotated[str, StringConstraints(max_length=42)] = ""
    roles: list[VolunteerRole] = Field(min_length=1, max_length=2)
    languages: list[LanguageWrite] = Field(default_factory=list, max_length=30)
    note: Note = ""
    sponsor_id: UUID | None = None


class VolunteerUpdate(Strict):
    """What may be changed about a volunteer."""

    gender: Gender | None = None
    postal_code: PostalCode | None = None
    town: Place | None = None
    transport: Transport | None = None
    german_level: Level | None = None
    phone: Phone | None = None
    email: OptionalEmail | None = None
    iban: Annotated[str, StringConstraints(max_length=42)] | None = None
    phone_only: bool | None = None
    note: Note | None = None


class VolunteerRow(BaseModel):
    """A volunteer in a list; private numbers are not in it."""

    id: UUID
    surname: str
    given_name: str
    town: str
    languages: list[LanguageRead]
    enrolments: list[EnrolmentRead]


class VolunteerRead(VolunteerRow):
    """A volunteer with everything a plan looks at."""

    birth_date: date
    gender: str
    postal_code: str
    transport: str
    german_level: str | None
    phone: str
    email: str
    iban_masked: str
    phone_only: bool
    note: str
    trainings: list[TrainingRead]
    clearances: list[ClearanceRead]
    availability: AvailabilityRead
    absences: list[AbsenceRead]
    open_questions: list[str]
