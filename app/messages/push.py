"""Web Push: our own key, a small encrypted payload, every address checked before it is spoken to.

References
----------
RFC 8030 (Web Push: TTL, urgency, topic), RFC 8291 (encryption), RFC 8292 (VAPID).
"""

import base64
import json
import os
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPusher

from app import fetching
from app.clock import now
from app.fetching import FetchRefused
from app.messages import wording
from app.messages.channels import Browser, Parcel, Receipt, Undelivered, seconds_of
from app.settings import Settings
from app.tables import Event

RULES = fetching.SERVICE
"""Which addresses are spoken to: those of the open internet, over https."""
LONGEST = timedelta(days=2)
URGENT = frozenset({Event.OFFER, Event.CANCELLED, Event.CHANGED, Event.STANDBY, Event.REMINDER})
SIGNED_FOR = timedelta(hours=12)
GONE = frozenset({404, 410})


@lru_cache(maxsize=4)
def key(settings: Settings) -> Vapid02:
    """The key that signs pushes: the one of the settings, or that of `var/vapid.pem`."""
    given = settings.vapid_key.get_secret_value().strip()
    if given:
        return _read(given)
    path = settings.var / "vapid.pem"
    if not path.exists():
        _make(path)
    return _read(path.read_text())


def _read(text: str) -> Vapid02:
    try:
        if text.lstrip().startswith("-----"):
            return Vapid02.from_pem(text.encode())
        return Vapid02.from_string(text)
    except Exception:  # the libraries quote what they cannot read
        raise ValueError("LOTSENWERK_VAPID_KEY is no private key of the curve P-256") from None


def _make(path: Path) -> None:
    """A key that is whole or not there, also when two processes make one at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Vapid02()
    made.generate_keys()
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(made.private_pem())
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def public_key(settings: Settings) -> str:
    """What a browser needs to subscribe: the public half, base64url without padding."""
    point = key(settings).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def is_key(p256dh: str, auth: str) -> bool:
    """Whether these are keys to which something can be encrypted."""
    try:
        WebPusher({"endpoint": "https://x", "keys": {"p256dh": p256dh, "auth": auth}}).encode(b"x")
    except Exception:  # whatever the libraries say of it
        return False
    return True


class Pusher:
    """Every browser of a person is woken; one that takes it is enough."""

    def __init__(self, settings: Settings) -> None:
        self._key, self._contact = key(settings), _contact(settings)

    def deliver(self, parcel: Parcel) -> Receipt:
        """Wake the browsers; those that are gone are named, the others tried again."""
        said = payload(parcel)
        reached: list[UUID] = []
        gone: list[UUID] = []
        failed: list[Undelivered] = []
        for browser in parcel.browsers:
            try:
                self._wake(browser, said, parcel)
                reached.append(browser.id)
            except Undelivered as undelivered:
                gone.extend(undelivered.gone)
                if not undelivered.gone:
                    failed.append(undelivered)
        if reached:
            return Receipt(tuple(reached), tuple(gone))
        if not failed:
            raise Undelivered("push: no browser is left", lasting=True, gone=tuple(gone))
        raise Undelivered(
            failed[0].failure,
            lasting=all(one.lasting for one in failed),
            after=failed[0].after,
            gone=tuple(gone),
        )

    def _wake(self, browser: Browser, said: bytes, parcel: Parcel) -> None:
        try:
            answer = fetching.post(
                browser.endpoint,
                _encrypted(browser, said),
                self._headers(browser.endpoint, parcel),
                rules=RULES,
            )
        except FetchRefused as refused:
            lasting = refused.code in ("address", "scheme", "password", "host", "forbidden_host")
            raise Undelivered(f"push: {refused.code}", lasting=lasting) from None
        if answer.status in GONE:
            raise Undelivered("push: gone", lasting=True, gone=(browser.id,))
        if not 200 <= answer.status < 300:
            # 400 and 413 are about this message; all else may pass.
            lasting, after = answer.status in (400, 413), seconds_of(answer.retry_after)
            raise Undelivered(f"push: status {answer.status}", lasting=lasting, after=after)

    def _headers(self, endpoint: str, parcel: Parcel) -> dict[str, str]:
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(_seconds(parcel.until)),
            "Urgency": "high" if parcel.event in URGENT else "normal",
            "User-Agent": "Lotsenwerk",
        }
        # Of several about the same thing a browser that was away needs the last one alone.
        about = parcel.subject_id or parcel.message_id
        headers["Topic"] = base64.urlsafe_b64encode(about.bytes).rstrip(b"=").decode()
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now() + SIGNED_FOR).timestamp()),
            "sub": self._contact,
        }
        return {**headers, **self._key.sign(claims)}


def _contact(settings: Settings) -> str:
    """Whom a push service may turn to: the service's host, or the address of its mails."""
    parts = urlsplit(settings.base_url)
    if parts.scheme == "https" and "." in (parts.hostname or ""):
        return f"https://{parts.hostname}"
    return f"mailto:{settings.mail_from.rpartition('<')[2].rstrip('>').strip()}"


def _seconds(until: datetime | None) -> int:
    left = until - now() if until else LONGEST
    return int(min(max(left, timedelta()), LONGEST).total_seconds())


def payload(parcel: Parcel) -> bytes:
    """What the browser shows, before it is encrypted: small, and nothing but the short text."""
    said = {
        "title": parcel.subject,
        "body": wording.without_links(parcel.short),
        "url": wording.first_link(parcel.short) or wording.first_link(parcel.body),
        "tag": str(parcel.subject_id or parcel.message_id),
        "event": parcel.event,
        "lang": parcel.locale,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def _encrypted(browser: Browser, said: bytes) -> bytes:
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    try:
        sealed = WebPusher({"endpoint": browser.endpoint, "keys": keys}).encode(said)
    except Exception:  # whatever the libraries say of a key that is none
        raise Undelivered("push: keys", lasting=True, gone=(browser.id,)) from None
    return bytes(sealed["body"])
