"""Parents' days: asked for, looked at before, called off. Each person's shift is a request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit
from app.access import Actor
from app.bookings import cancelling
from app.clock import now
from app.errors import Conflict
from app.parents_days import layout
from app.parents_days.layout import Planned, Spoken, Window
from app.parents_days.reading import breaks, times
from app.parents_days.schemas import ParentsDayPlan, ParentsDayWrite, ShiftPlan
from app.parents_days.warnings import warnings
from app.requests import intake, storing
from app.requests.ending import ENDED, Ended
from app.requests.schemas import RequestDetails, SeatWrite
from app.requests.storing import NewRequest, Question
from app.requests.times import clock, minute_of, refuse_far, refuse_past
from app.tables import Institution, ParentsDay, Request, RequestState
from scheduling import quiet, wall_time

KIND = "parents_day"
ROLE = "interpreter"


class ParentsDayExists(Conflict):
    """The school has a parents' day at that time already."""

    slug, title = "parents-day-exists", "There is one already"
    de = (
        "Für diese Zeit gibt es schon einen Elternsprechtag ({parents_day_id}). Wenn es ein"
        " zweiter ist, bitte another mitschicken."
    )
    en = (
        "There is a parents' day at that time already ({parents_day_id}). If this is a second one,"
        " please send another."
    )


@dataclass(frozen=True)
class Shared:
    """What all shifts of a parents' day have in common."""

    institution: Institution
    sponsor_id: UUID
    topic: str
    note: str
    more: dict[str, object]


def _shared(session: Session, actor: Actor, body: ParentsDayWrite) -> Shared:
    details = RequestDetails(
        institution_id=body.institution_id,
        sponsor_id=body.sponsor_id,
        duration_minutes=body.slot_minutes,
        seats=[SeatWrite()],
        topic=body.topic,
    )
    institution, sponsor_id = intake.place_of(session, actor, details)
    more: dict[str, object] = body.model_dump(include={"contact_name", "contact_phone", "room"})
    return Shared(institution, sponsor_id, body.topic, body.note, more)


def _window(body: ParentsDayWrite) -> Window:
    window = Window(body.day, minute_of(body.start), minute_of(body.end), body.slot_minutes)
    refuse_far(window.day)
    layout.refuse_window(window)
    refuse_past(wall_time.to_utc(window.day, window.start))
    return window


def questions_of(session: Session, shared: Shared, spoken: Spoken) -> tuple[Question, ...]:
    """What must be answered before anybody is asked for a shift of this language."""
    words = f"{shared.topic} {shared.note}"
    asked = [
        *spoken.questions,
        *intake.policy_questions(session, shared.sponsor_id, shared.institution, {ROLE}, words),
        *intake.personal_questions({"topic": shared.topic, "note": shared.note}),
    ]
    return tuple(dict(asked).items())


def check(session: Session, actor: Actor, body: ParentsDayWrite, locale: str) -> ParentsDayPlan:
    """How the slots would be shared out, and what there is to say about it; stores nothing."""
    shared, window = _shared(session, actor, body), _window(body)
    needs = layout.understood(body.needs)
    planned = layout.lay_out(window, needs, pause_minutes=body.pause_minutes)
    questions = [code for need in needs for code, _ in questions_of(session, shared, need)]
    lead_time = quiet.lead_time_class(now(), planned[0].time.starts_at)
    return ParentsDayPlan(
        people=len(planned),
        shifts=[_shift_plan(one, window) for one in planned],
        warnings=warnings(window.day, locale, urgent=lead_time == "urgent"),
        open_questions=list(dict.fromkeys(questions)),
    )


def _shift_plan(one: Planned, window: Window) -> ShiftPlan:
    shift = one.shift
    return ShiftPlan(
        language=one.spoken.seat.language,
        written=shift.language,
        number=shift.number,
        start=clock(shift.start),
        end=clock(shift.end),
        slots=times(shift.slots, window.slot_minutes),
        breaks=breaks(shift.slots, window.slot_minutes),
    )


def create(session: Session, actor: Actor, body: ParentsDayWrite) -> ParentsDay:
    """Take a parents' day in: one request for each person who is needed."""
    shared, window = _shared(session, actor, body), _window(body)
    needs = layout.understood(body.needs)
    planned = layout.lay_out(window, needs, pause_minutes=body.pause_minutes)
    if not body.another:
        _refuse_second(session, shared, window)
    day = ParentsDay(
        sponsor_id=shared.sponsor_id,
        institution_id=shared.institution.id,
        day=window.day,
        start_minute=window.start,
        end_minute=window.end,
        slot_minutes=window.slot_minutes,
        needs=[as_stored(need, body.pause_minutes) for need in needs],
    )
    session.add(day)
    session.flush()
    write_shifts(session, day, shared, planned)
    audit.record(session, actor.account_id, "parents_day.create", day, people=len(planned))
    session.flush()
    return day


def as_stored(spoken: Spoken, pause_minutes: int) -> dict[str, Any]:
    """A need as it is kept with its day; all of a day have the same pause."""
    need = spoken.need.model_dump(include={"slots", "min_level", "at_once"})
    names = {"language": spoken.seat.language, "written": spoken.need.language}
    return {**names, **need, "pause_minutes": pause_minutes}


def write_shifts(
    session: Session, day: ParentsDay, shared: Shared, planned: Sequence[Planned]
) -> None:
    """One request with one seat for each person's shift: nobody's depends on another's."""
    spoken = {one.shift.language: one.spoken for one in planned}
    asked = {name: questions_of(session, shared, one) for name, one in spoken.items()}
    pattern = NewRequest(
        sponsor_id=shared.sponsor_id,
        institution=shared.institution,
        slots=(),
        seats=(),
        received_at=now(),
        topic=shared.topic,
        note=shared.note,
        more=shared.more,
        kind=KIND,
        parents_day_id=day.id,
    )
    storing.store_all(
        session,
        [
            replace(
                pattern,
                slots=(one.time,),
                seats=(replace(one.spoken.seat, slots=one.shift.slots),),
                questions=asked[one.shift.language],
            )
            for one in planned
        ],
    )


def _refuse_second(session: Session, shared: Shared, window: Window) -> None:
    """Alone with the institution's row: a double click is one parents' day."""
    institution_id = shared.institution.id
    one_at_a_time = select(Institution.id).where(col(Institution.id) == institution_id)
    session.exec(one_at_a_time.with_for_update(key_share=True)).one()
    live = select(Request.parents_day_id).where(
        col(Request.state).not_in([RequestState.CANCELLED, RequestState.REJECTED])
    )
    same = session.exec(
        select(ParentsDay.id).where(
            col(ParentsDay.sponsor_id) == shared.sponsor_id,
            col(ParentsDay.institution_id) == institution_id,
            col(ParentsDay.day) == window.day,
            col(ParentsDay.start_minute) < window.end,
            col(ParentsDay.end_minute) > window.start,
            col(ParentsDay.id).in_(live),
        )
    ).first()
    if same is not None:
        raise ParentsDayExists(parents_day_id=str(same))


def lock_requests(session: Session, day: ParentsDay) -> list[Request]:
    """The requests of a parents' day, locked in order before anything that hangs on them."""
    query = select(Request).where(col(Request.parents_day_id) == day.id).order_by(col(Request.id))
    locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return list(session.exec(locked).all())


def cancel(session: Session, actor: Actor, day: ParentsDay, reason: str) -> None:
    """Call a parents' day off: bookings and open offers of all its shifts end with it."""
    live = [request for request in lock_requests(session, day) if request.state not in ENDED]
    if not live:
        raise Ended(state=RequestState.CANCELLED)
    cancelling.cancel_requests(session, actor, live, reason)
    why = audit.stated(reason)
    audit.record(session, actor.account_id, "parents_day.cancel", day, reason=why, people=len(live))
    session.flush()


def visible(actor: Actor, institution_id: UUID | None) -> SelectOfScalar[ParentsDay]:
    """The parents' days the actor may see, of one institution or of all."""
    query = access.visible_parents_days(actor)
    if institution_id:
        query = query.where(col(ParentsDay.institution_id) == institution_id)
    return query
