"""What the Land grants and on which rules: rates, exceptions, notices, and the books."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.clock import now
from app.tables.row import SponsorRow, one_of
from app.tables.volunteers import VolunteerPart


class OwnRatePlan(SponsorRow, table=True):
    """Richtliniensatz of a sponsor's own. It is never changed: another one follows it."""

    __tablename__ = "own_rate_plan"
    __table_args__ = (UniqueConstraint("sponsor_id", "key"),)
    key: str = Field(max_length=60)
    rule: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """All members of the rule but its key, as the catalogue names them."""


class CapException(SponsorRow, table=True):
    """More assignments of a client than the cap allows, as granted on application."""

    __tablename__ = "cap_exception"
    __table_args__ = (CheckConstraint("extra > 0", name="extra"),)
    client_case_id: UUID = Field(foreign_key="client_case.id", index=True)
    grant_year: int
    extra: int
    granted_on: date
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    reason: str = Field(default="", max_length=300)
    withdrawn_at: datetime | None = None


class GrantState(StrEnum):
    """A grant notice's way through its year."""

    PLANNED = "planned"
    APPLIED = "applied"
    GRANTED = "granted"
    RUNNING = "running"
    ENDED = "ended"
    PROOF_DUE = "proof_due"
    PROOF_SENT = "proof_sent"
    CLOSED = "closed"


class GrantPurpose(StrEnum):
    """What a grant pays for."""

    GUIDES = "guides"
    INTERPRETERS = "interpreters"
    COORDINATION = "coordination"
    COURSES = "courses"


class GrantNotice(SponsorRow, table=True):
    """Zuwendungsbescheid: what was granted for a year and a purpose."""

    __tablename__ = "grant_notice"
    __table_args__ = (
        one_of("state", GrantState),
        one_of("purpose", GrantPurpose),
        UniqueConstraint("sponsor_id", "funding_line", "year", "purpose"),
        CheckConstraint("starts_on <= ends_on", name="days"),
        CheckConstraint("amount_cents >= 0 AND applied_cents >= 0", name="amounts"),
    )
    funding_line: str = Field(max_length=40)
    year: int
    purpose: str = Field(max_length=12)
    reference: str = Field(default="", max_length=80)
    state: str = Field(default=GrantState.PLANNED, max_length=12)
    applied_cents: int = 0
    amount_cents: int = 0
    starts_on: date
    ends_on: date
    applied_on: date | None = None
    noticed_on: date | None = None
    declared_on: date | None = None
    """When the declaration that follows the notice was sent."""
    proof_sent_on: date | None = None
    change_reason: str = Field(default="", max_length=300)
    """Why what was granted has changed since."""


class LedgerKind(StrEnum):
    """What a line of the books says."""

    WORK = "work"
    """Hours that count."""
    UNFILLED = "unfilled"
    """A seat nobody could take."""
    COURSE = "course"
    """Somebody who has taken part in full."""
    APPROVED = "approved"
    PAID = "paid"
    WAIVED = "waived"


class LedgerEntry(SponsorRow, table=True):
    """A line of the books. It is never changed: what was wrong is booked back.

    Reports read what was recorded by a day, so that they can be drawn again.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        one_of("kind", LedgerKind),
        Index("ix_ledger_entry_kind_day", "sponsor_id", "kind", "day"),
        Index("uq_ledger_entry_reverses", "reverses_id", unique=True),
    )
    kind: str = Field(max_length=8)
    recorded_at: datetime = Field(default_factory=now, index=True)
    day: date
    """Local date of the work, the appointment or the end of the course: its grant year."""
    paid_on: date | None = None
    """When the money moved: its tax year."""
    volunteer_id: UUID | None = Field(default=None, foreign_key="volunteer.id", index=True)
    subject_type: str = Field(max_length=20)
    subject_id: UUID = Field(index=True)
    """The record, activity, seat, participant or line it is about."""
    claim_id: UUID | None = Field(default=None, foreign_key="claim.id", index=True)
    payment_id: UUID | None = Field(default=None, foreign_key="payment.id")
    reverses_id: UUID | None = Field(default=None, foreign_key="ledger_entry.id")
    role: str = Field(default="", max_length=20)
    funding_line: str = Field(default="", max_length=40)
    plan_key: str = Field(default="", max_length=60)
    language: str = Field(default="", max_length=16)
    region_ags: str = Field(default="", max_length=8)
    institution_kind: str = Field(default="", max_length=40)
    detail: str = Field(default="", max_length=40)
    """The outcome, the kind of activity or course, or why nobody came."""
    quantity: int = 1
    """1, or -1 where something is booked back."""
    minutes: int = 0
    paid_minutes: int = 0
    units: int = 0
    amount_cents: int = 0
    travel_cents: int = 0


class TaxRule(StrEnum):
    """Under which number of § 3 EStG a payment falls, as the sponsor has decided."""

    VOLUNTEER = "26a"
    TRAINER = "26"
    NONE = "none"


class TaxChoice(SponsorRow, table=True):
    """Which tax rule a sponsor goes by for a role, from a year on, and why."""

    __tablename__ = "tax_choice"
    __table_args__ = (
        one_of("rule", TaxRule),
        Index(
            "uq_tax_choice_standing",
            "sponsor_id",
            "role",
            "from_year",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
    role: str = Field(max_length=20)
    rule: str = Field(max_length=4)
    from_year: int
    reason: str = Field(max_length=300)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    withdrawn_at: datetime | None = None
    """Since when it does not hold: what was drawn before went by it."""


class DeclaredIncome(SponsorRow, table=True):
    """What somebody says that she was paid elsewhere under a tax rule; the newest one counts."""

    __tablename__ = "declared_income"
    __table_args__ = (
        one_of("rule", TaxRule),
        CheckConstraint("amount_cents >= 0", name="amount"),
    )
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    tax_year: int
    rule: str = Field(max_length=4)
    amount_cents: int
    declared_by: UUID | None = Field(default=None, foreign_key="account.id")


class Benefit(StrEnum):
    """What somebody lives on beside the allowance."""

    ASYLUM_SEEKERS = "asylblg"
    INCOME_SUPPORT = "sgb2"
    UNEMPLOYMENT = "alg1"


class BenefitWish(VolunteerPart, table=True):
    """She wants to see what a benefit leaves her. Nobody else ever reads it."""

    __tablename__ = "benefit_wish"
    __table_args__ = (UniqueConstraint("volunteer_id"),)
    benefit: str = Field(max_length=8)


class ColumnTemplate(SponsorRow, table=True):
    """Which columns a report has for a sponsor, in which order and by which headings."""

    __tablename__ = "column_template"
    __table_args__ = (UniqueConstraint("sponsor_id", "report", "name"),)
    report: str = Field(max_length=40)
    name: str = Field(max_length=80)
    columns: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
