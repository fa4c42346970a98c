"""Beside a claim's way: held and released, waived, rejected."""

from sqlmodel import Session, col, update

from app import books, freetext
from app.access import Actor
from app.errors import Forbidden
from app.payouts.counters import IsCounter
from app.payouts.states import (
    UNSAID,
    Step,
    go,
    not_a_booked_counter,
    refuse_booked_counter,
    refuse_own,
)
from app.tables import Claim, ClaimKind, ClaimLine, ClaimState, LedgerEntry, LedgerKind, Role

_SENT = (ClaimState.SUBMITTED, ClaimState.CHECKED, ClaimState.APPROVED)
HOLD = Step("hold", _SENT, ClaimState.ON_HOLD)
RELEASE = Step("release", (ClaimState.ON_HOLD,), ClaimState.APPROVED)
"""It goes on where it was held."""
REJECT = Step("reject", (*_SENT, ClaimState.ON_HOLD), ClaimState.REJECTED)
WAIVE = Step("waive", (ClaimState.OPEN, *_SENT, ClaimState.ON_HOLD), ClaimState.WAIVED)


def hold(session: Session, actor: Actor, claim: Claim, reason: str) -> None:
    """Stop a claim with a reason: nobody pays it until it is released."""
    freetext.require_plain(reason)
    refuse_own(session, actor, claim)
    go(session, actor, claim, HOLD, held_from=col(Claim.state), return_reason=reason)


def release(session: Session, actor: Actor, claim: Claim) -> None:
    """Let a held claim go on where it was."""
    refuse_own(session, actor, claim)
    go(session, actor, claim, RELEASE, state=col(Claim.held_from), held_from="", return_reason="")


def reject(session: Session, actor: Actor, claim: Claim, reason: str) -> None:
    """Turn a claim down with a reason: its hours are not paid, and others may claim the time."""
    freetext.require_plain(reason)
    refuse_own(session, actor, claim)
    refuse_booked_counter(claim)
    values = {**UNSAID, "held_from": "", "return_reason": reason}
    go(session, actor, claim, REJECT, not_a_booked_counter(), **values)
    session.exec(update(ClaimLine).where(col(ClaimLine.claim_id) == claim.id).values(counts=False))
    books.back(session, col(LedgerEntry.claim_id) == claim.id)


def waive(session: Session, actor: Actor, claim: Claim, reason: str) -> None:
    """Note that she does not want the money; the hours count all the same.

    She says so herself, or somebody of the finance office or a lead writes down that she did.
    """
    freetext.require_plain(reason)
    _refuse_others(session, actor, claim)
    if claim.kind == ClaimKind.COUNTER:
        raise IsCounter
    go(session, actor, claim, WAIVE, held_from="", return_reason=reason)
    books.back(session, col(LedgerEntry.claim_id) == claim.id)
    books.lines(session, LedgerKind.WAIVED, col(Claim.id) == claim.id)


def _refuse_others(session: Session, actor: Actor, claim: Claim) -> None:
    """Whom it is no business of: everybody but herself and those who keep the books."""
    keeps = any((claim.sponsor_id, role) in actor.memberships for role in (Role.FINANCE, Role.LEAD))
    if not keeps and actor.volunteer_id != claim.volunteer_id:
        raise Forbidden
