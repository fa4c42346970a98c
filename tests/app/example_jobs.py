"""What is the house's own, on either database: jobs, periodic work, what people say of the app."""

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from app import jobs
from app.clock import now
from app.tables import Feedback, Tick

GIVE_UP = {
    "sqlite": "UPDATE job SET state = 'failed' WHERE name = 'example'",
    "postgresql": "UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'example'",
}


def jobs_of(session: Session, sponsor_id: UUID) -> dict[str, UUID]:
    """The ids of a failed job on this sponsor, and of what somebody said of the app."""
    session.add(Tick(name=f"example.{sponsor_id}", due_at=now()))
    said = Feedback(kind="barrier", text="Zu klein", page="/app/", answer_by=date(2027, 2, 15))
    session.add(said)
    jobs.defer(session, "example", sponsor_id)
    session.flush()
    session.connection().execute(text(GIVE_UP[session.get_bind().dialect.name]))
    made = [job for job in jobs.listed(session) if job.subject_id == sponsor_id]
    return {"job_id": made[-1].id, "feedback_id": said.id}
