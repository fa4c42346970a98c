"""Reading the audit: the lead and the auditor all of it, a volunteer what concerns her."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access
from app.access import Actor, Part
from app.auditing import sentences
from app.auditing.schemas import AuditRead, MyAuditRead
from app.tables import Account, AuditEvent, Enrolment, Membership


@dataclass(frozen=True)
class Filters:
    """Which entries are asked for; what is None does not matter."""

    subject_type: str | None = None
    subject_id: UUID | None = None
    action: str | None = None
    account_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def find(actor: Actor, wanted: Filters) -> SelectOfScalar[AuditEvent]:
    """The entries that the actor may see and asks for."""
    query = access.visible_audit(actor)
    for column, value in (
        (AuditEvent.subject_type, wanted.subject_type),
        (AuditEvent.subject_id, wanted.subject_id),
        (AuditEvent.action, wanted.action),
        (AuditEvent.account_id, wanted.account_id),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    if wanted.since is not None:
        query = query.where(col(AuditEvent.created_at) >= wanted.since)
    if wanted.until is not None:
        query = query.where(col(AuditEvent.created_at) < wanted.until)
    return query


@dataclass
class _Person:
    name: str
    roles: dict[UUID, list[str]]


def _people(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, _Person]:
    """Names and today's roles behind accounts, in one statement."""
    wanted = {one for one in ids if one is not None}
    found: dict[UUID, _Person] = {}
    query = (
        select(Account.id, Account.name, Membership.sponsor_id, Membership.role)
        .outerjoin(Membership, col(Membership.account_id) == col(Account.id))
        .where(col(Account.id).in_(wanted))
    )
    for account_id, name, sponsor_id, role in session.exec(query).all():
        person = found.setdefault(account_id, _Person(name, defaultdict(list)))
        if sponsor_id is not None:
            person.roles[sponsor_id].append(str(role))
    return found


def reads(session: Session, actor: Actor, events: Sequence[AuditEvent]) -> list[AuditRead]:
    """Entries as they are shown: who it was by name to the lead, by role to the auditor."""
    people = _people(session, (one.account_id for one in events))
    leads = {sponsor for sponsor, role in actor.memberships if role == Part.LEAD}
    shown = []
    for one in events:
        person = people.get(one.account_id) if one.account_id else None
        named = person is not None and one.sponsor_id in leads
        shown.append(
            AuditRead(
                **one.model_dump(exclude={"updated_at", "published"}),
                actor=person.name if named and person else None,
                roles=sorted(person.roles.get(one.sponsor_id, [])) if person else [],
            )
        )
    return shown


def about_me(actor: Actor) -> SelectOfScalar[AuditEvent]:
    """Who read or changed her record, in every pool she is in."""
    hers = select(Enrolment.id).where(col(Enrolment.volunteer_id) == actor.volunteer_id)
    return select(AuditEvent).where(
        col(AuditEvent.subject_type) == "enrolment",
        col(AuditEvent.subject_id).in_(hers),
        col(AuditEvent.sponsor_id).in_(actor.enrolled_at),
    )


def my_reads(
    session: Session, actor: Actor, events: Sequence[AuditEvent], locale: str
) -> list[MyAuditRead]:
    """Entries about herself as sentences."""
    sponsors = {one.id: one.name for one in session.exec(access.visible_sponsors(actor)).all()}
    return [_mine(actor, one, sponsors.get(one.sponsor_id, ""), locale) for one in events]


def _mine(actor: Actor, one: AuditEvent, sponsor: str, locale: str) -> MyAuditRead:
    who = sentences.OFFICE if one.account_id else sentences.SERVICE
    if one.account_id == actor.account_id:
        who = sentences.ME
    return MyAuditRead(
        id=one.id,
        at=one.created_at,
        who=who,
        sponsor=sponsor,
        action=one.action,
        sentence=sentences.sentence(one.action, one.details, who, sponsor, locale),
    )
