"""Under which number of § 3 EStG a sponsor pays a role, from which year on, and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit, freetext
from app.access import Actor
from app.clock import now
from app.errors import Conflict
from app.tables import TaxChoice, TaxRule
from app.taxes.schemas import TaxChoiceCreate

DEFAULT = TaxRule.VOLUNTEER
"""The lower of the two limits: what is reckoned with until a sponsor has decided."""


class TaxChosen(Conflict):
    """The sponsor has decided for this role and year already."""

    slug, title = "tax-rule-chosen", "Decided already"
    de = "Ab {from_year} ist hier schon entschieden. Bitte diese Entscheidung zuerst löschen."
    en = "There is a decision from {from_year} on already. Please delete that one first."


@dataclass(frozen=True)
class Choices:
    """What sponsors have decided."""

    rows: tuple[TaxChoice, ...]

    def rule(self, sponsor_id: UUID, role: str, year: int) -> str:
        """Under which rule a payment of a tax year falls; the lower limit where none is chosen."""
        found = self._of(sponsor_id, role, year)
        return found.rule if found else DEFAULT

    def is_decided(self, sponsor_id: UUID, role: str, year: int) -> bool:
        """Whether the sponsor itself has said so."""
        return self._of(sponsor_id, role, year) is not None

    def _of(self, sponsor_id: UUID, role: str, year: int) -> TaxChoice | None:
        held = [
            row
            for row in self.rows
            if (row.sponsor_id, row.role) == (sponsor_id, role) and row.from_year <= year
        ]
        return max(held, key=lambda row: row.from_year, default=None)


def of_sponsors(
    session: Session, sponsor_ids: Collection[UUID], as_of: datetime | None = None
) -> Choices:
    """What these sponsors have decided, or had by a moment, in one statement."""
    stands: ColumnElement[bool] = col(TaxChoice.withdrawn_at).is_(None)
    if as_of is not None:
        stood = or_(stands, col(TaxChoice.withdrawn_at) > as_of)
        stands = and_(col(TaxChoice.created_at) <= as_of, stood)
    query = select(TaxChoice).where(col(TaxChoice.sponsor_id).in_(sponsor_ids), stands)
    return Choices(tuple(session.exec(query).all()))


def visible(actor: Actor) -> SelectOfScalar[TaxChoice]:
    """The decisions of the actor's sponsors that stand."""
    return select(TaxChoice).where(
        col(TaxChoice.sponsor_id).in_(actor.sponsor_ids), col(TaxChoice.withdrawn_at).is_(None)
    )


def choose(session: Session, actor: Actor, body: TaxChoiceCreate) -> TaxChoice:
    """Write down what the sponsor has decided; one decision for each role and first year."""
    freetext.require_plain(body.reason)
    row = TaxChoice(
        sponsor_id=access.sponsor_for(actor, body.sponsor_id),
        decided_by=actor.account_id,
        **body.model_dump(exclude={"sponsor_id"}),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise TaxChosen(from_year=body.from_year) from error
    _record(session, actor, "tax_choice.choose", row)
    session.flush()
    return row


def remove(session: Session, actor: Actor, choice_id: UUID) -> None:
    """Take a decision back that was written down wrongly: what was drawn by it stays the same."""
    row = access.load(session, visible(actor), TaxChoice, choice_id, lock=True)
    _record(session, actor, "tax_choice.remove", row)
    row.withdrawn_at = now()
    session.add(row)
    session.flush()


def _record(session: Session, actor: Actor, action: str, row: TaxChoice) -> None:
    audit.record(
        session,
        actor.account_id,
        action,
        row,
        reason=audit.stated(row.reason),
        rule_version=f"tax:{row.rule}@{row.from_year}",
        role=row.role,
    )
