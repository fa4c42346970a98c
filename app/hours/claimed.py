"""Hours that stand in a claim stay as they are: first the claim is taken back."""

from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from app.errors import Conflict
from app.tables import Claim, ClaimLine, ClaimState, Sponsor


class Claimed(Conflict):
    """A claim that is on its way or paid holds these hours."""

    slug, title = "hours-claimed", "In a claim already"
    de = (
        "Diese Stunden stehen in einer Abrechnung. Bitte diese zuerst zurückgeben. Ist sie schon"
        " bezahlt: bitte zurücknehmen."
    )
    en = "These hours are in a claim. Please return it first, or take it back if it is paid."


def refuse_claimed(session: Session, sponsor_id: UUID, which: ColumnElement[bool]) -> None:
    """Refuse to change hours of a claim; until the commit the sponsor's claims are not built.

    A claim that was returned is built anew before it goes on: its hours may change.
    Call it before all else that looks at the sponsor's row: this is the stronger lock.
    """
    session.exec(
        select(Sponsor.id).where(col(Sponsor.id) == sponsor_id).with_for_update(key_share=True)
    ).one()
    line = (
        select(ClaimLine.id)
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .where(which, col(ClaimLine.counts), col(Claim.state) != ClaimState.RETURNED)
    )
    if session.exec(line).first() is not None:
        raise Claimed
