"""Sponsors and their rules."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import access, audit
from app.access import Actor
from app.errors import Invalid
from app.sponsors import policies
from app.sponsors.schemas import PolicyWrite
from app.tables import PolicyRule, Sponsor


class TopicUnknown(Invalid):
    """No request is ever found to have this topic."""

    de = "Das Thema {topic} gibt es nicht. Möglich sind: {known}."
    en = "There is no topic {topic}. Known are: {known}."


class RuleWithoutTarget(Invalid):
    """A rule names neither a kind of institution nor a topic."""

    de = "Bitte die Art der Einrichtung oder den Anlass angeben."
    en = "Please give the kind of institution or the topic."


def visible(session: Session, actor: Actor) -> list[Sponsor]:
    """Sponsors the actor has to do with, by name."""
    return list(session.exec(access.visible_sponsors(actor).order_by(col(Sponsor.name))).all())


def rules(session: Session, sponsor_id: UUID) -> list[PolicyRule]:
    """A sponsor's own policy rules."""
    query = select(PolicyRule).where(col(PolicyRule.sponsor_id) == sponsor_id)
    return list(session.exec(query.order_by(col(PolicyRule.id))).all())


def own_rules(session: Session, actor: Actor) -> list[PolicyRule]:
    """The rules of all the actor's sponsors."""
    query = select(PolicyRule).where(col(PolicyRule.sponsor_id).in_(actor.sponsor_ids))
    return list(session.exec(query.order_by(col(PolicyRule.id))).all())


def set_rule(session: Session, actor: Actor, body: PolicyWrite) -> PolicyRule:
    """Make a rule, or replace the one for the same role, kind and topic."""
    if not body.institution_kind and not body.topic:
        raise RuleWithoutTarget
    if body.topic and body.topic not in policies.FORBIDDEN_TOPICS:
        raise TopicUnknown(topic=body.topic, known=", ".join(sorted(policies.FORBIDDEN_TOPICS)))
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    rule = _rule(session, sponsor_id, body)
    rule.effect, rule.reason = body.effect, body.reason
    session.add(rule)
    why = audit.stated(body.reason)
    audit.record(session, actor.account_id, "policy.set", rule, reason=why, effect=body.effect)
    session.flush()
    return rule


def _rule(session: Session, sponsor_id: UUID, body: PolicyWrite) -> PolicyRule:
    """The rule for this role, kind and topic, made when it is new."""
    known = select(PolicyRule).where(
        col(PolicyRule.sponsor_id) == sponsor_id,
        col(PolicyRule.role) == body.role,
        col(PolicyRule.institution_kind) == body.institution_kind,
        col(PolicyRule.topic) == body.topic,
    )
    rule = session.exec(known).one_or_none()
    if rule is not None:
        return rule
    rule = PolicyRule(sponsor_id=sponsor_id, **body.model_dump(exclude={"sponsor_id"}))
    try:
        with session.begin_nested():
            session.add(rule)
    except IntegrityError:
        # Somebody else has made it at the same moment.
        return session.exec(known).one()
    return rule
