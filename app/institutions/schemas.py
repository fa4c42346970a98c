"""What travels about institutions."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from app.bodies import Day, Line, Name, OptionalEmail, Phone, PostalCode, Strict

KindSlug = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class InstitutionCreate(Strict):
    """A new partner."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
    kind: KindSlug
    street: Line = ""
    postal_code: PostalCode
    town: Name
    contact_name: Line = ""
    phone: Phone = ""
    email: OptionalEmail = ""
    agreement_since: Day | None = None
    sponsor_id: UUID | None = None


class InstitutionUpdate(Strict):
    """What may be changed."""

    street: Line | None = None
    postal_code: PostalCode | None = None
    town: Name | None = None
    contact_name: Line | None = None
    phone: Phone | None = None
    email: OptionalEmail | None = None


class InstitutionRead(BaseModel):
    """A partner that may ask for help."""

    id: UUID
    name: str
    kind: str
    kind_label: str
    street: str
    postal_code: str
    town: str
    contact_name: str
    phone: str
    email: str
