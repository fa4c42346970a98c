"""What travels about rate plans, which of them we use when, and exceptions from a client's cap."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.bodies import Day, Name, Reason, Strict

Key = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Line = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Role = Literal["guide", "interpreter"]
Unit = Literal["hour", "assignment", "started"]
Rounding = Literal["up", "nearest", "down"]
Group = Literal["once", "per_client"]
NoShow = Literal["full", "minimum", "nothing"]
Status = Literal["verified", "unverified"]
MOST_CENTS, MOST_KM_CENTS, MOST_UNITS = 100_000, 1_000, 1_000
DAY_MINUTES, YEAR_MINUTES = 1_440, 527_040
Minutes = Annotated[int, Field(ge=0, le=DAY_MINUTES)]
SomeMinutes = Annotated[int, Field(ge=1, le=DAY_MINUTES)]
GrantYear = Annotated[int, Field(ge=2018, le=2199)]


class ChoiceCreate(Strict):
    """A plan of the catalogue, or one of our own, used from a day on; both days included."""

    source_key: Key
    valid_from: Day
    valid_to: Day | None = None
    sponsor_id: UUID | None = None

    @model_validator(mode="after")
    def ends_after_start(self) -> Self:
        """The last day is not before the first."""
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to must not be before valid_from")
        return self


class ChoiceEnd(Strict):
    """The last day on which a chosen plan is used."""

    valid_to: Day


class ChoiceRead(BaseModel):
    """A sponsor's choice of a plan."""

    id: UUID
    sponsor_id: UUID
    source_key: str
    valid_from: date
    valid_to: date | None


class OwnPlanCreate(Strict):
    """A rate plan of our own, as our funder has fixed it. It never changes: another one follows.

    The members mean what they mean in the catalogue. Amounts are cents.
    """

    title_de: Name
    title_en: Name
    role: Role
    coordinating: bool = False
    funding_line: Line = Field(description="Who pays, in one word: `wir`, `landkreis`")
    unit: Unit = Field(
        description="`hour`: minutes pro rata; `assignment`: a flat amount; `started`: begun units"
    )
    amount_cents: int = Field(ge=1, le=MOST_CENTS)
    unit_minutes: SomeMinutes = 60
    rounding: Rounding = "up"
    grace_minutes: Minutes = 0
    minimum_minutes: Minutes = 0
    maximum_minutes: SomeMinutes | None = None
    year_cap_minutes: int | None = Field(default=None, ge=1, le=YEAR_MINUTES)
    per_client_cap: int | None = Field(default=None, ge=1, le=MOST_UNITS)
    group: Group = "once"
    late_cancel_percent: int = Field(default=0, ge=0, le=100)
    late_cancel_minutes: Minutes = 0
    no_show: NoShow = "full"
    km_cents: int = Field(default=0, ge=0, le=MOST_KM_CENTS)
    valid_from: Day
    valid_to: Day | None = None
    source: Reason = Field(description="Where the figures stand: a decision, a letter, a page")
    status: Status = Field(description="`unverified` figures are shown as: please check")
    based_on: Key | None = Field(
        default=None, description="The plan it goes back to; nothing is taken over from it"
    )
    sponsor_id: UUID | None = None


class RatePlanRead(BaseModel):
    """A plan, and who of us has chosen it; `unverified` means: please check."""

    key: str
    title_de: str
    title_en: str
    role: str
    coordinating: bool
    funding_line: str
    unit: str
    unit_minutes: int
    amount_cents: int
    rounding: str
    grace_minutes: int
    minimum_minutes: int
    maximum_minutes: int | None
    year_cap_minutes: int | None
    per_client_cap: int | None
    group: str
    late_cancel_percent: int
    late_cancel_minutes: int
    no_show: str
    km_cents: int
    valid_from: date
    valid_to: date | None
    source: str
    status: str
    is_default: bool
    """Used on its days where a sponsor has chosen nothing."""
    own: bool
    """Made by one of our sponsors, and used by no other."""
    sponsor_id: UUID | None
    """Whose own plan it is."""
    based_on: str | None
    choices: list[ChoiceRead]


class CapExceptionCreate(Strict):
    """More assignments of a client than the cap allows, as they were granted on application.

    The client is named by one of her requests, or as another exception names her.
    """

    request_id: UUID | None = None
    client_case_id: UUID | None = None
    grant_year: GrantYear
    extra: int = Field(ge=1, le=100)
    granted_on: Day
    reason: Reason

    @model_validator(mode="after")
    def names_one_client(self) -> Self:
        """Exactly one of the two ways to name a client."""
        if (self.request_id is None) == (self.client_case_id is None):
            raise ValueError("give request_id or client_case_id, not both")
        return self


class CapExceptionRead(BaseModel):
    """More assignments of a client in a grant year than the cap allows."""

    id: UUID
    sponsor_id: UUID
    client_case_id: UUID | None
    """A number of ours for the client, without a name; hidden from auditors."""
    grant_year: int
    extra: int
    granted_on: date
    decided_by: UUID | None
    reason: str
    withdrawn_at: datetime | None
    created_at: datetime
