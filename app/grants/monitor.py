"""Who is active on a day, and which conditions of the Land that meets."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from allowance import grants
from allowance.grants import Finding
from app.clock import midnight
from app.errors import Invalid
from app.grants.past import House
from app.tables import (
    EnrolmentChange,
    EnrolmentState,
    LanguageSkill,
    Sponsor,
    VolunteerRole,
)
from scheduling import languages

GERMAN = "de"


class NoRule(Invalid):
    """Conditions are asked about for a day before the first rule of the Land that is known."""

    de = "Für den {day} ist keine Regel des Landes bekannt. Bitte einen Tag ab {first} wählen."
    en = "No rule of the Land is known for {day}. Please choose a day from {first} on."


@dataclass(frozen=True)
class Active:
    """Somebody who is released on a day, in one of her roles."""

    volunteer_id: UUID
    role: str
    coordinating: bool = False
    languages: tuple[str, ...] = ()
    """Of an interpreter, besides German; varieties of one language are one."""


@dataclass(frozen=True)
class Found:
    """A condition of the Land on a day: whether it is met, and by how many."""

    code: str
    """`lump_sum` or `pool_condition`."""
    finding: Finding
    have: dict[str, int]


def active_on(
    session: Session, sponsor_id: UUID, day: date, as_of: datetime | None = None
) -> list[Active]:
    """Who is released at the end of a day, one entry for each role; as it was known at a moment."""
    moment = midnight(day + timedelta(days=1))
    if as_of is not None:
        moment = min(moment, as_of + timedelta(microseconds=1))
    standing = _standing(session, sponsor_id, moment)
    spoken = _spoken(session, [one.volunteer_id for one in standing], moment)
    return [
        Active(
            one.volunteer_id,
            str(role),
            one.coordinating and role == VolunteerRole.GUIDE,
            spoken[one.volunteer_id] if role == VolunteerRole.INTERPRETER else (),
        )
        for role in VolunteerRole
        for one in standing
        if role in one.roles
    ]


def _standing(session: Session, sponsor_id: UUID, before: datetime) -> list[EnrolmentChange]:
    """How everybody who was released stood at a moment, in the order of their ids."""
    newest = (
        select(
            EnrolmentChange.id,
            func.row_number()
            .over(
                partition_by=col(EnrolmentChange.volunteer_id),
                order_by=(col(EnrolmentChange.created_at).desc(), col(EnrolmentChange.id).desc()),
            )
            .label("place"),
        )
        .where(
            col(EnrolmentChange.sponsor_id) == sponsor_id,
            col(EnrolmentChange.created_at) < before,
        )
        .subquery()
    )
    query = (
        select(EnrolmentChange)
        .join(newest, newest.c.id == col(EnrolmentChange.id))
        .where(newest.c.place == 1, col(EnrolmentChange.state) == EnrolmentState.RELEASED)
        .order_by(col(EnrolmentChange.volunteer_id))
    )
    return list(session.exec(query).all())


def _spoken(
    session: Session, volunteer_ids: Sequence[UUID], before: datetime
) -> dict[UUID, tuple[str, ...]]:
    query = select(LanguageSkill.volunteer_id, LanguageSkill.language).where(
        col(LanguageSkill.volunteer_id).in_(volunteer_ids), col(LanguageSkill.created_at) < before
    )
    found: dict[UUID, set[str]] = defaultdict(set)
    for volunteer_id, language in session.exec(query).all():
        known = languages.catalogue().get(language)
        found[volunteer_id].add((known and known.variety_of) or language)
    return defaultdict(tuple, {key: tuple(sorted(tags - {GERMAN})) for key, tags in found.items()})


def judged(sponsor: Sponsor | House, active: Iterable[Active], day: date) -> list[Found]:
    """Whether a sponsor with these people meets the conditions of the Land on a day."""
    first = grants.rules()[0].valid_from
    if day < first:
        raise NoRule(day=f"{day:%d.%m.%Y}", first=f"{first:%d.%m.%Y}")
    people = list(active)
    guides = [one for one in people if one.role == VolunteerRole.GUIDE]
    interpreters = [one for one in people if one.role == VolunteerRole.INTERPRETER]
    tags = {tag for one in interpreters for tag in one.languages}
    lump_sum = grants.lump_sum(
        sponsor.kind,
        nonprofit=sponsor.nonprofit,
        population=sponsor.population,
        guides=len(guides),
        day=day,
    )
    pool = grants.pool_condition(len(interpreters), tags, day)
    return [
        Found("lump_sum", lump_sum, {"guides": len(guides)}),
        Found("pool_condition", pool, {"interpreters": len(interpreters), "languages": len(tags)}),
    ]
