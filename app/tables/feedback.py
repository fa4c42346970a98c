"""What people say of the service itself."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field

from app.tables.row import Row, one_of


class FeedbackKind(StrEnum):
    """What somebody tells the operator: a barrier, a mistake, a wish."""

    BARRIER = "barrier"
    MISTAKE = "mistake"
    WISH = "wish"


class Feedback(Row, table=True):
    """What somebody has said of the app; of no sponsor, and of no account."""

    __table_args__ = (one_of("kind", FeedbackKind),)
    kind: str = Field(max_length=8)
    text: str = Field(max_length=2000)
    page: str = Field(default="", max_length=200)
    """The path of the page it is about, without what follows a question mark."""
    reply_to: str = Field(default="", max_length=254)
    """Where the answer is to go; empty: she wants none."""
    answer_by: date
    """The day that was promised to her."""
    answered_at: datetime | None = None
