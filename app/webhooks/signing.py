"""Signatures of what is sent, in the manner of Standard Webhooks: HMAC-SHA256, version 1.

References
----------
Standard Webhooks, https://www.standardwebhooks.com: secrets, headers, signature schemes.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from uuid import UUID

PREFIX = "whsec_"


def new_secret() -> str:
    """A fresh secret of 256 bits, as it is shown once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, event_id: UUID | str, timestamp: int, content: bytes) -> str:
    """The signature over id, time and body: nobody else can write, change or send it later."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{event_id}.{timestamp}.".encode() + content
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(keys: Sequence[str], event_id: UUID, timestamp: int, content: bytes) -> dict[str, str]:
    """The headers by which a receiver knows us, signed with each of `keys`.

    `timestamp` is in seconds since 1970.
    """
    return {
        "webhook-id": str(event_id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(key, event_id, timestamp, content) for key in keys),
    }
