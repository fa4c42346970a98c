"""What travels about service records."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.bodies import Moment, Note, Place, Reason, Strict
from app.tables import Outcome, Verdict

MAX_MINUTES = 600
Minutes = Annotated[int, Field(ge=0, le=MAX_MINUTES)]
Kilometres = Annotated[int, Field(ge=0, le=1000)]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


Reported = Literal[Outcome.PERFORMED, Outcome.CLIENT_NO_SHOW, Outcome.CUT_SHORT, Outcome.ABORTED]
"""How an appointment went that was not called off before."""


class Slip(Strict):
    """What the institution has signed on paper, and who signed: the function, never a name."""

    minutes: Minutes
    signed_by: Place = ""


class ServiceRecordCreate(Strict):
    """What really happened at an assignment; times with their offset."""

    assignment_id: UUID
    started_at: Moment
    ended_at: Moment
    break_minutes: Minutes = 0
    outcome: Reported = Outcome.PERFORMED
    kilometres: Kilometres = 0
    code: Code | None = None
    """What the institution told her at the end; a wrong one does not stop the report."""
    slip: Slip | None = None
    """Only for the office: the institution has signed on paper, so it is not asked again."""
    reason: Note = ""
    """Why the office reports after the 14 days; a slip of paper needs none."""


class TypedCode(Strict):
    """The code of the institution for this appointment."""

    code: Code


class ServiceRecordUpdate(Strict):
    """Corrected times, as long as nobody has confirmed them."""

    started_at: Moment | None = None
    ended_at: Moment | None = None
    break_minutes: Minutes | None = None
    kilometres: Kilometres | None = None


class LateCancellation(Strict):
    """An appointment that was called off late and that the rate plan pays, with the reason."""

    assignment_id: UUID
    reason: Reason


class Confirm(Strict):
    """How long it took; a coordinator who confirms on behalf gives the reason.

    `feedback` says how it was, `feedback_note` why it was poor: else it is not kept.
    """

    minutes: Minutes
    reason: Note = ""
    feedback: Verdict | None = None
    feedback_note: Note = ""


class Dispute(Strict):
    """What the institution says instead; 0 minutes: nothing took place.

    `outcome` where it went otherwise than reported; the rest as in `Confirm`.
    """

    minutes: Minutes
    reason: Reason
    outcome: Reported | None = None
    feedback: Verdict | None = None
    feedback_note: Note = ""


class Resolve(Strict):
    """The coordinator's decision, with its reason; 0 minutes: nothing took place.

    `outcome` only where it was noted wrongly.
    """

    minutes: Minutes
    outcome: Reported | None = None
    reason: Reason


class Doubt(BaseModel):
    """What a person should look at before hours count."""

    code: str
    de: str
    en: str


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
    source: str
    """`app`, `office`, `paper`, or `code` for the institution's code."""
    kilometres: int
    doubts: list[Doubt]
    """For the office and for her; none for the institution."""
    feedback: str
    """How it was for the institution; this and the two that follow only for the office."""
    feedback_note: str
    institution_outcome: str
    """How it went in the eyes of the institution that disputes it."""


class CodeRead(BaseModel):
    """What became of a code: whether it confirmed the time, and if not, what happens now."""

    accepted: bool
    message: str


class ServiceRecordCoded(ServiceRecordRead):
    """A record after a code was typed."""

    code: CodeRead


class ServiceRecordCreated(ServiceRecordRead):
    """A new record; `confirm_url` only for a coordinator, never for the volunteer herself."""

    confirm_url: str | None = None
    code: CodeRead | None = None
    """Null where no code was sent."""
