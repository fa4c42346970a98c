"""What every row has, and how columns with a fixed set of values are guarded."""

import secrets
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, MetaData
from sqlmodel import Field, SQLModel

from app.clock import now

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention


def new_id() -> UUID:
    """A fresh id that sorts by time of creation.

    References
    ----------
    RFC 9562, section 5.7 (UUID version 7).
    """
    milliseconds = int(now().timestamp() * 1000)
    value = (milliseconds << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | (0x7 << 76)
    return UUID(int=value & ~(0x3 << 62) | (0x2 << 62))


class Row(SQLModel):
    """Id and times of every row."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now, sa_column_kwargs={"onupdate": now})


class SponsorRow(Row):
    """A row that belongs to one sponsor; the second wall looks at `sponsor_id`."""

    sponsor_id: UUID = Field(foreign_key="sponsor.id", index=True)


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """The constraint that `column` holds one of `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
