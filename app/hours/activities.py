"""Hours without an appointment: reported by her or for her, confirmed by somebody of the office."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from allowance.grants import months_later
from app import access, audit, books, fields, freetext, rate_plans
from app.access import Actor, OwnWork
from app.clock import local_day, midnight, now
from app.errors import Conflict, Invalid, NotFound, StateForbids
from app.hours import claimed, closing, plausible
from app.hours.rules import Span, check_deadline, check_times
from app.hours.schemas_activities import (
    ActivityConfirm,
    ActivityCreate,
    ActivityEnd,
    ActivityRead,
    ActivityUpdate,
)
from app.tables import (
    NO_MEMBER,
    Activity,
    ActivityState,
    ClaimLine,
    Enrolment,
    Fundable,
    LedgerEntry,
    LedgerKind,
    Source,
    Volunteer,
)
from app.volunteers import herself


class WhoseMissing(Invalid):
    """Somebody who is no volunteer did not say whose hours they are."""

    de = "Bitte angeben, wessen Stunden das sind."
    en = "Please say whose hours these are."


class WrongRole(Invalid):
    """She has no such role in this pool."""

    de = "Diese Rolle ist für die Person hier nicht eingetragen. Bitte die Rolle prüfen."
    en = "This person does not have this role here. Please check the role."


class FundableIsOffice(Conflict):
    """Whether a funding line pays for something is not the volunteer's to say."""

    slug, title = "fundable-is-office", "The office says whether it is funded"
    de = "Ob das gefördert wird, entscheidet die Koordination. Bitte das Feld frei lassen."
    en = "The coordination office decides whether this is funded. Please leave it open."


class FundableUnsaid(Invalid):
    """Nobody has said yet whether a funding line pays for it."""

    de = "Bitte angeben, ob diese Tätigkeit gefördert wird: ja oder nein."
    en = "Please say whether this activity is funded: yes or no."


class PaidByAssignment(Conflict):
    """The plan of the day pays for appointments, whatever their length."""

    slug, title = "paid-by-assignment", "The rate pays for appointments only"
    de = "Der Satz „{plan}“ zahlt je Termin und keine Stunden ohne Termin. Bitte „nein“ wählen."
    en = "The rate “{plan_en}” pays for appointments, not for other hours. Please choose “no”."


class WrongState(StateForbids):
    """Somebody confirmed or rejected it before."""

    slug, title = "activity-state", "The activity's state forbids this"
    de = "Das geht nicht mehr: Die Tätigkeit ist schon {word}."
    en = "This is no longer possible: the activity is {state} already."
    words: ClassVar[Mapping[str, str]] = {
        ActivityState.REPORTED: "gemeldet",
        ActivityState.CONFIRMED: "bestätigt",
        ActivityState.REJECTED: "abgelehnt",
    }


def filtered(
    actor: Actor, *, state: ActivityState | None, volunteer_id: UUID | None, month: date | None
) -> SelectOfScalar[Activity]:
    """The visible activities by state, volunteer and month."""
    query = access.visible_activities(actor)
    if state:
        query = query.where(col(Activity.state) == state)
    if volunteer_id:
        query = query.where(col(Activity.volunteer_id) == volunteer_id)
    if month:
        query = query.where(
            col(Activity.started_at) >= midnight(month),
            col(Activity.started_at) < midnight(months_later(month, 1)),
        )
    return query


def reads(session: Session, actor: Actor, found: Sequence[Activity]) -> list[ActivityRead]:
    """What the actor may read of them."""
    ids = {one.volunteer_id for one in found}
    people = session.exec(select(Volunteer).where(col(Volunteer.id).in_(ids))).all()
    names = {one.id: f"{one.given_name} {one.surname}" for one in people}
    return [_read(actor, one, names[one.volunteer_id]) for one in found]


def read(session: Session, actor: Actor, activity: Activity) -> ActivityRead:
    """What the actor may read of one."""
    return reads(session, actor, [activity])[0]


def _read(actor: Actor, activity: Activity, name: str) -> ActivityRead:
    members = activity.model_dump(include=set(ActivityRead.model_fields) - {"doubts"})
    whole = ActivityRead(**members, volunteer=name, doubts=plausible.told(activity.doubts))
    hers = activity.volunteer_id == actor.volunteer_id
    return whole if hers or not actor.audits(activity.sponsor_id) else fields.for_auditor(whole)


def create(session: Session, actor: Actor, body: ActivityCreate) -> Activity:
    """Report hours within 14 days; later the office does it, with a reason."""
    freetext.require_plain(body.reason)
    enrolment = _enrolment(session, actor, body)
    office = _is_office(session, actor, enrolment.sponsor_id, enrolment.volunteer_id)
    if body.role not in enrolment.roles:
        raise WrongRole
    if body.fundable != Fundable.UNKNOWN and not office:
        raise FundableIsOffice
    span = Span(body.started_at, body.ended_at, body.break_minutes)
    check_times(span)
    check_deadline(span.end, office=office, reason=body.reason)
    closing.refuse_closed(session, enrolment.sponsor_id, local_day(span.start))
    activity = Activity(
        **body.model_dump(exclude={"volunteer_id", "sponsor_id"}),
        sponsor_id=enrolment.sponsor_id,
        volunteer_id=enrolment.volunteer_id,
        minutes=span.minutes,
        source=Source.OFFICE if office else Source.APP,
        reported_by=actor.account_id,
    )
    session.add(activity)
    session.flush()
    _refuse_untrue(session, activity)
    _note(session, actor, "activity.report", activity)
    return activity


def _enrolment(session: Session, actor: Actor, body: ActivityCreate) -> Enrolment:
    """In which pool she did it: the one named, or the only one there is."""
    volunteer_id = body.volunteer_id or actor.volunteer_id
    if volunteer_id is None:
        raise WhoseMissing
    query = access.visible_enrolments(actor).where(
        col(Enrolment.volunteer_id) == volunteer_id, col(Enrolment.state).not_in(NO_MEMBER)
    )
    if body.sponsor_id:
        query = query.where(col(Enrolment.sponsor_id) == body.sponsor_id)
    found = session.exec(query).all()
    if not found:
        raise NotFound
    if len(found) > 1:
        raise access.SponsorUnclear
    return found[0]


def _is_office(session: Session, actor: Actor, sponsor_id: UUID, volunteer_id: UUID) -> bool:
    """Whether somebody of the office does it for another person."""
    if sponsor_id not in actor.sponsor_ids:
        return False
    volunteer = session.get_one(Volunteer, volunteer_id)
    return not herself.is_herself(session, actor.account_id, volunteer)


def _refuse_untrue(session: Session, activity: Activity) -> None:
    """Look at it beside all else of hers, and note what a person should look at."""
    span = Span(activity.started_at, activity.ended_at, activity.break_minutes)
    plausible.refuse_untrue(session, activity.volunteer_id, activity.id, span, busy=span.minutes)
    day = local_day(activity.started_at)
    if activity.kilometres:
        plausible.refuse_kilometres(
            session, activity.sponsor_id, activity.volunteer_id, activity.role, day
        )
    activity.doubts = plausible.doubts(session, activity.volunteer_id, activity.role, day)
    session.add(activity)


def _note(
    session: Session, actor: Actor, action: str, activity: Activity, reason: str = ""
) -> None:
    audit.record(
        session,
        actor.account_id,
        action,
        activity,
        reason=audit.stated(reason),
        minutes=activity.minutes,
    )
    session.flush()


def correct(session: Session, actor: Actor, activity: Activity, body: ActivityUpdate) -> None:
    """Change what nobody has confirmed; who changed it last has reported it.

    On another day it is reported anew: within 14 days, or by the office.
    """
    office = _is_office(session, actor, activity.sponsor_id, activity.volunteer_id)
    kept = activity.model_dump(include=set(ActivityUpdate.model_fields))
    new = kept | {k: v for k, v in body.model_dump().items() if v is not None}
    if new["fundable"] != activity.fundable and not office:
        raise FundableIsOffice
    span = Span(new["started_at"], new["ended_at"], new["break_minutes"])
    check_times(span)
    days = local_day(activity.started_at), local_day(span.start)
    if days[0] != days[1] and not office:
        check_deadline(span.end, office=False, reason="")
    closing.refuse_closed(session, activity.sponsor_id, *days)
    values = new | {"minutes": span.minutes, "reported_by": actor.account_id}
    _change(session, activity, (ActivityState.REPORTED,), values)
    _refuse_untrue(session, activity)
    _note(session, actor, "activity.correct", activity)


def _change(
    session: Session, activity: Activity, states: Sequence[ActivityState], values: dict[str, Any]
) -> None:
    """Write `values` if the activity still is in one of the states."""
    done = session.exec(
        update(Activity)
        .where(col(Activity.id) == activity.id, col(Activity.state).in_(states))
        .values(**values, updated_at=now())
    )
    session.refresh(activity)
    if done.rowcount != 1:
        raise WrongState(activity.state)


def confirm(session: Session, actor: Actor, activity: Activity, body: ActivityConfirm) -> None:
    """The hours count from now on; neither she nor who reported them confirms them."""
    _refuse_involved(session, actor, activity)
    day = local_day(activity.started_at)
    closing.refuse_closed(session, activity.sponsor_id, day)
    fundable = body.fundable if body.fundable != Fundable.UNKNOWN else activity.fundable
    if fundable == Fundable.UNKNOWN:
        raise FundableUnsaid
    if fundable == Fundable.YES:
        _refuse_flat(session, activity, day)
    values = {
        "state": ActivityState.CONFIRMED,
        "fundable": fundable,
        "confirmed_by": actor.account_id,
        "confirmed_at": now(),
        "doubts": plausible.doubts(session, activity.volunteer_id, activity.role, day),
    }
    _change(session, activity, (ActivityState.REPORTED,), values)
    books.work_of_activity(session, activity)
    _note(session, actor, "activity.confirm", activity)


def _refuse_involved(session: Session, actor: Actor, activity: Activity) -> None:
    volunteer = session.get_one(Volunteer, activity.volunteer_id)
    herself.refuse_own(session, actor.account_id, volunteer)
    if herself.are_one(session, actor.account_id, activity.reported_by):
        raise OwnWork


def _refuse_flat(session: Session, activity: Activity, day: date) -> None:
    """An amount for each appointment is not paid for hours without one."""
    plan = rate_plans.that_pays(
        session, activity.sponsor_id, activity.volunteer_id, activity.role, day
    )
    if plan.unit == "assignment":
        raise PaidByAssignment(plan=plan.title_de, plan_en=plan.title_en)


def reject(session: Session, actor: Actor, activity: Activity, body: ActivityEnd) -> None:
    """The office says that these hours do not count."""
    freetext.require_plain(body.reason)
    closing.refuse_closed(session, activity.sponsor_id, local_day(activity.started_at))
    values = {"state": ActivityState.REJECTED, "reason": body.reason}
    _change(session, activity, (ActivityState.REPORTED,), values)
    _note(session, actor, "activity.reject", activity, body.reason)


def withdraw(session: Session, actor: Actor, activity: Activity, body: ActivityEnd) -> None:
    """Take hours back that were wrong: she what is not confirmed, the office also what is.

    What stands in a claim stays.
    """
    freetext.require_plain(body.reason)
    claimed.refuse_claimed(session, activity.sponsor_id, col(ClaimLine.activity_id) == activity.id)
    closing.refuse_closed(session, activity.sponsor_id, local_day(activity.started_at))
    office = _is_office(session, actor, activity.sponsor_id, activity.volunteer_id)
    states = [ActivityState.REPORTED, *([ActivityState.CONFIRMED] if office else [])]
    values = {"state": ActivityState.REJECTED, "reason": body.reason}
    _change(session, activity, states, values)
    books.back(
        session,
        col(LedgerEntry.kind) == LedgerKind.WORK,
        col(LedgerEntry.subject_type) == "activity",
        col(LedgerEntry.subject_id) == activity.id,
    )
    _note(session, actor, "activity.withdraw", activity, body.reason)
