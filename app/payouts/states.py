"""The steps of a claim: each begins in certain states, and of two people one carries it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, update

from app import audit
from app.access import Actor
from app.clock import now
from app.errors import Conflict, StateForbids
from app.tables import Claim, ClaimKind, ClaimState, Volunteer
from app.volunteers import herself


class WrongState(StateForbids):
    """The claim is not where this step begins."""

    slug, title = "claim-state", "The claim's state forbids this"
    de = "Das geht gerade nicht: die Abrechnung ist {word}."
    en = "This is not possible now: the claim is {state}."
    words: ClassVar[Mapping[str, str]] = {
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


class CounterStands(Conflict):
    """A counter-booking that was approved is in the books for good."""

    slug, title = "counter-stands", "The counter-booking stands"
    de = "Die Gegenbuchung ist freigegeben und bleibt. Bitte den Monat neu abrechnen."
    en = "The counter-booking is approved and stands. Please claim the month anew."


@dataclass(frozen=True)
class Step:
    """From which states a claim goes where."""

    name: str
    before: tuple[ClaimState, ...]
    after: ClaimState


UNPAID = (
    ClaimState.OPEN,
    ClaimState.SUBMITTED,
    ClaimState.CHECKED,
    ClaimState.APPROVED,
    ClaimState.ON_HOLD,
    ClaimState.WAIVED,
    ClaimState.REJECTED,
)
UNSAID = dict.fromkeys(("checked_by", "checked_at", "approved_by", "approved_at"))
"""Nobody has found it right so far."""


def go(
    session: Session,
    actor: Actor,
    claim: Claim,
    step: Step,
    *conditions: ColumnElement[bool],
    **values: Any,
) -> None:
    """Carry out a step if the claim still is where it begins."""
    done = session.exec(
        update(Claim)
        .where(col(Claim.id) == claim.id, col(Claim.state).in_(step.before), *conditions)
        .values({"state": step.after, "updated_at": now()} | values)
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


def refuse_own(session: Session, actor: Actor, claim: Claim) -> None:
    """Nobody decides about her own claim."""
    herself.refuse_own(session, actor.account_id, session.get_one(Volunteer, claim.volunteer_id))


def is_booked(claim: Claim) -> bool:
    """Whether the approval of a claim stands in the books, also while it is held."""
    return ClaimState.APPROVED in (claim.state, claim.held_from)


def refuse_booked_counter(claim: Claim) -> None:
    """What a counter-booking has taken back may be claimed anew by now: it cannot be undone."""
    if claim.kind == ClaimKind.COUNTER and is_booked(claim):
        raise CounterStands


def not_a_booked_counter() -> ColumnElement[bool]:
    """The same as a condition, for a step that somebody else may have overtaken."""
    booked = or_(col(Claim.state) == ClaimState.APPROVED, col(Claim.held_from) != "")
    return or_(col(Claim.kind) == ClaimKind.REGULAR, ~booked)
