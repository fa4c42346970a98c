"""What travels when people sign in."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from app.bodies import Email, Moment, Name, Strict


class Login(Strict):
    """Address and password."""

    email: Email
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class MembershipRead(BaseModel):
    """A role at a sponsor."""

    sponsor_id: UUID
    sponsor: str
    role: str


class MeRead(BaseModel):
    """Who is signed in, and what she may act for."""

    account_id: UUID
    name: str
    memberships: list[MembershipRead]
    volunteer_id: UUID | None
    institution_ids: list[UUID]


class ApiTokenCreate(Strict):
    """What the new key is for."""

    name: Name
    expires_at: Moment | None = None


class ApiTokenRead(BaseModel):
    """A key, without its secret."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime | None


class ApiTokenCreated(ApiTokenRead):
    """A new key with its secret, which is shown only this once."""

    token: str
