"""What travels about imports."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel


class RowRead(BaseModel):
    """One row that is asked about or rejected, with a sentence for each code."""

    kind: str
    row: str
    fate: str
    codes: list[str]
    sentences: list[str]


class ImportRead(BaseModel):
    """What became of each row, and what was new."""

    id: UUID | None
    dry_run: bool
    outcome: dict[str, Any]
    rows: list[RowRead]
    new_volunteers: int
    new_institutions: int
    new_requests: int
