"""Once a day in one mail, for those who want it so: everything that does not begin within a day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from app import db, jobs
from app.clock import local_day, now
from app.messages import cutting, subjects, telling, wording
from app.settings import get_settings
from app.tables import Event, Message, MessageState
from scheduling.wall_time import nearest_utc

HOUR = 17 * 60
"""The minute of the local day at which digests leave."""
DAY = timedelta(hours=24)
TIME_TO_ANSWER = timedelta(hours=2)
MOST = 100
"""Messages in one digest; what is left comes with the next."""
WORDS = {
    "de": {
        "subject": "Ihre Nachrichten: {count}",
        "one": "Ihre Nachricht",
        "lead": "das ist heute für Sie gekommen:",
        "short": "Lotsenwerk: {count} Nachrichten für Sie {url}",
    },
    "en": {
        "subject": "Your messages: {count}",
        "one": "Your message",
        "lead": "this has come for you today:",
        "short": "Lotsenwerk: {count} messages for you {url}",
    },
}


def next_after(moment: datetime) -> datetime:
    """The next time digests leave."""
    day = local_day(moment)
    today = nearest_utc(day, HOUR)
    return today if today > moment else nearest_utc(day + timedelta(days=1), HOUR)


def may_wait(session: Session, message: Message, gathered: datetime) -> bool:
    """Whether it is early enough then: nothing that begins within a day waits, and no question
    whose answer would be due before or soon after."""
    if message.starts_at is not None and message.starts_at - gathered < DAY:
        return False
    last = subjects.until(session, message)
    return last is None or last - gathered >= TIME_TO_ANSWER


@jobs.periodic("messages.digests", every=timedelta(minutes=5))
def gather(engine: Engine) -> None:
    """Make a digest for everybody whose held messages are due."""
    with db.transaction(engine) as session:
        rows = session.exec(
            select(Message)
            .where(
                col(Message.state) == MessageState.HELD,
                col(Message.due_at) <= now(),
                col(Message.digest_id).is_(None),
            )
            .order_by(col(Message.id))
            .with_for_update(skip_locked=True)
        ).all()
        by_person: dict[tuple[UUID | None, ...], list[Message]] = {}
        for row in rows:
            owner = (row.sponsor_id, row.volunteer_id, row.account_id)
            by_person.setdefault(owner, []).append(row)
        for held in by_person.values():
            _make(session, held[:MOST])


def _make(session: Session, held: Sequence[Message]) -> None:
    first = held[0]
    person = telling.Person(
        first.recipient,
        first.locale,
        volunteer_id=first.volunteer_id,
        account_id=first.account_id,
    )
    text = telling.Text(WORDS[wording.known(first.locale)]["one"], "")
    digest = telling.tell(session, first.sponsor_id, person, Event.DIGEST, text, subject_id=None)
    session.flush()
    session.exec(
        update(Message)
        .where(col(Message.id).in_([row.id for row in held]))
        .values(digest_id=digest.id, updated_at=now())
    )


def compose(session: Session, digest: Message) -> bool:
    """Put together what is still needed; whether anything is."""
    live = []
    for row in _within(session, digest):
        if subjects.overtaken(session, row, now()):
            row.state, row.failure = MessageState.DROPPED, "overtaken"
            cutting.forget(row)
            session.add(row)
        else:
            live.append(row)
    if not live:
        return False
    words = WORDS[wording.known(digest.locale)]
    digest.subject = words["one"] if len(live) == 1 else words["subject"].format(count=len(live))
    digest.short = words["short"].format(count=len(live), url=get_settings().base_url)
    said = [(row.subject, row.body) for row in live]
    digest.body = wording.gathered(digest.locale, words["lead"], said)
    session.add(digest)
    return True


def _within(session: Session, digest: Message) -> Sequence[Message]:
    return session.exec(
        select(Message)
        .where(col(Message.digest_id) == digest.id, col(Message.state) == MessageState.HELD)
        .order_by(col(Message.id))
    ).all()


def end(session: Session, digest: Message) -> None:
    """What went in a digest has the fate of the digest."""
    for row in _within(session, digest):
        row.state, row.failure = digest.state, digest.failure
        row.sent_at, row.channel, row.recipient = digest.sent_at, digest.channel, digest.recipient
        cutting.forget(row)
        session.add(row)


def hold_again(session: Session, digest: Message) -> None:
    """A digest that was given up is tried again: so is what went in it, with fresh links."""
    query = select(Message).where(
        col(Message.digest_id) == digest.id, col(Message.state) == MessageState.DEAD
    )
    for row in session.exec(query).all():
        row.state, row.failure = MessageState.HELD, ""
        row.body, row.short = cutting.renewed(session, row)
        session.add(row)
