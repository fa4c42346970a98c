"""The chain: each entry of a sponsor carries the hash of the one before it.

Whoever changes, takes out, puts in or exchanges entries has to compute everything after them anew;
and then the end of the chain is another one than was kept elsewhere (`anchors`). The hash needs no
key, so that anybody outside can compute it too.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table

from app.tables import AuditEvent

DOMAIN = b"lotsenwerk audit 1\n"
"""Begins what is hashed, so that no other hash of ours can stand for an entry."""
EVENTS: Table = AuditEvent.__table__  # type: ignore[attr-defined]
WRITTEN_ONCE = (
    "id",
    "created_at",
    "sponsor_id",
    "account_id",
    "via",
    "action",
    "subject_type",
    "subject_id",
    "details",
    "reason",
    "rule_version",
)
"""What an entry says. Not among it: whether receivers were told, and when that was noted."""
COLUMNS: tuple[Column[Any], ...] = tuple(EVENTS.c[name] for name in WRITTEN_ONCE)


def digest(entry: Mapping[str, Any], position: int, previous_hash: str) -> str:
    """The hash of an entry at its place, in hexadecimal digits.

    SHA-256 over `DOMAIN` and one line of JSON: members sorted by name, no spaces, UTF-8, ids in the
    usual form, times in UTC with microseconds. The same on both databases.

    References
    ----------
    RFC 8785 for the form; RFC 6962, section 2, for hashes that say what they are for.
    """
    content = {name: _plain(entry[name]) for name in WRITTEN_ONCE}
    content |= {"position": position, "previous_hash": previous_hash}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(DOMAIN + text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
