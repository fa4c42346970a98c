"""What travels about payruns, transfers, and what the bank says of them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from app.bodies import Day, Reason, Strict
from app.payouts.schemas import ClaimRead

ReturnCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{0,8}$")]
"""The bank's word for why money came back, as `AC04`."""


class PayrunCreate(Strict):
    """Which approved claims are paid together; without ids all of them."""

    claim_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=2000)
    execute_on: Day | None = Field(
        default=None,
        description="When the bank carries it out: the next weekday unless another day is given;"
        " of a Saturday or Sunday the Monday after it",
    )
    sponsor_id: UUID | None = None


class PayrunPaid(Strict):
    """The day the money left."""

    paid_on: Day


class PayrunReverse(Strict):
    """Why a payrun is taken back before any money has left."""

    reason: Reason


class PaymentReturned(Strict):
    """The day on which money came back, and the bank's word for why."""

    returned_on: Day
    code: ReturnCode = ""


class PayrunRead(BaseModel):
    """Claims that are paid together."""

    id: UUID
    sponsor_id: UUID
    number: int
    state: str
    amount_cents: int
    execute_on: date | None
    paid_on: date | None
    created_at: datetime


class PaymentRead(BaseModel):
    """A transfer to one person, and what became of it."""

    id: UUID
    sponsor_id: UUID
    payrun_id: UUID
    payrun_number: int
    number: int
    volunteer_id: UUID
    payee_name: str
    iban_masked: str
    purpose: str
    amount_cents: int
    state: str
    paid_on: date | None
    returned_on: date | None
    return_code: str


class PayrunDetail(PayrunRead):
    """A payrun with its claims and its transfers.

    Of a transfer that came back the claims wait for another payrun, and are not listed any more.
    """

    claims: list[ClaimRead]
    payments: list[PaymentRead]


class LeftBehind(BaseModel):
    """A claim that could not go into the payrun."""

    claim_id: UUID
    volunteer: str
    sentence: str


class PayrunDrawn(PayrunDetail):
    """A new payrun, and the claims that stayed behind."""

    left_behind: list[LeftBehind]


class StatementsRead(BaseModel):
    """How far the statements of a payrun are: how many there are to be, made, and announced."""

    payments: int
    made: int
    told: int


class BankLine(BaseModel):
    """A line of the bank's statement, and what became of it, as a sentence."""

    booked_on: date
    amount_cents: int
    """Negative where money has left the account."""
    reference: str
    end_to_end_id: str
    payrun_id: UUID | None
    payment_id: UUID | None
    sentence: str


class BankStatementRead(BaseModel):
    """What was booked, what was not and why, and how much of it there was."""

    booked: list[BankLine]
    not_booked: list[BankLine]
    """Lines that a person should look at."""
    known: int
    """Lines that were booked before."""
    others: int
    """Lines of the account that have to do with no payrun: none of them is kept."""
    payments_paid: int
    payments_returned: int
