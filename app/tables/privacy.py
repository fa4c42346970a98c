"""What is lent, what is erased, and the proof that it is gone."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlmodel import Field

from app.tables.row import SponsorRow, one_of


class LendingState(StrEnum):
    """The way of a volunteer into an appointment of another pool."""

    ASKED = "asked"
    AGREED = "agreed"
    BOOKED = "booked"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Lending(SponsorRow, table=True):
    """A seat that a volunteer of another pool may take; `sponsor_id` borrows, `lender_id` lends.

    Until it is booked the borrower knows language, time and distance, and not who it is.
    """

    __table_args__ = (
        one_of("state", LendingState),
        CheckConstraint("sponsor_id <> lender_id", name="two_pools"),
        Index(
            "uq_lending_live",
            "seat_id",
            "lender_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'agreed')"),
            postgresql_where=text("state IN ('asked', 'agreed')"),
        ),
    )
    lender_id: UUID = Field(foreign_key="sponsor.id", index=True)
    seat_id: UUID = Field(foreign_key="seat.id", index=True)
    volunteer_id: UUID | None = Field(default=None, foreign_key="volunteer.id", index=True)
    """Whom the lender chose; no name is known to the borrower before the booking."""
    state: str = Field(default=LendingState.ASKED, max_length=12)
    travel_minutes: int | None = None
    asked_by: UUID | None = Field(default=None, foreign_key="account.id")
    answered_by: UUID | None = Field(default=None, foreign_key="account.id")
    answered_at: datetime | None = None
    reason: str = Field(default="", max_length=300)


class ErasureState(StrEnum):
    """How far an erasure is."""

    ASKED = "asked"
    HELD = "held"
    DONE = "done"
    REFUSED = "refused"


class Erasure(SponsorRow, table=True):
    """Somebody's wish to be forgotten (Art. 17 GDPR), and what became of it."""

    __table_args__ = (one_of("state", ErasureState),)
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    state: str = Field(default=ErasureState.ASKED, max_length=8)
    asked_by: UUID | None = Field(default=None, foreign_key="account.id")
    reason: str = Field(default="", max_length=300)
    held_until: date | None = None
    """Accounts are kept until then; what they need is erased after it."""
    done_at: datetime | None = None
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Rows that were emptied or deleted, by table."""
    proof: str = Field(default="", max_length=64)
    """SHA-256 over ids and counts, as the audit has it."""


class RetentionRun(SponsorRow, table=True):
    """One pass over what is kept too long: how much of which class of data went."""

    __tablename__ = "retention_run"
    data_class: str = Field(max_length=40)
    cutoff: date
    """What is older than this day went."""
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    proof: str = Field(max_length=64)
    """SHA-256 over the ids of the rows that went."""
