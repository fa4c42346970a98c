"""What was settled by a rate plan keeps it: no choice changes days whose claims were sent on."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from allowance import RatePlan
from app import rate_plans
from app.errors import Conflict
from app.rate_plans import ROLES_DE, ROLES_EN, Book
from app.tables import Claim, ClaimLine, ClaimState, RatePlanChoice

DRAFTS = (ClaimState.OPEN, ClaimState.RETURNED, ClaimState.REJECTED)
"""Claims that are built again, or never: what is chosen anew may change them."""


class PlanSettled(Conflict):
    """Claims that were sent on used the plan after the day on which it is to end."""

    slug, title = "rate-plan-settled", "Settled already"
    de = "Mit diesem Satz ist noch am {day} abgerechnet. Bitte nicht vor diesem Tag enden lassen."
    en = "Work of {day} was settled by this rate plan. Please do not end it before that day."


class SettledOtherwise(Conflict):
    """Claims that were sent on used another plan on the days that are chosen."""

    slug, title = "rate-plan-other", "Settled by another rate plan"
    de = (
        "Für {role} ist am {day} schon mit dem Satz {source_key} abgerechnet."
        " Bitte den neuen Satz erst ab einem späteren Tag wählen."
    )
    en = (
        "Work of {role_en} on {day} was settled by the rate plan {source_key} already."
        " Please choose the new one from a later day on."
    )


class NoneAfter(Conflict):
    """With the first choice of all the plan of WIR would no longer hold where it has settled."""

    slug, title = "rate-plan-none-after", "Settled days would have no rate plan"
    de = (
        "Nach dem {last} gäbe es keinen Satz, aber am {day} ist schon mit dem Satz {source_key}"
        " abgerechnet. Bitte zuerst diesen ab dem {first} wählen."
    )
    en = (
        "After {last} there would be no rate plan, but work of {day} was settled by the rate plan"
        " {source_key}. Please choose that one from {first} on before."
    )


class PlanChanged(Conflict):
    """Another plan was chosen since the claim was built."""

    slug, title = "rate-plan-changed", "The rate plan has changed"
    de = "Am {day} gilt inzwischen ein anderer Satz. Bitte die Abrechnung zuerst neu erstellen."
    en = "Another rate plan holds on {day} meanwhile. Please build the claim again first."


def refuse_another(session: Session, book: Book, plan: RatePlan, row: RatePlanChoice) -> None:
    """Refuse to choose a plan for days that another one has settled."""
    others = [key for key in _alike(book, plan) if key != plan.key]
    line = _last(session, row, others, row.valid_from, row.valid_to)
    if line is not None:
        raise SettledOtherwise(
            role=ROLES_DE[plan.role],
            role_en=ROLES_EN[plan.role],
            day=f"{line.day:%d.%m.%Y}",
            source_key=line.plan_key,
        )


def refuse_none_after(session: Session, book: Book, plan: RatePlan, row: RatePlanChoice) -> None:
    """Refuse a first choice after whose end there were settled days without a plan."""
    if row.valid_to is None:
        return
    first = row.valid_to + timedelta(days=1)
    line = _last(session, row, _alike(book, plan), first)
    if line is not None:
        raise NoneAfter(
            last=f"{row.valid_to:%d.%m.%Y}",
            day=f"{line.day:%d.%m.%Y}",
            source_key=line.plan_key,
            first=f"{first:%d.%m.%Y}",
        )


def _alike(book: Book, plan: RatePlan) -> list[str]:
    """Keys of the plans that pay the same people, this one too."""
    pays = plan.role, plan.coordinating
    return [one.key for one in book.plans if (one.role, one.coordinating) == pays]


def refuse_end(session: Session, row: RatePlanChoice, last: date) -> None:
    """Refuse to end a choice before a day that it has settled."""
    line = _last(session, row, [row.source_key], last + timedelta(days=1))
    if line is not None:
        raise PlanSettled(day=f"{line.day:%d.%m.%Y}")


def _last(
    session: Session,
    row: RatePlanChoice,
    keys: Sequence[str],
    first: date,
    last: date | None = None,
) -> ClaimLine | None:
    """The last line by one of these plans, between two days, in a claim that was sent on."""
    which: list[Any] = [
        col(ClaimLine.sponsor_id) == row.sponsor_id,
        col(ClaimLine.plan_key).in_(keys),
        col(ClaimLine.day) >= first,
        col(ClaimLine.counts),
    ]
    if last is not None:
        which.append(col(ClaimLine.day) <= last)
    hold_drafts(session, which)
    query = (
        select(ClaimLine)
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .where(*which, col(Claim.state).not_in(DRAFTS))
        .order_by(col(ClaimLine.day).desc(), col(ClaimLine.id))
    )
    return session.exec(query.limit(1)).first()


def hold_drafts(session: Session, which: Sequence[ColumnElement[bool]]) -> None:
    """Nobody sends on a claim whose plan is just being changed."""
    query = (
        select(Claim.id)
        .where(
            col(Claim.id).in_(select(ClaimLine.claim_id).where(*which)),
            col(Claim.state).in_(DRAFTS),
        )
        .order_by(col(Claim.id))
    )
    session.exec(query.with_for_update(key_share=True)).all()


def refuse_outdated(session: Session, claim: Claim) -> None:
    """Refuse to send on a claim that another plan would pay by now; its row is held."""
    book = rate_plans.book(session, claim.sponsor_id)
    lines = sql_select(col(ClaimLine.plan_key), col(ClaimLine.day)).where(
        col(ClaimLine.claim_id) == claim.id, col(ClaimLine.counts)
    )
    for key, day in session.execute(lines.distinct().order_by(col(ClaimLine.day))).all():
        plan = book.of_key(key)
        if plan is None:
            continue
        now = book.plan_for(plan.role, day, coordinating=plan.coordinating)
        if now.key != key:
            raise PlanChanged(day=f"{day:%d.%m.%Y}")
