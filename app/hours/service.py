"""Service records: reported by the volunteer, confirmed by somebody else."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from allowance import agreed_minutes
from app import access, audit, books, db, freetext, links
from app.access import Actor
from app.clock import now
from app.errors import Conflict, Invalid
from app.hours import details, mails
from app.hours.details import Detail
from app.hours.rules import Span, check_asked_long_enough, check_deadline, check_span
from app.hours.schemas import (
    Confirm,
    Dispute,
    Resolve,
    ServiceRecordCreate,
    ServiceRecordUpdate,
)
from app.messages import telling
from app.offers import booking
from app.requests import service as requests
from app.requests import tasks
from app.tables import (
    Assignment,
    AssignmentState,
    Event,
    LinkPurpose,
    Outcome,
    PayRule,
    RecordState,
    Seat,
    SeatState,
    ServiceRecord,
    SignedLink,
    Task,
    TaskState,
    Volunteer,
)
from app.volunteers import herself

LINK_LASTS = timedelta(days=21)
DISPUTED = "hours:disputed"


class AlreadyReported(Conflict):
    """There is one record per assignment."""

    slug, title = "already-reported", "Reported already"
    de = "Für diesen Einsatz sind die Stunden schon eingetragen."
    en = "The hours of this assignment are reported already."


class NotBooked(Conflict):
    """The assignment was cancelled, so nothing can have happened."""

    slug, title = "assignment-not-booked", "Not booked"
    de = "Dieser Einsatz ist nicht mehr gebucht. Bitte bei der Koordination melden."
    en = "This assignment is no longer booked. Please contact the coordination office."


class RecordsOverlap(Conflict):
    """The volunteer has another record for part of this time."""

    slug, title = "records-overlap", "Records overlap"
    de = "Diese Zeit überschneidet sich mit einem anderen Einsatz. Bitte die Zeiten prüfen."
    en = "This time overlaps with another assignment. Please check the times."


class WrongState(Conflict):
    """Somebody confirmed, disputed or resolved the record before."""

    slug, title = "record-state", "The record's state forbids this"
    de = "Das geht nicht mehr: der Nachweis ist schon {word}."
    en = "This is no longer possible: the record is {state} already."
    words: ClassVar[dict[RecordState, str]] = {
        RecordState.REPORTED: "gemeldet",
        RecordState.CONFIRMED: "bestätigt",
        RecordState.DISPUTED: "bestritten",
        RecordState.RESOLVED: "geklärt",
    }

    def __init__(self, state: str) -> None:
        super().__init__(state=state, word=self.words[RecordState(state)])


class BehalfReasonMissing(Invalid):
    """A coordinator confirms for the institution without saying why."""

    de = "Bitte einen Grund angeben: Sie bestätigen anstelle der Einrichtung."
    en = "Please give a reason: you confirm in place of the institution."


@dataclass(frozen=True)
class Statement:
    """What somebody other than the volunteer says about a record."""

    minutes: int
    by: str
    account_id: UUID | None = None
    reason: str = ""


def detail_of(session: Session, record: ServiceRecord) -> Detail:
    """One record with what it is about."""
    return details.load(session, [record])[0]


def filtered(
    actor: Actor, *, state: RecordState | None, volunteer_id: UUID | None
) -> SelectOfScalar[ServiceRecord]:
    """The visible records by state and volunteer."""
    query = access.visible_records(actor)
    if state:
        query = query.where(col(ServiceRecord.state) == state)
    if volunteer_id:
        query = query.where(col(ServiceRecord.volunteer_id) == volunteer_id)
    return query


def create(
    session: Session, actor: Actor, body: ServiceRecordCreate
) -> tuple[ServiceRecord, str | None]:
    """Report an assignment; the address to confirm it is returned for coordinators only."""
    visible = access.visible_assignments(actor)
    assignment = access.load(session, visible, Assignment, body.assignment_id)
    span = Span(body.started_at, body.ended_at, body.break_minutes)
    check_span(span, assignment)
    check_deadline(assignment)
    booking.lock(session, assignment.seat_id, assignment.volunteer_id)
    record = _insert(session, actor, assignment, span, body.outcome)
    seat = _finish_seat(session, assignment)
    _refuse_overlap(session, record)
    _finish_assignment(session, assignment, body.outcome)
    requests.settle_state(session, seat.request_id)
    url = _ask_institution(session, record)
    audit.record(session, actor.account_id, "service_record.report", record, minutes=record.minutes)
    session.flush()
    for_office = record.sponsor_id in actor.sponsor_ids and not _is_own(session, actor, record)
    return record, url if for_office else None


def _insert(
    session: Session, actor: Actor, assignment: Assignment, span: Span, outcome: Outcome
) -> ServiceRecord:
    record = ServiceRecord(
        sponsor_id=assignment.sponsor_id,
        assignment_id=assignment.id,
        volunteer_id=assignment.volunteer_id,
        started_at=span.start,
        ended_at=span.end,
        break_minutes=span.break_minutes,
        minutes=span.minutes,
        reported_minutes=span.minutes,
        outcome=outcome,
        reported_by=actor.account_id,
    )
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
        raise NotBooked
    return session.get_one(Seat, assignment.seat_id)


def _finish_assignment(session: Session, assignment: Assignment, outcome: Outcome) -> None:
    """What she says in her record counts, also when something else was said before."""
    no_show = outcome == Outcome.CLIENT_NO_SHOW
    done = session.exec(
        update(Assignment)
        .where(
            col(Assignment.id) == assignment.id,
            col(Assignment.state).in_([AssignmentState.BOOKED, AssignmentState.CLIENT_NO_SHOW]),
        )
        .values(
            state=AssignmentState.CLIENT_NO_SHOW if no_show else AssignmentState.PERFORMED,
            pay_rule=PayRule.CLIENT_NO_SHOW if no_show else PayRule.NONE,
            updated_at=now(),
        )
    )
    if done.rowcount != 1:
        raise NotBooked


def _refuse_overlap(session: Session, record: ServiceRecord) -> None:
    """No time is reported twice, not even to two sponsors; her row is the lock."""
    with db.as_system(session):
        session.exec(
            select(Volunteer.id)
            .where(col(Volunteer.id) == record.volunteer_id)
            .with_for_update(key_share=True)
        ).one()
        other = session.exec(
            select(ServiceRecord.id).where(
                col(ServiceRecord.volunteer_id) == record.volunteer_id,
                col(ServiceRecord.id) != record.id,
                col(ServiceRecord.started_at) < record.ended_at,
                col(ServiceRecord.ended_at) > record.started_at,
            )
        ).first()
    if other is not None:
        raise RecordsOverlap


def _ask_institution(session: Session, record: ServiceRecord) -> str:
    detail = detail_of(session, record)
    url = links.make(session, LinkPurpose.CONFIRM_RECORD, record, now() + LINK_LASTS)
    telling.tell(
        session,
        record.sponsor_id,
        telling.institution(detail.institution),
        Event.CONFIRM_RECORD,
        mails.ask_to_confirm(detail, url),
        subject_id=record.id,
    )
    return url


def correct(
    session: Session, actor: Actor, record: ServiceRecord, body: ServiceRecordUpdate
) -> None:
    """Change the times while nobody has said anything about them."""
    changes = {k: v for k, v in body.model_dump().items() if v is not None}
    before = {"started_at": record.started_at, "ended_at": record.ended_at}
    new = {**before, "break_minutes": record.break_minutes, **changes}
    span = Span(new["started_at"], new["ended_at"], new["break_minutes"])
    check_span(span, session.get_one(Assignment, record.assignment_id))
    minutes = {"minutes": span.minutes, "reported_minutes": span.minutes}
    _change(session, record, RecordState.REPORTED, {**new, **minutes})
    _refuse_overlap(session, record)
    audit.record(
        session, actor.account_id, "service_record.correct", record, minutes=record.minutes
    )
    session.flush()


def _change(
    session: Session, record: ServiceRecord, state: RecordState, values: dict[str, Any]
) -> None:
    """Write `values` if the record still is what was read."""
    done = session.exec(
        update(ServiceRecord)
        .where(
            col(ServiceRecord.id) == record.id,
            col(ServiceRecord.state) == state,
            col(ServiceRecord.reported_minutes) == record.reported_minutes,
        )
        .values(**values, updated_at=now())
    )
    session.refresh(record)
    if done.rowcount != 1:
        raise WrongState(record.state)


def _is_own(session: Session, actor: Actor, record: ServiceRecord) -> bool:
    volunteer = session.get_one(Volunteer, record.volunteer_id)
    return herself.is_herself(session, actor.account_id, volunteer)


def _refuse_own(session: Session, actor: Actor, record: ServiceRecord) -> None:
    herself.refuse_own(session, actor.account_id, session.get_one(Volunteer, record.volunteer_id))


def _on_behalf(session: Session, actor: Actor, record: ServiceRecord) -> bool:
    """Whether the office speaks for the institution; never at once, nor who reported herself."""
    _refuse_own(session, actor, record)
    on_behalf = detail_of(session, record).institution.id not in actor.institution_ids
    if on_behalf or record.reported_by == actor.account_id:
        check_asked_long_enough(record)
    return on_behalf


def confirm(session: Session, actor: Actor, record: ServiceRecord, body: Confirm) -> None:
    """Up to 10 minutes apart the lower value counts; further apart a coordinator decides."""
    freetext.require_plain(body.reason)
    if _on_behalf(session, actor, record) and not body.reason:
        raise BehalfReasonMissing
    said = Statement(body.minutes, actor.name, actor.account_id, body.reason)
    _take(session, record, said, agreed_minutes(record.reported_minutes, body.minutes))


def dispute(session: Session, actor: Actor, record: ServiceRecord, body: Dispute) -> None:
    """The institution says that it was otherwise: a coordinator decides."""
    freetext.require_plain(body.reason)
    _on_behalf(session, actor, record)
    said = Statement(body.minutes, actor.name, actor.account_id, body.reason)
    _take(session, record, said, None)


def _take(session: Session, record: ServiceRecord, said: Statement, counted: int | None) -> None:
    """Keep a statement; without agreed minutes somebody has to look."""
    state = RecordState.DISPUTED if counted is None else RecordState.CONFIRMED
    values = {
        "state": state,
        "minutes": record.minutes if counted is None else counted,
        "confirmed_minutes": said.minutes,
        "confirmed_by": said.by,
        "confirmed_at": now(),
        "reason": said.reason,
    }
    _change(session, record, RecordState.REPORTED, values)
    if counted is not None:
        books.work_of_records(session, col(ServiceRecord.id) == record.id)
    else:
        params = {
            "reported": record.reported_minutes,
            "confirmed": said.minutes,
            "reason": said.reason,
        }
        tasks.ask_about(session, record.sponsor_id, "service_record", record.id, DISPUTED, params)
    audit.record(
        session,
        said.account_id,
        f"service_record.{state}",
        record,
        reason=audit.stated(said.reason),
        minutes=said.minutes,
    )
    session.flush()


def resolve(session: Session, actor: Actor, record: ServiceRecord, body: Resolve) -> None:
    """The coordinator decides what counts, and the question is answered."""
    freetext.require_plain(body.reason)
    _refuse_own(session, actor, record)
    values = {
        "state": RecordState.RESOLVED,
        "minutes": body.minutes,
        "reason": body.reason,
    }
    _change(session, record, RecordState.DISPUTED, values)
    books.work_of_records(session, col(ServiceRecord.id) == record.id)
    session.exec(
        update(Task)
        .where(
            col(Task.subject_id) == record.id,
            col(Task.code) == DISPUTED,
            col(Task.state) == TaskState.OPEN,
        )
        .values(
            state=TaskState.RESOLVED,
            answer=body.model_dump(),
            resolved_by=actor.account_id,
            resolved_at=now(),
            updated_at=now(),
        )
    )
    audit.record(
        session,
        actor.account_id,
        "service_record.resolved",
        record,
        reason=audit.stated(body.reason),
        minutes=body.minutes,
    )
    session.flush()


def by_link(session: Session, link: SignedLink, *, lock: bool = False) -> Detail:
    """The record behind a link."""
    query = select(ServiceRecord).where(col(ServiceRecord.id) == link.subject_id)
    if lock:
        query = query.with_for_update(key_share=True)
    return detail_of(session, session.exec(query).one())


def confirm_by_link(
    session: Session, link: SignedLink, minutes: int, *, agreed: bool, note: str = ""
) -> ServiceRecord:
    """The holder of a link confirms, or disputes with a note; `WrongState` the second time."""
    detail = by_link(session, link, lock=True)
    record = detail.record
    counted = agreed_minutes(record.reported_minutes, minutes) if agreed else None
    by = f"{detail.institution.name[:180]} (Link)"
    _take(session, record, Statement(minutes, by, reason=note), counted)
    links.mark_used(session, link)
    return record
