"""What travels about webhooks."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from app.bodies import Moment, Place, Strict
from app.fetching import MAX_ADDRESS_LENGTH
from app.tables import DeliveryState
from app.webhooks.events import NAMES


def _known(name: str) -> str:
    if name not in NAMES:
        raise ValueError("there is no such event; the names stand in the OpenAPI document")
    return name


EventName = Annotated[
    str, AfterValidator(_known), Field(json_schema_extra={"enum": list(NAMES)}, max_length=60)
]
EventNames = Annotated[list[EventName], Field(max_length=len(NAMES))]
Address = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=MAX_ADDRESS_LENGTH, pattern=r"^\S+$"
    ),
]


class WebhookCreate(Strict):
    """A new webhook; without `events` it hears of everything."""

    address: Address
    name: Place = ""
    events: EventNames = Field(default_factory=list)
    sponsor_id: UUID | None = None


class WebhookUpdate(Strict):
    """What changes; `active: false` sends nothing more, `true` begins again."""

    address: Address | None = None
    name: Place | None = None
    events: EventNames | None = None
    active: bool | None = None


class WebhookRead(BaseModel):
    """A webhook, without its secret.

    `events` is empty when it hears of everything. `off_reason` says why it is off: `office`, `gone`
    (the receiver answered 410) or `given_up` (too many deliveries failed); `off_text` says it in
    words. `paused_until` is set while the receiver is left alone after failures.
    """

    id: UUID
    sponsor_id: UUID
    address: str
    name: str
    events: list[str]
    active: bool
    off_reason: str
    off_text: str
    given_up_in_a_row: int
    paused_until: datetime | None
    previous_secret_until: datetime | None
    created_at: datetime


class WebhookSecret(BaseModel):
    """A secret, shown only in this answer; the one before signs too until the given time."""

    secret: str
    previous_secret_until: datetime | None = None


class WebhookCreated(WebhookRead):
    """A new webhook, with the secret that is shown only in this answer."""

    secret: str


class DeliveryRead(BaseModel):
    """How a delivery stands; `failure` is a code, `failure_text` says it in words.

    `event_id` is the `id` in what was sent. `status` is what the receiver answered last; `next_at`
    when it is tried next, while it waits.
    """

    id: UUID
    event: str
    event_id: UUID
    replay: bool
    state: DeliveryState
    attempts: int
    status: int | None
    failure: str
    failure_text: str
    created_at: datetime
    next_at: datetime | None
    delivered_at: datetime | None


class ReplayRequest(Strict):
    """What to send again: one delivery, or everything since a time; `cursor` goes on from there."""

    since: Moment | None = None
    delivery_id: UUID | None = None
    cursor: UUID | None = None


class Replayed(BaseModel):
    """How many deliveries were made; with `next` there is more: ask again with it as `cursor`."""

    deliveries: int
    next: UUID | None = None
