"""What travels about volunteers; about their time see `schemas_times`."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, computed_field, model_validator

from app.bodies import Day, Line, Name, Note, OptionalEmail, Phone, Place, PostalCode, Strict
from app.institutions.schemas import KindSlug
from app.tables import ClearanceKind, VolunteerRole
from app.volunteers import papers
from app.volunteers.schemas_times import AbsenceRead, AvailabilityRead

PoolState = Literal["applied", "in_training", "released", "paused", "ended"]
"""What the office says about somebody; who is lent is in no pool but her own."""
Gender = Literal["f", "m", "d", "unknown"]
Transport = Literal["car", "public_transport", "bicycle", "foot"]
Locale = Literal["de", "en"]
"""In which language she is written to."""
Level = Literal["A1", "A2", "B1", "B2", "C1", "C2", "native"]
LanguageTag = Annotated[
    str, StringConstraints(max_length=16, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
]
ClockTime = Annotated[
    str,
    StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
    Field(examples=["21:00"]),
]
"""A local time of day."""


class LanguageWrite(Strict):
    """A language and how well; no level is allowed and ranks last.

    `assessed_by` says who found the level: "Selbsteinschätzung", "VHS Friedberg".
    """

    language: LanguageTag
    level: Level | None = None
    assessed_by: Annotated[Line, StringConstraints(max_length=100)] = ""
    assessed_on: Day | None = None


class LanguageRead(BaseModel):
    """A language a volunteer speaks, how well, and who found that."""

    language: str
    level: str | None
    assessed_by: str
    assessed_on: date | None


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
    """What stands on it."""
    counts: bool
    """Whether it holds at all; a certificate of conduct has to be new on the day it is seen."""
    last_day: date | None
    """The last day on which it holds; without one it does not end."""


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
    lendable: bool
    """Whether other pools may ask for her; only she herself says so."""

    @computed_field  # type: ignore[prop-decorator]  # as pydantic has it
    @property
    def listed_until(self) -> date:
        """The last day on which she stands in the list."""
        return papers.listed_until(self.listing_renewed_on)


class EnrolmentUpdate(Strict):
    """What a coordinator may change about an enrolment."""

    roles: list[VolunteerRole] | None = Field(default=None, min_length=1, max_length=2)
    coordinating: bool | None = None
    state: PoolState | None = None
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
    """What may be changed about a volunteer.

    Between `quiet_from` and `quiet_to` she is not asked. The `most_` members are her own limits
    beside those of a pool: the smaller counts. `null` takes a limit away again, and sets the quiet
    hours back to those of the house (21:00 to 07:00).
    """

    gender: Gender | None = None
    postal_code: PostalCode | None = None
    town: Place | None = None
    transport: Transport | None = None
    german_level: Level | None = None
    phone: Phone | None = None
    email: OptionalEmail | None = None
    iban: Annotated[str, StringConstraints(max_length=42)] | None = None
    phone_only: bool | None = None
    locale: Locale | None = None
    note: Note | None = None
    quiet_from: ClockTime | None = None
    quiet_to: ClockTime | None = None
    most_day_assignments: Annotated[int, Field(ge=1, le=12)] | None = None
    most_day_minutes: Annotated[int, Field(ge=15, le=900)] | None = None
    most_week_minutes: Annotated[int, Field(ge=15, le=3600)] | None = None
    most_travel_minutes: Annotated[int, Field(ge=5, le=480)] | None = None
    long_days: bool | None = None


class ExclusionWrite(Strict):
    """Where somebody does not go: a kind of institution, or one place."""

    institution_kind: KindSlug | None = None
    institution_id: UUID | None = None
    sponsor_id: UUID | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        """A kind or a place, not both."""
        if (self.institution_kind is None) == (self.institution_id is None):
            raise ValueError("give either institution_kind or institution_id")
        return self


class ExclusionRead(BaseModel):
    """Where she does not go; a kind has no `institution`, a place no kind.

    What the office entered (`by_office`) she does not take back herself.
    """

    id: UUID
    sponsor_id: UUID
    institution_kind: str
    kind_label: str
    institution_id: UUID | None
    institution: str
    by_office: bool


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
    locale: str
    note: str
    quiet_from: str
    quiet_to: str
    most_day_assignments: int | None
    most_day_minutes: int | None
    most_week_minutes: int | None
    most_travel_minutes: int | None
    long_days: bool
    trainings: list[TrainingRead]
    clearances: list[ClearanceRead]
    availability: AvailabilityRead
    absences: list[AbsenceRead]
    open_questions: list[str]
