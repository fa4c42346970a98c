"""What travels about jobs."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from app.tables import JobState


class JobRead(BaseModel):
    """A job: what, on which object, how it stands, why it failed last. Nothing about people."""

    id: UUID
    name: str
    subject_id: UUID
    state: JobState
    attempts: int
    failure: str
    due_at: datetime
    started_at: datetime | None
    updated_at: datetime
