"""What travels about imports."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel


class Understood(BaseModel):
    """What a cell says, and how it was read: `column` is its heading in the list."""

    column: str
    written: str
    read_as: str


class RowRead(BaseModel):
    """One row: where it is, what became of it, with a sentence for each code.

    `fate` is `accepted`, `ask` (stored, a question is open), `rejected` (nothing stored) or
    `unchanged` (stored before, left alone); `differs` are the columns of an unchanged row in which
    the list says something else than what is stored.
    """

    kind: str
    row: str
    label: str
    fate: str
    codes: list[str]
    sentences: list[str]
    understood: list[Understood]
    differs: list[str]


class ImportRead(BaseModel):
    """What became of each row, and what was new; `ignored` are files and sheets left alone."""

    id: UUID | None
    dry_run: bool
    outcome: dict[str, Any]
    rows: list[RowRead]
    new_volunteers: int
    new_institutions: int
    new_requests: int
    ignored: list[str]


class Figures(BaseModel):
    """How many rows of one list had which fate."""

    rows: int
    accepted: int
    ask: int
    rejected: int
    unchanged: int


class BatchRead(BaseModel):
    """One import: who, when, from which files, what it wrote, and whether it was taken back."""

    id: UUID
    sponsor_id: UUID
    account_id: UUID | None
    account_name: str
    sources: list[str]
    finished_at: datetime
    undone_at: datetime | None
    volunteers: Figures
    institutions: Figures
    requests: Figures
    written: int
