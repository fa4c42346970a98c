"""One volunteer with everything about her, in one statement.

Lists and plans load many at once, see `dossiers`; a page about one person is read often, and asks
the database once instead of for each kind of row. Every cell travels as text and takes the type of
its column again. The statements are built once.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Float,
    FromClause,
    Integer,
    Select,
    String,
    Table,
    Uuid,
    bindparam,
    cast,
    literal_column,
    null,
    union_all,
)
from sqlalchemy.sql.elements import KeyedColumnElement
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.sqltypes import UTCDateTime

from app.prepared import Prepared
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
HER: ColumnElement[UUID] = bindparam("volunteer_id", type_=Uuid())
"""Stands for the volunteer in a prepared statement."""
TIMES = ("rules", "recurrences", "extras", "absences")
"""Members of a dossier that say when she can."""


def some(name: str) -> BindParameter[UUID]:
    """Stands for several ids in a prepared statement."""
    return bindparam(name, type_=Uuid(), expanding=True)


SOME_POOLS = some("pools")


def _moment(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


READ: tuple[tuple[type[TypeEngine[Any]], Callable[[str], Any]], ...] = (
    (Boolean, lambda text: text in ("1", "true")),
    (Integer, int),
    (Float, float),
    (Date, date.fromisoformat),
    (UTCDateTime, _moment),
    (Uuid, UUID),
    (JSON, json.loads),
    (TypeEngine, str),
)
"""How a cell becomes a value again, by the type of its column; the last one is for text."""


def _reader(column: KeyedColumnElement[Any]) -> Callable[[str], Any]:
    return next(read for kind, read in READ if isinstance(column.type, kind))


@dataclass(frozen=True)
class Kind:
    """Rows of one kind: the member that holds them, what is read of them, and which they are.

    `make` takes the values by the names of their columns, which must be different ones.
    """

    member: str
    columns: Sequence[KeyedColumnElement[Any]]
    source: FromClause
    where: tuple[ColumnElement[bool], ...]
    make: Callable[..., Any]

    def rows(self, width: int) -> Select[Any]:
        """One statement for these rows: the member, the id, and cells as text."""
        cells = [cast(column, String) for column in self.columns]
        empty = [cast(null(), String)] * (width - len(cells))
        marked = [literal_column(f"'{self.member}'").label("member"), self.columns[0].label("id")]
        return select(*marked, *cells, *empty).select_from(self.source).where(*self.where)


def columns(table: type[SQLModel], *names: str) -> list[Column[Any]]:
    """The named columns of a table, the id first; without names all that mean something."""
    found: Table = SQLModel.metadata.tables[str(table.__tablename__)]
    if names:
        return [found.c["id"], *(found.c[name] for name in names)]
    return [column for column in found.c if column.name not in UNREAD]


class Bundle:
    """Several kinds of rows that one statement reads."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        width = max(len(kind.columns) for kind in kinds)
        query = union_all(*(kind.rows(width) for kind in kinds)).order_by("id")
        self._query = Prepared(query)
        self._makers = {
            kind.member: (kind.make, [(c.name, _reader(c)) for c in kind.columns]) for kind in kinds
        }

    def read(self, session: Session, values: Mapping[str, Any]) -> dict[str, list[Any]]:
        """The rows by member, in the order of their ids."""
        found: dict[str, list[Any]] = {member: [] for member in self._makers}
        for member, _, *cells in self._query.rows(session.connection(), values):
            make, readers = self._makers[member]
            values = {
                name: None if cell is None else read(cell)
                for (name, read), cell in zip(readers, cells, strict=False)
            }
            found[member].append(make(**values))
        return found


def dossier(session: Session, volunteer: Volunteer, *, sponsor_ids: Pools) -> Dossier:
    """What `dossiers.load` gives for her, for reading only: its rows are not to be changed."""
    session.flush()
    if sponsor_ids is None:
        found: dict[str, Any] = _OF_EVERY_POOL.read(session, {"volunteer_id": volunteer.id})
    else:
        pools = sorted(sponsor_ids)
        found = _OF_SOME_POOLS.read(session, {"volunteer_id": volunteer.id, "pools": pools})
    return Dossier(volunteer=volunteer, **found)


def _part(member: str, table: type[SQLModel], *where: ColumnElement[bool]) -> Kind:
    read = columns(table)
    return Kind(member, read, read[0].table, where, _light(table))


def _light(table: type[SQLModel]) -> Callable[..., SQLModel]:
    """Makes rows that only hold values: nothing keeps track of their changes."""

    def make(**values: Any) -> SQLModel:
        row: SQLModel = table.__new__(table)
        row.__dict__.update(values)
        return row

    return make


def _code(id: UUID, code: str) -> str:
    return code


_PARTS: dict[str, type[VolunteerPart]] = {
    "skills": LanguageSkill,
    "trainings": Training,
    "clearances": Clearance,
    "rules": AvailabilityRule,
    "recurrences": AvailabilityRecurrence,
    "extras": ExtraTime,
    "absences": Absence,
}
"""What belongs to her in every pool, by the member of a dossier that holds it."""


def of_people(people: str, *members: str) -> list[Kind]:
    """Some kinds of rows of several people, whose ids come under this name."""
    tables = [(member, _PARTS[member]) for member in members]
    return [_part(name, table, col(table.volunteer_id).in_(some(people))) for name, table in tables]


def of_her(at: Callable[[type[SponsorRow]], tuple[ColumnElement[bool], ...]]) -> list[Kind]:
    """Every kind of row of a dossier; `at` says in which pools."""
    enrolled = col(Enrolment.volunteer_id) == HER, col(Enrolment.state) != EnrolmentState.ENDED
    asked = (
        col(Task.subject_id) == HER,
        col(Task.subject_type) == "volunteer",
        col(Task.state) == TaskState.OPEN,
    )
    codes = columns(Task, "code")
    return [
        *(_part(member, table, col(table.volunteer_id) == HER) for member, table in _PARTS.items()),
        _part("enrolments", Enrolment, *enrolled, *at(Enrolment)),
        _part("exclusions", Exclusion, col(Exclusion.volunteer_id) == HER, *at(Exclusion)),
        Kind("open_questions", codes, codes[0].table, (*asked, *at(Task)), _code),
    ]


_OF_EVERY_POOL = Bundle(of_her(lambda _table: ()))
_OF_SOME_POOLS = Bundle(of_her(lambda table: (col(table.sponsor_id).in_(SOME_POOLS),)))
