"""What travels about lending. Each side reads only what it needs; see `reading`."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from app.bodies import Strict

GIVES_AWAY = (
    "To be shown where she agrees: „Andere Pools sehen dann: In Ihrem Pool gibt es jemanden mit"
    " Ihrer Sprache. Ihren Namen sehen sie erst, wenn Sie zusagen. Wenn nur wenige Menschen"
    " diese Sprache sprechen, können andere trotzdem erraten, dass Sie es sind.“"
)


class Direction(StrEnum):
    """On which side of a lending one stands."""

    BORROWING = "borrowing"
    LENDING = "lending"


class Refusal(StrEnum):
    """Why a pool lends nobody: a word and no text, so that nobody is named in it."""

    NOBODY_FREE = "nobody_free"
    TOO_FAR = "too_far"
    NEEDED_HERE = "needed_here"
    OTHER = "other"


class LendingWish(Strict):
    """Whether she may be asked for appointments of other pools."""

    lendable: bool = Field(description=GIVES_AWAY)


class LendingCreate(Strict):
    """The pool that is asked."""

    lender_id: UUID


class LendingAgree(Strict):
    """Who is asked, of one's own pool."""

    volunteer_id: UUID


class LendingDecline(Strict):
    """Why not."""

    reason: Refusal = Refusal.OTHER


class TimeRead(BaseModel):
    """One possible time."""

    starts_at: datetime
    ends_at: datetime


class AnonymousRead(BaseModel):
    """Somebody who could go: what she speaks and how well, when she is free, how far it is."""

    language: str | None
    level: str | None
    """`A`, `B`, `C` or `native`."""
    times: list[TimeRead]
    travel_minutes: int | None
    """One way, rounded up to five minutes; null when nobody travels."""


class LenderRead(BaseModel):
    """A pool that could help, and what it has; nobody is named."""

    lender_id: UUID
    lender: str
    candidates: list[AnonymousRead]


class CandidateRead(AnonymousRead):
    """The same for her own pool, which knows her."""

    volunteer_id: UUID
    volunteer: str


class LendingRead(BaseModel):
    """A seat for which one pool asks another; `direction` says on which side you stand.

    Whoever borrows reads who comes, and her telephone number, once she has said yes; the number
    until seven days after. Whoever lends never reads which institution it is, or what it is about.
    """

    id: UUID
    direction: Direction
    state: str
    partner: str
    """The other pool."""
    seat_id: UUID | None
    """For whoever borrows."""
    role: str
    language: str | None
    min_level: str | None
    mode: str
    times: list[TimeRead]
    town: str
    travel_minutes: int | None
    reason: str
    created_at: datetime
    answered_at: datetime | None
    volunteer_id: UUID | None
    volunteer: str | None
    phone: str | None


class LendingDetail(LendingRead):
    """The same with those of one's own pool who could go, as long as it has not been answered."""

    candidates: list[CandidateRead]
