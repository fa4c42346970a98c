"""Claims and payruns. Money is integer cents; a paid claim is never edited."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.tables.row import SponsorRow, one_of
from app.tables.sealed import Sealed


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
    ON_HOLD = "on_hold"
    WAIVED = "waived"
    """She does not want the money; the hours count all the same."""
    REVERSED = "reversed"
    """Taken back by a counter-booking."""


class ClaimKind(StrEnum):
    """Whether a claim books hours, or takes back what an earlier one has booked."""

    REGULAR = "regular"
    COUNTER = "counter"


CLAIM_ENDED = (
    ClaimState.PAID,
    ClaimState.REPORTED,
    ClaimState.REJECTED,
    ClaimState.WAIVED,
    ClaimState.REVERSED,
)
"""States in which nobody waits for the money any more."""


class PayrunState(StrEnum):
    """Whether the money has left."""

    DRAWN = "drawn"
    PAID = "paid"
    REVERSED = "reversed"
    """Never left the account: its claims may be paid by another one."""


_LIVE = "kind = 'regular' AND state <> 'reversed'"


def _once(name: str, column: str) -> Index:
    """What a line is about is claimed by no other line that counts."""
    some = text(f"{column} IS NOT NULL AND counts")
    return Index(name, column, unique=True, sqlite_where=some, postgresql_where=some)


class ApprovalState(StrEnum):
    """What became of a question to the treasurer."""

    ASKED = "asked"
    APPROVED = "approved"
    RETURNED = "returned"
    OVERTAKEN = "overtaken"


class ClaimApproval(SponsorRow, table=True):
    """These very claims, which the treasurer was asked to approve by a link, and the answer."""

    __tablename__ = "claim_approval"
    __table_args__ = (one_of("state", ApprovalState),)
    state: str = Field(default=ApprovalState.ASKED, max_length=10)
    treasurer_name: str = Field(default="", max_length=200)
    treasurer_email: str = Field(default="", max_length=254)
    claims: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """Of each claim the hash of what it was when the question was put."""
    amount_cents: int
    asked_by: UUID | None = Field(default=None, foreign_key="account.id")
    answered_at: datetime | None = None
    reason: str = Field(default="", max_length=300)


class Payrun(SponsorRow, table=True):
    """Zahllauf: claims paid together."""

    __table_args__ = (one_of("state", PayrunState), UniqueConstraint("sponsor_id", "number"))
    number: int
    state: str = Field(default=PayrunState.DRAWN, max_length=8)
    amount_cents: int
    paid_on: date | None = None
    execute_on: date | None = None
    payer_name: str = Field(default="", max_length=200)
    payer_iban: str = Field(default="", max_length=34)
    """The account as it was when the payrun was drawn: the file stays the same."""
    drawn_by: UUID | None = Field(default=None, foreign_key="account.id")
    reason: str = Field(default="", max_length=300)
    """Why it was taken back."""


class Claim(SponsorRow, table=True):
    """Abrechnung: one volunteer, one month, one funding line.

    What was paid is never edited: a counter-booking takes it back, and the month is claimed anew.
    """

    __table_args__ = (
        one_of("state", ClaimState),
        one_of("kind", ClaimKind),
        UniqueConstraint("sponsor_id", "volunteer_id", "month", "funding_line", "number"),
        Index(
            "uq_claim_live",
            "sponsor_id",
            "volunteer_id",
            "month",
            "funding_line",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        Index(
            "uq_claim_reverses",
            "reverses_id",
            unique=True,
            sqlite_where=text("reverses_id IS NOT NULL"),
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        CheckConstraint("(kind = 'counter') = (reverses_id IS NOT NULL)", name="reverses"),
        Index("ix_claim_sponsor_state", "sponsor_id", "state"),
    )
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    month: date
    """The first day of the month."""
    funding_line: str = Field(max_length=40)
    state: str = Field(default=ClaimState.OPEN, max_length=12)
    number: int = 1
    kind: str = Field(default=ClaimKind.REGULAR, max_length=8)
    reverses_id: UUID | None = Field(default=None, foreign_key="claim.id")
    minutes: int
    amount_cents: int
    """With travel; negative in a counter-booking."""
    travel_cents: int = 0
    held_from: str = Field(default="", max_length=12)
    """In which state it was when it was held: there it goes on."""
    checked_by: UUID | None = Field(default=None, foreign_key="account.id")
    checked_at: datetime | None = None
    approved_by: UUID | None = Field(default=None, foreign_key="account.id")
    approved_at: datetime | None = None
    payrun_id: UUID | None = Field(default=None, foreign_key="payrun.id", index=True)
    payee_name: str = Field(default="", max_length=210)
    payee_iban: str = Field(default="", sa_type=Sealed(34))
    """Name and account as they were when the payrun was drawn: the list stays the same."""
    return_reason: str = Field(default="", max_length=300)


class ClaimLine(SponsorRow, table=True):
    """One record's or activity's share of a claim, with the rule it used.

    A record is paid once, and so is a moment of a volunteer: the database refuses a second line
    that counts and pays for the same time, of whichever sponsor.
    """

    __tablename__ = "claim_line"
    __table_args__ = (
        _once("uq_claim_line_record", "service_record_id"),
        _once("uq_claim_line_activity", "activity_id"),
        CheckConstraint("started_at < ended_at", name="span"),
        Index("ix_claim_line_volunteer_span", "volunteer_id", "started_at"),
    )
    claim_id: UUID = Field(foreign_key="claim.id", index=True)
    service_record_id: UUID | None = Field(default=None, foreign_key="service_record.id")
    activity_id: UUID | None = Field(default=None, foreign_key="activity.id")
    volunteer_id: UUID = Field(foreign_key="volunteer.id")
    started_at: datetime
    ended_at: datetime
    counts: bool = True
    """False once it was taken back, and in a counter-booking itself."""
    day: date
    minutes: int
    paid_minutes: int
    amount_cents: int
    travel_cents: int = 0
    plan_key: str = Field(max_length=60)
    reason_code: str = Field(max_length=40)
    reason_params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
