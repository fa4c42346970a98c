"""What travels about service records."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.bodies import Moment, Note, Reason, Strict
from app.tables import Outcome

MAX_MINUTES = 600
Minutes = Annotated[int, Field(ge=0, le=MAX_MINUTES)]


Reported = Literal[Outcome.PERFORMED, Outcome.CLIENT_NO_SHOW, Outcome.CUT_SHORT, Outcome.ABORTED]
"""How an appointment went that was not called off before."""


class ServiceRecordCreate(Strict):
    """What really happened at an assignment; times with their offset."""

    assignment_id: UUID
    started_at: Moment
    ended_at: Moment
    break_minutes: Minutes = 0
    outcome: Reported = Outcome.PERFORMED


class ServiceRecordUpdate(Strict):
    """Corrected times, as long as nobody has confirmed them."""

    started_at: Moment | None = None
    ended_at: Moment | None = None
    break_minutes: Minutes | None = None


class Confirm(Strict):
    """How long it took; a coordinator who confirms on behalf gives the reason."""

    minutes: Minutes
    reason: Note = ""


class Dispute(Strict):
    """What the institution says instead; 0 minutes: nothing took place."""

    minutes: Minutes
    reason: Reason


class Resolve(Strict):
    """The coordinator's decision, with its reason; 0 minutes: nothing took place."""

    minutes: Minutes
    reason: Reason


class ServiceRecordRead(BaseModel):
    """A service record with what it is about."""

    id: UUID
    sponsor_id: UUID
    assignment_id: UUID
    volunteer_id: UUID
    volunteer: str
    """Full name for her and her sponsor, first name for the institution."""
    institution_id: UUID | None
    """Null for an auditor."""
    institution: str
    """For an auditor its kind; for who went there, where somebody hides, a week later no more."""
    role: str
    language: str | None
    started_at: datetime
    ended_at: datetime
    break_minutes: int
    minutes: int
    reported_minutes: int
    confirmed_minutes: int | None
    outcome: str
    state: str
    confirmed_by: str
    """For an auditor the side: `institution` or `office`."""
    confirmed_at: datetime | None
    reason: str


class ServiceRecordCreated(ServiceRecordRead):
    """A new record; `confirm_url` only for a coordinator, never for the volunteer herself."""

    confirm_url: str | None = None
