"""What travels about sponsors and their rules."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from app.bodies import Email, Line, Name, Reason, Strict
from app.tables import FourEyes, PolicyEffect, Role, SponsorKind, VolunteerRole

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,40}$")]


class SponsorRead(BaseModel):
    """A sponsoring organisation."""

    id: UUID
    name: str
    kind: str
    nonprofit: bool
    regions: list[str]


class SettingsRead(BaseModel):
    """How claims are approved at a sponsor: by two people, or by a treasurer without account.

    `paper_four_eyes`: a second person confirms what was typed from a slip of paper. `kind`,
    `nonprofit` and `population` decide which grants of the Land there are.
    """

    id: UUID
    kind: SponsorKind
    nonprofit: bool
    population: int | None
    four_eyes: str
    treasurer_name: str
    treasurer_email: str
    account_holder: str
    iban: str
    paper_four_eyes: bool


class SettingsUpdate(Strict):
    """What may be changed; only what is sent. A `population` of null: it is not known."""

    kind: SponsorKind | None = None
    nonprofit: bool | None = None
    population: Annotated[int, Field(gt=0, le=10**8)] | None = None
    four_eyes: FourEyes | None = None
    treasurer_name: Line | None = None
    treasurer_email: Email | Literal[""] | None = None
    account_holder: Line | None = None
    iban: Annotated[str, StringConstraints(max_length=42)] | None = None
    paper_four_eyes: bool | None = None


class MemberCreate(Strict):
    """Who gets a role. The name counts for somebody who has no account yet."""

    email: Email
    name: Name
    role: Role
    sponsor_id: UUID | None = None


class MemberRead(BaseModel):
    """A role that somebody has at a sponsor; who has several stands here several times."""

    id: UUID
    sponsor_id: UUID
    account_id: UUID
    name: str
    email: str
    role: str
    active: bool
    created_at: datetime


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


class StandIn(BaseModel):
    """A language that may stand in for a wanted one."""

    tag: str
    cost: Annotated[int, Field(description="From 0, the same language, to 100")]
    needs_consent: Annotated[bool, Field(description="The client has to agree first")]


class LanguageOption(BaseModel):
    """A language of the table."""

    tag: str
    german: str
    english: str
    own_name: str
    script: str
    direction: str
    variety_of: Annotated[str | None, Field(description="Tag of the language it is a variety of")]
    synonyms: Annotated[list[str], Field(description="Other words that mean it and no other")]
    ask: Annotated[
        bool, Field(description="`q` may mean this language among others: somebody has to ask")
    ]
    substitutes: Annotated[
        list[StandIn], Field(description="Who may interpret instead, the best first")
    ]


class RegionRead(BaseModel):
    """A Kreis, an independent town or a town with special status."""

    ags: Annotated[str, Field(description="Official key: text that starts with 0")]
    name: str
    kind: str
    regierungsbezirk: str
    parent_ags: Annotated[str | None, Field(description="The Kreis a town lies in")]
    valid_from: date | None
    valid_to: Annotated[date | None, Field(description="Last day, included")]
    status: Annotated[str, Field(description="`verified`, or what still has to be checked")]


class PublicHoliday(BaseModel):
    """A public holiday of Hessen."""

    day: date
    name: str


class SchoolHolidays(BaseModel):
    """School holidays of Hessen, whole, with their first and last day included."""

    name: str
    first: date
    last: date


class HolidaysRead(BaseModel):
    """Days on which offices or schools are closed."""

    public: list[PublicHoliday]
    school: list[SchoolHolidays]
    school_known_until: date
    warning: Annotated[
        str | None, Field(description="School holidays are not known for all of these days")
    ]
