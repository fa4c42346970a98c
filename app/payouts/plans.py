"""Which rate plan pays: a sponsor's choice from the catalogue, else the plans of WIR."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from sqlmodel import Session, col, select

import allowance
from allowance import RatePlan
from app import access, audit
from app.access import Actor
from app.errors import Conflict, Invalid
from app.payouts.schemas import ChoiceCreate, ChoiceRead, RatePlanRead
from app.tables import RatePlanChoice, Sponsor

DEFAULT_LINE = "wir"
ROLES_DE = {"guide": "Integrationslotsen", "interpreter": "Laiendolmetscher"}


class PlanUnknown(Invalid):
    """The key is not in the catalogue."""

    de = "Den Satz {source_key} gibt es im Katalog nicht."
    en = "There is no rate plan {source_key} in the catalogue."


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


class PlanMissing(Conflict):
    """No plan pays a role on a day."""

    slug, title = "rate-plan-missing", "No rate plan"
    de = "Für {role} ist am {day} kein Satz gewählt. Bitte zuerst einen wählen."
    en = "No rate plan is chosen for {role_en} on {day}. Please choose one first."


class AlreadyEnded(Conflict):
    """The choice has its last day already."""

    slug, title = "rate-plan-ended", "Ended already"
    de = "Dieser Satz endet schon am {day}."
    en = "This rate plan ends on {day} already."


class EndsTooEarly(Invalid):
    """A choice would end before it begins."""

    de = "Das Ende liegt vor dem Beginn am {day}."
    en = "The end is before the start on {day}."


def of_key(key: str) -> RatePlan | None:
    """The plan of the catalogue with this key."""
    return next((plan for plan in allowance.catalogue() if plan.key == key), None)


def version(key: str) -> str:
    """A plan and since when it holds, in the words of the audit: `wir_guide@2018-01-01`."""
    plan = of_key(key)
    return f"{key}@{plan.valid_from}" if plan else key


@dataclass(frozen=True)
class Choices:
    """What a sponsor has chosen, in order of time."""

    rows: tuple[RatePlanChoice, ...]

    def of(self, role: str, *, coordinating: bool) -> list[RatePlanChoice]:
        """The choices for one role."""
        return [row for row in self.rows if _pays(row) == (role, coordinating)]

    def plan_for(self, role: str, day: date, *, coordinating: bool = False) -> RatePlan:
        """The chosen plan; before the first choice the one of WIR."""
        coordinating = coordinating and role == "guide"
        chosen = self.of(role, coordinating=coordinating)
        for row in chosen:
            if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to):
                found = of_key(row.source_key)
                if found is not None:
                    return found
        if chosen and day >= chosen[0].valid_from:
            raise PlanMissing(role=ROLES_DE[role], role_en=role, day=f"{day:%d.%m.%Y}")
        return _default(role, day, coordinating=coordinating)


def _pays(row: RatePlanChoice) -> tuple[str, bool] | None:
    plan = of_key(row.source_key)
    return (plan.role, plan.coordinating) if plan else None


def _default(role: str, day: date, *, coordinating: bool) -> RatePlan:
    try:
        return allowance.plan_for(
            allowance.catalogue(),
            role,
            day,
            coordinating=coordinating,
            funding_line=DEFAULT_LINE,
        )
    except ValueError as error:
        missing = PlanMissing(role=ROLES_DE[role], role_en=role, day=f"{day:%d.%m.%Y}")
        raise missing from error


def choices(session: Session, sponsor_id: UUID) -> Choices:
    """What a sponsor has chosen."""
    query = select(RatePlanChoice).where(col(RatePlanChoice.sponsor_id) == sponsor_id)
    return Choices(tuple(session.exec(query.order_by(col(RatePlanChoice.valid_from))).all()))


def catalogue(session: Session, actor: Actor) -> list[RatePlanRead]:
    """Every plan, and which of them the actor's sponsors have chosen."""
    query = (
        select(RatePlanChoice)
        .where(col(RatePlanChoice.sponsor_id).in_(actor.sponsor_ids))
        .order_by(col(RatePlanChoice.valid_from))
    )
    chosen = [ChoiceRead(**row.model_dump()) for row in session.exec(query).all()]
    fields = set(RatePlanRead.model_fields) - {"choices", "is_default"}
    return [
        RatePlanRead(
            **{name: getattr(plan, name) for name in fields},
            is_default=plan.funding_line == DEFAULT_LINE,
            choices=[choice for choice in chosen if choice.source_key == plan.key],
        )
        for plan in allowance.catalogue()
    ]


def lock_sponsor(session: Session, sponsor_id: UUID) -> Sponsor:
    """The sponsor's row: who holds it is alone with the sponsor's money until the commit."""
    query = select(Sponsor).where(col(Sponsor.id) == sponsor_id)
    return session.exec(query.with_for_update(key_share=True)).one()


def choose(session: Session, actor: Actor, body: ChoiceCreate) -> RatePlanChoice:
    """Use a plan of the catalogue; days with two plans or without one are refused."""
    plan = of_key(body.source_key)
    if plan is None:
        raise PlanUnknown(source_key=body.source_key)
    _refuse_outside(plan, body)
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    lock_sponsor(session, sponsor_id)
    present = choices(session, sponsor_id).of(plan.role, coordinating=plan.coordinating)
    row = RatePlanChoice(
        sponsor_id=sponsor_id,
        source_key=plan.key,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
    )
    _refuse_overlap(plan.role, present, row)
    _refuse_gap(plan.role, present, row)
    session.add(row)
    rule = f"rate_plan:{version(plan.key)}"
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
                role_en=role,
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
                role_en=role,
                first=f"{first:%d.%m.%Y}",
                last=f"{last:%d.%m.%Y}",
            )


def end(session: Session, actor: Actor, choice_id: UUID, valid_to: date) -> RatePlanChoice:
    """Give a chosen plan its last day, so that another one can follow."""
    visible = select(RatePlanChoice).where(col(RatePlanChoice.sponsor_id).in_(actor.sponsor_ids))
    row = access.load(session, visible, RatePlanChoice, choice_id, lock=True)
    if row.valid_to is not None:
        raise AlreadyEnded(day=f"{row.valid_to:%d.%m.%Y}")
    if valid_to < row.valid_from:
        raise EndsTooEarly(day=f"{row.valid_from:%d.%m.%Y}")
    row.valid_to = valid_to
    session.add(row)
    rule, last = f"rate_plan:{version(row.source_key)}", valid_to.isoformat()
    audit.record(session, actor.account_id, "rate_plan.end", row, rule_version=rule, valid_to=last)
    session.flush()
    return row
