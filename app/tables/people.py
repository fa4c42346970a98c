"""Who signs in, and with what."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from app.tables.row import Row, SponsorRow, one_of
from app.tables.sealed import Sealed


class Role(StrEnum):
    """What an account may be at a sponsor; volunteers and contacts have rows of their own."""

    COORDINATOR = "coordinator"
    FINANCE = "finance"
    LEAD = "lead"
    AUDITOR = "auditor"


class Account(Row, table=True):
    """A person who can sign in."""

    email: str = Field(unique=True, max_length=254)
    name: str = Field(max_length=200)
    password_hash: str | None = None
    locale: str = Field(default="de", max_length=8)
    active: bool = True
    operator: bool = False
    """Runs the machine: sees jobs and feedback on the app, nobody's data beside it."""
    programme: bool = False
    """Looks after the state programme: sees suppressed sums across sponsors, no persons."""
    password_set_at: datetime | None = None
    totp_secret: str = Field(default="", sa_type=Sealed(64))
    totp_since: datetime | None = None
    """The authenticator app was tried out; before that it is no second factor."""
    totp_step: int = 0
    """The time step of the last code that was taken: no code is taken twice."""


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
    seen_at: datetime | None = None
    """When it was last used, to the minute; one that lies idle ends."""
    factor_at: datetime | None = None
    """When a second factor was given."""
    proven_at: datetime | None = None
    """When she last proved again that it is she; payout, export and erasure ask for it."""
    label: str = Field(default="", max_length=100)
    """Browser and system, in short."""
    given: str = Field(default="", max_length=40)
    """What she showed in this session, with blanks between: `password`, `mail`, `totp`."""


class Scope(StrEnum):
    """What a key for programs may do."""

    READ = "read"
    WRITE = "write"
    PAYOUT = "payout"
    EXPORT = "export"
    ERASE = "erase"


class ApiToken(Row, table=True):
    """A key for programs; shown once, kept as a hash."""

    __tablename__ = "api_token"
    account_id: UUID = Field(foreign_key="account.id", index=True)
    name: str = Field(max_length=100)
    token_hash: str = Field(unique=True, max_length=64)
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    used_at: datetime | None = None
    """When it was last used, to the minute."""
    factor_at: datetime | None = None
    """When the second factor was given with which it was made."""


class CodePurpose(StrEnum):
    """What a code or link by mail is for."""

    SIGN_IN = "sign_in"
    FACTOR = "factor"
    INVITE = "invite"


class SignInCode(Row, table=True):
    """A code and a link that were mailed to sign in, as a second factor, or to set a password."""

    __tablename__ = "sign_in_code"
    __table_args__ = (one_of("purpose", CodePurpose),)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    purpose: str = Field(max_length=8)
    code_hash: str = Field(max_length=64)
    token_hash: str = Field(unique=True, max_length=64)
    """Of the link; where only a code was sent, of something nobody knows."""
    tries: int = 0
    expires_at: datetime
    used_at: datetime | None = None


class SignInMiss(Row, table=True):
    """A wrong password or code, for throttling; the key is a hash of address or place."""

    __tablename__ = "sign_in_miss"
    __table_args__ = (Index("ix_sign_in_miss_key", "key_hash", "created_at"),)
    key_hash: str = Field(max_length=64)


class LinkPurpose(StrEnum):
    """What a signed link lets its holder do."""

    ANSWER_OFFER = "answer_offer"
    CONFIRM_RECORD = "confirm_record"
    CONFIRM_BOOKING = "confirm_booking"
    ANSWER_STANDBY = "answer_standby"
    APPROVE_CLAIMS = "approve_claims"


class SignedLink(SponsorRow, table=True):
    """A one-purpose link that works without an account; only the hash of its token is kept."""

    __tablename__ = "signed_link"
    __table_args__ = (one_of("purpose", LinkPurpose),)
    token_hash: str = Field(unique=True, max_length=64)
    purpose: str = Field(max_length=20)
    subject_id: UUID = Field(index=True)
    expires_at: datetime
    used_at: datetime | None = None
