"""What travels about offers and bookings."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from app.bodies import Strict


class OfferRead(BaseModel):
    """The question to one volunteer. Address and contact follow only after a yes."""

    id: UUID
    seat_id: UUID
    volunteer_id: UUID
    state: str
    expires_at: datetime
    starts_at: datetime
    ends_at: datetime
    role: str
    language: str | None
    mode: str
    topic: str
    institution: str
    town: str


class OfferCreate(Strict):
    """Ask one volunteer for one seat, at one of its possible times."""

    seat_id: UUID
    volunteer_id: UUID
    option_id: UUID | None = None


class OfferCreated(OfferRead):
    """A new offer with its one-time link; null when the answer is repeated for its key."""

    answer_url: str | None


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
    contact: ContactRead | None
