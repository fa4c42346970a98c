"""What travels about claims and payruns."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from app.bodies import Day, Reason, Strict

Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class ClaimsBuild(Strict):
    """Which claims are built: of a month, for everybody or for one volunteer."""

    month: Month = Field(description="As `2027-01`")
    volunteer_id: UUID | None = None
    sponsor_id: UUID | None = None


class CapRead(BaseModel):
    """How much of one kind a rate plan still pays somebody; `from` and `to` are included."""

    sponsor_id: UUID
    role: str
    funding_line: str
    unit: Literal["minutes", "assignments", "cents"]
    period: Literal["year"]
    first_day: date = Field(serialization_alias="from")
    last_day: date = Field(serialization_alias="to")
    cap: int
    used: int
    left: int
    sentence: str


class ClaimReason(Strict):
    """Why a claim is returned, held, waived, rejected or taken back; without names."""

    reason: Reason


class ClaimRepaid(Strict):
    """The day on which somebody paid back what she was paid too much."""

    paid_on: Day


class ClaimRead(BaseModel):
    """A claim and how far it is."""

    id: UUID
    sponsor_id: UUID
    volunteer_id: UUID
    volunteer: str
    month: str
    funding_line: str
    state: str
    number: int
    """Above 1 where an earlier one of the same month was taken back."""
    kind: str
    """`regular`, or `counter`: it takes back the claim `reverses_id`."""
    reverses_id: UUID | None
    minutes: int
    amount_cents: int
    """With travel; negative in a counter-booking."""
    travel_cents: int
    held_from: str
    """In which state it goes on once it is released."""
    checked_by: UUID | None
    checked_at: datetime | None
    approved_by: UUID | None
    """Null although it is approved: the treasurer did it, by link."""
    approved_at: datetime | None
    payrun_id: UUID | None
    return_reason: str
    """Why it was returned, held, waived, rejected or taken back, the last of it."""


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
    """One record's or activity's share of a claim, with the sentence that explains it."""

    id: UUID
    service_record_id: UUID | None
    activity_id: UUID | None
    day: date
    minutes: int
    paid_minutes: int
    amount_cents: int
    travel_cents: int
    plan_key: str
    reason_code: str
    explanation: str


class ClaimDetail(ClaimRead):
    """A claim with its lines, and what a person should look at before it is approved."""

    lines: list[ClaimLineRead]
    notes: list[str]


class LeftOver(BaseModel):
    """A record that came too late for its claim, or an activity about which a word is missing."""

    service_record_id: UUID | None
    activity_id: UUID | None
    volunteer_id: UUID
    volunteer: str
    day: date
    minutes: int
    claim_id: UUID | None
    """The claim that was sent on without it."""
    sentence: str


class LeftOut(BaseModel):
    """A volunteer whose claim could not be built, and why."""

    volunteer_id: UUID
    volunteer: str
    sentence: str


class ClaimsBuilt(BaseModel):
    """The claims that were built, what is in none of them, and who was left out."""

    claims: list[ClaimRead]
    left_over: list[LeftOver]
    left_out: list[LeftOut]
