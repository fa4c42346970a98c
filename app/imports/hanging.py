"""What hangs on the rows of an import, so that they cannot be taken back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table
from sqlmodel import Session, SQLModel, col, select

from app.imports import owners
from app.imports.known import portions
from app.tables import EnrolmentChange, Task, Volunteer

Ids = Mapping[str, Sequence[UUID]]
"""Ids of an import's rows by table."""

CHANGED, ACCOUNT = "changed", "account"
_NAMED = 3
WORDS: Mapping[str, tuple[str, str, str, str]] = {
    CHANGED: ("spätere Änderung", "spätere Änderungen", "later change", "later changes"),
    ACCOUNT: ("Zugang mit Anmeldung", "Zugänge mit Anmeldung", "login account", "login accounts"),
    "offer": ("Angebot", "Angebote", "offer", "offers"),
    "assignment": ("Einsatz", "Einsätze", "assignment", "assignments"),
    "proposal": ("Vorschlag eines Plans", "Vorschläge von Plänen", "proposal", "proposals"),
    "unfilled_reason": (
        "Ergebnis eines Plans", "Ergebnisse von Plänen", "plan result", "plan results",
    ),
    "service_record": ("Einsatznachweis", "Einsatznachweise", "service record", "service records"),
    "request": ("weitere Anfrage", "weitere Anfragen", "other request", "other requests"),
    "series": ("Terminreihe", "Terminreihen", "series", "series"),
    "parents_day": ("Elternsprechtag", "Elternsprechtage", "parents' day", "parents' days"),
    "enrolment": (
        "Aufnahme in einem anderen Pool", "Aufnahmen in anderen Pools",
        "enrolment in another pool", "enrolments in other pools",
    ),
    "partnership": (
        "Vereinbarung mit einem anderen Träger", "Vereinbarungen mit anderen Trägern",
        "agreement with another sponsor", "agreements with other sponsors",
    ),
    "contact": ("Zugang der Einrichtung", "Zugänge der Einrichtung", "contact", "contacts"),
    "task": ("weitere Aufgabe", "weitere Aufgaben", "other task", "other tasks"),
    "claim": ("Abrechnung", "Abrechnungen", "claim", "claims"),
}  # fmt: skip
_OTHER = ("später ergänzte Angabe", "später ergänzte Angaben", "later addition", "later additions")


@dataclass(frozen=True)
class Use:
    """What hangs on an import: which kind of thing, how many, and the first few rows concerned."""

    what: str
    count: int
    on: tuple[str, ...]

    def words(self, locale: str) -> str:
        """Such as "2 Angebote (Kita Arche, 12.01.2027)"."""
        word = WORDS.get(self.what, _OTHER)[2 * (locale == "en") + (self.count != 1)]
        named = "; ".join(self.on) + "; …" * (self.count > len(self.on))
        return f"{self.count} {word} ({named})" if self.on else f"{self.count} {word}"


def uses(session: Session, ids: Ids, since: datetime) -> list[Use]:
    """Everything that hangs on these rows, one entry for each kind of thing.

    Parameters
    ----------
    ids : mapping of str to sequence of UUID
        The import's rows by table.
    since : datetime
        When the import was done: what was changed later hangs on it.
    """
    found: dict[str, dict[UUID, tuple[str, UUID]]] = {}
    for what, row_id, on in _all(session, ids, since):
        found.setdefault(what, {}).setdefault(row_id, on)
    return [
        Use(what, len(rows), tuple(_labels(session, list(rows.values()))))
        for what, rows in sorted(found.items())
    ]


def _labels(session: Session, on: Sequence[tuple[str, UUID]]) -> list[str]:
    names = [owners.label(session, *one) for one in on[: 2 * _NAMED]]
    return list(dict.fromkeys(name for name in names if name))[:_NAMED]


def _all(
    session: Session, ids: Ids, since: datetime
) -> Iterator[tuple[str, UUID, tuple[str, UUID]]]:
    """What hangs, its own id, and the row of the import that it hangs on."""
    for table in SQLModel.metadata.sorted_tables:
        if table.name == EnrolmentChange.__tablename__:
            continue  # the change itself is found
        for reference in table.foreign_keys:
            if reference.column.table.name in ids:
                yield from _pointing(session, table, reference.parent, ids)
    yield from _changed(session, ids, since)
    yield from _tasks(session, ids)
    for portion in portions(ids.get("volunteer", ())):
        with_account = select(Volunteer.id).where(
            col(Volunteer.id).in_(portion), col(Volunteer.account_id).is_not(None)
        )
        for row_id in session.exec(with_account).all():
            yield ACCOUNT, row_id, ("volunteer", row_id)


def _pointing(
    session: Session, table: Table, column: Column[Any], ids: Ids
) -> Iterator[tuple[str, UUID, tuple[str, UUID]]]:
    """Rows of a table that point to the import's rows and are not of the import themselves."""
    target = next(iter(column.foreign_keys)).column.table.name
    own = set(ids.get(table.name, ()))
    for portion in portions(ids[target]):
        query = select(table.c.id, column).where(column.in_(portion)).order_by(table.c.id)
        for row_id, points_to in session.execute(query).all():
            if row_id not in own:
                yield table.name, row_id, (target, points_to)


def _changed(
    session: Session, ids: Ids, since: datetime
) -> Iterator[tuple[str, UUID, tuple[str, UUID]]]:
    for name, rows in ids.items():
        table = SQLModel.metadata.tables[name]
        for portion in portions(rows):
            later = select(table.c.id).where(table.c.id.in_(portion), table.c.updated_at > since)
            for (row_id,) in session.execute(later.order_by(table.c.id)).all():
                yield CHANGED, row_id, (name, row_id)


def _tasks(session: Session, ids: Ids) -> Iterator[tuple[str, UUID, tuple[str, UUID]]]:
    """Questions about the import's rows that it did not ask itself."""
    own = set(ids.get("task", ()))
    for name in ("request", "volunteer", "institution"):
        for portion in portions(ids.get(name, ())):
            about = select(Task.id, Task.subject_id).where(col(Task.subject_id).in_(portion))
            for row_id, subject_id in session.exec(about.order_by(col(Task.id))).all():
                if row_id not in own:
                    yield "task", row_id, (name, subject_id)
