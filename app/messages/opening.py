"""A link was opened: who opens it has seen what it is about."""

import logging
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask

from app import db
from app.gate import HEAD_ALONE
from app.messages import telling

log = logging.getLogger(__name__)


def noted(request: Request, response: Response, subject_id: UUID, volunteer_id: UUID) -> None:
    """Remember, after the answer has left, that a person looked at a page.

    A program that only fetches the links of a mail is no person: browsers say of a page somebody
    goes to that it is one (`Sec-Fetch-Mode`), scanners do not. Where a browser says nothing, the
    message counts as unread and may come once more by another way.
    """
    if _is_person(request):
        engine = request.app.state.engine
        response.background = BackgroundTask(_note, engine, subject_id, volunteer_id)


def _is_person(request: Request) -> bool:
    sent = request.headers
    reads = request.method == "GET" and HEAD_ALONE not in request.scope
    goes_there = reads and sent.get("sec-fetch-mode") == "navigate"
    return goes_there and "sec-purpose" not in sent and "purpose" not in sent


def _note(engine: Engine, subject_id: UUID, volunteer_id: UUID) -> None:
    try:
        with db.transaction(engine) as session:
            telling.mark_read(session, subject_id, volunteer_id)
    except SQLAlchemyError as error:
        log.info("that %s was opened is not noted: %s", subject_id, type(error).__name__)
