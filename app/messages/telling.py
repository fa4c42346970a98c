"""Telling people something: queued in the caller's transaction, sent after its commit.

`tell` only writes a row and asks for a job: the channel, the hour and whether it goes into a digest
are decided when the job runs. No message holds anything about clients or anybody's health.
The words are put together by `wording.letter`, a calendar file by `invitations.booked`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Update
from sqlmodel import Session, col, update

from app import jobs
from app.clock import now
from app.tables import (
    Account,
    Event,
    Institution,
    Message,
    MessageState,
    Task,
    TaskState,
    Volunteer,
)

SEND = "messages.send"
CALL = "call"
"""Code of the task that asks the office to call somebody: `call:offer`."""


@dataclass(frozen=True)
class Person:
    """Somebody who is told something, and in which language."""

    email: str
    locale: str = "de"
    volunteer_id: UUID | None = None
    institution_id: UUID | None = None
    account_id: UUID | None = None


@dataclass(frozen=True)
class Text:
    """What is said: subject and plain body; `short` for push and SMS: number, place, link."""

    subject: str
    body: str
    short: str = ""
    calendar: str = ""
    """An iCalendar file for a mail."""


def volunteer(row: Volunteer) -> Person:
    """A volunteer, also one without a mail address: somebody calls her then."""
    return Person(row.email, row.locale, volunteer_id=row.id, account_id=row.account_id)


def institution(row: Institution) -> Person:
    """An institution at its own address."""
    return Person(row.email, institution_id=row.id)


def account(row: Account) -> Person:
    """Somebody who signs in."""
    return Person(row.email, row.locale, account_id=row.id)


def tell(
    session: Session,
    sponsor_id: UUID,
    person: Person,
    event: Event,
    text: Text,
    *,
    subject_id: UUID | None,
    starts_at: datetime | None = None,
    due_at: datetime | None = None,
) -> Message:
    """Tell somebody something about `subject_id`, not before `due_at`."""
    message = written(
        sponsor_id,
        person,
        event,
        text,
        subject_id=subject_id,
        starts_at=starts_at,
        due_at=due_at,
    )
    post(session, [message])
    return message


def written(
    sponsor_id: UUID,
    person: Person,
    event: Event,
    text: Text,
    *,
    subject_id: UUID | None,
    starts_at: datetime | None = None,
    due_at: datetime | None = None,
) -> Message:
    """A message that nobody has posted yet: many of them go together by `post`."""
    return Message(
        sponsor_id=sponsor_id,
        event=event,
        recipient=person.email,
        locale=person.locale,
        volunteer_id=person.volunteer_id,
        institution_id=person.institution_id,
        account_id=person.account_id,
        subject_id=subject_id,
        subject=text.subject,
        body=text.body,
        short=text.short,
        calendar=text.calendar,
        starts_at=starts_at,
        due_at=due_at or now(),
    )


def post(session: Session, messages: Sequence[Message]) -> None:
    """Put messages on their way, in as few statements as one."""
    session.add_all(messages)
    jobs.defer_many(session, [(SEND, message.id, message.due_at) for message in messages])


def drop(session: Session, subject_id: UUID, *events: Event) -> None:
    """What was not sent yet about `subject_id` is overtaken, and nobody need call about it.

    Its words go at once: links in them act without signing in.
    """
    session.exec(
        update(Message)
        .where(
            col(Message.subject_id) == subject_id,
            col(Message.event).in_(events),
            col(Message.state).in_([MessageState.QUEUED, MessageState.HELD]),
        )
        .values(
            state=MessageState.DROPPED, failure="overtaken", body="", short="", updated_at=now()
        )
    )
    session.exec(
        update(Task)
        .where(
            col(Task.subject_id) == subject_id,
            col(Task.code).in_([f"{CALL}:{event}" for event in events]),
            col(Task.state) == TaskState.OPEN,
        )
        .values(state=TaskState.RESOLVED, resolved_at=now(), updated_at=now())
    )


def mark_read(session: Session, subject_id: UUID, volunteer_id: UUID) -> None:
    """She has seen what it is about, in whatever way: it need not go to her by another one.

    For routes that write. A page that only shows something calls `opening.noted`.
    """
    session.exec(read_by(volunteer_id, [subject_id]))


def read_by(volunteer_id: UUID, subject_ids: Sequence[UUID]) -> Update:
    """The statement that notes for several things at once that she has seen them."""
    return (
        update(Message)
        .where(
            col(Message.subject_id).in_(subject_ids),
            col(Message.volunteer_id) == volunteer_id,
            col(Message.read_at).is_(None),
        )
        .values(read_at=now(), updated_at=col(Message.updated_at))
    )
