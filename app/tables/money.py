"""Claims and payruns. Money is integer cents; a paid claim is never edited."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from app.tables.row import SponsorRow, one_of


class ClaimState(StrEnum):
    """A claim's way from being built to being paid."""

    OPEN = "open"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    APPROVED = "approved"
    IN_PAYRUN = "in_payrun"
    PAID = "paid"
    REPORTED = "reported"
    RETURNED = "returned"
    REJECTED = "rejected"


class PayrunState(StrEnum):
    """Whether the money has left."""

    DRAWN = "drawn"
    PAID = "paid"


class Payrun(SponsorRow, table=True):
    """Zahllauf: claims paid together."""

    __table_args__ = (one_of("state", PayrunState), UniqueConstraint("sponsor_id", "number"))
    number: int
    state: str = Field(default=PayrunState.DRAWN, max_length=8)
    amount_cents: int
    paid_on: date | None = None
    drawn_by: UUID | None = Field(default=None, foreign_key="account.id")


class Claim(SponsorRow, table=True):
    """Abrechnung: one volunteer, one month, one funding line."""

    __table_args__ = (
        one_of("state", ClaimState),
        UniqueConstraint("sponsor_id", "volunteer_id", "month", "funding_line"),
        Index("ix_claim_sponsor_state", "sponsor_id", "state"),
    )
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    month: date
    """The first day of the month."""
    funding_line: str = Field(max_length=40)
    state: str = Field(default=ClaimState.OPEN, max_length=12)
    minutes: int
    amount_cents: int
    checked_by: UUID | None = Field(default=None, foreign_key="account.id")
    checked_at: datetime | None = None
    approved_by: UUID | None = Field(default=None, foreign_key="account.id")
    approved_at: datetime | None = None
    payrun_id: UUID | None = Field(default=None, foreign_key="payrun.id", index=True)
    payee_name: str = Field(default="", max_length=210)
    payee_iban: str = Field(default="", max_length=34)
    """Name and account as they were when the payrun was drawn: the list stays the same."""
    return_reason: str = Field(default="", max_length=300)


class ClaimLine(SponsorRow, table=True):
    """One service record's share of a claim, with the rule it used. A record is paid once."""

    __tablename__ = "claim_line"
    __table_args__ = (
        Index(
            "uq_claim_line_record",
            "service_record_id",
            unique=True,
            sqlite_where=text("service_record_id IS NOT NULL"),
            postgresql_where=text("service_record_id IS NOT NULL"),
        ),
    )
    claim_id: UUID = Field(foreign_key="claim.id", index=True)
    service_record_id: UUID | None = Field(default=None, foreign_key="service_record.id")
    day: date
    minutes: int
    paid_minutes: int
    amount_cents: int
    plan_key: str = Field(max_length=60)
    reason_code: str = Field(max_length=40)
    reason_params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
