"""By another way: when nobody looks at a message, when it cannot arrive, and the office's call."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import db, jobs
from app.clock import now
from app.messages import cutting, people, subjects, telling, wording
from app.messages.people import Recipient
from app.tables import (
    Assignment,
    Channel,
    Event,
    Message,
    MessageState,
    Offer,
    Request,
    Row,
    Standby,
    Task,
    TaskState,
)

UNREAD = "messages.unread"
ALIVE = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT)


def tried(session: Session, message: Message) -> frozenset[str]:
    """The ways by which the messages before this one went."""
    found: set[str] = set()
    before = message.fallback_of_id
    while before is not None:
        earlier = session.get_one(Message, before)
        found.add(earlier.channel)
        before = earlier.fallback_of_id
    return frozenset(found)


@jobs.task(UNREAD)
def when_unread(engine: Engine, message_id: UUID) -> None:
    """Send a message by the next way if nobody has looked at it; doing it again changes nothing."""
    with db.transaction(engine) as session:
        query = select(Message).where(col(Message.id) == message_id)
        message = session.exec(query.with_for_update()).one_or_none()
        if message is None or message.state not in ALIVE or message.read_at is not None:
            return
        if not subjects.overtaken(session, message, now()):
            # Silence to a question is an answer of its own: then somebody else is asked.
            without = [Channel.CALL] if message.event == Event.OFFER else []
            by_another_way(session, message, without=without)


def by_another_way(
    session: Session, message: Message, *, without: Collection[Channel] = ()
) -> Message | None:
    """The same message once more by the next way, whose row is locked; None when there is none."""
    if message.event == Event.DIGEST or subjects.overtaken(session, message, now()):
        return None
    known = select(Message.id).where(col(Message.fallback_of_id) == message.id)
    if session.exec(known).first() is not None:
        return None
    who = people.recipient(session, message)
    wished = people.wish(session, who, message.event).channel
    before = tried(session, message) | {message.channel, *without}
    if not people.ways(who, message.event, wished, before):
        return None
    body, short = cutting.renewed(session, message)
    copied = (
        "sponsor_id", "event", "recipient", "locale", "volunteer_id", "institution_id",
        "account_id", "subject_id", "subject", "calendar", "starts_at",
    )  # fmt: skip
    again = Message(
        **{name: getattr(message, name) for name in copied},
        body=body,
        short=short,
        due_at=now(),
        fallback_of_id=message.id,
    )
    session.add(again)
    session.flush()
    jobs.defer(session, telling.SEND, again.id)
    return again


_SUBJECTS: tuple[tuple[type[Row], str], ...] = (
    (Offer, "offer"),
    (Assignment, "assignment"),
    (Standby, "standby"),
    (Request, "request"),
)


def call(session: Session, message: Message, who: Recipient) -> None:
    """The office is asked to call: a task says whom, and what to say."""
    subject_id = message.subject_id or message.id
    task = Task(
        sponsor_id=message.sponsor_id,
        code=f"{telling.CALL}:{message.event}",
        params={
            "name": who.name,
            "volunteer_id": str(message.volunteer_id),
            "say": wording.spoken(message.body),
        },
        subject_type=_subject_type(session, subject_id),
        subject_id=subject_id,
        state=TaskState.OPEN,
    )
    try:
        with session.begin_nested():
            session.add(task)
    except IntegrityError:
        pass  # The office is asked already.
    message.channel, message.recipient = Channel.CALL, ""
    message.state, message.sent_at = MessageState.SENT, now()
    cutting.forget(message)
    session.add(message)
    session.flush()


def _subject_type(session: Session, subject_id: UUID) -> str:
    for table, name in _SUBJECTS:
        if session.get(table, subject_id) is not None:
            return name
    return "message"
