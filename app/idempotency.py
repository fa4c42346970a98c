"""The same POST twice is carried out once: `Idempotency-Key`, claimed before the work begins.

The claim is a row in the work's own transaction. Whoever sends the same key meanwhile waits until
that is decided: committed, the kept answer is given again; rolled back, the key is free.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from python_multipart.multipart import parse_options_header
from sqlalchemy import Table, bindparam, case, delete, update
from sqlmodel import Session, col

from app.clock import now
from app.errors import ApiError, Invalid
from app.tables import IdempotencyKey
from app.tables.row import new_id
from app.writing import INSERTS

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(hours=48)
MAX_KEY_LENGTH = 100
WITHOUT_KEY = frozenset({
    "/auth/login",
    "/auth/link",
    "/auth/code",
    "/auth/logout",
    "/auth/factor",
    "/auth/factor/mail",
    "/auth/factor/totp",
    "/auth/factor/totp/confirm",
    "/auth/proof",
    "/auth/password",
    "/api-tokens",
    "/calendar-feeds",
    "/feedback",
    "/privacy/export",
    "/webhooks",
    "/webhooks/{webhook_id}/rotate",
})  # fmt: skip
"""POSTs that keep no answer: the secret in it is shown once, or nobody is known whose key it is.

Paths without the prefix `/api/v1`.
"""
SECRET_MEMBERS = frozenset({"answer_url", "confirm_url"})
"""Members of an answer that are null when it is given again: links that work without an account."""
_NOT_KEPT = frozenset({"content-length", "set-cookie"})
_KEYS: Table = IdempotencyKey.__table__  # type: ignore[attr-defined]
_DESCRIPTION = (
    "Your own name for this request: within 48 hours it is carried out once, and the first answer"
    " is given again, with `Idempotency-Replayed: true` and without links that act. Another request"
    " under this key is refused (422). A refused request keeps nothing: its key is free again."
)


class KeyReused(ApiError):
    """The key was used before for a different request."""

    status, slug, title = 422, "idempotency-key-reused", "Idempotency key reused"
    de = "Dieser Idempotency-Key gehört schon zu einer anderen Anfrage. Bitte einen neuen nehmen."
    en = "This Idempotency-Key belongs to a different request. Please use a new one."


class KeyUnusable(Invalid):
    """The key is empty or too long."""

    de = "Der Idempotency-Key muss 1 bis {limit} Zeichen haben."
    en = "The Idempotency-Key must have 1 to {limit} characters."


class Replay(Exception):
    """The request was carried out before: here is the answer it got."""

    def __init__(self, response: Response) -> None:
        super().__init__("replay")
        self.response = response


@dataclass
class Keyed:
    """A request that came with a key, and its claim once it is made."""

    key: str
    content: tuple[bytes, bytes] = field(repr=False)
    claim: dict[str, Any] | None = None
    kept: Response | None = None
    """The answer it got, when it was carried out before."""

    @property
    def fingerprint(self) -> str:
        """What makes it the same request: target and body."""
        digest = hashlib.sha256()
        for part in self.content:
            digest.update(part)
        return digest.hexdigest()


def keyed(request: Request) -> Keyed | None:
    """The request's key, if it has one that counts here."""
    found: Keyed | None = getattr(request.state, "idempotency", None)
    return found


def prepare(request: Request, path: str, body: bytes) -> None:
    """Note the key of a request to the route `path` (with its names in braces)."""
    request.state.idempotency = None
    key = request.headers.get(HEADER)
    if request.method != "POST" or key is None or path in WITHOUT_KEY:
        return
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        raise KeyUnusable(limit=MAX_KEY_LENGTH)
    target = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    kind = request.headers.get("content-type", "")
    request.state.idempotency = Keyed(key, (target, _without_boundary(kind, body)))


def _without_boundary(kind: str, body: bytes) -> bytes:
    """The body of a form without its boundary, which each sending draws anew."""
    boundary = parse_options_header(kind)[1].get(b"boundary", b"")
    return body.replace(boundary, b"") if boundary else body


@cache
def _claiming(dialect: str) -> Any:
    """One statement: insert the claim; or wait for the other's end and read what it kept.

    What has been kept for too long is taken over as if it were not there.
    """
    names = ("id", "created_at", "updated_at", "account_id", "key", "fingerprint")
    statement = INSERTS[dialect](_KEYS).values(
        {name: bindparam(name) for name in names} | {"status": 0, "headers": {}, "body": b""}
    )
    too_old = _KEYS.c.created_at < bindparam("oldest", type_=_KEYS.c.created_at.type)
    taken = {
        name: case((too_old, statement.excluded[name]), else_=_KEYS.c[name])
        for name in ("id", "created_at", "updated_at", "fingerprint")
    }
    return statement.on_conflict_do_update(
        index_elements=["account_id", "key"], set_=taken
    ).returning(*(_KEYS.c[name] for name in ("id", "fingerprint", "status", "headers", "body")))


def claim(session: Session, request: Request, account_id: UUID) -> None:
    """Claim the request's key for this account before anything else is done.

    What was carried out within 48 hours is answered once it is clear that she still may:
    see `answer_again`. Raises `KeyReused` when the key stands for another request.
    """
    wanted = keyed(request)
    if wanted is None:
        return
    moment = now()
    row = {
        "id": new_id(),
        "created_at": moment,
        "updated_at": moment,
        "account_id": account_id,
        "key": wanted.key,
        "fingerprint": wanted.fingerprint,
    }
    statement = _claiming(session.get_bind().dialect.name)
    kept = session.execute(statement, row | {"oldest": moment - KEPT}).one()
    if kept.id == row["id"]:
        wanted.claim = row
        return
    if kept.fingerprint != wanted.fingerprint:
        raise KeyReused
    wanted.kept = Response(kept.body, kept.status, headers={**kept.headers, REPLAYED: "true"})


def answer_again(request: Request) -> None:
    """Give the kept answer of a repeated request, after its role and proof were looked at.

    Raises
    ------
    Replay : it was carried out before, with the answer it got.
    """
    wanted = keyed(request)
    if wanted is not None and wanted.kept is not None:
        raise Replay(wanted.kept)


def keep(session: Session, request: Request, response: Response) -> None:
    """Keep the answer beside the work it answers, in the same transaction.

    Raises
    ------
    Replay : a route that forgot to `answer_again` did the work a second time; it is undone.
    """
    answer_again(request)
    wanted = keyed(request)
    if wanted is None or wanted.claim is None:
        return
    headers = {k: v for k, v in response.headers.items() if k.lower() not in _NOT_KEPT}
    body = without_secrets(bytes(response.body))
    answer = {"status": response.status_code, "headers": headers, "body": body}
    found = update(_KEYS).where(_KEYS.c.id == wanted.claim["id"]).values(answer)
    if session.connection().execute(found).rowcount == 0:
        # The work ended its transaction to compute without it: whoever is done first is kept.
        insert = INSERTS[session.get_bind().dialect.name](_KEYS)
        session.execute(insert.values(wanted.claim | answer).on_conflict_do_nothing())


def without_secrets(body: bytes) -> bytes:
    """The answer as it is kept: a link that works without an account is never stored."""
    if not any(name.encode() in body for name in SECRET_MEMBERS):
        return body
    return json.dumps(_blanked(json.loads(body)), ensure_ascii=False).encode()


def _blanked(content: Any) -> Any:
    if isinstance(content, dict):
        return {k: None if k in SECRET_MEMBERS else _blanked(v) for k, v in content.items()}
    if isinstance(content, list):
        return [_blanked(one) for one in content]
    return content


def forget_old(session: Session) -> None:
    """Delete answers of more than 48 hours ago."""
    session.exec(delete(IdempotencyKey).where(col(IdempotencyKey.created_at) < now() - KEPT))


def document(schema: dict[str, Any], prefix: str) -> None:
    """Say in the contract which operations take a key."""
    header = {
        "name": HEADER,
        "in": "header",
        "required": False,
        "description": _DESCRIPTION,
        "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH},
    }
    for path, item in schema["paths"].items():
        if "post" in item and path.startswith(prefix) and path[len(prefix) :] not in WITHOUT_KEY:
            item["post"].setdefault("parameters", []).append(header)
