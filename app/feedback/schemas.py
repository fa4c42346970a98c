"""What travels about feedback."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from app.bodies import Line, OptionalEmail, Strict
from app.tables import FeedbackKind

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class FeedbackCreate(Strict):
    """What somebody says, of which page, and where the answer goes if she wants one."""

    kind: FeedbackKind
    text: Words
    page: Line = ""
    reply_to: OptionalEmail = ""


class FeedbackTaken(BaseModel):
    """That it has come in, and by when it is answered."""

    id: UUID
    answer_by: date


class FeedbackRead(BaseModel):
    """What somebody said, and whether it was answered."""

    id: UUID
    kind: FeedbackKind
    text: str
    page: str
    reply_to: str
    created_at: datetime
    answer_by: date
    answered_at: datetime | None
