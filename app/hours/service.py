"""Service records: reported by the volunteer, confirmed by somebody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from allowance import agreed_minutes
from app import access, audit, books, freetext, links
from app.access import Actor
from app.clock import now
from app.errors import Invalid, StateForbids
from app.hours import (
    claimed,
    closing,
    details,
    mails,
    outcomes,
    plausible,
    signatures,
    slips,
    verdicts,
)
from app.hours.details import Detail
from app.hours.rules import InFuture, Span, check_waited
from app.hours.schemas import (
    Confirm,
    Dispute,
    Resolve,
)
from app.messages import telling
from app.requests import tasks
from app.tables import (
    HOURS_STAND,
    Assignment,
    ClaimLine,
    Event,
    LedgerEntry,
    LedgerKind,
    LinkPurpose,
    Outcome,
    RecordState,
    ServiceRecord,
    SignedLink,
    Source,
    Task,
    TaskState,
    Volunteer,
)
from app.volunteers import herself

LINK_LASTS = timedelta(days=21)
DISPUTED = "hours:disputed"
SILENT = "silent"
"""Code of the task where the institution does not answer: `silent:record`."""


class WrongState(StateForbids):
    """Somebody confirmed, disputed or resolved the record before."""

    slug, title = "record-state", "The record's state forbids this"
    de = "Das geht nicht mehr: der Nachweis ist schon {word}."
    en = "This is no longer possible: the record is {state} already."
    words: ClassVar[Mapping[str, str]] = {
        RecordState.REPORTED: "gemeldet",
        RecordState.CONFIRMED: "bestätigt",
        RecordState.DISPUTED: "bestritten",
        RecordState.RESOLVED: "geklärt",
    }


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
    source: Source | None = None
    """How it came in, where that is another way than the report's."""
    word: verdicts.Word = verdicts.NOTHING


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


def ask_institution(session: Session, record: ServiceRecord) -> str:
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


def change(
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


def _refuse_own(session: Session, actor: Actor, record: ServiceRecord) -> None:
    herself.refuse_own(session, actor.account_id, session.get_one(Volunteer, record.volunteer_id))


def _on_behalf(session: Session, actor: Actor, record: ServiceRecord) -> bool:
    """Whether the office speaks for the institution; never at once, nor who reported herself."""
    _refuse_own(session, actor, record)
    detail = detail_of(session, record)
    place = detail.institution
    on_behalf = place.id not in actor.institution_ids
    if on_behalf:
        closing.refuse_closed(session, record.sponsor_id, detail.day)
    if on_behalf and record.source == Source.PAPER:
        slips.refuse_first(session, actor, record)
        return on_behalf
    # Nobody can write to a place without an address: there is nothing to wait for.
    asked = on_behalf and bool(place.email)
    if asked or herself.are_one(session, record.reported_by, actor.account_id):
        check_waited(record, asked=asked)
    return on_behalf


def confirm(session: Session, actor: Actor, record: ServiceRecord, body: Confirm) -> None:
    """Up to 10 minutes apart the lower value counts; further apart a coordinator decides."""
    freetext.require_plain(body.reason)
    word = verdicts.of(body)
    on_behalf = _on_behalf(session, actor, record)
    if on_behalf and not body.reason:
        raise BehalfReasonMissing
    by = actor.name
    if on_behalf and record.source == Source.PAPER:
        slips.refuse_other(record, body.minutes)
        by = record.confirmed_by
    said = Statement(body.minutes, by, actor.account_id, body.reason, word=word)
    take(session, record, said, agreed_minutes(record.reported_minutes, body.minutes))


def dispute(session: Session, actor: Actor, record: ServiceRecord, body: Dispute) -> None:
    """The institution says that it was otherwise: a coordinator decides."""
    freetext.require_plain(body.reason)
    word = verdicts.of(body)
    _on_behalf(session, actor, record)
    said = Statement(body.minutes, actor.name, actor.account_id, body.reason, word=word)
    take(session, record, said, None)


def take(session: Session, record: ServiceRecord, said: Statement, counted: int | None) -> None:
    """Keep a statement; without agreed minutes somebody has to look."""
    state = RecordState.DISPUTED if counted is None else RecordState.CONFIRMED
    values = {
        "state": state,
        "minutes": record.minutes if counted is None else counted,
        "confirmed_minutes": said.minutes,
        "confirmed_by": said.by,
        "confirmed_at": now(),
        # Why the office reported late stays, where nothing else is said.
        "reason": said.reason or record.reason,
        "source": said.source or record.source,
        **said.word.columns,
    }
    change(session, record, RecordState.REPORTED, values)
    tasks.close_all(session, [record.id], SILENT)
    if said.word.is_poor:
        verdicts.ask_office(session, detail_of(session, record), said.word)
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
    closing.refuse_closed(session, record.sponsor_id, detail_of(session, record).day)
    _decide(session, record, RecordState.DISPUTED, body)
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


def _decide(session: Session, record: ServiceRecord, state: RecordState, body: Resolve) -> None:
    """Write what counts, once it can be true beside all else that she has reported meanwhile.

    More than lies between the times moves the end: what is paid is time that nobody else pays.
    """
    longest = record.started_at + timedelta(minutes=body.minutes + record.break_minutes)
    if longest > now():
        raise InFuture
    values = {
        "state": RecordState.RESOLVED,
        "minutes": body.minutes,
        "reason": body.reason,
        "ended_at": max(record.ended_at, longest),
        "outcome": body.outcome or record.outcome,
    }
    change(session, record, state, values)
    if body.outcome:
        booking = session.get_one(Assignment, record.assignment_id)
        outcomes.finish(session, booking, body.outcome)
    if body.minutes:
        span = Span(record.started_at, record.ended_at, record.break_minutes)
        busy = 0 if record.outcome == Outcome.CANCELLED_LATE else body.minutes
        plausible.refuse_untrue(session, record.volunteer_id, record.id, span, busy=busy)


def revise(session: Session, actor: Actor, record: ServiceRecord, body: Resolve) -> None:
    """Correct hours that count and are wrong; the books say both. What is claimed stays."""
    freetext.require_plain(body.reason)
    _refuse_own(session, actor, record)
    claimed.refuse_claimed(
        session, record.sponsor_id, col(ClaimLine.service_record_id) == record.id
    )
    closing.refuse_closed(session, record.sponsor_id, detail_of(session, record).day)
    state = RecordState(record.state)
    if state not in HOURS_STAND:
        raise WrongState(state)
    _decide(session, record, state, body)
    books.back(
        session,
        col(LedgerEntry.kind) == LedgerKind.WORK,
        col(LedgerEntry.subject_type) == "service_record",
        col(LedgerEntry.subject_id) == record.id,
    )
    books.work_of_records(session, col(ServiceRecord.id) == record.id)
    audit.record(
        session,
        actor.account_id,
        "service_record.revise",
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
    session: Session,
    link: SignedLink,
    minutes: int,
    *,
    agreed: bool,
    note: str = "",
    word: verdicts.Word = verdicts.NOTHING,
) -> ServiceRecord:
    """The holder of a link confirms, or disputes with a note; `WrongState` the second time."""
    detail = by_link(session, link, lock=True)
    record = detail.record
    counted = agreed_minutes(record.reported_minutes, minutes) if agreed else None
    by = signatures.of_place(detail.institution.name, "Link")
    take(session, record, Statement(minutes, by, reason=note, word=word), counted)
    links.mark_used(session, link)
    return record


def confirm_by_code(session: Session, record: ServiceRecord) -> Detail:
    """The institution's code stands for its word: what was reported is confirmed."""
    detail, minutes = detail_of(session, record), record.reported_minutes
    by = signatures.of_place(detail.institution.name, "Code")
    take(session, record, Statement(minutes, by, source=Source.CODE), minutes)
    return detail
