"""What travels about grants, deadlines and the conditions of the Land."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.bodies import FIRST_DAY, LAST_DAY, Day, Line, Reason, Strict
from app.tables import GrantPurpose, GrantState

Cents = Annotated[int, Field(ge=0, le=10**10)]
FundingLine = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Reference = Annotated[Line, StringConstraints(max_length=80)]
Year = Annotated[int, Field(ge=FIRST_DAY.year, le=LAST_DAY.year)]


class NoticeCreate(Strict):
    """A grant that is planned. Its days lie in its year; both are included."""

    funding_line: FundingLine = "wir"
    year: Year
    purpose: GrantPurpose
    applied_cents: Cents = 0
    starts_on: Day
    ends_on: Day
    sponsor_id: UUID | None = None


class NoticeUpdate(Strict):
    """What may be changed; only what is sent. Once it is granted, sums and days need a reason."""

    reference: Reference | None = None
    applied_cents: Cents | None = None
    amount_cents: Cents | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    declared_on: Day | None = None
    reason: Reason | None = None

    @model_validator(mode="after")
    def says_why(self) -> Self:
        """A reason belongs to a change."""
        if self.reason is not None and self.model_fields_set == {"reason"}:
            raise ValueError("a reason alone changes nothing")
        return self


class NoticeApply(Strict):
    """When it was applied for; today where nothing is said."""

    applied_on: Day | None = None
    applied_cents: Cents | None = None


class NoticeGrant(Strict):
    """What the notice says."""

    amount_cents: Annotated[int, Field(gt=0, le=10**10)]
    noticed_on: Day
    reference: Reference = ""


class NoticeEnd(Strict):
    """The last day of a grant that ends early, and why."""

    ends_on: Day
    reason: Reason


class NoticeProof(Strict):
    """When the proof of use was sent; today where nothing is said."""

    sent_on: Day | None = None


class NoticeRead(BaseModel):
    """A grant and where it is today."""

    id: UUID
    sponsor_id: UUID
    funding_line: str
    year: int
    purpose: GrantPurpose
    reference: str
    state: GrantState
    applied_cents: int
    amount_cents: int
    starts_on: date
    ends_on: date
    applied_on: date | None
    noticed_on: date | None
    declared_on: date | None
    proof_due_on: date
    proof_sent_on: date | None
    change_reason: str


class GuideHours(BaseModel):
    """What the year cap leaves a guide; `None` where her rate plan has none."""

    volunteer_id: UUID
    volunteer: str
    used_minutes: Annotated[int, Field(description="Paid in claims, and done or booked beside")]
    cap_minutes: int | None
    left_minutes: int | None


class BudgetRead(BaseModel):
    """What of a grant is spoken for, in cents: no cent is in two of the parts."""

    notice_id: UUID
    as_of: date
    granted_cents: int
    paid_cents: int
    approved_cents: Annotated[int, Field(description="Approved and not paid yet")]
    committed_cents: Annotated[
        int, Field(description="Hours that stand without an approved claim, and bookings ahead")
    ]
    planned_cents: Annotated[int, Field(description="Asked for, and nobody booked")]
    left_cents: Annotated[int, Field(description="Below 0 when more is spoken for than granted")]
    exhausted_on: Annotated[
        date | None, Field(description="When it will be used up; null: it lasts")
    ]
    left_at_end_cents: Annotated[int, Field(description="What its last day is expected to leave")]
    sentence: str
    minutes_left: Annotated[
        int | None,
        Field(description="Guide hours that what is left pays for: they may move between people"),
    ]
    guides: list[GuideHours]


class DeadlineRead(BaseModel):
    """By which day something has to be sent to the Land."""

    code: str
    day: date
    days_left: Annotated[int, Field(description="Below 0 when it is over")]
    done: bool
    sentence: str
    sponsor_id: UUID
    notice_id: UUID
    subject_type: str
    subject_id: UUID


class FindingRead(BaseModel):
    """A condition of the Land: whether it is met on the day, what it brings, and why not."""

    code: str
    met: bool
    cents: int
    sentences: list[str]


class EndingRead(BaseModel):
    """Who does not count from a day on, unless something is renewed."""

    volunteer_id: UUID
    volunteer: str
    what: Annotated[str, Field(description="A kind of paper, `listing` or `away`")]
    day: date
    sentence: str


class ForecastRead(BaseModel):
    """When a condition would be missed within a year, and who has to be asked before."""

    code: str
    missed_on: date | None
    sentence: str
    endings: Annotated[list[EndingRead], Field(description="Empty for auditors")]


class MonitorRead(BaseModel):
    """How a sponsor stands with the conditions of the Land on a day."""

    sponsor_id: UUID
    on: date
    guides: int
    interpreters: int
    languages: list[str]
    findings: list[FindingRead]
    forecasts: list[ForecastRead]
