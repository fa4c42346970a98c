"""Late cancellations: what was booked is recorded, where the rate plan pays something for it."""

from sqlmodel import Session, col

from app import access, audit, books, freetext, rate_plans
from app.access import Actor
from app.clock import local_day, now
from app.errors import Conflict
from app.hours import closing, plausible, reporting
from app.hours.rules import InFuture, Span
from app.hours.schemas import LateCancellation
from app.offers import booking
from app.tables import (
    Assignment,
    AssignmentState,
    Outcome,
    PayRule,
    RecordState,
    ServiceRecord,
    Source,
    Volunteer,
)
from app.volunteers import herself


class NotCancelledLate(Conflict):
    """Only an appointment that fell away inside of 24 hours is worth something."""

    slug, title = "not-cancelled-late", "Not called off late"
    de = "Dieser Einsatz wurde nicht kurzfristig abgesagt: Dafür gibt es keine Ausfallzahlung."
    en = "This assignment was not called off late: nothing is paid for it."


class LateUnpaid(Conflict):
    """The plan of the day pays nothing for a late cancellation."""

    slug, title = "late-unpaid", "The rate pays no late cancellation"
    de = "Der Satz „{plan}“ zahlt bei später Absage nichts. Es ist nichts einzutragen."
    en = "The rate “{plan_en}” pays nothing for a late cancellation. There is nothing to record."


def record(session: Session, actor: Actor, body: LateCancellation) -> ServiceRecord:
    """Keep what was booked, as the office has decided it: nobody has to confirm it any more."""
    freetext.require_plain(body.reason)
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, body.assignment_id)
    booking.lock(session, assignment.seat_id, assignment.volunteer_id)
    herself.refuse_own(
        session, actor.account_id, session.get_one(Volunteer, assignment.volunteer_id)
    )
    _refuse(session, assignment)
    span = Span(assignment.starts_at, assignment.ends_at)
    made = ServiceRecord(
        **reporting.times_of(span),
        sponsor_id=assignment.sponsor_id,
        assignment_id=assignment.id,
        volunteer_id=assignment.volunteer_id,
        outcome=Outcome.CANCELLED_LATE,
        state=RecordState.RESOLVED,
        reported_by=actor.account_id,
        source=Source.OFFICE,
        reason=body.reason,
    )
    reporting.store(session, made)
    plausible.refuse_untrue(session, made.volunteer_id, made.id, span, busy=0)
    books.work_of_records(session, col(ServiceRecord.id) == made.id)
    audit.record(
        session,
        actor.account_id,
        "service_record.late_cancellation",
        made,
        reason=audit.stated(body.reason),
        minutes=made.minutes,
    )
    session.flush()
    return made


def _refuse(session: Session, assignment: Assignment) -> None:
    """Refuse what is not paid, is not over yet, or lies in a closed month."""
    late = assignment.state == AssignmentState.CANCELLED_LATE
    if not late or assignment.pay_rule != PayRule.LATE_CANCEL:
        raise NotCancelledLate
    if assignment.ends_at > now():
        raise InFuture
    day = local_day(assignment.starts_at)
    closing.refuse_closed(session, assignment.sponsor_id, day)
    plan = rate_plans.that_pays(
        session, assignment.sponsor_id, assignment.volunteer_id, assignment.role, day
    )
    if not (plan.late_cancel_percent or plan.late_cancel_minutes):
        raise LateUnpaid(plan=plan.title_de, plan_en=plan.title_en)
