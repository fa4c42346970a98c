"""Taking an import back: everything it wrote, or nothing."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from app import audit, db
from app.clock import now
from app.errors import Conflict
from app.imports import hanging
from app.imports.hanging import Ids, Use
from app.imports.known import portions
from app.imports.written import tables_in_order
from app.tables import ImportBatch

LOCKED = ("institution", "client_case", "request", "seat", "volunteer")
"""What others point to, in the order in which everybody locks."""


class ImportInUse(Conflict):
    """Something hangs on what an import wrote."""

    slug, title = "import-in-use", "Something hangs on this import"
    de = (
        "Der Import lässt sich nicht mehr zurücknehmen, daran hängt schon: {listed}. "
        "Bitte das zuerst auflösen oder die Einträge einzeln ändern."
    )
    en = (
        "This import cannot be taken back any more, on it hangs: {listed}. "
        "Please undo that first, or change the entries one by one."
    )

    def __init__(self, uses: Sequence[Use]) -> None:
        super().__init__(listed=_listed(uses, "en"))
        self.found = tuple(uses)
        self.members = {
            "uses": [{"what": use.what, "count": use.count, "on": list(use.on)} for use in uses]
        }

    def detail(self, locale: str) -> str:
        """The sentence with what hangs, in German or English."""
        return (self.en if locale == "en" else self.de).format(listed=_listed(self.found, locale))


class UndoneAlready(Conflict):
    """The import was taken back before."""

    slug, title = "import-undone", "Taken back already"
    de = "Dieser Import ist schon zurückgenommen. Die Listen können neu eingelesen werden."
    en = "This import was taken back already. The lists can be read again."


class NotRecorded(Conflict):
    """The import is older than the list of what imports write."""

    slug, title = "import-not-recorded", "Not recorded"
    de = (
        "Bei diesem älteren Import ist nicht aufgezeichnet, was er geschrieben hat. "
        "Bitte die Einträge einzeln ändern."
    )
    en = "What this older import wrote is not recorded. Please change the entries one by one."


def undo(session: Session, account_id: UUID | None, batch_id: UUID) -> ImportBatch:
    """Take back everything an import wrote, unless something hangs on it.

    Raises
    ------
    ImportInUse, UndoneAlready, NotRecorded
        Nothing is changed then.
    """
    with db.as_system(session):
        batch = _locked(session, batch_id)
        ids = _by_table(batch)
        lock_rows(session, ids)
        uses = hanging.uses(session, ids, batch.finished_at)
        if uses:
            raise ImportInUse(uses)
        _delete(session, ids)
        batch.undone_at = now()
        session.add(batch)
        audit.record(session, account_id, "import.undo", batch, rows=len(batch.created))
        session.flush()
    return batch


def _locked(session: Session, batch_id: UUID) -> ImportBatch:
    query = select(ImportBatch).where(col(ImportBatch.id) == batch_id).with_for_update()
    batch = session.exec(query.execution_options(populate_existing=True)).one()
    if batch.undone_at is not None:
        raise UndoneAlready
    if batch.outcome and not batch.created:
        raise NotRecorded
    return batch


def _by_table(batch: ImportBatch) -> Ids:
    rows = sorted((table, UUID(row_id)) for table, row_id in batch.created)
    return {
        table: [row_id for _, row_id in group] for table, group in groupby(rows, lambda row: row[0])
    }


def lock_rows(session: Session, ids: Ids) -> None:
    """Hold what others may point to: nobody adds an offer between the look and the deletion."""
    for name in LOCKED:
        table = SQLModel.metadata.tables[name]
        for portion in portions(ids.get(name, ())):
            rows = select(table.c.id).where(table.c.id.in_(portion)).order_by(table.c.id)
            session.execute(rows.with_for_update()).all()


def _delete(session: Session, ids: Ids) -> None:
    """Delete the rows, those that point before those that are pointed to."""
    order = tables_in_order()
    try:
        for name in sorted(ids, key=lambda table: -order[table]):
            table = SQLModel.metadata.tables[name]
            for portion in portions(ids[name]):
                session.execute(delete(table).where(table.c.id.in_(portion)))
    except IntegrityError as error:
        raise ImportInUse([Use("other", 1, ())]) from error
    session.expire_all()


def _listed(uses: Sequence[Use], locale: str) -> str:
    return ", ".join(use.words(locale) for use in uses)
