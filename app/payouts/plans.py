"""Which rate plan pays on which day: chosen, ended, and never changed where money was settled."""

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from sqlmodel import Session, col, select

from allowance import RatePlan
from app import access, audit, rate_plans
from app.access import Actor
from app.errors import Conflict, Invalid
from app.payouts import settled
from app.payouts.plan_schemas import ChoiceCreate
from app.rate_plans import ROLES_DE, ROLES_EN, Book
from app.tables import RatePlanChoice, Sponsor


class PlanUnknown(Invalid):
    """The key is neither in the catalogue nor one of the sponsor's own."""

    de = "Den Satz {source_key} gibt es nicht. Bitte einen aus der Liste der Sätze nehmen."
    en = "There is no rate plan {source_key}. Please take one from the list of rate plans."


class OutsidePlan(Invalid):
    """A plan is chosen for days on which it does not hold."""

    de = "Der Satz {source_key} gilt nur von {first} bis {last}."
    en = "The rate plan {source_key} holds only from {first} to {last}."


class PlansOverlap(Conflict):
    """Two plans would pay the same role on the same day."""

    slug, title = "rate-plans-overlap", "Rate plans overlap"
    de = "Für {role} gilt am {day} schon der Satz {source_key}. Bitte diesen zuerst beenden."
    en = "The rate plan {source_key} holds for {role_en} on {day} already. Please end it first."


class PlansGap(Conflict):
    """No plan would pay a role between two chosen ones."""

    slug, title = "rate-plans-gap", "Days without a rate plan"
    de = "Für {role} gäbe es von {first} bis {last} keinen Satz. Bitte lückenlos anschließen."
    en = "There would be no rate plan for {role_en} from {first} to {last}. Please leave no gap."


class AlreadyEnded(Conflict):
    """The choice has its last day already."""

    slug, title = "rate-plan-ended", "Ended already"
    de = "Dieser Satz endet schon am {day}."
    en = "This rate plan ends on {day} already."


class EndsTooEarly(Invalid):
    """A choice would end before it begins."""

    de = "Das Ende liegt vor dem Beginn am {day}."
    en = "The end is before the start on {day}."


def lock_sponsor(session: Session, sponsor_id: UUID) -> Sponsor:
    """The sponsor's row: who holds it is alone with the sponsor's money until the commit."""
    query = select(Sponsor).where(col(Sponsor.id) == sponsor_id)
    return session.exec(query.with_for_update(key_share=True)).one()


def choose(session: Session, actor: Actor, body: ChoiceCreate) -> RatePlanChoice:
    """Use a plan; days with two plans, without one, or settled by another one are refused."""
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    lock_sponsor(session, sponsor_id)
    book = rate_plans.book(session, sponsor_id)
    plan = book.of_key(body.source_key)
    if plan is None:
        raise PlanUnknown(source_key=body.source_key)
    _refuse_outside(plan, body)
    present = book.of(plan.role, coordinating=plan.coordinating)
    row = RatePlanChoice(
        sponsor_id=sponsor_id,
        source_key=plan.key,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
    )
    _refuse_overlap(plan.role, present, row)
    _refuse_gap(plan.role, present, row)
    settled.refuse_another(session, book, plan, row)
    if not present:
        settled.refuse_none_after(session, book, plan, row)
    session.add(row)
    rule = f"rate_plan:{book.version(plan.key)}"
    audit.record(
        session,
        actor.account_id,
        "rate_plan.choose",
        row,
        rule_version=rule,
        source_key=plan.key,
    )
    session.flush()
    return row


def _refuse_outside(plan: RatePlan, body: ChoiceCreate) -> None:
    last = plan.valid_to
    too_late = last is not None and (body.valid_to is None or body.valid_to > last)
    if body.valid_from < plan.valid_from or too_late:
        raise OutsidePlan(
            source_key=plan.key,
            first=f"{plan.valid_from:%d.%m.%Y}",
            last=f"{last:%d.%m.%Y}" if last else "…",
        )


def _refuse_overlap(role: str, present: list[RatePlanChoice], row: RatePlanChoice) -> None:
    for other in present:
        day = max(other.valid_from, row.valid_from)
        ends = [end for end in (other.valid_to, row.valid_to) if end is not None]
        if all(day <= end for end in ends):
            raise PlansOverlap(
                role=ROLES_DE[role],
                role_en=ROLES_EN[role],
                day=f"{day:%d.%m.%Y}",
                source_key=other.source_key,
            )


def _refuse_gap(role: str, present: list[RatePlanChoice], row: RatePlanChoice) -> None:
    ordered = sorted([*present, row], key=lambda choice: choice.valid_from)
    for earlier, later in pairwise(ordered):
        if earlier.valid_to is None:
            continue
        first = earlier.valid_to + timedelta(days=1)
        if first < later.valid_from:
            last = later.valid_from - timedelta(days=1)
            raise PlansGap(
                role=ROLES_DE[role],
                role_en=ROLES_EN[role],
                first=f"{first:%d.%m.%Y}",
                last=f"{last:%d.%m.%Y}",
            )


def end(session: Session, actor: Actor, choice_id: UUID, valid_to: date) -> RatePlanChoice:
    """Give a chosen plan its last day, so that another one can follow."""
    visible = select(RatePlanChoice).where(col(RatePlanChoice.sponsor_id).in_(actor.sponsor_ids))
    # Nobody builds claims or chooses meanwhile.
    lock_sponsor(session, access.load(session, visible, RatePlanChoice, choice_id).sponsor_id)
    row = access.load(session, visible, RatePlanChoice, choice_id, lock=True)
    if row.valid_to is not None:
        raise AlreadyEnded(day=f"{row.valid_to:%d.%m.%Y}")
    if valid_to < row.valid_from:
        raise EndsTooEarly(day=f"{row.valid_from:%d.%m.%Y}")
    settled.refuse_end(session, row, valid_to)
    row.valid_to = valid_to
    session.add(row)
    book = rate_plans.book(session, row.sponsor_id)
    _refuse_gap_after(book, row)
    rule, last = f"rate_plan:{book.version(row.source_key)}", valid_to.isoformat()
    audit.record(session, actor.account_id, "rate_plan.end", row, rule_version=rule, valid_to=last)
    session.flush()
    return row


def _refuse_gap_after(book: Book, row: RatePlanChoice) -> None:
    plan = book.of_key(row.source_key)
    if plan is not None:
        others = book.of(plan.role, coordinating=plan.coordinating)
        _refuse_gap(plan.role, [other for other in others if other.id != row.id], row)
