"""The tax ledger as people read it."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access, db
from app.access import Actor
from app.clock import end_of
from app.errors import NotFound
from app.tables import Enrolment, TaxChoice, Volunteer, taken_in
from app.taxes import ledger, sentences
from app.taxes.ledger import TaxYear
from app.taxes.schemas import TaxChoiceRead, TaxLedgerRead, TaxYearRead


def choice(row: TaxChoice, locale: str) -> TaxChoiceRead:
    """A decision and its sentence."""
    return TaxChoiceRead(**row.model_dump(), sentence=sentences.choice(row, locale))


@dataclass(frozen=True)
class View:
    """Whose payments are looked at: of one sponsor or of all; of its people or of herself."""

    sponsor_id: UUID | None
    herself: bool


def view_of(actor: Actor, sponsor_id: UUID | None, volunteer_id: UUID | None) -> View:
    """What somebody may look at: the office its sponsor, everybody else what is her own."""
    about_herself = actor.volunteer_id is not None and volunteer_id == actor.volunteer_id
    if actor.sponsor_ids and not (about_herself and sponsor_id is None):
        return View(access.sponsor_for(actor, sponsor_id), herself=False)
    if sponsor_id is not None and sponsor_id not in actor.enrolled_at:
        raise NotFound
    return View(sponsor_id, herself=True)


def people(actor: Actor, view: View, volunteer_id: UUID | None) -> SelectOfScalar[Volunteer]:
    """Everybody whom the sponsor took in, also those who have left; or herself."""
    query = select(Volunteer)
    if view.herself:
        query = query.where(col(Volunteer.id) == actor.volunteer_id)
    else:
        enrolled = select(Enrolment.volunteer_id).where(
            col(Enrolment.sponsor_id) == view.sponsor_id, taken_in()
        )
        query = query.where(col(Volunteer.id).in_(enrolled))
    return query if volunteer_id is None else query.where(col(Volunteer.id) == volunteer_id)


def read(
    session: Session,
    view: View,
    volunteers: Sequence[Volunteer],
    year: int,
    *,
    as_of: date | None,
    locale: str,
) -> list[TaxLedgerRead]:
    """The tax year of each of them."""
    ids = [one.id for one in volunteers]
    moment = end_of(as_of) if as_of else None
    # Pools that she has left are behind the wall.
    with db.as_system(session) if view.herself else nullcontext():
        found = ledger.years(session, view.sponsor_id, ids, year, moment)
    return [
        TaxLedgerRead(
            volunteer_id=one.id,
            volunteer=f"{one.given_name} {one.surname}",
            years=[_year(each, locale) for each in found[one.id]],
        )
        for one in volunteers
    ]


def _year(of: TaxYear, locale: str) -> TaxYearRead:
    fields = set(TaxYearRead.model_fields) - {"sentence"}
    members = {name: getattr(of, name) for name in fields}
    return TaxYearRead(**members, sentence=sentences.year(of, locale))
