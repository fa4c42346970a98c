"""The imports of a pool: who, when, from which files, and what became of them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access
from app.access import Actor
from app.imports.schemas import BatchRead, Figures
from app.tables import Account, ImportBatch

_LISTS = ("volunteers", "institutions", "requests")


def visible(actor: Actor) -> SelectOfScalar[ImportBatch]:
    """The imports at the actor's sponsors, without the long list of what each wrote."""
    return access.visible_imports(actor).options(defer(ImportBatch.created))  # type: ignore[arg-type]


def reads(session: Session, batches: Sequence[ImportBatch]) -> list[BatchRead]:
    """Imports with their figures, in two statements."""
    ids = [batch.id for batch in batches]
    counts = select(ImportBatch.id, func.json_array_length(ImportBatch.created))
    written = dict(session.exec(counts.where(col(ImportBatch.id).in_(ids))).all())
    people = {batch.account_id for batch in batches if batch.account_id}
    names = select(Account.id, Account.name).where(col(Account.id).in_(people))
    named = dict(session.exec(names).all())
    return [_read(batch, named, written[batch.id]) for batch in batches]


def _read(batch: ImportBatch, named: Mapping[UUID, str], written: int) -> BatchRead:
    return BatchRead(
        id=batch.id,
        sponsor_id=batch.sponsor_id,
        account_id=batch.account_id,
        account_name=named.get(batch.account_id, "") if batch.account_id else "",
        sources=batch.sources,
        finished_at=batch.finished_at,
        undone_at=batch.undone_at,
        written=written,
        **{name: _figures(batch.outcome.get(name, {})) for name in _LISTS},
    )


def _figures(outcome: Mapping[str, Any]) -> Figures:
    return Figures(
        rows=outcome.get("rows", 0),
        accepted=outcome.get("accepted", 0),
        ask=len(outcome.get("ask", {})),
        rejected=len(outcome.get("rejected", {})),
        unchanged=outcome.get("unchanged", 0),
    )
