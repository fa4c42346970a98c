"""What travels about the audit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from app.origin import Origin


class AuditRead(BaseModel):
    """Who did what on what, by which way and why; codes and numbers, nothing about clients.

    `actor` is a name for the lead only. `roles` are those the person has at this sponsor today;
    none for the service itself. `position`, `previous_hash` and `hash` are empty until it is
    linked.
    """

    id: UUID
    created_at: datetime
    sponsor_id: UUID
    account_id: UUID | None
    actor: str | None
    roles: list[str]
    via: Origin
    action: str
    subject_type: str
    subject_id: UUID
    details: dict[str, Any]
    reason: str
    rule_version: str
    position: int | None
    previous_hash: str
    hash: str


class ChainRead(BaseModel):
    """How far the chain of a sponsor is: linked, waiting since when, and the last anchor."""

    sponsor_id: UUID
    chained: int
    unchained: int
    unchained_since: datetime | None
    anchored: int
    anchored_at: datetime | None


class AnchorRead(BaseModel):
    """How long the chain was at a moment, and with which hash it ended."""

    id: UUID
    sponsor_id: UUID
    count: int
    head: str
    created_at: datetime


class MyAuditRead(BaseModel):
    """What somebody did with my details, in one sentence.

    `who` is `me`, `office` (of the sponsor) or `service`: which person it was stays with the
    office.
    """

    id: UUID
    at: datetime
    who: str
    sponsor: str
    action: str
    sentence: str
