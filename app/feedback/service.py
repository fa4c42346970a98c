"""What is said of the app is taken, told to the operator, answered, and forgotten."""

import re
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from app import db, jobs
from app.accounts import throttling
from app.accounts.throttling import Limit
from app.clock import now, today
from app.errors import NotFound
from app.feedback import mails
from app.feedback.refusals import TooMuchFeedback
from app.feedback.schemas import FeedbackCreate
from app.settings import get_settings
from app.tables import Feedback
from app.tokens import BEARER_PREFIX

ANSWERED_WITHIN = timedelta(weeks=6)
"""Promised to everybody; the law asks for it where a barrier is told (HVBIT)."""
FROM_PLACE = Limit("feedback from place", 5, timedelta(hours=1), TooMuchFeedback)
ALTOGETHER = Limit("feedback", 200, timedelta(hours=1), TooMuchFeedback)
"""However many places somebody sends from, neither disk nor mailbox is filled."""
KEPT_ANSWERED, KEPT = timedelta(days=365), timedelta(days=730)
"""So long after the answer, and in any case, words and address are kept."""
MAIL = "feedback.mail"
_BEHIND = re.compile(r"[?#].*")
_TOKEN = re.compile(rf"{BEARER_PREFIX}[\w-]+")


def say(engine: Engine, session: Session, said: FeedbackCreate, place: str) -> Feedback:
    """Take what somebody says; the operator is told by mail. Raises `TooMuchFeedback`."""
    throttling.attempt(engine, FROM_PLACE, place, (ALTOGETHER, ""))
    db.set_scope(session, db.SYSTEM)
    row = Feedback(
        kind=said.kind,
        text=said.text,
        page=bare(said.page),
        reply_to=said.reply_to,
        answer_by=today() + ANSWERED_WITHIN,
    )
    session.add(row)
    session.flush()
    jobs.defer(session, MAIL, row.id)
    return row


def bare(page: str) -> str:
    """The path of a page without what may open a door: links in messages hold a token."""
    return _TOKEN.sub("…", _BEHIND.sub("", page))


@jobs.task(MAIL)
def tell_operator(engine: Engine, feedback_id: UUID) -> None:
    """Mail that something was said, where there is an address to mail to."""
    if not get_settings().contact_email:
        return
    with db.transaction(engine, read_only=True) as session:
        said = session.get(Feedback, feedback_id)
    if said is not None and said.answered_at is None:
        mails.send(said)


def listed(*, waiting: bool) -> SelectOfScalar[Feedback]:
    """Everything that was said, or only what nobody has answered."""
    query = select(Feedback)
    return query.where(col(Feedback.answered_at).is_(None)) if waiting else query


def answer(session: Session, feedback_id: UUID) -> Feedback:
    """Note that it was answered, once and for all; raises `NotFound`."""
    whose = (col(Feedback.id) == feedback_id, col(Feedback.answered_at).is_(None))
    session.exec(update(Feedback).where(*whose).values(answered_at=now()))
    found = session.get(Feedback, feedback_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def forget_old(session: Session) -> None:
    """Words and address go; that something was said, and when it was answered, stays."""
    answered = col(Feedback.answered_at) < now() - KEPT_ANSWERED
    old = or_(answered, col(Feedback.created_at) < now() - KEPT)
    held = or_(*(column != "" for column in (col(Feedback.text), col(Feedback.reply_to))))
    session.exec(update(Feedback).where(old, held).values(text="", page="", reply_to=""))
