"""What travels about plans, proposals and reasons."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from app.bodies import Day, Strict


class PlanCreate(Strict):
    """Which days to plan, both included."""

    first_day: Day
    last_day: Day
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    sponsor_id: UUID | None = None


class ProgressRead(BaseModel):
    """How far a run is. The figures are the best so far; null as long as there are none.

    `phase` is `preparing` while the engine gets ready, then the step it is at, such as `greedy`,
    `exact`, `prices`, `dive`, `moves` or `lns`.
    """

    phase: str
    iteration: int
    objective: int | None
    bound: int | None
    gap: float | None
    seconds: float
    seconds_allowed: float


class PlanRead(BaseModel):
    """A planning run with its proof. `gap` null means that there is no bound to compare with.

    `progress` is there only while the run goes on, `failure` only when it came to nothing. `notes`
    say what to know when reading the plan, such as ways that were only estimated.
    """

    id: UUID
    sponsor_id: UUID
    first_day: date
    last_day: date
    state: str
    seats: int
    filled: int
    waiting: int
    method: str
    status: str
    objective: int | None
    bound: int | None
    gap: float | None
    gap_fill: float | None
    gap_cost: float | None
    seconds: float | None
    failure: str
    notes: list[str]
    progress: ProgressRead | None
    created_at: datetime


class ReasonRead(BaseModel):
    """A code with what is needed to say it, and the sentence itself."""

    code: str
    params: dict[str, Any]
    sentence: str


class ProposalRead(BaseModel):
    """The machine proposes, a person decides."""

    seat_id: UUID
    request_id: UUID
    institution: str
    language: str | None
    starts_at: datetime
    ends_at: datetime
    volunteer_id: UUID | None
    volunteer: str | None
    mode: str | None
    cost: int | None
    reasons: list[ReasonRead]


class Release(Strict):
    """Which proposals become offers; without a list all of them."""

    seat_ids: list[UUID] | None = Field(default=None, max_length=2000)


class Released(BaseModel):
    """What the release did."""

    offers: int
    skipped: list[ReasonRead]


class CandidateRead(BaseModel):
    """Somebody who may go, with the cost in points (20 = one minute of travel)."""

    volunteer_id: UUID
    volunteer: str
    mode: str
    cost: int
    reasons: list[ReasonRead]


class RejectedRead(BaseModel):
    """Somebody who may not go, and why."""

    volunteer_id: UUID
    volunteer: str
    reasons: list[ReasonRead]


class CandidatesRead(BaseModel):
    """The best candidates for one seat, and why the others are not among them."""

    candidates: list[CandidateRead]
    rejected: list[RejectedRead]
