"""What people say of the app: anybody says it, the operator reads and answers it."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlmodel import col

from app.access import Operator, refuse_foreign_page
from app.db import SessionDep, UnitOfWork
from app.feedback import service as feedback
from app.feedback.schemas import FeedbackCreate, FeedbackRead, FeedbackTaken
from app.paging import Cursor, Limit, Page, page_of
from app.rates import place_of
from app.tables import Feedback

router = APIRouter(route_class=UnitOfWork, tags=["operation"])


@router.post("/feedback", status_code=201, dependencies=[Depends(refuse_foreign_page)])
def give_feedback(body: FeedbackCreate, request: Request, session: SessionDep) -> FeedbackTaken:
    """Tell the operator of a barrier, a mistake or a wish, with or without an account.

    It is answered within six weeks where an address is given. Who is signed in is not noted.
    """
    engine, place = request.app.state.engine, place_of(request.scope)
    said = feedback.say(engine, session, body, place)
    return FeedbackTaken(id=said.id, answer_by=said.answer_by)


@router.get("/feedback")
def list_feedback(
    session: SessionDep,
    _actor: Operator,
    waiting: bool = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[FeedbackRead]:
    """What people said of the app, oldest first; with `waiting` only what nobody has answered."""
    query = feedback.listed(waiting=waiting)
    rows, following = page_of(session, query, col(Feedback.id), limit, cursor)
    return Page(items=[_read(row) for row in rows], next=following)


@router.post("/feedback/{feedback_id}/answered")
def answer_feedback(feedback_id: UUID, session: SessionDep, _actor: Operator) -> FeedbackRead:
    """Note that it was answered, or that there is nothing to answer; twice is once."""
    return _read(feedback.answer(session, feedback_id))


def _read(row: Feedback) -> FeedbackRead:
    return FeedbackRead(**row.model_dump(exclude={"updated_at"}))
