"""The same POST twice is carried out once: `Idempotency-Key`, kept in the same transaction."""

import hashlib
import json
from datetime import timedelta
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from app.clock import now
from app.errors import ApiError, Invalid
from app.tables import IdempotencyKey

KEPT = timedelta(hours=48)
MAX_KEY_LENGTH = 100
_SHOWN_ONCE = ("/auth/", "/api-tokens", "/calendar-feeds")
_SECRET_MEMBERS = ("answer_url", "confirm_url")
_KEPT_HEADERS = ("content-type", "location", "etag")


class KeyReused(ApiError):
    """The key was used before for a different request."""

    status, slug, title = 422, "idempotency-key-reused", "Idempotency key reused"
    de = "Dieser Idempotency-Key gehört schon zu einer anderen Anfrage. Bitte einen neuen nehmen."
    en = "This Idempotency-Key belongs to a different request. Please use a new one."


class KeyRaced(Exception):
    """The same key arrived twice at once; run again, the answer is there by then."""


class Replay(Exception):
    """The request was carried out before: here is the answer it got."""

    def __init__(self, response: Response) -> None:
        super().__init__("replay")
        self.response = response


async def prepare(request: Request) -> None:
    """Read the body once, so that its fingerprint can be compared."""
    request.state.idempotency = None
    key = request.headers.get("idempotency-key")
    if request.method != "POST" or not key or any(p in request.url.path for p in _SHOWN_ONCE):
        return
    if len(key) > MAX_KEY_LENGTH:
        raise Invalid(sentence=f"Idempotency-Key: at most {MAX_KEY_LENGTH} characters.")
    target = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    fingerprint = hashlib.sha256(target + await request.body()).hexdigest()
    request.state.idempotency = (key, fingerprint)


def recall(session: Session, request: Request, account_id: UUID) -> None:
    """Raise `Replay` with the first answer when this key has been seen within 48 hours."""
    if request.state.idempotency is None:
        return
    key, fingerprint = request.state.idempotency
    request.state.idempotency_account = account_id
    kept = session.exec(
        select(IdempotencyKey).where(
            col(IdempotencyKey.account_id) == account_id, col(IdempotencyKey.key) == key
        )
    ).one_or_none()
    if kept is None:
        return
    if kept.created_at < now() - KEPT:
        session.delete(kept)
        session.flush()
        return
    if kept.fingerprint != fingerprint:
        raise KeyReused
    raise Replay(
        Response(
            kept.body,
            kept.status,
            headers={**kept.headers, "Idempotency-Replayed": "true"},
        )
    )


def _without_secrets(body: bytes) -> bytes:
    """The answer as it is kept: a link that works without an account is never stored."""
    if not any(name.encode() in body for name in _SECRET_MEMBERS):
        return body
    content = json.loads(body)
    return json.dumps({k: None if k in _SECRET_MEMBERS else v for k, v in content.items()}).encode()


def _forget_old(session: Session, account_id: UUID) -> None:
    """The caller's answers of more than 48 hours ago are no longer kept."""
    session.exec(
        delete(IdempotencyKey).where(
            col(IdempotencyKey.account_id) == account_id,
            col(IdempotencyKey.created_at) < now() - KEPT,
        )
    )


def keep(session: Session, request: Request, response: Response) -> None:
    """Keep the answer beside the work it answers, in the same transaction."""
    account_id = getattr(request.state, "idempotency_account", None)
    if request.state.idempotency is None or account_id is None:
        return
    key, fingerprint = request.state.idempotency
    _forget_old(session, account_id)
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    session.flush()
    session.add(
        IdempotencyKey(
            account_id=account_id,
            key=key,
            fingerprint=fingerprint,
            status=response.status_code,
            headers=headers,
            body=_without_secrets(bytes(response.body)),
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise KeyRaced from error
