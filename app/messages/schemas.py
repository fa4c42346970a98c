"""What travels about messages: their fate, how people want to hear of things, their browsers."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.bodies import Line, Strict
from app.fetching import MAX_ADDRESS_LENGTH
from app.tables import Channel, Event, MessageState

Wished = Literal["mail", "push", "sms", "none"]
MUST_BE_TOLD = frozenset({
    Event.OFFER, Event.CHANGED, Event.CANCELLED, Event.STANDBY, Event.CONFIRM_RECORD, Event.DIGEST,
})  # fmt: skip
"""What cannot be switched off."""


class MessageRead(BaseModel):
    """A message and its fate; its words and links are not shown, its recipient is masked."""

    id: UUID
    event: Event
    channel: Channel
    state: MessageState
    recipient: str
    volunteer_id: UUID | None
    institution_id: UUID | None
    subject_id: UUID | None
    created_at: datetime
    due_at: datetime
    attempts: int
    failure: str
    sent_at: datetime | None
    read_at: datetime | None
    fallback_of_id: UUID | None
    digest_id: UUID | None


class Preference(Strict):
    """How somebody wants to hear of one kind of event.

    The channel is tried first; where it is not open the others follow. With `digest` what does not
    begin within a day comes gathered once a day.
    """

    event: Event
    channel: Wished
    digest: bool = False

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.channel == "none" and self.event in MUST_BE_TOLD:
            raise ValueError(f"{self.event} cannot be switched off, choose a channel")
        if self.event == Event.DIGEST and (self.digest or self.channel == "sms"):
            raise ValueError("a digest comes by mail or push")
        return self


class PreferencesWrite(Strict):
    """All wishes of a person; an event that is not listed follows the default."""

    items: Annotated[list[Preference], Field(max_length=len(Event))]

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        events = [item.event for item in self.items]
        if len(set(events)) < len(events):
            raise ValueError("each event may be named once")
        return self


class PreferencesRead(BaseModel):
    """What somebody wishes, and by which ways she can be reached now."""

    items: list[Preference]
    open_channels: list[Channel]
    digest_at: str
    """The local time at which digests leave."""


class PushKey(BaseModel):
    """What a browser needs to subscribe (`applicationServerKey`), base64url without padding."""

    key: str


Base64 = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_\-+/]{16,}={0,2}$")]


class PushKeys(Strict):
    """The keys of a browser, as `PushSubscription.toJSON()` gives them."""

    p256dh: Base64
    auth: Annotated[Base64, StringConstraints(max_length=100)]


class PushSubscriptionCreate(Strict):
    """A browser that may be woken."""

    endpoint: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ADDRESS_LENGTH)
    ]
    keys: PushKeys
    label: Annotated[Line, StringConstraints(max_length=100)] = ""
    """What its owner calls it, such as "Handy"."""


class PushSubscriptionRead(BaseModel):
    """A browser that is woken; its address is a secret and not shown."""

    id: UUID
    label: str
    host: str
    created_at: datetime
    last_used_at: datetime | None


class Seen(Strict):
    """What the app has shown: ids of offers, bookings, standbys."""

    seen: Annotated[list[UUID], Field(min_length=1, max_length=100)]
