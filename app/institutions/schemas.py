"""What travels about institutions."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, model_validator

from app.bodies import Day, Line, Name, OptionalEmail, Phone, PostalCode, Strict

KindSlug = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


def _as_text(value: Any) -> Any:
    # A key that was written as a number lost its 0: the rule about keys says so in a sentence.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


RegionKey = Annotated[
    str,
    BeforeValidator(_as_text),
    StringConstraints(strip_whitespace=True, max_length=8),
    Field(
        description="Official key of the Kreis (5 digits) or commune (8), as text",
        examples=["06440"],
    ),
]
Latitude = Annotated[float, Field(ge=47.0, le=55.2, description="Degrees, in or near Germany")]
Longitude = Annotated[float, Field(ge=5.5, le=15.6, description="Degrees, in or near Germany")]


class Located(Strict):
    """Where exactly it is: both degrees or none; none means the middle of the postal code."""

    lat: Latitude | None = None
    lon: Longitude | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon belong together: give both, or none")
        return self


class InstitutionCreate(Located):
    """A new partner. Without a region it lies in the sponsor's, when that has exactly one."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
    kind: KindSlug
    street: Line = ""
    postal_code: PostalCode
    town: Name
    region_ags: RegionKey | None = None
    contact_name: Line = ""
    phone: Phone = ""
    email: OptionalEmail = ""
    agreement_since: Day | None = None
    sponsor_id: UUID | None = None


class InstitutionUpdate(Located):
    """What may be changed. At a new address it lies in the middle of its postal code again.

    Exact degrees are given anew with the address; null takes them away.
    """

    street: Line | None = None
    postal_code: PostalCode | None = None
    town: Name | None = None
    region_ags: RegionKey | None = None
    contact_name: Line | None = None
    phone: Phone | None = None
    email: OptionalEmail | None = None


class InstitutionRead(BaseModel):
    """A partner that may ask for help; `warning` is what looks wrong about where it lies."""

    id: UUID
    name: str
    kind: str
    kind_label: str
    street: str
    postal_code: str
    town: str
    region_ags: str | None
    region: str | None
    lat: float
    lon: float
    warning: str | None
    contact_name: str
    phone: str
    email: str


class TopicRead(BaseModel):
    """A kind of institution, by its name in the program and in words."""

    kind: str
    german: str
    english: str
