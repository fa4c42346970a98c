"""The keys of a sponsor's pseudonyms, as the lead or a command looks after them."""

from uuid import UUID

from sqlmodel import Session

from app import audit, pseudonyms
from app.privacy.schemas import KeyDestroyed, KeyRead


def listed(session: Session, sponsor_id: UUID) -> list[KeyRead]:
    """Every key there is or was."""
    return [KeyRead(**key.model_dump()) for key in pseudonyms.versions(session, sponsor_id)]


def rotate(session: Session, account_id: UUID | None, sponsor_id: UUID) -> KeyRead:
    """A new key for new cases."""
    made = pseudonyms.rotate(session, sponsor_id)
    audit.record(session, account_id, "pseudonym_key.rotate", made, version=made.version)
    return KeyRead(**made.model_dump())


def destroy(
    session: Session, account_id: UUID | None, sponsor_id: UUID, version: int
) -> KeyDestroyed:
    """Erase a key, and with it what its cases were about."""
    gone = pseudonyms.destroy(session, sponsor_id, version)
    audit.record(
        session, account_id, "pseudonym_key.destroy", gone.key, version=version, cases=gone.cases
    )
    return KeyDestroyed(**gone.key.model_dump(), cases=gone.cases)
