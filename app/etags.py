"""`ETag` and `If-Match`: nobody overwrites what somebody else changed meanwhile."""

import hashlib
from typing import Annotated, TypeVar

from fastapi import Header, Response
from pydantic import BaseModel

from app.errors import ApiError

T = TypeVar("T", bound=BaseModel)
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=200)]


class Stale(ApiError):
    """The object was changed since it was read."""

    status, slug, title = 412, "stale", "Changed meanwhile"
    de = "Jemand hat das inzwischen geändert. Bitte neu laden und noch einmal speichern."
    en = "Somebody changed this meanwhile. Please load it again and save again."


class IfMatchMissing(ApiError):
    """An update came without `If-Match`."""

    status, slug, title = 428, "if-match-missing", "If-Match is missing"
    de = "Bitte den ETag der gelesenen Fassung im Kopf If-Match mitschicken."
    en = "Please send the ETag of the version you read in the header If-Match."


def etag(read: BaseModel) -> str:
    """A strong tag for one representation."""
    return f'"{hashlib.sha256(read.model_dump_json().encode()).hexdigest()[:24]}"'


def require_match(if_match: str | None, current: BaseModel) -> None:
    """Refuse an update that was not made on the current version.

    Call it with the row locked: what is compared must still be true when it is changed. A proxy
    that compresses makes our tags weak (`W/"…"`); they still stand for one version.
    """
    if if_match is None:
        raise IfMatchMissing
    tags = [tag.strip().removeprefix("W/") for tag in if_match.split(",")]
    if tags != ["*"] and etag(current) not in tags:
        raise Stale


def tagged(response: Response, read: T) -> T:
    """Set the tag of `read` on the answer."""
    response.headers["ETag"] = etag(read)
    return read
