"""Standby: who goes to a critical appointment when the booked person cannot."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session, col, select, update

from app import access, audit, links
from app.access import Actor
from app.bookings import texts, visits
from app.bookings.refusals import BookedHerself, NobodyBooked, StandbyOver
from app.bookings.schemas import StandbyRead
from app.bookings.visits import Visit
from app.clock import now
from app.errors import ApiError
from app.institutions import naming
from app.messages import telling
from app.offers import booking
from app.offers.refusals import Begun, MayNotGo
from app.requests import tasks
from app.seam import build
from app.seam.asked import Asked
from app.seam.people import Horizon
from app.tables import (
    Assignment,
    AssignmentState,
    Event,
    LinkPurpose,
    RequestOption,
    Seat,
    Sponsor,
    Standby,
    StandbyState,
    Volunteer,
)
from matching import eligibility

LIVE = (StandbyState.ASKED, StandbyState.READY)
MISSING = "standby_missing"
"""The question to the office: a critical appointment is near and nobody stands by."""
VIA = "standby"
"""How a booking came about when somebody stepped in."""


def ask(
    session: Session, actor: Actor, seat_id: UUID, volunteer_id: UUID, *, agreed: bool
) -> Standby:
    """Ask somebody to stand by, or note that she agreed on the telephone; twice is once."""
    access.load(session, access.visible_seats(actor), Seat, seat_id)
    access.load(session, access.visible_volunteers(actor), Volunteer, volunteer_id)
    seat = booking.lock(session, seat_id, volunteer_id)
    visit = _visit(session, seat)
    her = session.get_one(Volunteer, volunteer_id)
    if visit.volunteer.id == her.id:
        raise BookedHerself
    known = _live_of(session, seat_id, volunteer_id)
    if known is not None:
        return accept(session, actor.account_id, known) if agreed else known
    _refuse_unfit(session, visit, her, agreed=agreed)
    standby = _store(session, visit, her, StandbyState.READY if agreed else StandbyState.ASKED)
    audit.record(session, actor.account_id, "standby.ask", standby, state=standby.state)
    _tell_asked(session, visit, standby, her)
    session.flush()
    return standby


def _visit(session: Session, seat: Seat) -> Visit:
    """The booking for which somebody stands by; it has not begun."""
    found = visits.load(
        session,
        col(Assignment.seat_id) == seat.id,
        col(Assignment.state) == AssignmentState.BOOKED,
    )
    if not found:
        raise NobodyBooked
    if found[0].booking.starts_at <= now():
        raise Begun
    return found[0]


def _live_of(session: Session, seat_id: UUID, volunteer_id: UUID) -> Standby | None:
    return session.exec(
        select(Standby).where(
            col(Standby.seat_id) == seat_id,
            col(Standby.volunteer_id) == volunteer_id,
            col(Standby.state).in_(LIVE),
        )
    ).one_or_none()


def _refuse_unfit(session: Session, visit: Visit, her: Volunteer, *, agreed: bool) -> None:
    """Nobody is asked who could not go; what she agreed to is not held against her."""
    option = session.get_one(RequestOption, visit.booking.option_id)
    asked = Asked(visit.request, visit.institution, [option], [visit.seat])
    problem = build.problem(
        session,
        session.get_one(Sponsor, visit.seat.sponsor_id),
        [asked],
        [her],
        Horizon.of(option.day, option.day),
        with_private=not agreed,
        with_money=False,
    )
    against = eligibility.reasons(problem, problem.volunteers[0], problem.seats[0], 0)
    codes = [reason.code for reason in against if reason.code != "blocked"]
    if codes:
        raise MayNotGo(codes)


def _store(session: Session, visit: Visit, her: Volunteer, state: StandbyState) -> Standby:
    standby = Standby(
        sponsor_id=visit.seat.sponsor_id,
        seat_id=visit.seat.id,
        option_id=visit.booking.option_id,
        volunteer_id=her.id,
        state=state,
        answered_at=now() if state == StandbyState.READY else None,
    )
    session.add(standby)
    session.flush()
    if state == StandbyState.READY:
        tasks.close_all(session, [visit.booking.id], MISSING)
    return standby


def _tell_asked(session: Session, visit: Visit, standby: Standby, her: Volunteer) -> None:
    asked = replace(visit, volunteer=her)
    if standby.state == StandbyState.READY:
        _tell(session, asked, standby.id, texts.stands_by(asked))
        return
    url = links.make(session, LinkPurpose.ANSWER_STANDBY, standby, visit.booking.starts_at)
    _tell(session, asked, standby.id, texts.stand_by(asked, url))


def _tell(session: Session, visit: Visit, subject_id: UUID, text: telling.Text) -> None:
    telling.tell(
        session,
        visit.booking.sponsor_id,
        telling.volunteer(visit.volunteer),
        Event.STANDBY,
        text,
        subject_id=subject_id,
        starts_at=visit.booking.starts_at,
    )


def accept(session: Session, account_id: UUID | None, standby: Standby) -> Standby:
    """Say yes: from now on somebody may be called; saying yes twice is the same as once."""
    seat = booking.lock(session, standby.seat_id, standby.volunteer_id)
    session.refresh(standby)
    if standby.state == StandbyState.READY:
        return standby
    visit = _visit(session, seat)
    if not _change(session, standby, (StandbyState.ASKED,), StandbyState.READY):
        raise StandbyOver(state=standby.state)
    tasks.close_all(session, [visit.booking.id], MISSING)
    audit.record(session, account_id, "standby.accept", standby)
    session.flush()
    return standby


def decline(session: Session, account_id: UUID | None, standby: Standby) -> Standby:
    """Say no, also after a yes, as long as she was not called; no twice is the same as once."""
    if not _change(session, standby, LIVE, StandbyState.DECLINED):
        if standby.state != StandbyState.DECLINED:
            raise StandbyOver(state=standby.state)
        return standby
    audit.record(session, account_id, "standby.decline", standby)
    session.flush()
    return standby


def _change(
    session: Session, standby: Standby, before: Sequence[StandbyState], after: StandbyState
) -> bool:
    done = session.exec(
        update(Standby)
        .where(col(Standby.id) == standby.id, col(Standby.state).in_(before))
        .values(state=after, answered_at=now(), updated_at=now())
    )
    session.refresh(standby)
    if done.rowcount != 1:
        return False
    telling.drop(session, standby.id, Event.STANDBY)
    telling.mark_read(session, standby.id, standby.volunteer_id)
    return True


def ready(session: Session, seat_id: UUID) -> list[Standby]:
    """Who stands by for a seat, the first to say so first."""
    query = select(Standby).where(
        col(Standby.seat_id) == seat_id, col(Standby.state) == StandbyState.READY
    )
    return list(session.exec(query.order_by(col(Standby.answered_at), col(Standby.id))).all())


def call(session: Session, account_id: UUID | None, seat: Seat) -> Assignment | None:
    """Book the first who stands by and can still go; None when there is nobody.

    The rows of the seat and of all who stand by are locked already.
    """
    for standby in ready(session, seat.id):
        try:
            with session.begin_nested():
                booked = booking.book_seat(
                    session,
                    account_id,
                    seat.id,
                    standby.option_id,
                    standby.volunteer_id,
                    mode=seat.mode,
                    via=VIA,
                    tells_her=False,
                )
        except ApiError:
            release(session, [standby.id])
            continue
        _change(session, standby, (StandbyState.READY,), StandbyState.CALLED)
        audit.record(session, account_id, "standby.call", standby, assignment=str(booked.id))
        return booked
    return None


def release(session: Session, standby_ids: Sequence[UUID]) -> None:
    """Nobody is needed any more; who was ready is told."""
    let_go = session.exec(
        update(Standby)
        .where(col(Standby.id).in_(standby_ids), col(Standby.state).in_(LIVE))
        .values(state=StandbyState.RELEASED, updated_at=now())
        .returning(col(Standby.id), col(Standby.answered_at))
    ).all()
    was_ready = [standby_id for standby_id, answered_at in let_go if answered_at is not None]
    for standby_id, answered_at in let_go:
        if answered_at is None:
            telling.drop(session, standby_id, Event.STANDBY)
    if not was_ready:
        return
    for standby_id, visit in visits.supposed(session, Standby, was_ready).items():
        _tell(session, visit, standby_id, texts.released(visit))


def release_all(session: Session, request_ids: Sequence[UUID]) -> None:
    """The same for everybody who stands by for these requests."""
    seats = select(Seat.id).where(col(Seat.request_id).in_(request_ids))
    query = select(Standby.id).where(col(Standby.seat_id).in_(seats), col(Standby.state).in_(LIVE))
    found = session.exec(query).all()
    if found:
        release(session, found)


def about(session: Session, standby: Standby) -> Visit:
    """The appointment somebody stands by for, as if she were booked."""
    return visits.supposed(session, Standby, [standby.id])[standby.id]


def reads(session: Session, actor: Actor, rows: Sequence[Standby]) -> list[StandbyRead]:
    """Standbys with when and where, in one statement; no address, no contact."""
    found = visits.supposed(session, Standby, [row.id for row in rows])
    return [_read(row, found[row.id], office=row.sponsor_id in actor.sponsor_ids) for row in rows]


def _read(row: Standby, visit: Visit, *, office: bool) -> StandbyRead:
    return StandbyRead(
        **row.model_dump(include=set(StandbyRead.model_fields)),
        volunteer=f"{visit.volunteer.given_name} {visit.volunteer.surname}",
        role=visit.seat.role,
        language=visit.seat.language,
        starts_at=visit.booking.starts_at,
        ends_at=visit.booking.ends_at,
        institution=naming.name(visit.institution, told=office),
        town=visit.institution.town,
    )
