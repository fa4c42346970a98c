"""What travels about taxes and benefits."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.bodies import Reason, Strict
from app.tables import Benefit, TaxRule, VolunteerRole

FIRST_YEAR, LAST_YEAR = 2013, 2199
"""The first year whose limits are known, and the last one that is asked for."""
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Cents = Annotated[int, Field(ge=0, le=100_000_000)]
Limited = Literal[TaxRule.VOLUNTEER, TaxRule.TRAINER]
"""Rules that leave an amount free of tax."""


class TaxChoiceCreate(Strict):
    """What the sponsor has decided for a role, from a tax year on: `26a`, `26` or `none`."""

    role: VolunteerRole
    rule: TaxRule
    from_year: Year
    reason: Reason
    sponsor_id: UUID | None = None


class TaxChoiceRead(BaseModel):
    """A decision of the sponsor; the program gives no tax advice."""

    id: UUID
    sponsor_id: UUID
    role: str
    rule: str
    from_year: int
    reason: str
    sentence: str


class DeclaredIncomeCreate(Strict):
    """What she was paid elsewhere in a tax year under a rule; the newest word counts.

    `volunteer_id` is given by the office, which passes her word on; `sponsor_id` by who is in
    several pools.
    """

    tax_year: Year
    rule: Limited
    amount_cents: Cents
    volunteer_id: UUID | None = None
    sponsor_id: UUID | None = None


class DeclaredIncomeRead(BaseModel):
    """What somebody said, and when; `counts` is false once she has said something newer."""

    id: UUID
    created_at: datetime
    sponsor_id: UUID
    volunteer_id: UUID
    tax_year: int
    rule: str
    amount_cents: int
    counts: bool


class TaxYearRead(BaseModel):
    """One rule in one year of payment. Without a limit nothing is free of tax by this rule."""

    rule: str
    year: int
    received_cents: int
    declared_cents: int
    total_cents: int
    limit_cents: int | None
    headroom_cents: int | None
    level: Literal["ok", "near", "over", "none"]
    decided: bool
    """Whether the sponsor has chosen the rule; if not, the lower limit is reckoned with."""
    sentence: str


class TaxLedgerRead(BaseModel):
    """What one person was paid in a year, by rule."""

    volunteer_id: UUID
    volunteer: str
    years: list[TaxYearRead]


class BenefitWishWrite(Strict):
    """Beside which benefit she wants to see what she was paid."""

    benefit: Benefit


class BenefitPartRead(BaseModel):
    """A month or a year: what arrived, what leaves the benefit as it is, what is above."""

    first_day: date
    received_cents: int
    exempt_cents: int
    above_cents: int
    sentence: str


class BenefitRead(BaseModel):
    """What was paid beside a benefit. Only she sees it; `benefit` is null without her wish."""

    benefit: str | None = None
    title: str = ""
    per: str = ""
    source: str = ""
    status: str = ""
    """`unverified` means: please check."""
    sentence: str
    parts: list[BenefitPartRead] = []
