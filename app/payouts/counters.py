"""Counter-bookings: what was paid wrongly is taken back by a claim of its own, never edited."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, func, select, update

from app import audit, books, freetext
from app.access import Actor
from app.clock import now
from app.errors import Conflict
from app.payouts.plans import lock_sponsor
from app.payouts.states import UNPAID, UNSAID, Step, WrongState, go, is_booked, refuse_own
from app.tables import Claim, ClaimKind, ClaimLine, ClaimState, LedgerEntry, LedgerKind

PAID = (ClaimState.PAID, ClaimState.REPORTED)
REVERSE = Step("reverse", (ClaimState.RETURNED, ClaimState.REJECTED), ClaimState.CHECKED)
"""A counter-booking that was refused can be asked for again."""
_BOOKED = (ClaimState.APPROVED, ClaimState.IN_PAYRUN, *PAID, ClaimState.REVERSED)
"""States of a counter-booking that has taken back what it is about."""
_OPPOSITE = ("minutes", "paid_minutes", "amount_cents", "travel_cents")
_SAME = (
    "sponsor_id", "volunteer_id", "service_record_id", "activity_id", "started_at", "ended_at",
    "day", "plan_key", "reason_code", "reason_params",
)  # fmt: skip


class ReturnInstead(Conflict):
    """Only what was paid is taken back by a counter-booking."""

    slug, title = "not-paid-yet", "Not paid yet"
    de = "Diese Abrechnung ist noch nicht bezahlt. Bitte geben Sie sie einfach zurück."
    en = "This claim is not paid yet. Please simply return it."


class CounterWaits(Conflict):
    """Somebody has asked for it before."""

    slug, title = "counter-waits", "It is being taken back already"
    de = "Die Gegenbuchung gibt es schon: Sie ist {word}."
    en = "There is a counter-booking already: it is {state}."


class IsCounter(Conflict):
    """A counter-booking is none of those claims."""

    slug, title = "is-counter", "This is a counter-booking"
    de = "Das geht nicht mit einer Gegenbuchung. Bitte den Monat neu abrechnen."
    en = "This is not possible with a counter-booking. Please claim the month anew."


class NotPaidAnyMore(Conflict):
    """What a counter-booking would take back is not paid now."""

    slug, title = "not-paid-any-more", "Not paid any more"
    de = (
        "Was diese Gegenbuchung zurücknimmt, ist gerade nicht bezahlt. Bitte warten, bis der"
        " Zahllauf dazu bezahlt ist."
    )
    en = (
        "What this counter-booking takes back is not paid now. Please wait until its payrun is"
        " paid."
    )


def ask(session: Session, actor: Actor, claim: Claim, reason: str) -> Claim:
    """Ask to take back a paid claim: the counter-booking, which another person has to approve."""
    freetext.require_plain(reason)
    lock_sponsor(session, claim.sponsor_id)
    session.refresh(claim, with_for_update={"key_share": True})
    refuse_own(session, actor, claim)
    before = _of(session, claim)
    _refuse_unpaid(claim, before)
    said = _checked(actor) | {"return_reason": reason}
    if before is None:
        return _begun(session, actor, _make(session, claim, **said))
    if before.state not in REVERSE.before:
        raise CounterWaits(state=before.state, word=WrongState.words[ClaimState(before.state)])
    go(session, actor, before, REVERSE, **(UNSAID | said))
    return before


def _checked(actor: Actor) -> dict[str, Any]:
    """Who asks for a counter-booking has found it right: somebody else approves it."""
    return {"checked_by": actor.account_id, "checked_at": now()}


def _begun(session: Session, actor: Actor, made: Claim) -> Claim:
    why, cents = audit.stated(made.return_reason), made.amount_cents
    audit.record(session, actor.account_id, "claim.reverse", made, reason=why, amount_cents=cents)
    session.flush()
    return made


def _refuse_unpaid(claim: Claim, before: Claim | None) -> None:
    """Of counter-bookings only those go on that money which came back had begun to take back."""
    if claim.kind == ClaimKind.COUNTER and before is None:
        raise IsCounter
    if claim.state in UNPAID:
        raise ReturnInstead
    if claim.state not in PAID:
        raise WrongState(claim.state)


def _of(session: Session, claim: Claim) -> Claim | None:
    """The counter-booking of a claim; there is one at most."""
    return session.exec(select(Claim).where(col(Claim.reverses_id) == claim.id)).first()


def _make(session: Session, claim: Claim, **values: Any) -> Claim:
    """The opposite of a claim, line by line; it waits to be approved."""
    hers = (
        col(Claim.sponsor_id) == claim.sponsor_id,
        col(Claim.volunteer_id) == claim.volunteer_id,
        col(Claim.month) == claim.month,
        col(Claim.funding_line) == claim.funding_line,
    )
    last = session.exec(select(func.max(col(Claim.number))).where(*hers)).one()
    same = claim.model_dump(include={"sponsor_id", "volunteer_id", "month", "funding_line"})
    made = Claim(
        **same,
        number=(last or 0) + 1,
        kind=ClaimKind.COUNTER,
        reverses_id=claim.id,
        state=ClaimState.CHECKED,
        minutes=-claim.minutes,
        amount_cents=-claim.amount_cents,
        travel_cents=-claim.travel_cents,
        **values,
    )
    session.add(made)
    session.flush()
    query = select(ClaimLine).where(col(ClaimLine.claim_id) == claim.id).order_by(col(ClaimLine.id))
    for line in session.exec(query).all():
        opposite = {name: -getattr(line, name) for name in _OPPOSITE}
        same = line.model_dump(include=set(_SAME))
        session.add(ClaimLine(**same, **opposite, claim_id=made.id, counts=False))
    session.flush()
    return made


def approved(session: Session, claim_ids: Collection[UUID]) -> None:
    """Book claims that were just approved; what a counter-booking takes back is free again."""
    books.lines(session, LedgerKind.APPROVED, col(Claim.id).in_(claim_ids))
    query = select(Claim.reverses_id).where(
        col(Claim.id).in_(claim_ids), col(Claim.kind) == ClaimKind.COUNTER
    )
    ids = session.exec(query).all()
    if not ids:
        return
    done = session.exec(
        update(Claim)
        .where(col(Claim.id).in_(ids), col(Claim.state).in_(PAID))
        .values(state=ClaimState.REVERSED, updated_at=now())
    )
    if done.rowcount != len(ids):
        raise NotPaidAnyMore
    session.exec(update(ClaimLine).where(col(ClaimLine.claim_id).in_(ids)).values(counts=False))


def came_back(session: Session, actor: Actor, claim_ids: Collection[UUID]) -> list[Claim]:
    """The transfer of claims came back: they wait to be paid again; about whom to look.

    One that was taken back meanwhile is not owed, so its counter-booking is not either. Where that
    one was settled with another payment already, its opposite waits to be approved: it is named.
    One that nobody has approved is gone: there is nothing that it could take back any more.
    """
    _forget(session, claim_ids)
    session.exec(
        update(Claim)
        .where(col(Claim.id).in_(claim_ids), col(Claim.state).in_(PAID))
        .values(
            state=ClaimState.APPROVED,
            payrun_id=None,
            payee_name="",
            payee_iban="",
            updated_at=now(),
        )
    )
    query = select(Claim).where(
        col(Claim.id).in_(claim_ids), col(Claim.state) == ClaimState.REVERSED
    )
    found = session.exec(query.order_by(col(Claim.id))).all()
    looks = [_unowed(session, actor, claim) for claim in found]
    return [one for one in looks if one is not None]


def _forget(session: Session, claim_ids: Collection[UUID]) -> None:
    """Counter-bookings that were asked for, and never approved, are as if nobody had asked."""
    query = select(Claim).where(
        col(Claim.reverses_id).in_(claim_ids), col(Claim.state).not_in(_BOOKED)
    )
    held = query.order_by(col(Claim.id)).with_for_update(key_share=True)
    found = session.exec(held.execution_options(populate_existing=True)).all()
    ids = [one.id for one in found if not is_booked(one)]
    session.exec(delete(ClaimLine).where(col(ClaimLine.claim_id).in_(ids)))
    session.exec(delete(Claim).where(col(Claim.id).in_(ids)))


def _unowed(session: Session, actor: Actor, claim: Claim) -> Claim | None:
    """Nothing is owed for a claim that was taken back and whose money came back."""
    counter = _of(session, claim)
    books.back(session, col(LedgerEntry.claim_id) == claim.id)
    if counter is None:
        return None
    if not is_booked(counter):
        return _begun(session, actor, _make(session, counter, **_checked(actor)))
    settled = session.exec(
        update(Claim)
        .where(col(Claim.id) == counter.id, col(Claim.payrun_id).is_(None))
        .values(state=ClaimState.REVERSED, held_from="", updated_at=now())
    )
    session.refresh(counter)
    if settled.rowcount != 1:
        raise WrongState(counter.state)
    books.back(session, col(LedgerEntry.claim_id) == counter.id)
    return None
