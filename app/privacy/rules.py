"""What is kept too long: for each kind of row, which are old and what becomes of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, or_
from sqlmodel import Session, col, delete, func, select, update

from app.clock import midnight, now
from app.errors import ApiError
from app.privacy import erasing
from app.privacy.classes import Kind
from app.privacy.kept import accounting_cutoff, days_ago
from app.settings import get_settings
from app.tables import (
    CLAIM_ENDED,
    Absence,
    Activity,
    Assignment,
    BusySpan,
    CapException,
    Claim,
    ClaimApproval,
    ClaimKind,
    ClaimState,
    ClosedMonth,
    Course,
    Enrolment,
    EnrolmentState,
    Erasure,
    ErasureState,
    ExtraTime,
    GrantNotice,
    ImportBatch,
    Lending,
    Message,
    MessageState,
    OfferedTime,
    Payment,
    Payrun,
    Plan,
    Proposal,
    Request,
    RequestOption,
    Row,
    Series,
    ServiceRecord,
    Sponsor,
    StatementPaper,
    Task,
    TaskState,
)

Where = Callable[[date], Sequence[ColumnElement[bool]]]
Work = Callable[[Session, Sequence[UUID]], Sequence[UUID]]
Cutoff = Callable[[Sponsor, date], date]


@dataclass(frozen=True)
class Rule:
    """One kind of row that is not kept for ever."""

    name: str
    kind: Kind
    table: type[Row]
    cutoff: Cutoff
    """The first day that is still kept, at a sponsor."""
    is_old: Where
    """Which rows are older than the cutoff, and still hold something."""
    work: Work
    """Empties or deletes the rows with these ids; which of them it was."""
    one_by_one: bool = False
    """Each row is much work: nobody waits for more than one."""


def _days(name: str) -> Cutoff:
    return lambda _sponsor, today: days_ago(getattr(get_settings(), name), today)


FREE_TEXT, MESSAGES = _days("free_text_days"), _days("message_days")
ACCOUNTS: Cutoff = accounting_cutoff


def _emptying(table: type[Row], **values: Any) -> Work:
    def work(session: Session, ids: Sequence[UUID]) -> Sequence[UUID]:
        session.exec(update(table).where(col(table.id).in_(ids)).values(**values))
        return ids

    return work


def _deleting(table: type[Row]) -> Work:
    def work(session: Session, ids: Sequence[UUID]) -> Sequence[UUID]:
        session.exec(delete(table).where(col(table.id).in_(ids)))
        return ids

    return work


def _any(table: Any, *names: str) -> ColumnElement[bool]:
    """Something stands in one of these columns."""
    return or_(*(col(getattr(table, name)) != "" for name in names))


REQUEST_TEXTS = (
    "topic", "note", "urgency_reason", "end_reason", "room", "contact_name", "contact_phone",
)  # fmt: skip
TEMPLATE_TEXTS = ("note", "urgency_reason", "room", "contact_name", "contact_phone")
TOLD = (MessageState.SENT, MessageState.DEAD, MessageState.DROPPED)
MESSAGE_TEXTS = ("recipient", "subject", "body", "short", "calendar")


def _old_requests(cutoff: date) -> Sequence[ColumnElement[bool]]:
    later = select(RequestOption.request_id).where(col(RequestOption.day) >= cutoff)
    young = col(Request.created_at) >= midnight(cutoff)
    return ~young, col(Request.id).not_in(later), _any(Request, *REQUEST_TEXTS)


def _old_series(cutoff: date) -> Sequence[ColumnElement[bool]]:
    words = cast(col(Series.template), Text)
    said = [words.contains(f'"{name}"', autoescape=True) for name in TEMPLATE_TEXTS]
    return col(Series.last_day) < cutoff, or_(*said)


def _bare_series(session: Session, ids: Sequence[UUID]) -> Sequence[UUID]:
    for series in session.exec(select(Series).where(col(Series.id).in_(ids))).all():
        left = {k: v for k, v in series.template.items() if k not in TEMPLATE_TEXTS}
        series.template = left | {"topic": ""}
        session.add(series)
    session.flush()
    return ids


def _old_tasks(cutoff: date) -> Sequence[ColumnElement[bool]]:
    said = cast(col(Task.params), Text) != "{}"
    answered = func.coalesce(cast(col(Task.answer), Text), "null") != "null"
    ended = col(Task.state) == TaskState.RESOLVED
    return ended, col(Task.updated_at) < midnight(cutoff), or_(said, answered)


def _old_claims(cutoff: date) -> Sequence[ColumnElement[bool]]:
    refused = (col(Claim.kind) == ClaimKind.COUNTER) & (col(Claim.state) == ClaimState.RETURNED)
    ended = or_(col(Claim.state).in_(CLAIM_ENDED), refused)
    return ended, col(Claim.updated_at) < midnight(cutoff), _any(Claim, "return_reason")


def _old_messages(cutoff: date) -> Sequence[ColumnElement[bool]]:
    ended = col(Message.state).in_(TOLD)
    return ended, col(Message.updated_at) < midnight(cutoff), _any(Message, *MESSAGE_TEXTS)


def _old_imports(cutoff: date) -> Sequence[ColumnElement[bool]]:
    outcome, sources = (cast(col(c), Text) for c in (ImportBatch.outcome, ImportBatch.sources))
    return col(ImportBatch.finished_at) < midnight(cutoff), or_(outcome != "{}", sources != "[]")


def _old_proposals(cutoff: date) -> Sequence[ColumnElement[bool]]:
    plans = select(Plan.id).where(col(Plan.last_day) < cutoff)
    return (col(Proposal.plan_id).in_(plans),)


def _left(cutoff: date) -> Sequence[ColumnElement[bool]]:
    erased = select(Erasure.volunteer_id).where(
        col(Erasure.sponsor_id) == col(Enrolment.sponsor_id),
        col(Erasure.created_at) >= col(Enrolment.updated_at),
    )
    ended = col(Enrolment.state) == EnrolmentState.ENDED
    old = col(Enrolment.updated_at) < midnight(cutoff)
    # Who was erased is so for good, unless she came back and left again.
    gone = col(Enrolment.volunteer_id).in_(erased.correlate(Enrolment))
    return ended, old, ~gone, ~_is_owed()


def _is_owed() -> ColumnElement[bool]:
    """Whether a claim of hers still waits for its money: only she herself may waive it."""
    query = select(Claim.id).where(
        col(Claim.sponsor_id) == col(Enrolment.sponsor_id),
        col(Claim.volunteer_id) == col(Enrolment.volunteer_id),
        *erasing.UNPAID,
    )
    return query.correlate(Enrolment).exists()


def _erase(session: Session, ids: Sequence[UUID]) -> Sequence[UUID]:
    """Erase who has left long ago; whom somebody still counts on stays for now.

    Hours for which nobody made a claim within that time are waived: many pools pay nothing.
    """
    done = []
    for enrolment in session.exec(select(Enrolment).where(col(Enrolment.id).in_(ids))).all():
        try:
            with session.begin_nested():
                erasing.erase(
                    session,
                    enrolment.volunteer_id,
                    at=frozenset({enrolment.sponsor_id}),
                    asked_by=None,
                    reason="",
                    without_pay=True,
                )
        except ApiError:
            continue
        done.append(enrolment.id)
    return done


def _old_payees(cutoff: date) -> Sequence[ColumnElement[bool]]:
    return col(Claim.month) < cutoff, _any(Claim, "payee_name", "payee_iban")


def _held(cutoff: date) -> Sequence[ColumnElement[bool]]:
    return col(Erasure.state) == ErasureState.HELD, col(Erasure.held_until) < cutoff


def _finish(session: Session, ids: Sequence[UUID]) -> Sequence[UUID]:
    """Call done what the accounts hold no more; where they are kept longer now, until then."""
    done = []
    for one in session.exec(select(Erasure).where(col(Erasure.id).in_(ids))).all():
        longer = erasing.held_until(session, one.sponsor_id, one.volunteer_id)
        if longer is None:
            one.state, one.done_at = ErasureState.DONE, now()
            done.append(one.id)
        else:
            one.held_until = longer
        session.add(one)
    return done


def _emptied(
    name: str,
    table: type[Row],
    since: Any,
    *columns: str,
    kind: Kind = Kind.FREE_TEXT,
    cutoff: Cutoff = FREE_TEXT,
) -> Rule:
    """Columns of text that are empty once `since` is long ago."""

    def is_old(day: date) -> Sequence[ColumnElement[bool]]:
        return col(since) < midnight(day), _any(table, *columns)

    work = _emptying(table, **dict.fromkeys(columns, ""))
    return Rule(name, kind, table, cutoff, is_old, work)


RULES: tuple[Rule, ...] = (
    Rule(
        "request_texts", Kind.FREE_TEXT, Request, FREE_TEXT, _old_requests,
        _emptying(Request, **dict.fromkeys(REQUEST_TEXTS, "")),
    ),
    Rule("series_texts", Kind.FREE_TEXT, Series, FREE_TEXT, _old_series, _bare_series),
    _emptied("record_reasons", ServiceRecord, ServiceRecord.ended_at, "reason", "feedback_note"),
    _emptied("activity_reasons", Activity, Activity.ended_at, "reason"),
    _emptied("month_reasons", ClosedMonth, ClosedMonth.updated_at, "reason"),
    _emptied("course_reasons", Course, Course.updated_at, "reason"),
    _emptied("notice_reasons", GrantNotice, GrantNotice.updated_at, "change_reason"),
    _emptied("exception_reasons", CapException, CapException.updated_at, "reason"),
    _emptied("cancel_reasons", Assignment, Assignment.ends_at, "cancel_reason"),
    Rule(
        "return_reasons", Kind.FREE_TEXT, Claim, FREE_TEXT, _old_claims,
        _emptying(Claim, return_reason=""),
    ),
    _emptied("approval_reasons", ClaimApproval, ClaimApproval.updated_at, "reason"),
    _emptied("payrun_reasons", Payrun, Payrun.updated_at, "reason"),
    _emptied("lending_reasons", Lending, Lending.updated_at, "reason"),
    _emptied("erasure_reasons", Erasure, Erasure.updated_at, "reason"),
    Rule(
        "answered_tasks", Kind.FREE_TEXT, Task, FREE_TEXT, _old_tasks,
        _emptying(Task, params={}, answer=None),
    ),
    Rule(
        "absences", Kind.TIME, Absence, FREE_TEXT,
        lambda cut: (col(Absence.last_day) < cut,), _deleting(Absence),
    ),
    Rule(
        "extra_times", Kind.TIME, ExtraTime, FREE_TEXT,
        lambda cut: (col(ExtraTime.day) < cut,), _deleting(ExtraTime),
    ),
    Rule(
        "offered_times", Kind.TIME, OfferedTime, FREE_TEXT,
        lambda cut: (col(OfferedTime.ends_at) < midnight(cut),), _deleting(OfferedTime),
    ),
    Rule(
        "busy_spans", Kind.TIME, BusySpan, FREE_TEXT,
        lambda cut: (col(BusySpan.ends_at) < midnight(cut),), _deleting(BusySpan),
    ),
    Rule(
        "messages", Kind.MESSAGE, Message, MESSAGES, _old_messages,
        _emptying(Message, **dict.fromkeys(MESSAGE_TEXTS, "")),
    ),
    Rule(
        "papers", Kind.MESSAGE, StatementPaper, MESSAGES,
        lambda cut: (col(StatementPaper.created_at) < midnight(cut),), _deleting(StatementPaper),
    ),
    Rule(
        "imports", Kind.IMPORT, ImportBatch, _days("import_days"), _old_imports,
        _emptying(ImportBatch, outcome={}, sources=[]),
    ),
    Rule(
        "proposals", Kind.WORK, Proposal, _days("proposal_days"), _old_proposals,
        _deleting(Proposal),
    ),
    Rule("left", Kind.IDENTITY, Enrolment, _days("ended_days"), _left, _erase, one_by_one=True),
    Rule(
        "payees", Kind.ACCOUNTING, Claim, ACCOUNTS, _old_payees,
        _emptying(Claim, payee_name="", payee_iban=""),
    ),
    _emptied(
        "transfers", Payment, Payment.created_at, "payee_name", "payee_iban",
        kind=Kind.ACCOUNTING, cutoff=ACCOUNTS,
    ),
    _emptied(
        "signers", ServiceRecord, ServiceRecord.ended_at, "confirmed_by",
        kind=Kind.ACCOUNTING, cutoff=ACCOUNTS,
    ),
    _emptied(
        "treasurers", ClaimApproval, ClaimApproval.created_at, "treasurer_name", "treasurer_email",
        kind=Kind.ACCOUNTING, cutoff=ACCOUNTS,
    ),
    Rule("held_erasures", Kind.ACCOUNTING, Erasure, lambda _, today: today, _held, _finish),
)  # fmt: skip
"""In this order: what belongs to an erasure is gone before it is called done."""
