"""Telling people something: queued in the caller's transaction, sent after its commit.

`tell` only writes a row and asks for a job: the channel, the hour and whether it goes into a digest
are decided when the job runs. No message holds anything about clients or anybody's health.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, update

from app import jobs
from app.clock import now
from app.tables import Account, Event, Institution, Message, MessageState, Volunteer

SEND = "messages.send"


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
    subject_id: UUID,
    starts_at: datetime | None = None,
    due_at: datetime | None = None,
) -> Message:
    """Tell somebody something about `subject_id`, not before `due_at`."""
    message = Message(
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
    session.add(message)
    jobs.defer(session, SEND, message.id, due_at=message.due_at)
    return message


def drop(session: Session, subject_id: UUID, *events: Event) -> None:
    """What was not sent yet about `subject_id` is overtaken: nobody needs it any more."""
    session.exec(
        update(Message)
        .where(
            col(Message.subject_id) == subject_id,
            col(Message.event).in_(events),
            col(Message.state).in_([MessageState.QUEUED, MessageState.HELD]),
        )
        .values(state=MessageState.DROPPED, updated_at=now())
    )
