"""Requests, and the questions they raise."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from app import access
from app.access import Asker, Coordinator
from app.bodies import Day
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.etags import IfMatch, require_match, tagged
from app.paging import Cursor, Limit, Page, page_of
from app.requests import answering, editing, near, tasks
from app.requests import service as requests
from app.requests.schemas import (
    RequestCheck,
    RequestCreate,
    RequestRead,
    RequestUpdate,
    TaskAnswer,
    TaskRead,
    Triage,
)
from app.tables import Request as Asked
from app.tables import RequestState, Task, TaskState

router = APIRouter(route_class=UnitOfWork, tags=["requests"])


@router.post("/requests", status_code=201)
def create_request(
    body: RequestCreate, request: Request, response: Response, session: SessionDep, actor: Asker
) -> RequestRead:
    """Ask for help. Without open questions the seats are open at once."""
    made = requests.create(session, actor, body)
    response.headers["Location"] = f"/api/v1/requests/{made.id}"
    read = tagged(response, requests.read(session, made))
    return near.warned(session, actor, made, read, locale_of(request))


@router.post("/requests/check")
def check_request(
    body: RequestCreate, request: Request, session: SessionDep, actor: Asker
) -> RequestCheck:
    """Look at a request before it is sent: how urgent, what is near, what will be asked."""
    return requests.check(session, actor, body, locale_of(request))


@router.get("/requests")
def list_requests(
    session: SessionDep,
    actor: Asker,
    state: RequestState | None = None,
    first_day: Day | None = None,
    last_day: Day | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RequestRead]:
    """Requests by state and by the day of their first time; both days included."""
    query = requests.filtered(actor, state=state, first_day=first_day, last_day=last_day)
    rows, following = page_of(session, query, Asked.id, limit, cursor)
    return Page(items=requests.reads(session, rows), next=following)


@router.get("/requests/{request_id}")
def get_request(
    request_id: UUID, request: Request, response: Response, session: SessionDep, actor: Asker
) -> RequestRead:
    """One request with its times, seats and open questions."""
    found = access.load(session, access.visible_requests(actor), Asked, request_id)
    read = tagged(response, requests.read(session, found))
    return near.warned(session, actor, found, read, locale_of(request))


@router.patch("/requests/{request_id}")
def update_request(
    request_id: UUID,
    body: RequestUpdate,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Asker,
    if_match: IfMatch = None,
) -> RequestRead:
    """Change what is sent; times and form only while nobody is booked or being asked."""
    found = access.load(session, access.visible_requests(actor), Asked, request_id, lock=True)
    require_match(if_match, requests.read(session, found))
    editing.edit(session, actor, found, body)
    read = tagged(response, requests.read(session, found))
    return near.warned(session, actor, found, read, locale_of(request))


@router.post("/requests/{request_id}/triage")
def triage_request(
    request_id: UUID, body: Triage, session: SessionDep, actor: Coordinator
) -> RequestRead:
    """Open the seats, or reject with a reason."""
    visible = access.visible_requests(actor)
    request = access.load(session, visible, Asked, request_id, lock=True)
    requests.triage(session, actor, request, opens=body.decision == "open", reason=body.reason)
    return requests.read(session, request)


@router.get("/tasks")
def list_tasks(
    request: Request,
    session: SessionDep,
    actor: Coordinator,
    state: TaskState | None = TaskState.OPEN,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[TaskRead]:
    """What a person must look at."""
    rows, following = page_of(session, tasks.visible(actor, state), Task.id, limit, cursor)
    return Page(items=[tasks.read(row, locale_of(request)) for row in rows], next=following)


@router.post("/tasks/{task_id}/resolve")
def resolve_task(
    task_id: UUID, body: TaskAnswer, request: Request, session: SessionDep, actor: Coordinator
) -> TaskRead:
    """Answer a question. Which member is needed depends on its code."""
    task = access.load(session, access.visible_tasks(actor), Task, task_id)
    answering.resolve(session, actor, task, body)
    return tasks.read(task, locale_of(request))
