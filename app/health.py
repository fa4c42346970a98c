"""Is the process alive, and can it work?"""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from app.migrations import findings

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """`ok`, or what is missing."""

    status: str
    findings: list[str] = []


@router.get("/livez")
def livez() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Health, "description": "Not ready"}})
def readyz(request: Request, response: Response) -> Health:
    """The database is there, migrated and guarded."""
    try:
        found = findings(request.app.state.engine)
    except Exception:  # whatever is wrong with the database, the answer is "not ready"
        found = ["The database cannot be reached."]
    if found:
        response.status_code = 503
    return Health(status="not ready" if found else "ok", findings=found)
