"""Sponsors, their rules, and the institutions that ask them for help."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from app.tables.row import Row, SponsorRow, one_of
from app.tables.sealed import Sealed


class SponsorKind(StrEnum):
    """What kind of organisation runs a pool."""

    DISTRICT = "district"
    INDEPENDENT_CITY = "independent_city"
    SPECIAL_STATUS_CITY = "special_status_city"
    COMMUNE = "commune"
    CHURCH = "church"
    NONPROFIT = "nonprofit"
    MIGRANT_ORGANISATION = "migrant_organisation"
    ALLIANCE = "alliance"


class FourEyes(StrEnum):
    """Who the second pair of eyes on a claim is."""

    TWO_PEOPLE = "two_people"
    TREASURER_LINK = "treasurer_link"


class Sponsor(Row, table=True):
    """Träger: runs a pool, pays the allowance, answers to the Land."""

    __table_args__ = (one_of("kind", SponsorKind), one_of("four_eyes", FourEyes))
    name: str = Field(unique=True, max_length=200)
    kind: str = Field(default=SponsorKind.DISTRICT, max_length=24)
    nonprofit: bool = False
    population: int | None = None
    regions: list[str] = Field(default_factory=list, sa_type=JSON)
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    four_eyes: str = Field(default=FourEyes.TWO_PEOPLE, max_length=16)
    treasurer_name: str = Field(default="", max_length=200)
    treasurer_email: str = Field(default="", max_length=254)
    """Who approves by a signed link, without an account."""
    account_holder: str = Field(default="", max_length=200)
    iban: str = Field(default="", max_length=34)
    """The account that allowances are paid from."""
    paper_four_eyes: bool = True
    """Whether a second person confirms what was typed from a slip of paper."""


class SponsorKey(SponsorRow, table=True):
    """The key of a sponsor's pseudonyms; when it is destroyed, nobody can make them again."""

    __tablename__ = "sponsor_key"
    __table_args__ = (UniqueConstraint("sponsor_id", "version"),)
    version: int
    secret: str = Field(default="", sa_type=Sealed(64))
    retired_at: datetime | None = None
    destroyed_at: datetime | None = None


class PolicyEffect(StrEnum):
    """What a policy rule says about a kind of institution or a topic."""

    ALLOW = "allow"
    ALLOW_WITH_TRAINING = "allow_with_training"
    FORBID = "forbid"


class PolicyRule(SponsorRow, table=True):
    """A sponsor's own rule for role × institution kind × topic; it wins over the default."""

    __tablename__ = "policy_rule"
    __table_args__ = (
        UniqueConstraint("sponsor_id", "role", "institution_kind", "topic"),
        one_of("effect", PolicyEffect),
    )
    role: str = Field(max_length=20)
    institution_kind: str = Field(default="", max_length=40)
    topic: str = Field(default="", max_length=40)
    effect: str = Field(max_length=24)
    reason: str = Field(max_length=300)


class RatePlanChoice(SponsorRow, table=True):
    """Which rate plan of the catalogue a sponsor uses, from when to when."""

    __tablename__ = "rate_plan"
    __table_args__ = (UniqueConstraint("sponsor_id", "source_key", "valid_from"),)
    source_key: str = Field(max_length=60)
    valid_from: date
    valid_to: date | None = None


class Institution(Row, table=True):
    """Authority, school, kindergarten or social service that asks for help."""

    name: str = Field(max_length=200)
    kind: str = Field(max_length=40)
    kind_label: str = Field(default="", max_length=100)
    street: str = Field(default="", max_length=200)
    postal_code: str = Field(max_length=5)
    town: str = Field(max_length=100)
    region_ags: str | None = Field(default=None, max_length=8)
    lat: float
    lon: float
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)
    contact_name: str = Field(default="", max_length=200)


class Partnership(SponsorRow, table=True):
    """The agreement that lets an institution ask a sponsor."""

    __table_args__ = (UniqueConstraint("institution_id", "sponsor_id"),)
    institution_id: UUID = Field(foreign_key="institution.id", index=True)
    agreement_since: date | None = None


class Contact(Row, table=True):
    """A person who acts for an institution."""

    __table_args__ = (UniqueConstraint("account_id", "institution_id"),)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    institution_id: UUID = Field(foreign_key="institution.id", index=True)
