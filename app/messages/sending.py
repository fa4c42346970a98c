"""The way of a message out of the house: by which way and when, handed over, noted.

The row is claimed in a transaction of its own, sent outside of any, and what became of it written
in a third. A worker that is lost in between is followed by another one: a message may arrive twice,
with the same id, and none is lost.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select, update

from app import db, jobs
from app.clock import now
from app.messages import cutting, digests, mail, others, people, subjects, telling
from app.messages.channels import Parcel, Receipt, Undelivered, Way
from app.messages.people import Recipient
from app.messages.push import Pusher
from app.messages.sms import Gateway
from app.settings import get_settings
from app.tables import (
    Channel,
    Event,
    Message,
    MessageState,
    PushSubscription,
    Sponsor,
)
from scheduling import quiet

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
"""After that a message in the hands of a worker is taken by another one."""
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""Between one attempt and the next; after the last a message is dead."""
MOST_ATTEMPTS = 20
"""What ends its worker each time is not begun for ever."""
SOON = timedelta(hours=2)
"""What begins so soon after her quiet hours is said in them; but nobody is asked at night."""
SWEPT_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Load:
    """A claimed message: what is sent, by which way, and the number of the attempt."""

    parcel: Parcel
    channel: Channel
    attempt: int


@jobs.task(telling.SEND)
def send(engine: Engine, message_id: UUID) -> None:
    """Send one message if it is due and still needed; running it again sends nothing new."""
    load = db.in_transaction(engine, lambda session: take(session, message_id))
    if load is None:
        return
    outcome = _delivered(load)
    db.in_transaction(engine, lambda session: _note(session, load, outcome), repeatable=True)


def _delivered(load: Load) -> Receipt | Undelivered:
    try:
        return way(load.channel).deliver(load.parcel)
    except Undelivered as undelivered:
        return undelivered


def _note(session: Session, load: Load, outcome: Receipt | Undelivered) -> None:
    """What became of it; a browser that is there no more is forgotten."""
    _forget_browsers(session, outcome.gone)
    message = _in_hand(session, load)
    if isinstance(outcome, Undelivered):
        if message is not None:
            _note_failure(session, message, outcome)
        return
    session.exec(
        update(PushSubscription)
        .where(col(PushSubscription.id).in_(outcome.reached))
        .values(last_used_at=now())
    )
    if message is not None:
        message.sent_at = now()
        _end(session, message, MessageState.SENT, "")


def way(channel: Channel) -> Way:
    """What carries messages of this channel."""
    settings = get_settings()
    if channel == Channel.PUSH:
        return Pusher(settings)
    if channel == Channel.SMS:
        return Gateway(settings)
    return mail.way(settings)


def take(session: Session, message_id: UUID) -> Load | None:
    """Claim a message that is to be sent now; what is not goes its own way."""
    message = _locked(session, message_id)
    if message is None or message.state not in (MessageState.QUEUED, MessageState.SENDING):
        return None
    waits_until = _waits_until(message)
    if waits_until > now():
        jobs.defer(session, telling.SEND, message.id, due_at=waits_until)
        return None
    if message.attempts > MOST_ATTEMPTS:
        _end(session, message, MessageState.DEAD, "its worker was lost each time")
        return None
    if subjects.overtaken(session, message, now()):
        _end(session, message, MessageState.DROPPED, "overtaken")
        return None
    if message.event == Event.DIGEST and not digests.compose(session, message):
        _end(session, message, MessageState.DROPPED, "overtaken")
        return None
    return _by_some_way(session, message)


def _locked(session: Session, message_id: UUID) -> Message | None:
    query = select(Message).where(col(Message.id) == message_id)
    return session.exec(query.with_for_update()).one_or_none()


def _waits_until(message: Message) -> datetime:
    """Its hour; a message in somebody's hands is taken over once nothing was heard for long."""
    if message.state == MessageState.SENDING:
        return message.updated_at + LEASE
    return message.due_at


def _by_some_way(session: Session, message: Message) -> Load | None:
    who = people.recipient(session, message)
    wish = people.wish(session, who, message.event)
    if wish.channel == "none":
        _end(session, message, MessageState.DROPPED, "not wanted")
        return None
    tried = others.tried(session, message)
    open_ways = people.ways(who, message.event, wish.channel, tried)
    if not open_ways:
        silent = who.volunteer is not None and who.volunteer.is_called
        state = MessageState.DROPPED if silent else MessageState.DEAD
        _end(session, message, state, "only called" if silent else "no address")
        return None
    if open_ways[0] == Channel.CALL:
        others.call(session, message, who)
        return None
    waits_until = _hour(session, message, who, digest=wish.digest)
    if waits_until is not None:
        message.due_at = waits_until
        session.add(message)
        return None
    return _claim(session, message, who, open_ways[0])


def _hour(session: Session, message: Message, who: Recipient, *, digest: bool) -> datetime | None:
    """When it goes instead of now: with a digest, or after her quiet hours."""
    moment = now()
    if digest and message.event != Event.DIGEST and message.fallback_of_id is None:
        gathered = digests.next_after(moment)
        if digests.may_wait(session, message, gathered):
            message.state = MessageState.HELD
            return gathered
    if message.volunteer_id is None or who.volunteer is None:
        return None
    volunteer = who.volunteer
    loud = quiet.next_allowed(moment, volunteer.quiet_from_minute, volunteer.quiet_to_minute)
    soon = message.starts_at is not None and message.starts_at - loud < SOON
    pressing = soon and message.event not in (Event.OFFER, Event.STANDBY)
    if loud <= moment or pressing:
        return None
    jobs.defer(session, telling.SEND, message.id, due_at=loud)
    return loud


def _claim(session: Session, message: Message, who: Recipient, channel: Channel) -> Load:
    moment = now()
    due = subjects.unread_at(session, message, moment) if message.attempts == 0 else None
    if due is not None:
        jobs.defer(session, others.UNREAD, message.id, due_at=due)
    message.state, message.channel = MessageState.SENDING, channel
    message.recipient = who.addresses[channel]
    message.attempts, message.updated_at = message.attempts + 1, moment
    session.add(message)
    session.flush()
    parcel = Parcel(
        message_id=message.id,
        event=message.event,
        locale=message.locale,
        sponsor=session.get_one(Sponsor, message.sponsor_id).name,
        recipient=message.recipient,
        subject=message.subject,
        body=message.body,
        short=message.short,
        calendar=message.calendar,
        made_at=message.created_at,
        subject_id=message.subject_id,
        until=subjects.until(session, message),
        browsers=who.browsers,
    )
    return Load(parcel, channel, message.attempts)


def _in_hand(session: Session, load: Load) -> Message | None:
    """The message, unless another worker has taken it over meanwhile."""
    message = _locked(session, load.parcel.message_id)
    if message is None or message.attempts != load.attempt:
        return None
    return message if message.state == MessageState.SENDING else None


def _forget_browsers(session: Session, gone: tuple[UUID, ...]) -> None:
    session.exec(delete(PushSubscription).where(col(PushSubscription.id).in_(gone)))


def _note_failure(session: Session, message: Message, undelivered: Undelivered) -> None:
    """Try again later, or by another way."""
    log.info("message %s did not leave: %s", message.id, undelivered.failure)
    message.failure = undelivered.failure[:300]
    if undelivered.lasting or message.attempts > len(PAUSES):
        _end(session, message, MessageState.DEAD, message.failure)
        others.by_another_way(session, message)
        return
    pause = max(PAUSES[message.attempts - 1], undelivered.after or timedelta())
    message.state, message.due_at = MessageState.QUEUED, now() + pause
    session.add(message)
    jobs.defer(session, telling.SEND, message.id, due_at=message.due_at)


def _end(session: Session, message: Message, state: MessageState, failure: str) -> None:
    """The end of a message; a digest takes what is in it along."""
    message.state, message.failure = state, failure
    cutting.forget(message)
    session.add(message)
    if message.event == Event.DIGEST:
        digests.end(session, message)
    session.flush()


@jobs.periodic("messages.sweep", every=timedelta(minutes=5))
def sweep(engine: Engine) -> None:
    """Ask again for messages whose job was lost: nothing stays behind."""
    late = now() - SWEPT_AFTER
    with db.transaction(engine) as session:
        lost = session.exec(
            update(Message)
            .where(
                col(Message.state).in_([MessageState.QUEUED, MessageState.SENDING]),
                col(Message.due_at) < late,
                col(Message.updated_at) < late,
            )
            .values(updated_at=now())
            .returning(col(Message.id))
        ).all()
        for (message_id,) in lost:
            jobs.defer(session, telling.SEND, message_id)
