"""What travels about offers and bookings."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, computed_field, model_validator

from app.bodies import Moment, Note, Strict
from app.requests.schemas import MAX_MINUTES

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(minutes=MAX_MINUTES)


class OtherTimeRead(BaseModel):
    """A time at which somebody could come instead."""

    id: UUID
    starts_at: datetime
    ends_at: datetime


class OfferRead(BaseModel):
    """The question to one volunteer. Address and contact follow only after a yes."""

    id: UUID
    seat_id: UUID
    volunteer_id: UUID
    state: str
    expires_at: datetime
    late_yes_at: datetime | None
    """When a yes came too late: would have."""
    starts_at: datetime
    ends_at: datetime
    role: str
    language: str | None
    mode: str
    topic: str
    institution: str
    institution_id: UUID | None
    """Null where somebody hides: who is merely asked is not told which place it is."""
    town: str
    travel_minutes: int | None
    """One way from home, rounded up to five; null where nobody goes anywhere."""
    why: list[str]
    """Why she is asked, in sentences; none once it was answered or its time has begun."""
    other_times: list[OtherTimeRead]
    """When she could come instead, as she said."""
    call_asked_at: datetime | None
    """When she asked to be called."""


class OtherTimeWrite(Strict):
    """A time at which she could come, in whole minutes; a longer one means somewhere in it."""

    starts_at: Moment
    ends_at: Moment

    @model_validator(mode="after")
    def is_a_time(self) -> Self:
        """Whole minutes, at least five of them and at most ten hours."""
        if any(one.second or one.microsecond for one in (self.starts_at, self.ends_at)):
            raise ValueError("give whole minutes")
        if not SHORTEST <= self.ends_at - self.starts_at <= LONGEST:
            raise ValueError("ends_at must be 5 minutes to 10 hours after starts_at")
        return self


class OtherTimes(Strict):
    """When she could come instead; what she named before is replaced."""

    times: list[OtherTimeWrite] = Field(min_length=1, max_length=3)
    note: Note = ""


class OfferCreate(Strict):
    """Ask one volunteer for one seat, at one of its possible times."""

    seat_id: UUID
    volunteer_id: UUID
    option_id: UUID | None = None


class OfferCreated(OfferRead):
    """A new offer with its one-time link; null when the answer is repeated for its key."""

    answer_url: str | None
    warnings: list[str] = []
    """What of her pay this would go beyond."""


class ContactRead(BaseModel):
    """Where to go and whom to ask for: shown only to the booked person and the office."""

    street: str
    postal_code: str
    town: str
    room: str
    name: str
    phone: str
    note: str


class AssignmentRead(BaseModel):
    """A booked appointment; an institution knows who comes by the given name alone."""

    id: UUID
    seat_id: UUID
    request_id: UUID
    volunteer_id: UUID
    volunteer: str
    role: str
    mode: str
    state: str
    starts_at: datetime
    ends_at: datetime
    language: str | None
    topic: str
    institution: str
    town: str
    travel_minutes: int | None
    """One way, for her and the office, as in the offer; null where nobody goes anywhere."""
    booked_via: str
    reminded_at: datetime | None
    """When she was asked, the day before, whether it stands."""
    reconfirmed_at: datetime | None
    on_the_way_at: datetime | None
    """When she set out, as she said on the day."""
    started_at: datetime | None
    finished_at: datetime | None
    cancelled_at: datetime | None
    cancelled_by: str
    """On whose side it ended: volunteer, institution, office; empty while it stands."""
    cancel_cause: str
    notice_minutes: int | None = Field(exclude=True)
    pay_rule: str
    """Which rule says what it is worth although it did not take place."""
    contact: ContactRead | None
    record_id: UUID | None
    """Her service record, once the hours are reported."""

    @computed_field  # type: ignore[prop-decorator]  # as pydantic has it
    @property
    def notice_hours(self) -> float | None:
        """How long before its start it was called off, in hours."""
        return None if self.notice_minutes is None else round(self.notice_minutes / 60, 1)
