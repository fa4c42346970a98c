"""Client cases without names: an HMAC that only the sponsor's key can make again."""

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.settings import get_settings
from app.tables import ClientCase


@lru_cache
def _master_key() -> bytes:
    settings = get_settings()
    given = settings.secret.get_secret_value()
    if given:
        return given.encode()
    path = settings.var / "secret"
    if not path.exists():
        settings.var.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip().encode()


def pseudonym(sponsor_id: UUID, institution_id: UUID, case_number: str) -> str:
    """HMAC-SHA256 over the institution and its own case number, with the sponsor's key."""
    key = hmac.digest(_master_key(), sponsor_id.bytes, "sha256")
    text = f"{institution_id}|{' '.join(case_number.split()).casefold()}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def client_case(
    session: Session, sponsor_id: UUID, institution_id: UUID, case_number: str
) -> ClientCase:
    """The case behind an institution's number, made when it is new."""
    value = pseudonym(sponsor_id, institution_id, case_number)
    known = select(ClientCase).where(
        col(ClientCase.sponsor_id) == sponsor_id, col(ClientCase.pseudonym) == value
    )
    case = session.exec(known).one_or_none()
    if case is not None:
        return case
    case = ClientCase(sponsor_id=sponsor_id, pseudonym=value)
    try:
        with session.begin_nested():
            session.add(case)
    except IntegrityError:
        # Somebody else has made it at the same moment.
        return session.exec(known).one()
    return case
