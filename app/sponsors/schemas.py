"""What travels about sponsors and their rules."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from app.bodies import Reason, Strict
from app.tables import PolicyEffect, VolunteerRole

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,40}$")]


class SponsorRead(BaseModel):
    """A sponsoring organisation."""

    id: UUID
    name: str
    kind: str
    nonprofit: bool
    regions: list[str]


class PolicyWrite(Strict):
    """A sponsor's own rule for a kind of institution, a topic, or both."""

    role: VolunteerRole
    institution_kind: Slug = ""
    topic: Slug = ""
    effect: PolicyEffect
    reason: Reason
    sponsor_id: UUID | None = None


class PolicyRead(BaseModel):
    """A sponsor's own rule."""

    id: UUID
    sponsor_id: UUID
    role: str
    institution_kind: str
    topic: str
    effect: str
    reason: str


class LanguageOption(BaseModel):
    """A language of the table."""

    tag: str
    german: str
    english: str
    own_name: str
    script: str
    direction: str


class RegionRead(BaseModel):
    """A Kreis, an independent town or a town with special status."""

    ags: str
    name: str
    kind: str
