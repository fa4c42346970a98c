"""What is said to people, by which channel, and whether it arrived."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from app.tables.row import Row, SponsorRow, one_of
from app.tables.sealed import Sealed


class Event(StrEnum):
    """What a message is about; people choose a channel for each."""

    OFFER = "offer"
    TAKEN = "taken"
    BOOKED = "booked"
    REMINDER = "reminder"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    STANDBY = "standby"
    CONFIRM_RECORD = "confirm_record"
    REQUEST = "request"
    TASK = "task"
    DIGEST = "digest"


class Channel(StrEnum):
    """By which way a message goes; `call` is a task for the office, which says it by telephone."""

    MAIL = "mail"
    PUSH = "push"
    SMS = "sms"
    CALL = "call"


class MessageState(StrEnum):
    """Where a message is.

    `held` waits for a digest, `sending` is in a worker's hands, `dead` will not be tried again,
    `dropped` was overtaken by what happened since.
    """

    QUEUED = "queued"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


class Message(SponsorRow, table=True):
    """A message to one person by one channel, kept until it has left, and its fate afterwards."""

    __table_args__ = (
        one_of("event", Event),
        one_of("channel", Channel),
        one_of("state", MessageState),
        Index("ix_message_state_due", "state", "due_at"),
        Index("ix_message_sponsor_created", "sponsor_id", "created_at"),
    )
    event: str = Field(max_length=16)
    channel: str = Field(default=Channel.MAIL, max_length=8)
    volunteer_id: UUID | None = Field(default=None, foreign_key="volunteer.id", index=True)
    institution_id: UUID | None = Field(default=None, foreign_key="institution.id")
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    subject_id: UUID | None = Field(default=None, index=True)
    """What it is about: an offer, a booking, a request."""
    recipient: str = Field(max_length=1000)
    """A mail address, a telephone number, or the endpoint of a push subscription."""
    locale: str = Field(default="de", max_length=8)
    subject: str = Field(max_length=200)
    body: str
    short: str = Field(default="", max_length=320)
    """For push and SMS: number, place and link only."""
    calendar: str = Field(default="")
    """An iCalendar file that goes along with a mail; empty when there is none."""
    starts_at: datetime | None = None
    """When what it is about begins: nothing that begins within a day waits for a digest."""
    state: str = Field(default=MessageState.QUEUED, max_length=8)
    due_at: datetime
    attempts: int = 0
    failure: str = Field(default="", max_length=300)
    sent_at: datetime | None = None
    read_at: datetime | None = None
    digest_id: UUID | None = Field(default=None, foreign_key="message.id")
    """The digest in which it went."""
    fallback_of_id: UUID | None = Field(default=None, foreign_key="message.id")
    """The unread message in whose place this one went by another channel."""


class PushSubscription(Row, table=True):
    """A browser that may be woken (Web Push)."""

    __tablename__ = "push_subscription"
    account_id: UUID = Field(foreign_key="account.id", index=True)
    endpoint: str = Field(max_length=1000, unique=True)
    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)
    label: str = Field(default="", max_length=100)
    last_used_at: datetime | None = None
    session_id: UUID | None = None
    """The session in which it was entered: once that has ended, it is woken no more.

    None: it was entered with a key, and stays until it is taken away.
    """


class MessagePreference(Row, table=True):
    """Which channel a person wants for an event; without a row the default holds."""

    __tablename__ = "message_preference"
    __table_args__ = (
        one_of("event", Event),
        CheckConstraint("channel IN ('mail', 'push', 'sms', 'none')", name="channel"),
        CheckConstraint("(volunteer_id IS NULL) <> (account_id IS NULL)", name="whose"),
        UniqueConstraint("volunteer_id", "event"),
        UniqueConstraint("account_id", "event"),
    )
    volunteer_id: UUID | None = Field(default=None, foreign_key="volunteer.id", index=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    event: str = Field(max_length=16)
    channel: str = Field(max_length=8)
    digest: bool = False


class DeliveryState(StrEnum):
    """Where a webhook's delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class Webhook(SponsorRow, table=True):
    """An address that wants to know what happened at a sponsor."""

    address: str = Field(max_length=1000)
    name: str = Field(default="", max_length=100)
    secret: str = Field(sa_type=Sealed(100))
    """Signs every delivery; shown once."""
    events: str = Field(default="", max_length=2000)
    """Names of events, with a blank between them; empty means all."""
    previous_secret: str = Field(default="", sa_type=Sealed(100))
    previous_until: datetime | None = None
    """Until then deliveries are signed with the secret before, too."""
    active: bool = True
    off_reason: str = Field(default="", max_length=20)
    """Why it is off: `office`, `gone`, `given_up`; empty while it is on."""
    failures: int = 0
    """How many deliveries in a row were given up."""
    strikes: int = 0
    """How many attempts in a row failed."""
    resume_at: datetime | None = None
    """Nothing is tried before: the other side was silent."""


class WebhookDelivery(SponsorRow, table=True):
    """One event on its way to one address."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        one_of("state", DeliveryState),
        Index(
            "uq_webhook_delivery_event",
            "webhook_id",
            "audit_event_id",
            unique=True,
            sqlite_where=text("NOT replay"),
            postgresql_where=text("NOT replay"),
        ),
        Index(
            "ix_webhook_delivery_waiting",
            "next_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )
    webhook_id: UUID = Field(foreign_key="webhook.id", index=True)
    audit_event_id: UUID = Field(foreign_key="audit_event.id", index=True)
    event: str = Field(max_length=60)
    replay: bool = False
    state: str = Field(default=DeliveryState.WAITING, max_length=12)
    attempts: int = 0
    status: int | None = None
    """What the other side answered last."""
    failure: str = Field(default="", max_length=300)
    next_at: datetime
    delivered_at: datetime | None = None
