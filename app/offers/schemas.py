"""What travels about offers and bookings."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field, computed_field

from app.bodies import Strict


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
    town: str
    travel_minutes: int | None
    """One way from home, rounded up to five; null where nobody goes anywhere."""


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
    """A booked appointment."""

    id: UUID
    seat_id: UUID
    volunteer_id: UUID
    volunteer: str
    role: str
    mode: str
    state: str
    starts_at: datetime
    ends_at: datetime
    institution: str
    booked_via: str
    reminded_at: datetime | None
    """When she was asked, the day before, whether it stands."""
    reconfirmed_at: datetime | None
    cancelled_at: datetime | None
    cancelled_by: str
    """On whose side it ended: volunteer, institution, office; empty while it stands."""
    cancel_cause: str
    notice_minutes: int | None = Field(exclude=True)
    pay_rule: str
    """Which rule says what it is worth although it did not take place."""
    contact: ContactRead | None

    @computed_field  # type: ignore[prop-decorator]  # as pydantic has it
    @property
    def notice_hours(self) -> float | None:
        """How long before its start it was called off, in hours."""
        return None if self.notice_minutes is None else round(self.notice_minutes / 60, 1)
