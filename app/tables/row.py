"""What every row has, and how columns with a fixed set of values are guarded."""

import secrets
import threading
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, MetaData, inspect
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


RANDOM_BITS, STEP_BITS = 74, 32


class _Order:
    """Gives what was drawn, or a random step beyond the last when the millisecond is the same."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next(self, drawn: int) -> int:
        with self._lock:
            later = drawn >> RANDOM_BITS > self._last >> RANDOM_BITS
            step = 1 + secrets.randbits(STEP_BITS)
            self._last = drawn if later else self._last + step
            return self._last


_order = _Order()


def new_id() -> UUID:
    """A fresh id that sorts by time of creation, within one process to the very id.

    References
    ----------
    RFC 9562, section 5.7 (UUID version 7) and section 6.2, method 2 (monotonic random).
    """
    milliseconds = int(now().timestamp() * 1000)
    drawn = _order.next(milliseconds << RANDOM_BITS | secrets.randbits(RANDOM_BITS))
    high, low = drawn >> 62, drawn & (1 << 62) - 1
    milliseconds, middle = high >> 12, high & 0xFFF
    return UUID(int=milliseconds << 80 | 0x7 << 76 | middle << 64 | 0x2 << 62 | low)


class Row(SQLModel):
    """Id and times of every row."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now, sa_column_kwargs={"onupdate": now})

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """All members; those that were not read with the row (`load_only`) are read first."""
        # Rows that are only looked at are no objects of a session.
        state = inspect(self, raiseerr=False)
        if state is not None and state.persistent:
            left = state.unloaded & type(self).model_fields.keys()
            if left:
                state.session.refresh(self, left)
        return super().model_dump(**options)


class SponsorRow(Row):
    """A row that belongs to one sponsor; the second wall looks at `sponsor_id`."""

    sponsor_id: UUID = Field(foreign_key="sponsor.id", index=True)


def one_of(column: str, values: type[StrEnum], *, or_nothing: bool = False) -> CheckConstraint:
    """The constraint that `column` holds one of `values`; `or_nothing`: or is empty."""
    held = ["", *values] if or_nothing else [*values]
    listed = ", ".join(f"'{value}'" for value in held)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
