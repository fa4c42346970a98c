"""What travels about questions to a plan: why a seat is open, what would be if."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from app.bodies import Day, PostalCode, Strict
from app.planning.schemas import ReasonRead
from app.requests.schemas import MAX_MINUTES, Level, TimeOfDay
from app.tables import Mode, VolunteerRole


class Absent(Strict):
    """Somebody who cannot go: in all these days, or from a day to a day, both included."""

    volunteer_id: UUID
    first_day: Day | None = None
    last_day: Day | None = None


class SupposedSeat(Strict):
    """Somebody more who would be needed; `language` is a tag."""

    institution_id: UUID
    day: Day
    start: TimeOfDay
    duration_minutes: Annotated[int, Field(ge=5, le=MAX_MINUTES)]
    role: VolunteerRole = VolunteerRole.INTERPRETER
    language: Annotated[str, Field(max_length=35)] | None = None
    mode: Mode = Mode.ON_SITE


class SupposedVolunteer(Strict):
    """Somebody more in the pool, with every paper and all the time in the world."""

    languages: list[Annotated[str, Field(max_length=35)]] = Field(min_length=1, max_length=10)
    level: Level = "native"
    postal_code: PostalCode


class WhatIf(Strict):
    """What would be otherwise than in a plan. Nothing of it is stored."""

    plan_id: UUID
    absent: list[Absent] = Field(default_factory=list, max_length=50)
    seats: list[SupposedSeat] = Field(default_factory=list, max_length=50)
    volunteers: list[SupposedVolunteer] = Field(default_factory=list, max_length=20)


class ChangeRead(BaseModel):
    """What becomes of one seat; null means nobody. Supposed seats and people have no id."""

    seat_id: UUID | None
    seat: str
    language: str | None
    volunteer_id_before: UUID | None
    volunteer_before: str | None
    volunteer_id_after: UUID | None
    volunteer_after: str | None


class WhatIfRead(BaseModel):
    """The difference to the plan: seats filled more or fewer, points gained or lost."""

    filled: int
    priority: int
    points: int
    changes: list[ChangeRead]


class StepRead(BaseModel):
    """How many are left after one question, on the way from the whole pool to who could go."""

    code: str
    count: int
    sentence: str


class RepairRead(BaseModel):
    """What would fill the seat, proven by deciding again; `price` in points (20 = one minute).

    `changes` is what the plan does otherwise, the seat itself among it.
    """

    code: str
    params: dict[str, Any]
    sentence: str
    price: int
    volunteer_id: UUID
    volunteer: str
    starts_at: datetime
    ends_at: datetime
    mode: str
    changes: list[ChangeRead]


class ExplanationRead(BaseModel):
    """Why a seat is open in the newest plan for it; without a plan nobody is placed anywhere.

    Reasons and repairs (the cheapest first) are empty when somebody is proposed.
    """

    seat_id: UUID
    seat: str
    plan_id: UUID | None
    volunteer_id: UUID | None
    volunteer: str | None
    funnel: list[StepRead]
    reasons: list[ReasonRead]
    repairs: list[RepairRead]
    lenders: int
    """How many other pools could lend somebody; `/seats/{seat_id}/lenders` says what they have."""


class AgainstRead(BaseModel):
    """Why a volunteer is not proposed for a seat; never empty."""

    volunteer_id: UUID
    volunteer: str
    reasons: list[ReasonRead]


class ScarcityRead(BaseModel):
    """What one more volunteer would gain on a weekday in a region, in points.

    `seats` ask for this very language, `open` of them are not filled. Monday is 0.
    """

    language: str
    region: str
    weekday: int
    points: int
    seats: int
    open: int
    sentence: str
