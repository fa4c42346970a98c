"""Service records as they come in: from the volunteer, from the office, from a slip of paper."""

from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, update

from allowance import agreed_minutes
from app import access, audit, db, freetext
from app.access import Actor
from app.clock import local_day, now
from app.errors import Conflict
from app.hours import closing, outcomes, plausible, service, signatures, slips
from app.hours.rules import Span, check_deadline, check_span
from app.hours.schemas import ServiceRecordCreate, ServiceRecordUpdate, Slip
from app.offers import booking
from app.requests import service as requests
from app.tables import (
    Assignment,
    Mode,
    RecordState,
    Seat,
    SeatState,
    ServiceRecord,
    Source,
)


class AlreadyReported(Conflict):
    """There is one record per assignment."""

    slug, title = "already-reported", "Reported already"
    de = "Für diesen Einsatz sind die Stunden schon eingetragen."
    en = "The hours of this assignment are reported already."


def create(
    session: Session, actor: Actor, body: ServiceRecordCreate
) -> tuple[ServiceRecord, str | None]:
    """Report an assignment; the address to confirm it is returned for coordinators only."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, body.assignment_id)
    record = _reported(session, actor, assignment, body)
    booking.lock(session, assignment.seat_id, assignment.volunteer_id)
    closing.refuse_closed(session, record.sponsor_id, local_day(assignment.starts_at))
    store(session, record)
    seat = _finish_seat(session, assignment)
    _refuse_untrue(session, record, assignment)
    outcomes.finish(session, assignment, body.outcome)
    requests.settle_state(session, seat.request_id)
    audit.record(session, actor.account_id, "service_record.report", record, minutes=record.minutes)
    if body.slip is not None:
        _take_slip(session, actor, record, body.slip)
        return record, None
    url = service.ask_institution(session, record)
    session.flush()
    return record, url if record.source == Source.OFFICE else None


def _reported(
    session: Session, actor: Actor, assignment: Assignment, body: ServiceRecordCreate
) -> ServiceRecord:
    """What was sent as a record, once it can be true by itself."""
    span = Span(body.started_at, body.ended_at, body.break_minutes)
    check_span(span, assignment)
    freetext.require_plain(body.reason)
    source = slips.source_of(session, actor, assignment, body.slip)
    reason = body.reason or (slips.SIGNED if body.slip else "")
    check_deadline(assignment.ends_at, office=source != Source.APP, reason=reason)
    return ServiceRecord(
        **times_of(span),
        sponsor_id=assignment.sponsor_id,
        assignment_id=assignment.id,
        volunteer_id=assignment.volunteer_id,
        outcome=body.outcome,
        kilometres=body.kilometres,
        source=source,
        reason=body.reason,
        reported_by=actor.account_id,
    )


def times_of(span: Span) -> dict[str, Any]:
    """The columns of a time that was reported."""
    return {
        "started_at": span.start,
        "ended_at": span.end,
        "break_minutes": span.break_minutes,
        "minutes": span.minutes,
        "reported_minutes": span.minutes,
    }


def store(session: Session, record: ServiceRecord) -> ServiceRecord:
    """Keep the record of an assignment that has none."""
    session.add(record)
    try:
        session.flush()
    except IntegrityError as error:
        if "assignment_id" in db.constraint_of(error):
            raise AlreadyReported from error
        raise
    return record


def _finish_seat(session: Session, assignment: Assignment) -> Seat:
    """The seat is done; it may be already, where it was said before that the client was missing."""
    held = [SeatState.BOOKED, SeatState.DONE]
    done = session.exec(
        update(Seat)
        .where(col(Seat.id) == assignment.seat_id, col(Seat.state).in_(held))
        .values(state=SeatState.DONE, updated_at=now())
    )
    if done.rowcount != 1:
        raise outcomes.NotBooked
    return session.get_one(Seat, assignment.seat_id)


def _refuse_untrue(session: Session, record: ServiceRecord, assignment: Assignment) -> None:
    """Look at it beside all else of hers, and note what a person should look at."""
    span = Span(record.started_at, record.ended_at, record.break_minutes)
    plausible.refuse_untrue(session, record.volunteer_id, record.id, span, busy=span.minutes)
    day = local_day(assignment.starts_at)
    if record.kilometres:
        if assignment.mode != Mode.ON_SITE:
            raise plausible.NoTravel
        plausible.refuse_kilometres(
            session, record.sponsor_id, record.volunteer_id, assignment.role, day
        )
    record.doubts = plausible.doubts(session, record.volunteer_id, assignment.role, day)
    session.add(record)


def _take_slip(session: Session, actor: Actor, record: ServiceRecord, slip: Slip) -> None:
    """The slip is the institution's word; where the sponsor wants it, a second person looks."""
    place = service.detail_of(session, record).institution.name
    by = signatures.of_place(place, "Papier", slip.signed_by)
    if slips.waits_for_second(session, record):
        record.confirmed_minutes, record.confirmed_by = slip.minutes, by
        session.add(record)
        session.flush()
        return
    said = service.Statement(slip.minutes, by, actor.account_id, record.reason)
    service.take(session, record, said, agreed_minutes(record.reported_minutes, slip.minutes))


def correct(
    session: Session, actor: Actor, record: ServiceRecord, body: ServiceRecordUpdate
) -> None:
    """Change the times while nobody has said anything about them."""
    assignment = session.get_one(Assignment, record.assignment_id)
    kept = record.model_dump(include=set(ServiceRecordUpdate.model_fields))
    new = kept | {k: v for k, v in body.model_dump().items() if v is not None}
    span = Span(new["started_at"], new["ended_at"], new["break_minutes"])
    check_span(span, assignment)
    closing.refuse_closed(session, record.sponsor_id, local_day(assignment.starts_at))
    values = times_of(span) | {"kilometres": new["kilometres"]}
    if record.sponsor_id in actor.sponsor_ids and record.source != Source.PAPER:
        # Who changes it for her has reported it; who typed a slip stays the first of two.
        values["reported_by"] = actor.account_id
    service.change(session, record, RecordState.REPORTED, values)
    _refuse_untrue(session, record, assignment)
    audit.record(
        session, actor.account_id, "service_record.correct", record, minutes=record.minutes
    )
    session.flush()
