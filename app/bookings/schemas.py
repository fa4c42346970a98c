"""What travels about bookings."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.bodies import Moment, Note, Reason, Strict
from app.offers.schemas import AssignmentRead
from app.requests.schemas import Minutes, Times
from app.tables import Cause, Mode

BookingCause = Literal[
    Cause.ILLNESS, Cause.OTHER_APPOINTMENT, Cause.TRANSPORT, Cause.NO_PAPERS, Cause.OTHER
]
"""Why one person does not go; that nobody is needed is said of the request."""


class AssignmentBooked(AssignmentRead):
    """A new booking, and what of her pay it goes beyond."""

    warnings: list[str]


class AssignmentCreate(Strict):
    """Somebody said yes on the telephone, for a seat at one of its possible times."""

    seat_id: UUID
    volunteer_id: UUID
    option_id: UUID | None = None
    mode: Mode | None = None


class Cancel(Strict):
    """Why she will not go; a reason that looks like data about a person is not kept."""

    reason: Reason
    cause: BookingCause = Cause.OTHER


class NoShow(Strict):
    """Who was missing: the client, or the volunteer."""

    who: Literal["client", "volunteer"]
    reason: Note = ""


class Progress(Strict):
    """How far she is; `at` for what is said later, such as without a network."""

    step: Literal["on_the_way", "started", "finished"]
    at: Moment | None = None


class Move(Strict):
    """The new time, or up to three to choose from; who `agreed` keeps her booking at the first."""

    times: Times
    duration_minutes: Minutes | None = None
    reason: Note = ""
    agreed: list[UUID] = Field(default_factory=list, max_length=12)


class StandbyCreate(Strict):
    """Who is asked to stand by; `agreed`: she said yes on the telephone."""

    volunteer_id: UUID
    agreed: bool = False


class StandbyRead(BaseModel):
    """Somebody who goes when the booked person cannot. Address and contact follow when called."""

    id: UUID
    seat_id: UUID
    volunteer_id: UUID
    volunteer: str
    state: str
    answered_at: datetime | None
    role: str
    language: str | None
    starts_at: datetime
    ends_at: datetime
    institution: str
    town: str


class AssignmentCode(BaseModel):
    """The code of an appointment; `scanned` is what its QR code holds."""

    code: str
    scanned: str
