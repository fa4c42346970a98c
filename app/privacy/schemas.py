"""What travels about export, erasure, retention and keys."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from app.bodies import Note, Strict


class ExportAsk(Strict):
    """Whose data: without an id one's own."""

    volunteer_id: UUID | None = None


class ClassRead(BaseModel):
    """What a class of data is for, on which ground, how long it is kept, who receives it."""

    name: str
    purpose: str
    basis: str
    kept: str
    receivers: str


class ExportRead(BaseModel):
    """Everything that is held about a person, by table, without anybody else."""

    name: str
    made_at: datetime
    controllers: list[str] = Field(description="The sponsors that hold something")
    data: dict[str, list[dict[str, Any]]]
    left_out: dict[str, int] = Field(description="How many older rows there are besides")
    classes: list[ClassRead]


class EraseAsk(Strict):
    """Who is to be forgotten: without an id she herself, in every pool."""

    volunteer_id: UUID | None = None
    reason: Annotated[Note, Field(description="Nobody has to say why")] = ""
    without_pay: Annotated[
        bool, Field(description="What is still owed to her is waived; without it that is a refusal")
    ] = False


class ErasureRead(BaseModel):
    """How far an erasure is at a sponsor; `held`: accounts keep name and IBAN until that day."""

    id: UUID
    sponsor_id: UUID
    volunteer_id: UUID
    state: str
    created_at: datetime
    held_until: date | None
    done_at: datetime | None
    counts: dict[str, int] = Field(description="Rows that were emptied or deleted, by table")
    proof: str = Field(description="SHA-256 over their ids")


class Erased(BaseModel):
    """What became of a wish to be forgotten, by sponsor."""

    items: list[ErasureRead]


class RetentionRunRead(BaseModel):
    """Rows that were kept long enough and went."""

    id: UUID
    sponsor_id: UUID
    created_at: datetime
    data_class: str
    cutoff: date = Field(description="What is older than this day went")
    counts: dict[str, int]
    proof: str = Field(description="SHA-256 over their sorted ids, one a line")


class KeyRead(BaseModel):
    """A key of a sponsor's pseudonyms; the secret itself is never shown."""

    sponsor_id: UUID
    version: int
    created_at: datetime
    retired_at: datetime | None
    destroyed_at: datetime | None


class KeyRotate(Strict):
    """At which sponsor, for who leads several."""

    sponsor_id: UUID | None = None


class KeyDestroyed(KeyRead):
    """The key is gone: so many cases can never be matched to a number again."""

    cases: int
