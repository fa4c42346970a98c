"""What travels about parents' days."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from app.bodies import Day, Line, Note, Phone, Place, Reason, Strict
from app.requests.schemas import Level, TimeOfDay

MAX_SLOTS = 200
MAX_PEOPLE_AT_ONCE = 20


class NeedWrite(Strict):
    """How many slots need a language: a tag, or its name as people write it.

    `at_once`: by at most so many people at a time, because so many teachers need them at a time.
    """

    language: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    slots: Annotated[int, Field(ge=1, le=MAX_SLOTS)]
    min_level: Level | None = None
    at_once: Annotated[int, Field(ge=1, le=MAX_PEOPLE_AT_ONCE)] | None = None


Needs = Annotated[list[NeedWrite], Field(min_length=1, max_length=12)]
PauseMinutes = Annotated[
    int, Field(ge=0, le=5, description="The way from one slot to the next, in minutes")
]
Topic = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class NeedsWrite(Strict):
    """What is needed on a parents' day now; without `pause_minutes` the pause stays as it is."""

    needs: Needs
    pause_minutes: PauseMinutes | None = None


class ParentsDayWrite(Strict):
    """What a school asks for: one place, one window of local time, slots in some languages."""

    needs: Needs
    pause_minutes: PauseMinutes = 0
    institution_id: UUID | None = None
    day: Day
    start: TimeOfDay
    end: TimeOfDay
    slot_minutes: Annotated[int, Field(ge=5, le=60)]
    topic: Topic = "Elternsprechtag"
    room: Place = ""
    contact_name: Line = ""
    contact_phone: Phone = ""
    note: Note = ""
    sponsor_id: UUID | None = None
    another: bool = Field(
        default=False, description="There is one at that time already, and this is a second one"
    )


class ParentsDayUpdate(Strict):
    """What may be changed whoever is booked; only what is sent."""

    topic: Topic | None = None
    room: Place | None = None
    note: Note | None = None
    contact_name: Line | None = None
    contact_phone: Phone | None = None


class CancelParentsDay(Strict):
    """Why it will not take place."""

    reason: Reason


class NeedRead(BaseModel):
    """A language that is needed, with how much of it is laid out as shifts, and booked."""

    language: str | None
    written: str
    name: str
    own_name: str
    min_level: str | None = None
    at_once: int | None = None
    slots: int
    people: int
    planned_slots: int
    booked_slots: int


class TimeRead(BaseModel):
    """From when to when, in local time."""

    start: str
    end: str


class ShiftPlan(BaseModel):
    """What one person would do: from the first slot to the end of the last."""

    language: str | None
    written: str
    number: int
    start: str
    end: str
    slots: list[TimeRead]
    breaks: list[TimeRead]


class ShiftRead(ShiftPlan):
    """What one person does. `who` is booked; `asked` is seen by the office alone."""

    request_id: UUID
    seat_id: UUID
    state: str
    who: str
    asked: list[str]


class ParentsDayPlan(BaseModel):
    """How it would be laid out, before anything is stored."""

    people: int
    shifts: list[ShiftPlan]
    warnings: list[str]
    open_questions: list[str]


class ParentsDayRead(BaseModel):
    """A parents' day with its shifts; one that is replaced or called off is not listed."""

    id: UUID
    sponsor_id: UUID
    institution_id: UUID
    institution: str
    day: date
    start: str
    end: str
    slot_minutes: int
    pause_minutes: int
    topic: str
    room: str
    note: str
    contact_name: str
    contact_phone: str
    state: str
    needs: list[NeedRead]
    shifts: list[ShiftRead]
    warnings: list[str]
    open_questions: list[str]
