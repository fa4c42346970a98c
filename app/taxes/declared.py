"""What volunteers say that they were paid elsewhere: their word, and the newest one counts."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit
from app.access import Actor
from app.errors import Conflict, NotFound
from app.tables import DeclaredIncome, Enrolment, Volunteer, taken_in
from app.taxes.schemas import DeclaredIncomeCreate, DeclaredIncomeRead

Told = tuple[UUID, UUID, int, str]
"""Sponsor, volunteer, tax year, rule."""


class WhoIsMeant(Conflict):
    """The office did not say whose word it passes on."""

    slug, title = "volunteer-missing", "Volunteer missing"
    de = "Bitte angeben, wessen Angabe das ist."
    en = "Please say whose word it is."


class PoolUnclear(Conflict):
    """Somebody in several pools did not say which one it is for."""

    slug, title = "pool-unclear", "Pool unclear"
    de = "Bitte angeben, für welchen Pool die Angabe ist."
    en = "Please say for which pool it is."


def visible(actor: Actor) -> SelectOfScalar[DeclaredIncome]:
    """What was declared to the actor's sponsors, and what she declared herself."""
    return select(DeclaredIncome).where(
        or_(
            col(DeclaredIncome.sponsor_id).in_(actor.sponsor_ids),
            col(DeclaredIncome.volunteer_id) == actor.volunteer_id,
        )
    )


def filtered(
    actor: Actor, volunteer_id: UUID | None, year: int | None
) -> SelectOfScalar[DeclaredIncome]:
    """The same of one person or of one tax year."""
    query = visible(actor)
    if volunteer_id is not None:
        query = query.where(col(DeclaredIncome.volunteer_id) == volunteer_id)
    if year is not None:
        query = query.where(col(DeclaredIncome.tax_year) == year)
    return query


def declare(session: Session, actor: Actor, body: DeclaredIncomeCreate) -> DeclaredIncome:
    """Keep her word, given by herself or through the office; earlier ones stay in the list."""
    volunteer_id = body.volunteer_id or actor.volunteer_id
    if volunteer_id is None:
        raise WhoIsMeant
    access.load(session, access.visible_volunteers(actor), Volunteer, volunteer_id)
    row = DeclaredIncome(
        sponsor_id=_pool(session, actor, volunteer_id, body.sponsor_id),
        volunteer_id=volunteer_id,
        tax_year=body.tax_year,
        rule=body.rule,
        amount_cents=body.amount_cents,
        declared_by=actor.account_id,
    )
    session.add(row)
    audit.record(
        session,
        actor.account_id,
        "declared_income.declare",
        row,
        rule_version=f"tax:{row.rule}@{row.tax_year}",
    )
    session.flush()
    return row


def _pool(session: Session, actor: Actor, volunteer_id: UUID, sponsor_id: UUID | None) -> UUID:
    """The sponsor that is told: one of hers, and of the office's where that passes it on."""
    told = actor.enrolled_at if volunteer_id == actor.volunteer_id else actor.sponsor_ids
    query = select(Enrolment.sponsor_id).where(
        col(Enrolment.volunteer_id) == volunteer_id,
        col(Enrolment.sponsor_id).in_(told),
        taken_in(),
    )
    choices = set(session.exec(query).all())
    if sponsor_id is None and len(choices) == 1:
        return choices.pop()
    if sponsor_id is None:
        raise PoolUnclear
    if sponsor_id not in choices:
        raise NotFound
    return sponsor_id


def newest(rows: Iterable[DeclaredIncome]) -> dict[Told, DeclaredIncome]:
    """The word that counts, of each person to each sponsor, for each year and rule."""
    ordered = sorted(rows, key=lambda row: (row.created_at, row.id))
    return {(row.sponsor_id, row.volunteer_id, row.tax_year, row.rule): row for row in ordered}


def of_people(
    session: Session,
    volunteer_ids: Collection[UUID] | None,
    years: Collection[int],
    *,
    sponsor_id: UUID | None = None,
    as_of: datetime | None = None,
) -> dict[Told, DeclaredIncome]:
    """What counts of these people or of everybody, to one sponsor or to all that may be read."""
    query = select(DeclaredIncome).where(col(DeclaredIncome.tax_year).in_(years))
    if volunteer_ids is not None:
        query = query.where(col(DeclaredIncome.volunteer_id).in_(volunteer_ids))
    if sponsor_id is not None:
        query = query.where(col(DeclaredIncome.sponsor_id) == sponsor_id)
    if as_of is not None:
        query = query.where(col(DeclaredIncome.created_at) <= as_of)
    return newest(session.exec(query).all())


def reads(session: Session, rows: Sequence[DeclaredIncome]) -> list[DeclaredIncomeRead]:
    """Rows of a list, each with whether it is the one that counts."""
    people, years = {row.volunteer_id for row in rows}, {row.tax_year for row in rows}
    counting = {row.id for row in of_people(session, people, years).values()}
    fields = set(DeclaredIncomeRead.model_fields) - {"counts"}
    return [
        DeclaredIncomeRead(
            **{name: getattr(row, name) for name in fields}, counts=row.id in counting
        )
        for row in rows
    ]
