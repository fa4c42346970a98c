"""What travels about searches, and about how a sponsor asks."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from app.bodies import Strict
from app.planning.schemas import ReasonRead
from app.tables import Strategy

MOST_FIRST = 10
WaveSize = Annotated[int, Field(ge=1, le=50)]


class _Way(Strict):
    """How many are asked at a time."""

    strategy: Strategy | None = None
    wave_size: WaveSize | None = None

    @model_validator(mode="after")
    def _only_waves_have_a_size(self) -> Self:
        if self.wave_size is not None and self.strategy != Strategy.WAVES:
            raise ValueError("wave_size is for waves only")
        return self


class OfferPolicyWrite(_Way):
    """How to ask: one after another, in waves, or all at once.

    `wave_size` only with waves; without it as few are asked as the answer rates allow.
    """

    strategy: Strategy
    sponsor_id: UUID | None = None


class OfferPolicyRead(BaseModel):
    """How a sponsor asks at normal, short or urgent notice; `own` is false for the default."""

    sponsor_id: UUID
    lead_time: str
    strategy: str
    wave_size: int | None
    own: bool


class SearchCreate(_Way):
    """How to seek somebody; without `strategy` by the sponsor's rule for the notice that is left.

    Those in `first` are asked before all others.
    """

    first: list[UUID] = Field(default_factory=list, max_length=MOST_FIRST)


class SearchRead(BaseModel):
    """A search for a seat.

    Until `act_by` the institution must know if nobody is found; `next_at` is when the search goes
    on if nobody says yes before. `next_step` says in a sentence what comes next, or how it ended.
    """

    id: UUID
    seat_id: UUID
    request_id: UUID
    institution: str
    language: str | None
    starts_at: datetime
    state: str
    strategy: str
    wave_size: int | None
    wave: int
    cause: str
    act_by: datetime
    next_at: datetime | None
    ended_at: datetime | None
    asked: int
    waiting: int
    next_step: str
    reasons: list[ReasonRead]


class AskedRead(BaseModel):
    """Somebody who was asked; a no needs no reason and costs nothing."""

    offer_id: UUID
    volunteer_id: UUID
    volunteer: str
    state: str
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    by_phone: bool


class WaveRead(BaseModel):
    """Those who were asked together."""

    number: int
    people: list[AskedRead]


class SearchDetail(SearchRead):
    """A search with everybody who was asked, wave by wave."""

    waves: list[WaveRead]
