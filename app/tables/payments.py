"""What leaves the account: a transfer for each person and payrun, and what the bank says of it."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from app.tables.row import SponsorRow, one_of
from app.tables.sealed import Sealed


class PaymentState(StrEnum):
    """Where the money is."""

    DRAWN = "drawn"
    PAID = "paid"
    RETURNED = "returned"
    """It came back, or never left."""


class Payment(SponsorRow, table=True):
    """One transfer of a payrun. It is never changed but for what became of it."""

    __table_args__ = (
        one_of("state", PaymentState),
        UniqueConstraint("payrun_id", "volunteer_id"),
        UniqueConstraint("payrun_id", "number"),
        CheckConstraint("amount_cents > 0", name="amount"),
    )
    payrun_id: UUID = Field(foreign_key="payrun.id")
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    number: int
    """Its place in the file, and the last part of its id at the bank."""
    payee_name: str = Field(default="", max_length=210)
    payee_iban: str = Field(default="", sa_type=Sealed(34))
    purpose: str = Field(default="", max_length=140)
    amount_cents: int
    state: str = Field(default=PaymentState.DRAWN, max_length=8)
    paid_on: date | None = None
    returned_on: date | None = None
    return_code: str = Field(default="", max_length=35)


class PaymentPart(SponsorRow, table=True):
    """A claim within a transfer. A claim is in one at a time: until that one comes back."""

    __tablename__ = "payment_part"
    __table_args__ = (
        Index(
            "uq_payment_part_claim",
            "claim_id",
            unique=True,
            sqlite_where=text("NOT returned"),
            postgresql_where=text("NOT returned"),
        ),
    )
    payment_id: UUID = Field(foreign_key="payment.id", index=True)
    claim_id: UUID = Field(foreign_key="claim.id")
    amount_cents: int
    returned: bool = False


class StatementPaper(SponsorRow, table=True):
    """A statement as it was handed out; after a while it goes, and can be made again."""

    __tablename__ = "statement_paper"
    __table_args__ = (UniqueConstraint("payment_id", "locale"),)
    payment_id: UUID = Field(foreign_key="payment.id")
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    locale: str = Field(max_length=8)
    pdf: bytes = Field(sa_type=LargeBinary)


class BankEntryKind(StrEnum):
    """What a line of a statement was taken for."""

    PAID = "paid"
    RETURNED = "returned"
    UNKNOWN = "unknown"


class BankEntry(SponsorRow, table=True):
    """A line of a bank's statement, read once: the same file again books nothing."""

    __tablename__ = "bank_entry"
    __table_args__ = (
        one_of("kind", BankEntryKind),
        UniqueConstraint("sponsor_id", "statement_id", "reference", "end_to_end_id"),
    )
    statement_id: str = Field(max_length=60)
    reference: str = Field(max_length=60)
    end_to_end_id: str = Field(default="", max_length=35)
    booked_on: date
    amount_cents: int
    kind: str = Field(max_length=8)
    payrun_id: UUID | None = Field(default=None, foreign_key="payrun.id", index=True)
    payment_id: UUID | None = Field(default=None, foreign_key="payment.id")
