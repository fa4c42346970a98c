"""A job that was given up, and periodic work, on either database."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from app import jobs
from app.clock import now
from app.tables import Tick

GIVE_UP = {
    "sqlite": "UPDATE job SET state = 'failed' WHERE name = 'example'",
    "postgresql": "UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'example'",
}


def jobs_of(session: Session, sponsor_id: UUID) -> dict[str, UUID]:
    """The id of a failed job on this sponsor."""
    session.add(Tick(name=f"example.{sponsor_id}", due_at=now()))
    jobs.defer(session, "example", sponsor_id)
    session.flush()
    session.connection().execute(text(GIVE_UP[session.get_bind().dialect.name]))
    made = [job for job in jobs.listed(session) if job.subject_id == sponsor_id]
    return {"job_id": made[-1].id}
