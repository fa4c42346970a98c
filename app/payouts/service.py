"""A claim's way: submitted, checked, approved by somebody else, or returned."""

from uuid import UUID

from sqlmodel import Session, col, or_
from sqlmodel.sql.expression import SelectOfScalar

from app import access, books, freetext
from app.access import Actor
from app.clock import now
from app.errors import Conflict, Forbidden
from app.payouts import counters, settled
from app.payouts.building import first_day
from app.payouts.states import (
    UNPAID,
    UNSAID,
    Step,
    go,
    not_a_booked_counter,
    refuse_booked_counter,
    refuse_own,
)
from app.tables import Claim, ClaimState, FourEyes, LedgerEntry, Role, Sponsor
from app.volunteers import herself


class SamePerson(Conflict):
    """Checked and approved are never the same account."""

    slug, title = "same-person", "The same person"
    de = "Geprüft und freigegeben wird nie von derselben Person. Bitte jemand anderen fragen."
    en = "Checked and approved are never the same person. Please ask somebody else."


class TreasurerApproves(Conflict):
    """At this sponsor the treasurer approves, by a link."""

    slug, title = "treasurer-approves", "The treasurer approves"
    de = "Hier gibt die Kasse frei: Bitte schicken Sie ihr den Link dafür."
    en = "The treasurer approves here: please send the link for it."


SUBMIT = Step("submit", (ClaimState.OPEN,), ClaimState.SUBMITTED)
CHECK = Step("check", (ClaimState.SUBMITTED,), ClaimState.CHECKED)
APPROVE = Step("approve", (ClaimState.CHECKED,), ClaimState.APPROVED)
RETURN = Step("return", UNPAID, ClaimState.RETURNED)
"""The one way back for all that was not paid."""


def filtered(
    actor: Actor, *, month: str | None, state: ClaimState | None, volunteer_id: UUID | None
) -> SelectOfScalar[Claim]:
    """The visible claims by month, state and volunteer."""
    query = access.visible_claims(actor)
    if month:
        query = query.where(col(Claim.month) == first_day(month))
    if state:
        query = query.where(col(Claim.state) == state)
    if volunteer_id:
        query = query.where(col(Claim.volunteer_id) == volunteer_id)
    return query


def submit(session: Session, actor: Actor, claim: Claim) -> None:
    """Send the claim on to be checked, unless another rate plan holds by now."""
    settled.refuse_outdated(session, claim)
    go(session, actor, claim, SUBMIT)


def has_treasurer(session: Session, claim: Claim) -> bool:
    """Whether the second pair of eyes is a treasurer without an account."""
    sponsor = session.get_one(Sponsor, claim.sponsor_id)
    return sponsor.four_eyes == FourEyes.TREASURER_LINK


def check(session: Session, actor: Actor, claim: Claim) -> None:
    """Say that the claim is right; never one's own.

    That is for the finance office. Where a treasurer approves, a coordinator may do it.
    """
    keeps_books = (claim.sponsor_id, Role.FINANCE) in actor.memberships
    if not keeps_books and not has_treasurer(session, claim):
        raise Forbidden
    refuse_own(session, actor, claim)
    go(session, actor, claim, CHECK, checked_by=actor.account_id, checked_at=now())


def approve(session: Session, actor: Actor, claim: Claim) -> None:
    """Release the claim for payment; never one's own, never by whoever checked it."""
    if has_treasurer(session, claim):
        raise TreasurerApproves
    refuse_own(session, actor, claim)
    if claim.state == ClaimState.CHECKED and herself.are_one(
        session, claim.checked_by, actor.account_id
    ):
        raise SamePerson
    other = or_(col(Claim.checked_by).is_(None), col(Claim.checked_by) != actor.account_id)
    go(session, actor, claim, APPROVE, other, approved_by=actor.account_id, approved_at=now())
    counters.approved(session, [claim.id])
    session.refresh(claim)


def give_back(session: Session, actor: Actor, claim: Claim, reason: str) -> None:
    """Return a claim with a reason: it can be built again, and the books forget it."""
    freetext.require_plain(reason)
    refuse_own(session, actor, claim)
    refuse_booked_counter(claim)
    values = {**UNSAID, "held_from": "", "return_reason": reason}
    go(session, actor, claim, RETURN, not_a_booked_counter(), **values)
    books.back(session, col(LedgerEntry.claim_id) == claim.id)
