"""One volunteer with everything about her, in one statement.

Lists and plans load many at once, see `dossiers`; a page about one person is read often, and asks
the database once instead of for each kind of row. Every cell travels as text and takes the type of
its column again.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Table,
    Uuid,
    cast,
    literal,
    null,
    union_all,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel, col, select

from app.tables import (
    Absence,
    AvailabilityRecurrence,
    AvailabilityRule,
    Clearance,
    Enrolment,
    EnrolmentState,
    Exclusion,
    ExtraTime,
    LanguageSkill,
    SponsorRow,
    Task,
    TaskState,
    Training,
    Volunteer,
    VolunteerPart,
)
from app.volunteers.dossiers import Dossier, Pools

UNREAD = frozenset({"created_at", "updated_at"})
READ: tuple[tuple[type[TypeEngine[Any]], Callable[[str], Any]], ...] = (
    (Boolean, lambda text: text in ("1", "true")),
    (Integer, int),
    (Date, date.fromisoformat),
    (Uuid, UUID),
    (JSON, json.loads),
    (TypeEngine, str),
)
"""How a cell becomes a value again, by the type of its column; the last one is for text."""


def _value(column: Column[Any], text: str | None) -> Any:
    if text is None:
        return None
    return next(read for kind, read in READ if isinstance(column.type, kind))(text)


@dataclass(frozen=True)
class _Kind:
    """Rows of one table that belong to her, and the member of the dossier that holds them."""

    member: str
    table: type[SQLModel]
    of_her: tuple[ColumnElement[bool], ...]

    @property
    def columns(self) -> list[Column[Any]]:
        """What is read of a row."""
        table: Table = SQLModel.metadata.tables[str(self.table.__tablename__)]
        if self.table is Task:
            return [table.c["id"], table.c["code"]]
        return [column for column in table.c if column.name not in UNREAD]

    def rows(self, width: int) -> Select[Any]:
        """One statement for these rows: the member, the id, and cells as text."""
        cells = [cast(column, String) for column in self.columns]
        empty = [cast(null(), String)] * (width - len(cells))
        marked = [literal(self.member).label("member"), self.columns[0].label("id")]
        return select(*marked, *cells, *empty).where(*self.of_her)

    def row(self, cells: Sequence[str | None]) -> Any:
        """The row of these cells."""
        values = {
            column.name: _value(column, text)
            for column, text in zip(self.columns, cells, strict=False)
        }
        return values["code"] if self.table is Task else self.table(**values)


def dossier(session: Session, volunteer: Volunteer, *, sponsor_ids: Pools) -> Dossier:
    """What `dossiers.load` gives for her, for reading only: its rows are not to be changed."""
    kinds = {kind.member: kind for kind in _kinds(volunteer.id, sponsor_ids)}
    width = max(len(kind.columns) for kind in kinds.values())
    query = union_all(*(kind.rows(width) for kind in kinds.values())).order_by("id")
    found: dict[str, list[Any]] = {member: [] for member in kinds}
    for member, _, *cells in session.execute(query).all():
        found[member].append(kinds[member].row(cells))
    return Dossier(volunteer=volunteer, **found)


def _kinds(volunteer_id: UUID, pools: Pools) -> list[_Kind]:
    parts: dict[str, type[VolunteerPart]] = {
        "skills": LanguageSkill,
        "trainings": Training,
        "clearances": Clearance,
        "rules": AvailabilityRule,
        "recurrences": AvailabilityRecurrence,
        "extras": ExtraTime,
        "absences": Absence,
    }
    return [
        *(
            _Kind(member, table, (col(table.volunteer_id) == volunteer_id,))
            for member, table in parts.items()
        ),
        _Kind(
            "enrolments",
            Enrolment,
            (
                col(Enrolment.volunteer_id) == volunteer_id,
                col(Enrolment.state) != EnrolmentState.ENDED,
                *_at(Enrolment, pools),
            ),
        ),
        _Kind(
            "exclusions",
            Exclusion,
            (col(Exclusion.volunteer_id) == volunteer_id, *_at(Exclusion, pools)),
        ),
        _Kind(
            "open_questions",
            Task,
            (
                col(Task.subject_id) == volunteer_id,
                col(Task.subject_type) == "volunteer",
                col(Task.state) == TaskState.OPEN,
                *_at(Task, pools),
            ),
        ),
    ]


def _at(table: type[SponsorRow], pools: Pools) -> tuple[ColumnElement[bool], ...]:
    return () if pools is None else (col(table.sponsor_id).in_(pools),)
