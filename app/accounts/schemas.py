"""What travels when people sign in."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.bodies import Email, Moment, Name, Strict
from app.tables import Scope

Password = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{3} ?[0-9]{3}$")]
"""Six digits, with a blank in the middle where somebody types it so."""


class Login(Strict):
    """Address and password."""

    email: Email
    password: Password


class LinkRequest(Strict):
    """Where a code and a link go, and where the link leads in the end."""

    email: Email
    to: Literal["app"] | None = None
    """The app; else the pages that work without script."""


class CodeLogin(Strict):
    """Address, and the code that was mailed to it."""

    email: Email
    code: Code


class CodeGiven(Strict):
    """A code of the authenticator app, or where there is none the one that was mailed."""

    code: Code


class ProofGiven(Strict):
    """The password, or a code."""

    password: Password | None = None
    code: Code | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.password is None) == (self.code is None):
            raise ValueError("give password or code")
        return self


class PasswordChange(Strict):
    """The new password, and the old one unless she has just proved that it is she."""

    new: Password
    old: Password | None = None


class AppRead(BaseModel):
    """What an authenticator app needs to know; shown only in this answer."""

    secret: str
    uri: str
    qr_svg: str


class FactorRead(BaseModel):
    """How it stands with the second factor."""

    needed: bool
    """Whether parts of hers wait for it."""
    app: bool
    """Whether she has set up an authenticator app."""
    mail: bool
    """Whether a mailed code is enough for her."""


class MembershipRead(BaseModel):
    """A role at a sponsor."""

    sponsor_id: UUID
    sponsor: str
    role: str


class MeRead(BaseModel):
    """Who is signed in, and what she may act for."""

    account_id: UUID
    name: str
    given_name: str
    """Of a volunteer; of everybody else the whole name."""
    email: str | None
    """With which she signs in."""
    memberships: list[MembershipRead]
    volunteer_id: UUID | None
    institution_ids: list[UUID]
    operator: bool
    programme: bool
    factor: FactorRead
    proven_until: datetime | None


class SessionRead(BaseModel):
    """A signed-in browser."""

    id: UUID
    label: str
    created_at: datetime
    seen_at: datetime | None
    factor: bool
    current: bool


class ApiTokenCreate(Strict):
    """What the new key is for, and what it may do."""

    name: Name
    expires_at: Moment | None = None
    scopes: list[Scope] = Field(default=[Scope.READ], min_length=1, max_length=5)


class ApiTokenRead(BaseModel):
    """A key, without its secret."""

    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class ApiTokenCreated(ApiTokenRead):
    """A new key with its secret, which is shown only this once."""

    token: str
