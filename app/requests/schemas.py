"""What travels about requests, their seats and open questions."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from app.bodies import Day, Line, Note, Phone, Place, Reason, Strict
from app.tables import Cause, Mode, TaskState, VolunteerRole

MAX_MINUTES = 600
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Topic = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
CostCentre = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Minutes = Annotated[int, Field(ge=5, le=MAX_MINUTES)]
PeopleCount = Annotated[int, Field(ge=1, le=200)]
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


class RequestDetails(Strict):
    """Everything an institution asks for but the time; `another`: the like again, on purpose."""

    institution_id: UUID | None = None
    duration_minutes: Minutes
    seats: list[SeatWrite] = Field(min_length=1, max_length=12)
    topic: Topic
    note: Note = ""
    urgent: bool = False
    urgency_reason: Note = ""
    people_count: PeopleCount = 1
    case_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    same_person_wished: bool = False
    consent_substitution: bool = False
    contact_name: Line = ""
    contact_phone: Phone = ""
    room: Place = ""
    cost_centre: CostCentre = ""
    sponsor_id: UUID | None = None
    another: bool = False


Times = Annotated[
    list[OptionWrite],
    Field(
        min_length=1,
        max_length=3,
        description="The date, then up to two alternative dates at most 60 days from it",
    ),
]


class RequestCreate(RequestDetails):
    """What an institution asks for; `follow_up_of` is an earlier request it goes on from."""

    times: Times
    follow_up_of: UUID | None = None
    critical: bool = False
    """Somebody stands by for it; only the office says so."""


class TextChange(Strict):
    """What may be changed whoever is booked; only what is sent."""

    topic: Topic | None = None
    note: Note | None = None
    urgent: bool | None = None
    urgency_reason: Note | None = None
    people_count: PeopleCount | None = None
    consent_substitution: bool | None = None
    contact_name: Line | None = None
    contact_phone: Phone | None = None
    room: Place | None = None
    cost_centre: CostCentre | None = None


class SeatUpdate(Strict):
    """What may be changed about a seat nobody is booked on or asked for; only what is sent."""

    id: UUID
    mode: Mode | None = None
    gender: Literal["f", "m"] | None = None
    gender_hard: bool | None = None


class RequestUpdate(TextChange):
    """What may be changed about a request; only what is sent."""

    times: Times | None = None
    duration_minutes: Minutes | None = None
    seats: list[SeatUpdate] = Field(default_factory=list, max_length=12)
    critical: bool | None = None
    """Somebody stands by for it; only the office says so."""


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


class OfferedTimeRead(BaseModel):
    """A time at which somebody who was asked could come instead; who it is is not said."""

    id: UUID
    starts_at: datetime
    ends_at: datetime


class RequestRead(BaseModel):
    """A request with its times, seats and open questions.

    `warnings` are sentences about what its asker should look at; lists leave them out.
    """

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
    lead_time: str
    urgent: bool
    urgency_reason: str
    critical: bool
    moved_at: datetime | None
    people_count: int
    same_person_wished: bool
    consent_substitution: bool
    contact_name: str
    contact_phone: str
    room: str
    cost_centre: str
    follow_up_of_id: UUID | None
    series_id: UUID | None
    series_day: date | None
    series_exception: bool
    parents_day_id: UUID | None
    end_reason: str
    times: list[OptionRead]
    offered_times: list[OfferedTimeRead]
    """Alternatives, as long as somebody is sought; `move` takes one."""
    seats: list[SeatRead]
    open_questions: list[str]
    warnings: list[str] = []


class Concern(BaseModel):
    """Words in a field that become an open question, and what to do about them.

    `field` and `words` are empty where it is about the place. `sentence` is empty where the rule
    of the pool gives no reason.
    """

    code: str
    field: str
    words: str
    sentence: str


class RequestCheck(BaseModel):
    """What would become of a request: nothing is stored.

    Somebody answers `open_questions` before anybody is asked; `concerns` say where those about
    texts come from. `duplicates` are requests for the same time and language.
    """

    lead_time: str
    priority: int
    warnings: list[str]
    open_questions: list[str]
    concerns: list[Concern]
    duplicates: list[UUID]


class Triage(Strict):
    """A coordinator's decision; a rejection needs a reason."""

    decision: Literal["open", "reject"]
    reason: Note = ""


class CancelRequest(Strict):
    """Why it will not take place; a reason that looks like data about a person is not kept."""

    reason: Reason
    cause: Literal[
        Cause.NOT_NEEDED, Cause.CLIENT_CANCELLED, Cause.INSTITUTION_CLOSED, Cause.OTHER
    ] = Cause.OTHER


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
