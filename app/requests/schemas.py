"""What travels about requests, their seats and open questions."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.bodies import Day, Line, Note, Phone, Place, Reason, Strict
from app.tables import Mode, TaskState, VolunteerRole

MAX_MINUTES = 600
ALTERNATIVES_WITHIN = timedelta(days=60)
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Level = Literal["A1", "A2", "B1", "B2", "C1", "C2", "native"]


class OptionWrite(Strict):
    """A possible time in local wall time; `fold` 0 or 1 chooses in the hour that comes twice."""

    day: Day
    start: TimeOfDay
    fold: Literal[0, 1] | None = None


class SeatWrite(Strict):
    """One volunteer who is needed; `language` is a tag or a name as people write it."""

    role: VolunteerRole = VolunteerRole.INTERPRETER
    language: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    min_level: Level | None = None
    mode: Mode = Mode.ON_SITE
    gender: Literal["f", "m"] | None = None
    gender_hard: bool = False

    @model_validator(mode="after")
    def hard_needs_a_wish(self) -> Self:
        """A hard wish says what is wished for."""
        if self.gender_hard and self.gender is None:
            raise ValueError("gender_hard needs gender")
        return self


class RequestCreate(Strict):
    """What an institution asks for."""

    institution_id: UUID | None = None
    times: list[OptionWrite] = Field(
        min_length=1, max_length=3, description="The date, then up to two alternative dates"
    )
    duration_minutes: Annotated[int, Field(ge=5, le=MAX_MINUTES)]
    seats: list[SeatWrite] = Field(min_length=1, max_length=12)
    topic: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
    note: Note = ""
    urgency_reason: Note = ""
    people_count: Annotated[int, Field(ge=1, le=200)] = 1
    case_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    same_person_wished: bool = False
    consent_substitution: bool = False
    contact_name: Line = ""
    contact_phone: Phone = ""
    room: Place = ""
    cost_centre: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    sponsor_id: UUID | None = None

    @model_validator(mode="after")
    def alternatives_are_near(self) -> Self:
        """An alternative date lies at most 60 days from the first."""
        if any(abs(other.day - self.times[0].day) > ALTERNATIVES_WITHIN for other in self.times):
            days = ALTERNATIVES_WITHIN.days
            raise ValueError(f"alternative dates must be within {days} days of the first")
        return self


class OptionRead(BaseModel):
    """A possible time: local day and minute, and the exact moments."""

    id: UUID
    position: int
    day: date
    start: str
    duration_minutes: int
    zone: str
    starts_at: datetime
    ends_at: datetime
    chosen: bool


class SeatRead(BaseModel):
    """One volunteer who is needed."""

    id: UUID
    position: int
    role: str
    language: str | None
    language_written: str
    min_level: str | None
    mode: str
    gender: str | None
    gender_hard: bool
    state: str


class RequestRead(BaseModel):
    """A request with its times, seats and open questions."""

    id: UUID
    sponsor_id: UUID
    institution_id: UUID
    institution: str
    kind: str
    state: str
    received_at: datetime
    topic: str
    note: str
    priority: int
    people_count: int
    same_person_wished: bool
    end_reason: str
    times: list[OptionRead]
    seats: list[SeatRead]
    open_questions: list[str]


class Triage(Strict):
    """A coordinator's decision; a rejection needs a reason."""

    decision: Literal["open", "reject"]
    reason: Note = ""


class CancelRequest(Strict):
    """Why it will not take place."""

    reason: Reason


class TaskRead(BaseModel):
    """Something a person must look at."""

    id: UUID
    sponsor_id: UUID
    code: str
    question: str
    params: dict[str, Any]
    subject_type: str
    subject_id: UUID
    state: TaskState
    created_at: datetime


class TaskAnswer(Strict):
    """The answer to a question; which member is needed depends on its code."""

    language: Annotated[str, StringConstraints(max_length=16)] | None = None
    gender: Literal["f", "m", "any"] | None = None
    decision: Literal["allow", "reject"] | None = None
    note: Note | None = None
    issued_on: Day | None = None
    seen_on: Day | None = None
    reason: Note = ""
