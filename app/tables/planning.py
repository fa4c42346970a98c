"""Plans with their proof, the proposals in them, offers and bookings."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.tables.row import SponsorRow, one_of


class PlanState(StrEnum):
    """A planning run's way."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    RELEASED = "released"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Plan(SponsorRow, table=True):
    """One planning run with its objective, bound and gaps; `progress` only while it runs."""

    __table_args__ = (
        one_of("state", PlanState),
        CheckConstraint("first_day <= last_day", name="days"),
    )
    first_day: date
    last_day: date
    state: str = Field(default=PlanState.QUEUED, max_length=12)
    seed: int = 0
    weights: str = Field(default="default", max_length=40)
    input_hash: str = Field(default="", max_length=64)
    seats: int = 0
    filled: int = 0
    waiting: int = 0
    method: str = Field(default="", max_length=40)
    status: str = Field(default="", max_length=20)
    objective: int | None = Field(default=None, sa_type=BigInteger)
    bound: int | None = Field(default=None, sa_type=BigInteger)
    gap: float | None = None
    gap_fill: float | None = None
    gap_cost: float | None = None
    seconds: float | None = None
    failure: str = Field(default="", max_length=300)
    notes: list[str] = Field(default_factory=list, sa_type=JSON)
    """Codes of what its reader should know, such as a routing service that did not answer."""
    progress: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    requested_by: UUID | None = Field(default=None, foreign_key="account.id")


class Proposal(SponsorRow, table=True):
    """The machine's proposal of one volunteer for one seat; a person decides.

    `price` is what one more chance to fill the seat would be worth, in points, if that is known.
    """

    __table_args__ = (UniqueConstraint("plan_id", "seat_id"),)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    seat_id: UUID = Field(foreign_key="seat.id", index=True)
    option_id: UUID = Field(foreign_key="request_option.id")
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    mode: str = Field(max_length=10)
    cost: int
    price: int | None = Field(default=None, sa_type=BigInteger)
    terms: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class UnfilledReason(SponsorRow, table=True):
    """Why a seat stayed open in a plan; `price` as in a proposal."""

    __tablename__ = "unfilled_reason"
    __table_args__ = (UniqueConstraint("plan_id", "seat_id", "position"),)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    seat_id: UUID = Field(foreign_key="seat.id", index=True)
    position: int
    price: int | None = Field(default=None, sa_type=BigInteger)
    code: str = Field(max_length=40)
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class OfferState(StrEnum):
    """An offer's way."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Offer(SponsorRow, table=True):
    """Angebot: the question to one volunteer, can you do this?"""

    __table_args__ = (
        one_of("state", OfferState),
        Index(
            "uq_offer_pending",
            "seat_id",
            "volunteer_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_offer_state_expires", "state", "expires_at"),
    )
    seat_id: UUID = Field(foreign_key="seat.id", index=True)
    option_id: UUID = Field(foreign_key="request_option.id")
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    plan_id: UUID | None = Field(default=None, foreign_key="plan.id")
    mode: str = Field(max_length=10)
    state: str = Field(default=OfferState.PENDING, max_length=12)
    expires_at: datetime
    answered_at: datetime | None = None
    answered_by: UUID | None = Field(default=None, foreign_key="account.id")
    search_id: UUID | None = Field(default=None, foreign_key="search.id", index=True)
    wave: int = 0
    late_yes_at: datetime | None = None
    """A yes that came too late, kept as "would have"."""
    lending_id: UUID | None = Field(default=None, foreign_key="lending.id", index=True)
    """She is of another pool, which lends her: the office that asks does not know who she is."""
    call_asked_at: datetime | None = None
    """When she asked to be called instead of answering."""


class OfferedTime(SponsorRow, table=True):
    """A time at which who is asked could come instead of the one she was asked about."""

    __tablename__ = "offered_time"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="span"),
        UniqueConstraint("offer_id", "starts_at"),
    )
    offer_id: UUID = Field(foreign_key="offer.id", index=True)
    starts_at: datetime
    ends_at: datetime
    note: str = Field(default="", max_length=300)


class AssignmentState(StrEnum):
    """A booking's way."""

    BOOKED = "booked"
    CANCELLED_EARLY = "cancelled_early"
    CANCELLED_LATE = "cancelled_late"
    PERFORMED = "performed"
    CLIENT_NO_SHOW = "client_no_show"
    VOLUNTEER_NO_SHOW = "volunteer_no_show"


TIME_TAKEN = (AssignmentState.BOOKED, AssignmentState.PERFORMED, AssignmentState.CLIENT_NO_SHOW)
"""States in which the volunteer's time is taken: the overlap guard looks at these."""
_TAKEN = "state IN ('booked', 'performed', 'client_no_show')"


class Side(StrEnum):
    """Who called a booking off."""

    VOLUNTEER = "volunteer"
    INSTITUTION = "institution"
    OFFICE = "office"


class Cause(StrEnum):
    """Why a booking was called off."""

    ILLNESS = "illness"
    OTHER_APPOINTMENT = "other_appointment"
    TRANSPORT = "transport"
    NOT_NEEDED = "not_needed"
    CLIENT_CANCELLED = "client_cancelled"
    INSTITUTION_CLOSED = "institution_closed"
    MOVED = "moved"
    NO_PAPERS = "no_papers"
    OTHER = "other"


class PayRule(StrEnum):
    """Which rule of the rate plan says what a booking that did not take place is worth."""

    NONE = "none"
    LATE_CANCEL = "late_cancel"
    CLIENT_NO_SHOW = "client_no_show"


class Assignment(SponsorRow, table=True):
    """Einsatz: a volunteer booked on a seat. Overlap is impossible in the database itself."""

    __table_args__ = (
        one_of("state", AssignmentState),
        CheckConstraint("starts_at < ends_at", name="span"),
        Index(
            "uq_assignment_seat_taken",
            "seat_id",
            unique=True,
            sqlite_where=text(_TAKEN),
            postgresql_where=text(_TAKEN),
        ),
        Index("ix_assignment_volunteer_span", "volunteer_id", "starts_at"),
        Index("ix_assignment_sponsor_start", "sponsor_id", "starts_at"),
    )
    seat_id: UUID = Field(foreign_key="seat.id", index=True)
    option_id: UUID = Field(foreign_key="request_option.id")
    offer_id: UUID | None = Field(default=None, foreign_key="offer.id")
    volunteer_id: UUID = Field(foreign_key="volunteer.id")
    role: str = Field(max_length=20)
    mode: str = Field(max_length=10)
    starts_at: datetime
    ends_at: datetime
    state: str = Field(default=AssignmentState.BOOKED, max_length=20)
    booked_via: str = Field(default="offer", max_length=8)
    """`offer`; `phone`: the office booked it after a call; `standby`: she stepped in."""
    cancel_reason: str = Field(default="", max_length=300)
    cancelled_at: datetime | None = None
    cancelled_by: str = Field(default="", max_length=12)
    cancel_cause: str = Field(default="", max_length=20)
    notice_minutes: int | None = None
    """How long before its start it was called off."""
    pay_rule: str = Field(default=PayRule.NONE, max_length=16)
    code_tries: int = 0
    """How often a wrong code of the institution came in."""
    reminded_at: datetime | None = None
    """When she was asked, the day before, whether it stands."""
    reconfirmed_at: datetime | None = None
    on_the_way_at: datetime | None = None
    """When she set out, as she says on the day; the two that follow are hers as well."""
    started_at: datetime | None = None
    finished_at: datetime | None = None
