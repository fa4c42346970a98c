"""How somebody is sought for a seat: the rule of the house, the search, and who stands by."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.tables.requests import LeadTime
from app.tables.row import SponsorRow, one_of


class Strategy(StrEnum):
    """How many are asked at a time: one after another, some, everybody who could go."""

    SEQUENCE = "sequence"
    WAVES = "waves"
    ALL = "all"


class OfferPolicy(SponsorRow, table=True):
    """How a sponsor asks, by how short the notice is; without a row the default holds."""

    __tablename__ = "offer_policy"
    __table_args__ = (
        UniqueConstraint("sponsor_id", "lead_time"),
        one_of("lead_time", LeadTime),
        one_of("strategy", Strategy),
        CheckConstraint("wave_size BETWEEN 1 AND 50", name="wave_size"),
    )
    lead_time: str = Field(max_length=8)
    strategy: str = Field(max_length=12)
    wave_size: int | None = None
    """How many in a wave; without it as few as the answer rates allow."""


class SearchState(StrEnum):
    """A search's way.

    `exhausted`: nobody is left to be asked, and a plan may still make room.
    """

    RUNNING = "running"
    EXHAUSTED = "exhausted"
    FILLED = "filled"
    UNFILLED = "unfilled"
    STOPPED = "stopped"


class Search(SponsorRow, table=True):
    """Suche: somebody is being sought for a seat, wave after wave, until a yes or the last day."""

    __table_args__ = (
        one_of("state", SearchState),
        one_of("strategy", Strategy),
        Index(
            "uq_search_live",
            "seat_id",
            unique=True,
            sqlite_where=text("state IN ('running', 'exhausted')"),
            postgresql_where=text("state IN ('running', 'exhausted')"),
        ),
        Index("ix_search_state_next", "state", "next_at"),
    )
    seat_id: UUID = Field(foreign_key="seat.id", index=True)
    strategy: str = Field(max_length=12)
    wave_size: int | None = None
    wave: int = 0
    state: str = Field(default=SearchState.RUNNING, max_length=12)
    cause: str = Field(default="office", max_length=16)
    """Why it was begun: office, plan, substitute, moved."""
    act_by: datetime
    """Until then the institution must know, if nobody is found."""
    next_at: datetime | None = None
    """When it goes on, if nobody says yes before."""
    ended_at: datetime | None = None
    reasons: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """Why nobody was found: code and params."""


class StandbyState(StrEnum):
    """Whether somebody stands by for a critical appointment."""

    ASKED = "asked"
    READY = "ready"
    DECLINED = "declined"
    CALLED = "called"
    RELEASED = "released"


class Standby(SponsorRow, table=True):
    """Bereitschaft: goes when the booked person cannot; takes no time before that."""

    __table_args__ = (
        one_of("state", StandbyState),
        Index(
            "uq_standby_live",
            "seat_id",
            "volunteer_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'ready')"),
            postgresql_where=text("state IN ('asked', 'ready')"),
        ),
    )
    seat_id: UUID = Field(foreign_key="seat.id", index=True)
    option_id: UUID = Field(foreign_key="request_option.id")
    volunteer_id: UUID = Field(foreign_key="volunteer.id", index=True)
    state: str = Field(default=StandbyState.ASKED, max_length=12)
    answered_at: datetime | None = None
