"""A grant notice's way through its year: some steps a person makes, the others come by the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from allowance.grants import months_later
from app import audit, db, jobs
from app.clock import now, today
from app.errors import StateForbids
from app.tables import GrantNotice, GrantPurpose, GrantState

ORDER = tuple(GrantState)
BY_DAY = (GrantState.GRANTED, GrantState.RUNNING, GrantState.ENDED)
"""States from which the calendar goes on by itself."""
DUE_WITHIN = timedelta(days=30)
"""So long before its last day a proof is due, and is first reminded of."""


class WrongStep(StateForbids):
    """The grant notice is not where this step begins."""

    slug, title = "grant-state", "The state of the grant forbids this"
    de = "Das geht gerade nicht: die Förderung ist {word}."
    en = "This is not possible now: the grant is {state}."
    words: ClassVar[Mapping[str, str]] = {
        GrantState.PLANNED: "geplant, aber noch nicht beantragt",
        GrantState.APPLIED: "beantragt, aber noch nicht bewilligt",
        GrantState.GRANTED: "bewilligt und hat noch nicht begonnen",
        GrantState.RUNNING: "bewilligt und läuft",
        GrantState.ENDED: "abgelaufen",
        GrantState.PROOF_DUE: "abgelaufen, und der Verwendungsnachweis ist fällig",
        GrantState.PROOF_SENT: "abgerechnet: der Verwendungsnachweis ist abgegeben",
        GrantState.CLOSED: "abgeschlossen",
    }


@dataclass(frozen=True)
class Step:
    """From which states a notice goes where."""

    name: str
    before: tuple[GrantState, ...]
    after: GrantState


APPLY = Step("apply", (GrantState.PLANNED,), GrantState.APPLIED)
GRANT = Step("grant", (GrantState.APPLIED,), GrantState.GRANTED)
END = Step("end", (GrantState.RUNNING,), GrantState.ENDED)
PROOF_SENT = Step("proof_sent", (GrantState.ENDED, GrantState.PROOF_DUE), GrantState.PROOF_SENT)
CLOSE = Step("close", (GrantState.PROOF_SENT,), GrantState.CLOSED)


def reached(notice: GrantNotice, state: GrantState) -> bool:
    """Whether a notice has come so far."""
    return ORDER.index(GrantState(notice.state)) >= ORDER.index(state)


def proof_day(notice: GrantNotice) -> date:
    """By which day the proof of use is sent: of courses three months after the end."""
    if notice.purpose == GrantPurpose.COURSES:
        return months_later(notice.ends_on, 3)
    return date(notice.year + 1, 3, 31)


def on(notice: GrantNotice, day: date) -> GrantState:
    """Where a notice is on a day: it begins, ends and becomes due by itself."""
    return _by_day(notice, GrantState(notice.state), day)


def _by_day(notice: GrantNotice, state: GrantState, day: date) -> GrantState:
    if state == GrantState.GRANTED and notice.starts_on <= day:
        state = GrantState.RUNNING
    if state == GrantState.RUNNING and notice.ends_on < day:
        state = GrantState.ENDED
    if state == GrantState.ENDED and proof_day(notice) - DUE_WITHIN <= day:
        state = GrantState.PROOF_DUE
    return state


def anew(notice: GrantNotice, day: date) -> GrantState:
    """Where a notice is once its days are others: one that had ended may go on."""
    if not reached(notice, GrantState.GRANTED) or reached(notice, GrantState.PROOF_SENT):
        return GrantState(notice.state)
    return _by_day(notice, GrantState.GRANTED, day)


def settle(session: Session, notice: GrantNotice, day: date) -> bool:
    """Bring a notice to where it is on a day, unless somebody has done so meanwhile."""
    state = on(notice, day)
    if state == notice.state:
        return False
    done = session.exec(
        update(GrantNotice)
        .where(col(GrantNotice.id) == notice.id, col(GrantNotice.state) == notice.state)
        .values(state=state, updated_at=now())
    )
    session.refresh(notice)
    if done.rowcount == 1:
        audit.record(session, None, "grant_notice.advance", notice, state=state)
        session.flush()
    return done.rowcount == 1


def go(
    session: Session, account_id: UUID | None, notice: GrantNotice, step: Step, **values: Any
) -> None:
    """Carry out a step if the notice still is where it begins."""
    settle(session, notice, today())
    done = session.exec(
        update(GrantNotice)
        .where(col(GrantNotice.id) == notice.id, col(GrantNotice.state).in_(step.before))
        .values(state=step.after, updated_at=now(), **values)
    )
    session.refresh(notice)
    if done.rowcount != 1:
        raise WrongStep(notice.state)
    reason = audit.stated(values.get("change_reason"))
    audit.record(
        session,
        account_id,
        f"grant_notice.{step.name}",
        notice,
        reason=reason,
        amount_cents=notice.amount_cents,
    )
    session.flush()


@jobs.periodic("grants.advance", every=timedelta(days=1))
def advance(engine: Engine) -> None:
    """Bring every notice to where it is today; again changes nothing."""
    with db.transaction(engine) as session:
        query = select(GrantNotice).where(col(GrantNotice.state).in_(BY_DAY))
        for notice in session.exec(query.order_by(col(GrantNotice.id))).all():
            settle(session, notice, today())
