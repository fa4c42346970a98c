"""Somebody did not come: the client, or the volunteer."""

from typing import Any

from sqlmodel import Session, col, select, update

from app import audit
from app.access import Actor
from app.bookings import informing, standbys, terms, texts, visits
from app.bookings.refusals import NotBegun, OnlyOffice, Reported, SaidOtherwise
from app.bookings.schemas import NoShow
from app.bookings.visits import Visit
from app.clock import ZONE, now
from app.offers import booking
from app.offers.refusals import NotBooked
from app.requests import service as requests
from app.requests import tasks
from app.seam.build import GIVEN_BACK
from app.tables import (
    Assignment,
    AssignmentState,
    Event,
    PayRule,
    Seat,
    SeatState,
    ServiceRecord,
    Side,
)

STATES = {
    "client": AssignmentState.CLIENT_NO_SHOW,
    "volunteer": AssignmentState.VOLUNTEER_NO_SHOW,
}


def report(session: Session, actor: Actor, assignment: Assignment, body: NoShow) -> Assignment:
    """Note who was missing; the same said twice is once, the first who says it counts."""
    side = _side(actor, assignment)
    if side == Side.INSTITUTION and body.who == "client":
        raise OnlyOffice
    booking.lock(session, assignment.seat_id, assignment.volunteer_id)
    visit = visits.one(session, assignment.id)
    state = STATES[body.who]
    if visit.booking.state == state:
        return assignment
    _require(visit)
    values = _values(state, side, terms.kept(body.reason))
    _change(session, visit, AssignmentState.BOOKED, values)
    _set_seat(session, visit, SeatState.BOOKED, SeatState.DONE)
    tasks.close(session, assignment.id)
    standbys.release_all(session, [visit.request.id])
    why = audit.stated(terms.kept(body.reason))
    audit.record(
        session,
        actor.account_id,
        "assignment.no_show",
        assignment,
        reason=why,
        state=state,
        side=side,
    )
    if body.who == "volunteer" and side != Side.VOLUNTEER:
        informing.tell_her(session, visit, Event.CHANGED, texts.missed(visit))
    session.flush()
    return assignment


def _side(actor: Actor, assignment: Assignment) -> Side:
    if assignment.sponsor_id in actor.sponsor_ids:
        return Side.OFFICE
    is_hers = assignment.volunteer_id == actor.volunteer_id
    return Side.VOLUNTEER if is_hers else Side.INSTITUTION


def _require(visit: Visit) -> None:
    if visit.booking.state in GIVEN_BACK:
        raise NotBooked(state=visit.booking.state)
    if visit.booking.state != AssignmentState.BOOKED:
        raise SaidOtherwise(state=visit.booking.state)
    if visit.booking.starts_at > now():
        raise NotBegun(start=f"{visit.booking.starts_at.astimezone(ZONE):%d.%m.%Y %H:%M}")


def _values(state: AssignmentState, side: Side, reason: str) -> dict[str, Any]:
    pays = state == AssignmentState.CLIENT_NO_SHOW
    return {
        "state": state,
        "cancel_reason": reason,
        "cancelled_at": now(),
        "cancelled_by": side,
        "notice_minutes": 0,
        "pay_rule": PayRule.CLIENT_NO_SHOW if pays else PayRule.NONE,
    }


def _change(session: Session, visit: Visit, before: str, values: dict[str, Any]) -> None:
    """Write `values` if the booking still is what was read."""
    done = session.exec(
        update(Assignment)
        .where(col(Assignment.id) == visit.booking.id, col(Assignment.state) == before)
        .values(**values, updated_at=now())
    )
    session.refresh(visit.booking)
    if done.rowcount != 1:
        raise SaidOtherwise(state=visit.booking.state)


def _set_seat(session: Session, visit: Visit, before: SeatState, after: SeatState) -> None:
    session.exec(
        update(Seat)
        .where(col(Seat.id) == visit.seat.id, col(Seat.state) == before)
        .values(state=after, updated_at=now())
    )
    requests.settle_state(session, visit.request.id)


def undo(session: Session, actor: Actor, assignment: Assignment) -> Assignment:
    """She was there after all, or the client was: the office takes back what was said."""
    booking.lock(session, assignment.seat_id, assignment.volunteer_id)
    visit = visits.one(session, assignment.id)
    before = visit.booking.state
    if before == AssignmentState.BOOKED:
        return assignment
    if before not in STATES.values():
        raise NotBooked(state=before)
    record = select(ServiceRecord.id).where(col(ServiceRecord.assignment_id) == assignment.id)
    if session.exec(record).first() is not None:
        raise Reported
    with booking.guarded():
        _change(session, visit, before, _AS_BOOKED)
    _set_seat(session, visit, SeatState.DONE, SeatState.BOOKED)
    audit.record(session, actor.account_id, "assignment.no_show_undo", assignment, state=before)
    session.flush()
    return assignment


_AS_BOOKED: dict[str, Any] = {
    "state": AssignmentState.BOOKED,
    "cancel_reason": "",
    "cancelled_at": None,
    "cancelled_by": "",
    "notice_minutes": None,
    "pay_rule": PayRule.NONE,
}
