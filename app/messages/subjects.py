"""What a message is about, as it stands now: whether anybody still needs to hear it."""

from datetime import datetime, timedelta

from sqlmodel import Session

from app.tables import (
    Assignment,
    AssignmentState,
    Event,
    Message,
    Offer,
    OfferState,
    RecordState,
    ServiceRecord,
)

NEWS = (Event.CANCELLED, Event.CHANGED, Event.REQUEST, Event.TASK, Event.CONFIRM_RECORD)
"""What is worth saying also after the appointment has begun."""


def until(session: Session, message: Message) -> datetime | None:
    """After that the message is of no use: an offer's last moment to answer, else the start."""
    if message.event == Event.OFFER and message.subject_id is not None:
        offer = session.get(Offer, message.subject_id)
        if offer is not None:
            return offer.expires_at
    return None if message.event in NEWS else message.starts_at


def overtaken(session: Session, message: Message, moment: datetime) -> bool:
    """Whether something has happened since that makes the message wrong or needless."""
    last = until(session, message)
    if last is not None and last <= moment:
        return True
    if message.subject_id is None:
        return False
    if message.event == Event.OFFER:
        offer = session.get(Offer, message.subject_id)
        return offer is not None and offer.state != OfferState.PENDING
    if message.event in (Event.BOOKED, Event.REMINDER):
        return _no_longer_booked(session, message)
    if message.event == Event.CONFIRM_RECORD:
        record = session.get(ServiceRecord, message.subject_id)
        return record is not None and record.state != RecordState.REPORTED
    return False


def _no_longer_booked(session: Session, message: Message) -> bool:
    assignment = session.get(Assignment, message.subject_id)
    if assignment is None:
        return False
    confirmed = message.event == Event.REMINDER and assignment.reconfirmed_at is not None
    return confirmed or assignment.state != AssignmentState.BOOKED


SHARE = 2
LEAST = timedelta(minutes=30)
WITHIN_THE_DAY = timedelta(hours=8)
"""Whether an appointment stands is asked in the morning, for the evening."""
ASKS = (Event.OFFER, Event.REMINDER, Event.STANDBY)
"""What waits for an answer: it goes once more by another way when nobody looks at it."""


def unread_at(session: Session, message: Message, moment: datetime) -> datetime | None:
    """When it goes by another way if it was not looked at: after half of the time, 30 min at least.

    None for what waits for no answer, or when no time would be left.
    """
    if message.event not in ASKS or message.volunteer_id is None:
        return None
    last = until(session, message)
    if last is None:
        return None
    if message.event == Event.REMINDER:
        last = min(last, moment + WITHIN_THE_DAY)
    due = moment + max(LEAST, (last - moment) / SHARE)
    return due if due < last else None
