"""A claim's way: submitted, checked, approved by somebody else, or returned."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlmodel import Session, col, or_, update
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit, books, freetext
from app.access import Actor
from app.clock import now
from app.errors import Conflict, Forbidden
from app.payouts.building import first_day
from app.tables import (
    Claim,
    ClaimState,
    FourEyes,
    LedgerEntry,
    LedgerKind,
    Role,
    Sponsor,
    Volunteer,
)
from app.volunteers import herself


class WrongState(Conflict):
    """The claim is not where this step begins."""

    slug, title = "claim-state", "The claim's state forbids this"
    de = "Das geht gerade nicht: die Abrechnung ist {word}."
    en = "This is not possible now: the claim is {state}."
    words: ClassVar[dict[ClaimState, str]] = {
        ClaimState.OPEN: "offen",
        ClaimState.SUBMITTED: "eingereicht",
        ClaimState.CHECKED: "geprüft",
        ClaimState.APPROVED: "freigegeben",
        ClaimState.IN_PAYRUN: "im Zahllauf",
        ClaimState.PAID: "bezahlt",
        ClaimState.REPORTED: "bezahlt und gemeldet",
        ClaimState.RETURNED: "zurückgegeben und noch nicht neu erstellt",
        ClaimState.REJECTED: "abgelehnt",
        ClaimState.ON_HOLD: "angehalten",
        ClaimState.WAIVED: "auf Wunsch nicht ausgezahlt",
        ClaimState.REVERSED: "zurückgenommen",
    }

    def __init__(self, state: str) -> None:
        super().__init__(state=state, word=self.words[ClaimState(state)])


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


@dataclass(frozen=True)
class Step:
    """From which states a claim goes where."""

    name: str
    before: tuple[ClaimState, ...]
    after: ClaimState


SUBMIT = Step("submit", (ClaimState.OPEN,), ClaimState.SUBMITTED)
CHECK = Step("check", (ClaimState.SUBMITTED,), ClaimState.CHECKED)
APPROVE = Step("approve", (ClaimState.CHECKED,), ClaimState.APPROVED)
RETURN = Step(
    "return",
    (ClaimState.SUBMITTED, ClaimState.CHECKED, ClaimState.APPROVED),
    ClaimState.RETURNED,
)


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
    """Send the claim on to be checked."""
    _go(session, actor, claim, SUBMIT, {})


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
    _refuse_own(session, actor, claim)
    _go(session, actor, claim, CHECK, {"checked_by": actor.account_id, "checked_at": now()})


def approve(session: Session, actor: Actor, claim: Claim) -> None:
    """Release the claim for payment; never one's own, never by whoever checked it."""
    if has_treasurer(session, claim):
        raise TreasurerApproves
    _refuse_own(session, actor, claim)
    if claim.state == ClaimState.CHECKED and herself.are_one(
        session, claim.checked_by, actor.account_id
    ):
        raise SamePerson
    _go(session, actor, claim, APPROVE, {"approved_by": actor.account_id, "approved_at": now()})
    books.lines(session, LedgerKind.APPROVED, col(Claim.id) == claim.id)


def give_back(session: Session, actor: Actor, claim: Claim, reason: str) -> None:
    """Return a claim with a reason: it can be built again."""
    freetext.require_plain(reason)
    forgotten = dict.fromkeys(("checked_by", "checked_at", "approved_by", "approved_at"))
    _go(session, actor, claim, RETURN, {**forgotten, "return_reason": reason})
    books.back(session, col(LedgerEntry.claim_id) == claim.id)


def _refuse_own(session: Session, actor: Actor, claim: Claim) -> None:
    herself.refuse_own(session, actor.account_id, session.get_one(Volunteer, claim.volunteer_id))


def _go(session: Session, actor: Actor, claim: Claim, step: Step, values: dict[str, Any]) -> None:
    """Carry out a step if the claim still is where it begins."""
    conditions = [col(Claim.id) == claim.id, col(Claim.state).in_(step.before)]
    if step is APPROVE:
        other = or_(col(Claim.checked_by).is_(None), col(Claim.checked_by) != actor.account_id)
        conditions.append(other)
    done = session.exec(
        update(Claim).where(*conditions).values(state=step.after, updated_at=now(), **values)
    )
    session.refresh(claim)
    if done.rowcount != 1:
        raise WrongState(claim.state)
    audit.record(
        session,
        actor.account_id,
        f"claim.{step.name}",
        claim,
        reason=audit.stated(values.get("return_reason")),
        amount_cents=claim.amount_cents,
    )
    session.flush()
