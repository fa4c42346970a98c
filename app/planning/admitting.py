"""Whether a plan may be asked for: one at a time, and no larger than the engine can take."""

from datetime import date
from uuid import UUID

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app.errors import Conflict, Invalid, NotFound
from app.limits import PLAN_SEATS, PLAN_VOLUNTEERS
from app.tables import (
    NO_MEMBER,
    Enrolment,
    Plan,
    PlanState,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
    Sponsor,
)

UNFINISHED = (PlanState.QUEUED, PlanState.RUNNING)


class PlanUnderway(Conflict):
    """A sponsor has one plan at work at a time: a second one would look at the same seats."""

    slug, title = "plan-underway", "A plan is under way"
    de = "Es wird gerade schon ein Plan gemacht. Bitte warten Sie auf ihn, oder brechen Sie ihn ab."
    en = "A plan is being made already. Please wait for it, or cancel it."


class PlanTooLarge(Invalid):
    """More seats or volunteers than one plan can hold."""

    slug, title = "plan-too-large", "Plan too large"
    de = (
        "Das sind zu viele für einen Plan: {seats} Plätze und {volunteers} Freiwillige, höchstens"
        " {most_seats} und {most_volunteers}. Bitte weniger Tage auf einmal planen."
    )
    en = (
        "These are too many for one plan: {seats} seats and {volunteers} volunteers, at most"
        " {most_seats} and {most_volunteers}. Please plan fewer days at once."
    )


def admit(session: Session, sponsor_id: UUID, first_day: date, last_day: date) -> None:
    """Refuse a plan beside another one, or one that is too large.

    The sponsor stays locked until the commit: of two at one moment the second sees the first.
    """
    lock(session, sponsor_id)
    underway = select(Plan.id).where(
        col(Plan.sponsor_id) == sponsor_id, col(Plan.state).in_(UNFINISHED)
    )
    if session.exec(underway.limit(1)).first() is not None:
        raise PlanUnderway
    seats = _seats(session, sponsor_id, first_day, last_day)
    volunteers = _volunteers(session, sponsor_id)
    if seats > PLAN_SEATS or volunteers > PLAN_VOLUNTEERS:
        raise PlanTooLarge(
            seats=seats,
            volunteers=volunteers,
            most_seats=PLAN_SEATS,
            most_volunteers=PLAN_VOLUNTEERS,
        )


def lock(session: Session, sponsor_id: UUID) -> None:
    """Let nobody else ask for a plan of this sponsor until the commit."""
    row = select(Sponsor.id).where(col(Sponsor.id) == sponsor_id)
    if session.exec(row.with_for_update(key_share=True)).one_or_none() is None:
        raise NotFound


def in_range(sponsor_id: UUID, first_day: date, last_day: date) -> SelectOfScalar[Request]:
    """Requests whose first date lies in these days."""
    days = select(RequestOption.request_id).where(
        col(RequestOption.sponsor_id) == sponsor_id,
        col(RequestOption.position) == 0,
        col(RequestOption.day).between(first_day, last_day),
    )
    return select(Request).where(col(Request.sponsor_id) == sponsor_id, col(Request.id).in_(days))


def _seats(session: Session, sponsor_id: UUID, first_day: date, last_day: date) -> int:
    """Open seats of open requests whose first date lies in these days."""
    asked = in_range(sponsor_id, first_day, last_day).where(col(Request.state) == RequestState.OPEN)
    return session.exec(
        select(func.count())
        .select_from(Seat)
        .where(
            col(Seat.state) == SeatState.OPEN,
            col(Seat.request_id).in_(asked.with_only_columns(col(Request.id))),
        )
    ).one()


def _volunteers(session: Session, sponsor_id: UUID) -> int:
    """Everybody who is enrolled at the sponsor."""
    return session.exec(
        select(func.count(col(Enrolment.id))).where(
            col(Enrolment.sponsor_id) == sponsor_id, col(Enrolment.state).not_in(NO_MEMBER)
        )
    ).one()
