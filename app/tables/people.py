"""Who signs in, and with what."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from app.tables.row import Row, SponsorRow, one_of


class Role(StrEnum):
    """What an account may be at a sponsor; volunteers and contacts have rows of their own."""

    COORDINATOR = "coordinator"
    FINANCE = "finance"
    LEAD = "lead"


class Account(Row, table=True):
    """A person who can sign in."""

    email: str = Field(unique=True, max_length=254)
    name: str = Field(max_length=200)
    password_hash: str | None = None
    locale: str = Field(default="de", max_length=8)
    active: bool = True
    operator: bool = False
    """Runs the machine: sees jobs, no personal data."""


class Membership(SponsorRow, table=True):
    """An account's role at a sponsor."""

    __table_args__ = (
        UniqueConstraint("account_id", "sponsor_id", "role"),
        one_of("role", Role),
    )
    account_id: UUID = Field(foreign_key="account.id", index=True)
    role: str = Field(max_length=20)


class SessionToken(Row, table=True):
    """A signed-in browser; only the hash of the cookie is kept."""

    __tablename__ = "session_token"
    account_id: UUID = Field(foreign_key="account.id", index=True)
    token_hash: str = Field(unique=True, max_length=64)
    expires_at: datetime
    revoked_at: datetime | None = None


class ApiToken(Row, table=True):
    """A key for programs; shown once, kept as a hash."""

    __tablename__ = "api_token"
    account_id: UUID = Field(foreign_key="account.id", index=True)
    name: str = Field(max_length=100)
    token_hash: str = Field(unique=True, max_length=64)
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class LinkPurpose(StrEnum):
    """What a signed link lets its holder do."""

    ANSWER_OFFER = "answer_offer"
    CONFIRM_RECORD = "confirm_record"
    CONFIRM_BOOKING = "confirm_booking"
    ANSWER_STANDBY = "answer_standby"


class SignedLink(SponsorRow, table=True):
    """A one-purpose link that works without an account; only the hash of its token is kept."""

    __tablename__ = "signed_link"
    __table_args__ = (one_of("purpose", LinkPurpose),)
    token_hash: str = Field(unique=True, max_length=64)
    purpose: str = Field(max_length=20)
    subject_id: UUID = Field(index=True)
    expires_at: datetime
    used_at: datetime | None = None
