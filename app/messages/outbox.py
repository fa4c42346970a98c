"""Messages as the office sees them: their fate, a second try, and what people have seen."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit, jobs
from app.access import Actor
from app.clock import now
from app.errors import Conflict
from app.messages import cutting, digests, numbers, telling
from app.messages.schemas import MessageRead
from app.tables import Channel, Event, Message, MessageState


class NotDead(Conflict):
    """Only what was given up can be tried again."""

    slug, title = "message-not-dead", "The message was not given up"
    de = "Diese Nachricht ist {state}: Es gibt nichts zu wiederholen."
    en = "This message is {state}: there is nothing to repeat."


def search(
    actor: Actor,
    *,
    state: MessageState | None,
    event: Event | None,
    channel: Channel | None,
    who: UUID | None,
) -> SelectOfScalar[Message]:
    """Messages of the actor's sponsors."""
    query = access.visible_messages(actor)
    wanted = {Message.state: state, Message.event: event, Message.channel: channel}
    for column, value in wanted.items():
        if value is not None:
            query = query.where(col(column) == value)
    return query if who is None else query.where(col(Message.volunteer_id) == who)


def read(message: Message) -> MessageRead:
    """A message without its words; of the address only so much that one knows it again."""
    members = set(MessageRead.model_fields) - {"recipient"}
    return MessageRead(**message.model_dump(include=members), recipient=masked(message))


def masked(message: Message) -> str:
    """`d…@example.org`, `…67`, nothing for a browser."""
    if message.channel == Channel.SMS:
        return numbers.masked(message.recipient)
    name, at, domain = message.recipient.rpartition("@")
    return f"{name[:1]}…@{domain}" if at and message.channel == Channel.MAIL else ""


def retry(session: Session, actor: Actor, message: Message) -> Message:
    """Begin again with a message that was given up."""
    if message.state != MessageState.DEAD:
        raise NotDead(state=message.state)
    message.body, message.short = cutting.renewed(session, message)
    message.state, message.attempts, message.failure = MessageState.QUEUED, 0, ""
    message.due_at = now()
    session.add(message)
    if message.event == Event.DIGEST:
        digests.hold_again(session, message)
    jobs.defer(session, telling.SEND, message.id)
    audit.record(session, actor.account_id, "message.retry", message)
    session.flush()
    return message


def mark_seen(session: Session, actor: Actor, subject_ids: Sequence[UUID]) -> None:
    """A volunteer has seen these things in the app; what the office looks at counts for nobody."""
    if actor.volunteer_id is not None:
        session.exec(telling.read_by(actor.volunteer_id, subject_ids))
