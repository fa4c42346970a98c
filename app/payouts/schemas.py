"""What travels about rate plans, claims and payruns."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.bodies import Day, Reason, Strict

Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class ChoiceCreate(Strict):
    """A plan of the catalogue to be used from a day on; both days included."""

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


class RatePlanRead(BaseModel):
    """A plan of the catalogue and who of us has chosen it; `unverified` means: please check."""

    key: str
    title_de: str
    title_en: str
    role: str
    coordinating: bool
    funding_line: str
    unit: str
    unit_minutes: int
    amount_cents: int
    minimum_minutes: int
    maximum_minutes: int | None
    year_cap_minutes: int | None
    per_client_cap: int | None
    valid_from: date
    valid_to: date | None
    source: str
    status: str
    is_default: bool
    """Used on its days where a sponsor has chosen nothing."""
    choices: list[ChoiceRead]


class ClaimsBuild(Strict):
    """Which claims are built: of a month, for everybody or for one volunteer."""

    month: Month = Field(description="As `2027-01`")
    volunteer_id: UUID | None = None
    sponsor_id: UUID | None = None


class ClaimReturn(Strict):
    """Why a claim goes back."""

    reason: Reason


class ClaimRead(BaseModel):
    """A claim and how far it is."""

    id: UUID
    sponsor_id: UUID
    volunteer_id: UUID
    volunteer: str
    month: str
    funding_line: str
    state: str
    minutes: int
    amount_cents: int
    checked_by: UUID | None
    checked_at: datetime | None
    approved_by: UUID | None
    """Null although it is approved: the treasurer did it, by link."""
    approved_at: datetime | None
    payrun_id: UUID | None
    return_reason: str


MOST_CLAIMS = 500
"""What one treasurer can look through, and one page can show."""


class ClaimApprovalCreate(Strict):
    """Which checked claims the treasurer is asked to approve; without ids all of them."""

    claim_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=MOST_CLAIMS)
    sponsor_id: UUID | None = None


class ClaimApprovalRead(BaseModel):
    """A question to the treasurer: which claims, how much, and what became of it."""

    id: UUID
    sponsor_id: UUID
    state: str
    """`asked`, `approved`, `returned`, or `overtaken` by another question."""
    treasurer_name: str
    claim_ids: list[UUID]
    amount_cents: int
    asked_by: UUID | None
    created_at: datetime
    answered_at: datetime | None


class ClaimLineRead(BaseModel):
    """One record's share of a claim, with the sentence that explains it."""

    id: UUID
    service_record_id: UUID | None
    day: date
    minutes: int
    paid_minutes: int
    amount_cents: int
    plan_key: str
    reason_code: str
    explanation: str


class ClaimDetail(ClaimRead):
    """A claim with its lines, and what a person should look at before it is approved."""

    lines: list[ClaimLineRead]
    notes: list[str]


class LeftOver(BaseModel):
    """A record that came too late for the claim of its month."""

    service_record_id: UUID
    volunteer_id: UUID
    volunteer: str
    day: date
    minutes: int
    claim_id: UUID
    sentence: str


class LeftOut(BaseModel):
    """A volunteer whose claim could not be built, and why."""

    volunteer_id: UUID
    volunteer: str
    sentence: str


class ClaimsBuilt(BaseModel):
    """The claims that were built, the records that found theirs closed, and who was left out."""

    claims: list[ClaimRead]
    left_over: list[LeftOver]
    left_out: list[LeftOut]


class PayrunCreate(Strict):
    """Which approved claims are paid together; without ids all of them."""

    claim_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=2000)
    sponsor_id: UUID | None = None


class PayrunPaid(Strict):
    """The day the money left."""

    paid_on: Day


class PayrunRead(BaseModel):
    """Claims that are paid together."""

    id: UUID
    sponsor_id: UUID
    number: int
    state: str
    amount_cents: int
    paid_on: date | None
    created_at: datetime


class PayrunDetail(PayrunRead):
    """A payrun with its claims."""

    claims: list[ClaimRead]


class LeftBehind(BaseModel):
    """A claim that could not go into the payrun."""

    claim_id: UUID
    volunteer: str
    sentence: str


class PayrunDrawn(PayrunDetail):
    """A new payrun, and the claims that stayed behind."""

    left_behind: list[LeftBehind]
