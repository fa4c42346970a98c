"""Mails that lie in the outbox as files, where there is no server: they go with their words."""

from contextlib import suppress
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import col, select

from app import db, jobs
from app.privacy.erasing import OUTBOX
from app.settings import get_settings
from app.tables import Message

BATCH = 200


def clear(engine: Engine) -> int:
    """Delete the files of messages that have no words any more; how many."""
    files = {path.stem: path for path in sorted(get_settings().outbox.glob("*.eml"))}
    gone = 0
    stems = list(files)
    for start in range(0, len(stems), BATCH):
        ids = {stem: _id(stem) for stem in stems[start : start + BATCH]}
        known = [one for one in ids.values() if one is not None]
        query = select(Message.id).where(col(Message.id).in_(known), col(Message.body) == "")
        with db.transaction(engine, read_only=True) as session:
            empty = set(session.exec(query).all())
        gone += sum(_delete(files[stem]) for stem, one in ids.items() if one in empty)
    return gone


def _id(stem: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(stem)
    return None


def _delete(path: Path) -> bool:
    with suppress(FileNotFoundError):
        path.unlink()
        return True
    return False


@jobs.task(OUTBOX)
def clear_outbox(engine: Engine, _subject_id: UUID) -> None:
    """After an erasure: the mails that were about her."""
    clear(engine)
