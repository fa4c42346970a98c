"""Requests: taken in, triaged, opened, ended."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit, spans
from app.access import Actor
from app.clock import now
from app.errors import Conflict, Forbidden, Invalid
from app.requests import concerns, duplicates, ending, following, intake, near, tasks
from app.requests.duplicates import Duplicate, find_same
from app.requests.intake import policy_questions, seat_spec
from app.requests.reading import read, reads
from app.requests.schemas import RequestCheck, RequestCreate
from app.requests.storing import NewRequest, SeatSpec, priority, store, store_all
from app.requests.times import read_slots
from app.tables import Request, RequestOption, RequestState, Seat, SeatState
from scheduling import quiet

__all__ = [
    "Duplicate",
    "NewRequest",
    "SeatSpec",
    "find_same",
    "policy_questions",
    "priority",
    "read",
    "reads",
    "seat_spec",
    "store",
    "store_all",
]


class QuestionsOpen(Conflict):
    """A request with open questions cannot be opened."""

    slug, title = "questions-open", "Questions are open"
    de = "Erst sind noch Fragen zu klären: {questions}."
    en = "Questions must be answered first: {questions}."


class ReasonMissing(Invalid):
    """A rejection came without a reason."""

    de = "Bitte einen Grund angeben: die Einrichtung bekommt ihn zu lesen."
    en = "Please give a reason: the institution will read it."


def create(session: Session, actor: Actor, body: RequestCreate) -> Request:
    """Take a request in; without questions its seats are open at once."""
    new = _new(session, actor, body)
    if not body.another:
        duplicates.refuse(session, new, [new.slots[0].starts_at])
    request = store(session, new)
    audit.record(session, actor.account_id, "request.create", request, state=request.state)
    session.flush()
    return request


def _new(session: Session, actor: Actor, body: RequestCreate) -> NewRequest:
    place = intake.place_of(session, actor, body)
    slots = read_slots(body.times, body.duration_minutes)
    new = intake.new_request(session, place, body, slots, now())
    if body.critical:
        intake.refuse_critical(actor, new.sponsor_id)
        new = replace(new, more={**new.more, "critical": True})
    if body.follow_up_of is not None:
        new = following.follow_up(session, actor, new, body.follow_up_of)
    return new


def check(session: Session, actor: Actor, body: RequestCreate, locale: str) -> RequestCheck:
    """What would become of a request, so that a form can say it before it is sent."""
    new = _new(session, actor, body)
    starts_at = new.slots[0].starts_at
    visible = access.visible_requests(actor).with_only_columns(col(Request.id))
    found = duplicates.same(new, [starts_at]).where(col(Request.id).in_(visible))
    return RequestCheck(
        lead_time=quiet.lead_time_class(new.received_at, starts_at),
        priority=priority(new.institution.kind, new.received_at, starts_at, urgent=new.urgent),
        warnings=near.of_new(session, actor, new, locale),
        open_questions=[code for code, _ in new.questions],
        concerns=concerns.of_new(new, locale),
        duplicates=[request.id for request in session.exec(found).unique().all()],
    )


def filtered(
    actor: Actor, *, state: RequestState | None, first_day: date | None, last_day: date | None
) -> SelectOfScalar[Request]:
    """The visible requests by state and by the day of their first time."""
    spans.check(first_day, last_day)
    query = access.visible_requests(actor)
    if state:
        query = query.where(col(Request.state) == state)
    if first_day or last_day:
        days = select(RequestOption.request_id).where(col(RequestOption.position) == 0)
        if first_day:
            days = days.where(col(RequestOption.day) >= first_day)
        if last_day:
            days = days.where(col(RequestOption.day) <= last_day)
        query = query.where(col(Request.id).in_(days))
    return query


def require_open(session: Session, request: Request) -> None:
    """Nobody is asked for a request that waits for an answer or has ended."""
    ending.require_live(request)
    questions = tasks.open_codes(session, [request.id])[request.id]
    if questions or request.state in (RequestState.SUBMITTED, RequestState.NEEDS_INFO):
        raise QuestionsOpen(questions=", ".join(questions))


def triage(session: Session, actor: Actor, request: Request, *, opens: bool, reason: str) -> None:
    """A coordinator opens the seats, or rejects with a reason."""
    if request.sponsor_id not in actor.sponsor_ids:
        raise Forbidden
    ending.require_live(request)
    if not opens:
        if not reason:
            raise ReasonMissing
        ending.reject(session, request, reason)
    else:
        open_questions = tasks.open_codes(session, [request.id])[request.id]
        if open_questions:
            raise QuestionsOpen(questions=", ".join(open_questions))
        if request.state in (RequestState.SUBMITTED, RequestState.NEEDS_INFO):
            request.state = RequestState.OPEN
            session.add(request)
    said = "" if opens else audit.stated(reason)
    audit.record(
        session, actor.account_id, "request.triage", request, reason=said, state=request.state
    )
    session.flush()


def settle_state(session: Session, request_id: UUID) -> None:
    """Booked when every seat is, open again when one is not; done when all are done."""
    ending.lock(session, request_id)
    states = set(
        session.exec(
            select(Seat.state).where(
                col(Seat.request_id) == request_id, col(Seat.state) != SeatState.CANCELLED
            )
        ).all()
    )
    if not states:
        return
    if SeatState.OPEN in states:
        state = RequestState.OPEN
    elif SeatState.BOOKED in states:
        state = RequestState.BOOKED
    else:
        state = RequestState.DONE
    live = [RequestState.OPEN, RequestState.BOOKED, RequestState.DONE]
    session.exec(
        update(Request)
        .where(col(Request.id) == request_id, col(Request.state).in_(live))
        .values(state=state, updated_at=now())
    )
