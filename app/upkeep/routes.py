"""Jobs, for whoever operates the machine."""

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter

from app import jobs
from app.access import Operator
from app.db import SessionDep, UnitOfWork
from app.paging import Cursor, Limit, Page
from app.tables import JobState
from app.upkeep.schemas import JobRead

router = APIRouter(route_class=UnitOfWork, tags=["operation"])


@router.get("/jobs")
def list_jobs(
    session: SessionDep,
    _actor: Operator,
    state: JobState = JobState.FAILED,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[JobRead]:
    """Jobs in a state, oldest first; without one those that were given up."""
    rows = jobs.listed(session, state, limit=limit + 1, cursor=cursor)
    items = [JobRead(**asdict(row)) for row in rows[:limit]]
    return Page(items=items, next=items[-1].id if len(rows) > limit else None)


@router.post("/jobs/{job_id}/retry", status_code=204)
def retry_job(job_id: UUID, session: SessionDep, _actor: Operator) -> None:
    """Let a job that was given up be tried again, five times."""
    jobs.retry(session, job_id)
