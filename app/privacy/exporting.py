"""Everything the service holds about one person (Art. 15 and 20 GDPR), without anybody else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from app import access, audit, db
from app.access import Actor
from app.actors import Part
from app.clock import now
from app.errors import NotFound
from app.institutions import naming
from app.privacy.classes import CLASSES, Kind
from app.privacy.columns import COLUMNS
from app.privacy.subjects import EXPORTED, OF_ACCOUNT, Subject, hers
from app.tables import (
    NO_MEMBER,
    Account,
    Enrolment,
    Institution,
    Membership,
    Request,
    RequestOption,
    Seat,
    Sponsor,
    SponsorRow,
    Volunteer,
)

MOST_ROWS = 5000
"""Of each kind, the newest; how many more there are is said."""
NOWHERE = UUID(int=0)
LINK = re.compile(r"(/[a-z]/)lw_[\w-]+")
"""The end of an address that works without an account."""
OFFICE, HERSELF, SERVICE = "office", "herself", "service"
Fields = dict[str, Any]


@dataclass(frozen=True)
class Export:
    """What is held about a person, ready to be written as JSON or PDF."""

    name: str
    made_at: datetime
    controllers: list[str]
    sections: dict[str, list[Fields]]
    """Rows by table."""
    left_out: dict[str, int]
    """How many older rows there are besides, by table."""

    def as_json(self) -> Fields:
        """With what the law wants to be told along with the data."""
        kinds = {kind for name in self.sections for kind in COLUMNS[name].values()}
        about = [CLASSES[kind] for kind in Kind if kind in kinds and CLASSES[kind].exported]
        return {
            "name": self.name,
            "made_at": self.made_at.isoformat(),
            "controllers": self.controllers,
            "data": self.sections,
            "left_out": self.left_out,
            "classes": [
                {
                    "name": one.name,
                    "purpose": one.purpose,
                    "basis": one.basis,
                    "kept": one.kept,
                    "receivers": one.receivers,
                }
                for one in about
                if one.personal
            ],
        }


def ask(session: Session, actor: Actor, volunteer_id: UUID | None) -> Export:
    """What is held about her: she herself gets all of it, the lead of a pool that pool's part.

    Who is no volunteer gets what is held about her account.
    """
    own = volunteer_id is None or volunteer_id == actor.volunteer_id
    if own:
        person = Subject(actor.volunteer_id, actor.account_id, None)
    else:
        person = _led(session, actor, volunteer_id)
    with db.as_system(session):
        export = collect(session, person)
        for row in _noted_at(session, person):
            audit.record(session, actor.account_id, "person.export", row, own=own)
    return export


def _led(session: Session, actor: Actor, volunteer_id: UUID | None) -> Subject:
    """Somebody who is or was in a pool that the actor leads, as far as that pool goes."""
    lead = actor.narrowed(frozenset({Part.LEAD}))
    query = access.visible_enrolments(lead).where(
        col(Enrolment.volunteer_id) == volunteer_id,
        col(Enrolment.sponsor_id).in_(lead.sponsor_ids),
    )
    if session.exec(query.limit(1)).first() is None:
        raise NotFound
    with db.as_system(session):
        account_id = session.get_one(Volunteer, volunteer_id).account_id
        pools = _pools(session, volunteer_id)
    moved_on = bool(pools) and not pools & lead.sponsor_ids
    return Subject(volunteer_id, account_id, lead.sponsor_ids, moved_on)


def _pools(session: Session, volunteer_id: UUID | None) -> set[UUID]:
    """The pools she is in today."""
    query = select(Enrolment.sponsor_id).where(
        col(Enrolment.volunteer_id) == volunteer_id, col(Enrolment.state).not_in(NO_MEMBER)
    )
    return set(session.exec(query).all())


def _noted_at(session: Session, person: Subject) -> Sequence[SponsorRow]:
    """Rows under which each controller finds that data were handed out."""
    enrolments = select(Enrolment).where(col(Enrolment.volunteer_id) == person.volunteer_id)
    if person.sponsor_ids is not None:
        enrolments = enrolments.where(col(Enrolment.sponsor_id).in_(person.sponsor_ids))
        return session.exec(enrolments).all()
    memberships = select(Membership).where(col(Membership.account_id) == person.account_id)
    found: list[SponsorRow] = [*session.exec(enrolments).all(), *session.exec(memberships).all()]
    return list({row.sponsor_id: row for row in found}.values())


def collect(session: Session, person: Subject) -> Export:
    """Gather the rows of every table that names her."""
    names = [n for n in EXPORTED if _is_given(n, person)]
    queries = {name: _query(name, person) for name in names}
    rows = {n: session.exec(q.limit(MOST_ROWS + 1)).all() for n, q in queries.items()}
    left_out = {
        name: _count(session, queries[name]) - MOST_ROWS
        for name, some in rows.items()
        if len(some) > MOST_ROWS
    }
    rows = {name: some[:MOST_ROWS] for name, some in rows.items()}
    context = _Context(session, [row for some in rows.values() for row in some])
    sections = {
        name: [_fields(name, row, person, context) for row in reversed(some)]
        for name, some in rows.items()
        if some
    }
    return Export(_name(session, person), now(), context.controllers(), sections, left_out)


def _is_given(name: str, person: Subject) -> bool:
    """Whether a table is part of it: the lead of a pool gets no ways in, and of somebody who has
    moved on to another pool only what was written at her own.
    """
    if person.sponsor_ids is None:
        return True
    return name not in OF_ACCOUNT and not (
        person.moved_on and not issubclass(hers(name)[0], SponsorRow)
    )


def _query(name: str, person: Subject) -> Any:
    """Her rows of a table, the newest first: ids sort by time."""
    table, mine = hers(name)
    query = select(table).where(mine(person)).order_by(col(table.id).desc())
    if person.sponsor_ids is not None and issubclass(table, SponsorRow):
        query = query.where(col(table.sponsor_id).in_(person.sponsor_ids))
    return query


def _count(session: Session, query: Any) -> int:
    return session.exec(select(func.count()).select_from(query.order_by(None).subquery())).one()


def _name(session: Session, person: Subject) -> str:
    if person.volunteer_id is not None:
        volunteer = session.get_one(Volunteer, person.volunteer_id)
        return f"{volunteer.given_name} {volunteer.surname}".strip()
    return session.get_one(Account, person.account_id).name


class _Context:
    """Names of pools and institutions, and when an appointment is, for the rows of an export."""

    def __init__(self, session: Session, rows: Sequence[Any]) -> None:
        seats = {row.seat_id for row in rows if getattr(row, "seat_id", None)}
        options = {row.option_id for row in rows if getattr(row, "option_id", None)}
        places = {row.institution_id for row in rows if getattr(row, "institution_id", None)}
        self._pools = dict(session.exec(select(Sponsor.id, Sponsor.name)).all())
        self._seen = {row.sponsor_id for row in rows if getattr(row, "sponsor_id", None)}
        self._seats: dict[UUID, Fields] = {
            seat_id: {"institution": _place(place), "language": language}
            for seat_id, language, place in session.exec(
                select(col(Seat.id), col(Seat.language), Institution)
                .join(Request, col(Request.id) == col(Seat.request_id))
                .join(Institution, col(Institution.id) == col(Request.institution_id))
                .where(col(Seat.id).in_(seats))
            ).all()
        }
        self._options: dict[UUID, Fields] = {
            option_id: {"day": day.isoformat(), "start_minute": start}
            for option_id, day, start in session.exec(
                select(
                    col(RequestOption.id), col(RequestOption.day), col(RequestOption.start_minute)
                ).where(col(RequestOption.id).in_(options))
            ).all()
        }
        named = select(Institution).where(col(Institution.id).in_(places))
        self._places = {place.id: _place(place) for place in session.exec(named).all()}

    def controllers(self) -> list[str]:
        """The pools that hold something."""
        return sorted(self._pools[one] for one in self._seen)

    def around(self, row: Any) -> Fields:
        """What a row points to, in words: never another person."""
        found: Fields = {}
        if getattr(row, "sponsor_id", None):
            found["pool"] = self._pools[row.sponsor_id]
        if getattr(row, "institution_id", None):
            found["institution"] = self._places.get(row.institution_id, "")
        for name, known in (("seat_id", self._seats), ("option_id", self._options)):
            found |= known.get(getattr(row, name, NOWHERE), {})
        return found


def _place(place: Institution) -> str:
    """What a place is called in a file, which may travel far: one where somebody hides is not."""
    return naming.name(place, told=False)


def _fields(name: str, row: Any, person: Subject, context: _Context) -> Fields:
    """The columns of a row that are about her; nothing secret, and no other person."""
    given = {
        column: _plain(getattr(row, column))
        for column, kind in COLUMNS[name].items()
        if CLASSES[kind].exported
    }
    found = {"created_at": _plain(row.created_at), **context.around(row), **given}
    if name == "audit_event":
        found["by"] = _by_whom(row.account_id, person)
    return found


def _by_whom(account_id: UUID | None, person: Subject) -> str:
    """Who it was, without a name: people of an office are persons, too."""
    if account_id is None:
        return SERVICE
    return HERSELF if account_id == person.account_id else OFFICE


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, str):
        # Whoever finds the file must not be able to answer for her.
        return LINK.sub(r"\1…", value)
    return value.isoformat() if hasattr(value, "isoformat") else value
