"""What travels about calendars."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, StringConstraints

from app.bodies import Place, Strict
from app.fetching import MAX_ADDRESS_LENGTH
from app.tables import FeedDetail, FeedKind


def _no_break(value: str) -> str:
    if any(sign.isspace() for sign in value):
        raise ValueError("an address has no spaces")
    return value


Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ADDRESS_LENGTH),
    AfterValidator(_no_break),
]


class CalendarFeedCreate(Strict):
    """A new calendar address; without `kind` a volunteer's own, or the pool's for its office."""

    kind: FeedKind | None = None
    detail: FeedDetail = FeedDetail.MINIMAL
    name: Place = ""
    sponsor_id: UUID | None = None


class CalendarFeedRead(BaseModel):
    """A calendar address, without the secret in it."""

    id: UUID
    kind: str
    detail: str
    name: str
    sponsor_id: UUID | None
    created_at: datetime
    last_used_at: datetime | None


class CalendarFeedCreated(CalendarFeedRead):
    """A new calendar address: shown only in this answer."""

    address: str


class BusyFeedCreate(Strict):
    """The address of her own calendar; `webcal://` is read as `https://`."""

    address: Address
    name: Place = ""


class BusyFeedRead(BaseModel):
    """A calendar of which busy times are taken: of its address only the host, to her alone.

    `failure` is a code, empty when the last reading went well; `failure_text` says it in words.
    """

    id: UUID
    host: str
    name: str
    created_at: datetime
    fetched_at: datetime | None
    next_fetch_at: datetime
    failure: str
    failure_text: str
