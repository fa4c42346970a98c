"""A sponsor's own rate plans: made once beside the catalogue, never changed, only followed."""

import re

from sqlmodel import Session, col, select

import allowance
from allowance import RatePlan
from allowance.transfers import plain
from app import access, audit, freetext, rate_plans
from app.access import Actor
from app.errors import Invalid
from app.payouts.plan_schemas import ChoiceRead, OwnPlanCreate, RatePlanRead
from app.payouts.plans import PlanUnknown, lock_sponsor
from app.rate_plans import DEFAULT_LINE, Book
from app.tables import OwnRatePlan, RatePlanChoice

PREFIX = "own:"
"""No key of the catalogue has a colon."""
LONGEST_SLUG = 28
"""So that the audit has room for the key and the day since which it holds."""
_TOLD = set(RatePlanRead.model_fields) - {"choices", "is_default", "own", "sponsor_id", "based_on"}


class OwnPlanContradicts(Invalid):
    """Two members of the rule do not fit each other."""

    de = "{sentence_de}. Bitte den Satz ändern."
    en = "The rate plan contradicts itself: {sentence}. Please change it."


class NamesInPlan(Invalid):
    """Title or source seem to hold names or other personal details."""

    de = "In Titel oder Quelle stehen Namen, Telefonnummern oder Geburtsdaten. Bitte weglassen."
    en = "Title or source hold names, phone numbers or birth dates. Please leave them out."


def add(session: Session, actor: Actor, body: OwnPlanCreate) -> RatePlanRead:
    """Keep a rule of our own; which days it pays is chosen afterwards."""
    if any(map(freetext.seems_personal, (body.title_de, body.title_en, body.source))):
        raise NamesInPlan
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    lock_sponsor(session, sponsor_id)
    book = rate_plans.book(session, sponsor_id)
    if body.based_on is not None and book.of_key(body.based_on) is None:
        raise PlanUnknown(source_key=body.based_on)
    rule = body.model_dump(mode="json", exclude={"sponsor_id"})
    row = OwnRatePlan(sponsor_id=sponsor_id, key=_key(book, body.title_de), rule=rule)
    plan = _checked(row)
    session.add(row)
    version = f"rate_plan:{plan.key}@{plan.valid_from}"
    audit.record(session, actor.account_id, "own_rate_plan.create", row, rule_version=version)
    session.flush()
    return _read(plan, [], row)


def _checked(row: OwnRatePlan) -> RatePlan:
    """The rule as a plan, when it does not contradict itself."""
    plan = rate_plans.own_plan(row.key, row.rule)
    try:
        allowance.validate([plan])
    except allowance.PlanContradiction as error:
        raise OwnPlanContradicts(sentence=error.english, sentence_de=error.german) from error
    return plan


def _key(book: Book, title: str) -> str:
    """`own:` and the title in plain letters, with a number where that is taken."""
    words = re.sub(r"[^a-z0-9]+", "-", plain(title, len(title) * 2).lower()).strip("-")
    key = PREFIX + (words[:LONGEST_SLUG].strip("-") or "satz")
    numbered = (f"{key}-{number}" for number in range(2, len(book.plans) + 3))
    return next(one for one in (key, *numbered) if book.of_key(one) is None)


def listed(session: Session, actor: Actor) -> list[RatePlanRead]:
    """The catalogue and our own plans, and which of them we have chosen, in two statements."""
    own = select(OwnRatePlan).where(col(OwnRatePlan.sponsor_id).in_(actor.sponsor_ids))
    rows = session.exec(own.order_by(col(OwnRatePlan.id))).all()
    query = (
        select(RatePlanChoice)
        .where(col(RatePlanChoice.sponsor_id).in_(actor.sponsor_ids))
        .order_by(col(RatePlanChoice.valid_from), col(RatePlanChoice.id))
    )
    chosen = [ChoiceRead(**row.model_dump()) for row in session.exec(query).all()]
    return [_read(plan, chosen) for plan in allowance.catalogue()] + [
        _read(rate_plans.own_plan(row.key, row.rule), chosen, row) for row in rows
    ]


def _read(plan: RatePlan, chosen: list[ChoiceRead], row: OwnRatePlan | None = None) -> RatePlanRead:
    sponsor_id = row.sponsor_id if row else None
    return RatePlanRead(
        **{name: getattr(plan, name) for name in _TOLD},
        is_default=row is None and plan.funding_line == DEFAULT_LINE,
        own=row is not None,
        sponsor_id=sponsor_id,
        based_on=row.rule.get("based_on") if row else None,
        choices=[
            choice
            for choice in chosen
            if choice.source_key == plan.key and sponsor_id in (None, choice.sponsor_id)
        ],
    )
