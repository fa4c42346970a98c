"""Where somebody does not go: kinds of institutions and single places, pool by pool.

She says so herself, or the office enters it. Planning asks her about nothing there, and thinks of
her as before everywhere else. What concerns a client is shown to nobody here.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit
from app.access import Actor, SponsorUnclear
from app.auditing import records
from app.errors import Conflict, Forbidden, NotFound
from app.institutions import kinds, naming
from app.institutions import service as institutions
from app.tables import (
    NO_MEMBER,
    Assignment,
    Enrolment,
    Exclusion,
    Institution,
    Offer,
    Partnership,
    Request,
    Seat,
    Volunteer,
)
from app.volunteers.keeping import touch
from app.volunteers.schemas import ExclusionRead, ExclusionWrite

MOST = 200
"""As many at one pool are read at once, so as many may be entered."""


class TooManyExclusions(Conflict):
    """So many places and kinds are excluded that planning finds nothing any more."""

    slug, title = "too-many-exclusions", "Too many exclusions"
    de = "Es sind schon {most} Sperren eingetragen. Bitte alte löschen."
    en = "There are {most} exclusions already. Please delete old ones."


class OfficeSaidSo(Forbidden):
    """The office entered it, for a reason that it knows."""

    de = "Das hat die Koordination eingetragen. Bitte sprechen Sie dort darüber."
    en = "The coordination office entered this. Please talk to it about that."


def _visible(actor: Actor, volunteer: Volunteer) -> SelectOfScalar[Exclusion]:
    """Hers at every pool for herself, those of its own pool for an office; none of clients."""
    query = select(Exclusion).where(
        col(Exclusion.volunteer_id) == volunteer.id, col(Exclusion.client_case_id).is_(None)
    )
    if volunteer.id == actor.volunteer_id:
        return query
    return query.where(col(Exclusion.sponsor_id).in_(actor.sponsor_ids))


def reads(
    session: Session, actor: Actor, volunteer: Volunteer, locale: str, *only: Exclusion
) -> list[ExclusionRead]:
    """Where she does not go, or `only` some of it; where somebody hides only the office reads who.

    In two statements whatever their number.
    """
    rows = only or session.exec(_visible(actor, volunteer).order_by(col(Exclusion.id))).all()
    ids = [row.institution_id for row in rows if row.institution_id]
    found = session.exec(select(Institution).where(col(Institution.id).in_(ids))).all()
    places = {place.id: place for place in found}
    return [_read(row, places, actor, locale) for row in rows]


def _read(
    row: Exclusion, places: dict[UUID, Institution], actor: Actor, locale: str
) -> ExclusionRead:
    place = places.get(row.institution_id) if row.institution_id else None
    told = row.sponsor_id in actor.sponsor_ids
    kind = row.institution_kind
    return ExclusionRead(
        **row.model_dump(include=set(ExclusionRead.model_fields)),
        kind_label=kinds.called(kind, locale) if kind else "",
        institution=naming.name(place, told=told, locale=locale) if place else "",
    )


def add(session: Session, actor: Actor, volunteer: Volunteer, body: ExclusionWrite) -> Exclusion:
    """Exclude a kind or a place for a volunteer whose row is locked; twice is once."""
    enrolment = _enrolment(session, actor, volunteer, body.sponsor_id)
    kind = body.institution_kind or ""
    if kind:
        institutions.checked_kind(kind)
    place = _place(session, actor, enrolment, body.institution_id) if not kind else None
    place_id = place.id if place else None
    known = _at(session, enrolment)
    for row in known:
        if (row.institution_kind, row.institution_id) == (kind, place_id):
            return row
    if len(known) >= MOST:
        raise TooManyExclusions(most=MOST)
    row = Exclusion(
        sponsor_id=enrolment.sponsor_id,
        volunteer_id=volunteer.id,
        institution_kind=kind,
        institution_id=place_id,
        by_office=volunteer.id != actor.volunteer_id,
    )
    session.add(row)
    _changed(session, actor, volunteer, enrolment)
    return row


def _enrolment(
    session: Session, actor: Actor, volunteer: Volunteer, sponsor_id: UUID | None
) -> Enrolment:
    """Her place in the pool that is meant, which the call names where there are several."""
    hers = volunteer.id == actor.volunteer_id
    query = select(Enrolment).where(
        col(Enrolment.volunteer_id) == volunteer.id,
        col(Enrolment.sponsor_id).in_(actor.enrolled_at if hers else actor.sponsor_ids),
        col(Enrolment.state).not_in(NO_MEMBER),
    )
    choices = {one.sponsor_id: one for one in session.exec(query).all()}
    if sponsor_id is None and len(choices) != 1:
        raise SponsorUnclear
    found = choices.get(sponsor_id) if sponsor_id else next(iter(choices.values()))
    if found is None:
        raise NotFound
    return found


def _place(
    session: Session, actor: Actor, enrolment: Enrolment, institution_id: UUID | None
) -> Institution:
    """A partner of the pool that the office sees, or where she herself was asked or booked."""
    partners = select(Partnership.institution_id).where(
        col(Partnership.sponsor_id) == enrolment.sponsor_id
    )
    visible = access.visible_institutions(actor).with_only_columns(col(Institution.id))
    known: ColumnElement[bool] = col(Institution.id).in_(visible)
    if enrolment.volunteer_id == actor.volunteer_id:
        known = or_(known, *(_was_there(table, enrolment) for table in (Offer, Assignment)))
    query = select(Institution).where(
        col(Institution.id) == institution_id, col(Institution.id).in_(partners), known
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def _was_there(table: type[Offer | Assignment], enrolment: Enrolment) -> ColumnElement[bool]:
    """Whether the pool asked or booked her at an institution."""
    at = (
        select(Request.institution_id)
        .join(Seat, col(Seat.request_id) == col(Request.id))
        .join(table, col(table.seat_id) == col(Seat.id))
        .where(
            col(table.volunteer_id) == enrolment.volunteer_id,
            col(table.sponsor_id) == enrolment.sponsor_id,
        )
    )
    return col(Institution.id).in_(at)


def _at(session: Session, enrolment: Enrolment) -> Sequence[Exclusion]:
    query = select(Exclusion).where(
        col(Exclusion.volunteer_id) == enrolment.volunteer_id,
        col(Exclusion.sponsor_id) == enrolment.sponsor_id,
        col(Exclusion.client_case_id).is_(None),
    )
    return session.exec(query).all()


def remove(session: Session, actor: Actor, volunteer: Volunteer, exclusion_id: UUID) -> None:
    """She goes there again."""
    query = _visible(actor, volunteer).where(col(Exclusion.id) == exclusion_id)
    row = session.exec(query).one_or_none()
    if row is None:
        raise NotFound
    if row.by_office and row.sponsor_id not in actor.sponsor_ids:
        raise OfficeSaidSo
    enrolment = session.exec(
        select(Enrolment).where(
            col(Enrolment.volunteer_id) == volunteer.id,
            col(Enrolment.sponsor_id) == row.sponsor_id,
        )
    ).one()
    session.delete(row)
    _changed(session, actor, volunteer, enrolment)


def _changed(session: Session, actor: Actor, volunteer: Volunteer, enrolment: Enrolment) -> None:
    """Note it at this pool alone: what she declines there is nobody else's business."""
    touch(session, volunteer)
    audit.record(session, actor.account_id, records.UPDATE, enrolment, fields=["exclusions"])
    session.flush()
