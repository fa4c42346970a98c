"""Answers to open questions, applied to what they are about."""

from collections.abc import Callable
from uuid import UUID

from sqlmodel import Session, and_, col, func, or_, select, update

from app import audit
from app.access import Actor
from app.clock import now
from app.errors import Conflict, Invalid
from app.requests import ending, tasks
from app.requests.schemas import TaskAnswer
from app.tables import (
    ClearanceKind,
    LanguageSkill,
    Request,
    RequestState,
    Seat,
    Series,
    Task,
    TaskState,
    Volunteer,
)
from app.volunteers import service as volunteers
from app.volunteers.schemas import ClearanceWrite


class AlreadyAnswered(Conflict):
    """Somebody answered this question already."""

    slug, title = "task-resolved", "Answered already"
    de = "Diese Frage ist schon beantwortet."
    en = "This question is answered already."


class AnswerMissing(Invalid):
    """The answer lacks the member this question needs."""

    de = "Bitte {member} angeben."
    en = "Please give {member}."


class DecidedElsewhere(Conflict):
    """Disputed hours are decided at the record, which then closes the question."""

    slug, title = "decided-elsewhere", "Decided elsewhere"
    de = "Bitte am Einsatznachweis entscheiden: /service-records/…/resolve."
    en = "Please decide at the service record: /service-records/…/resolve."


class TooLong(Invalid):
    """The new text does not fit."""

    de = "Bitte auf höchstens {limit} Zeichen kürzen."
    en = "Please shorten it to at most {limit} characters."


def _in_series(session: Session, request_id: UUID) -> Series | None:
    """The series whose dates all ask for the same as this request."""
    return session.exec(
        select(Series)
        .join(Request, col(Request.series_id) == col(Series.id))
        .where(col(Request.id) == request_id, col(Request.series_exception).is_(False))
    ).one_or_none()


def _mend_language(session: Session, request_id: UUID, written: str, tag: str) -> None:
    """Later dates of the series ask for the language that was meant."""
    series = _in_series(session, request_id)
    if series is None:
        return
    seats = [dict(seat) for seat in series.template.get("seats", [])]
    for seat in seats:
        if seat.get("language", "") == written:
            seat["language"] = tag
    series.template = series.template | {"seats": seats}
    session.add(series)


def _language(session: Session, task: Task, answer: TaskAnswer) -> None:
    if not answer.language:
        raise AnswerMissing(member="language")
    tag = volunteers.checked_language(answer.language)
    if task.subject_type == "request":
        session.exec(
            update(Seat)
            .where(
                col(Seat.request_id) == task.subject_id,
                col(Seat.language).is_(None),
                col(Seat.language_written) == task.code.partition(":")[2],
            )
            .values(language=tag, updated_at=now())
        )
        _mend_language(session, task.subject_id, task.code.partition(":")[2], tag)
        return
    known = session.exec(
        select(LanguageSkill).where(
            col(LanguageSkill.volunteer_id) == task.subject_id, col(LanguageSkill.language) == tag
        )
    ).one_or_none()
    if known is None:
        level = task.params.get("level") or None
        session.add(LanguageSkill(volunteer_id=task.subject_id, language=tag, level=level))


def _gender(session: Session, task: Task, answer: TaskAnswer) -> None:
    if not answer.gender:
        raise AnswerMissing(member="gender")
    wish = None if answer.gender == "any" else answer.gender
    session.exec(
        update(Seat)
        .where(col(Seat.request_id) == task.subject_id)
        .values(gender=wish, gender_hard=wish is not None, updated_at=now())
    )


def _policy(session: Session, task: Task, answer: TaskAnswer) -> None:
    if not answer.decision:
        raise AnswerMissing(member="decision")
    if not answer.reason:
        raise AnswerMissing(member="reason")
    if answer.decision == "reject":
        request = session.get_one(Request, task.subject_id)
        ending.reject(session, request, answer.reason)


def _note(session: Session, task: Task, answer: TaskAnswer) -> None:
    if answer.note is None:
        raise AnswerMissing(member="note")
    subject: Request | Volunteer | None
    if task.subject_type == "request":
        subject = session.get_one(Request, task.subject_id)
    else:
        subject = session.get_one(Volunteer, task.subject_id)
    name = task.code.partition(":")[2]
    limit = tasks.FREE_TEXTS.get(name, 300)
    if len(answer.note) > limit:
        raise TooLong(limit=limit)
    member = name if name in tasks.FREE_TEXTS else "note"
    setattr(subject, member, answer.note)
    session.add(subject)
    if isinstance(subject, Request) and (series := _in_series(session, subject.id)):
        series.template = series.template | {member: answer.note}
        session.add(series)


def _paper(session: Session, task: Task, answer: TaskAnswer) -> None:
    if not answer.seen_on or not answer.issued_on:
        raise AnswerMissing(member="issued_on, seen_on")
    paper = ClearanceWrite(
        kind=ClearanceKind.CONDUCT, issued_on=answer.issued_on, seen_on=answer.seen_on
    )
    volunteers.add_clearance(session, session.get_one(Volunteer, task.subject_id), paper)


def _acknowledge(_session: Session, _task: Task, answer: TaskAnswer) -> None:
    if not answer.reason:
        raise AnswerMissing(member="reason")


def _done(_session: Session, _task: Task, _answer: TaskAnswer) -> None:
    """Somebody has seen to it: nothing more has to be said."""


def _elsewhere(_session: Session, _task: Task, _answer: TaskAnswer) -> None:
    raise DecidedElsewhere


APPLY: dict[str, Callable[[Session, Task, TaskAnswer], None]] = {
    "language": _language,
    "gender": _gender,
    "policy": _policy,
    "personal_data": _note,
    "paper": _paper,
    "hours": _elsewhere,
    "call": _done,
    "unconfirmed": _done,
    "unfilled": _done,
    "one_missing": _done,
    "unsought": _done,
    "paper_ends": _done,
    "standby_missing": _done,
    "silent": _done,
    "debrief": _done,
    tasks.OTHER_TIME: _done,
    tasks.CALL: _done,
    "feedback": _done,
}


def resolve(session: Session, actor: Actor, task: Task, answer: TaskAnswer) -> None:
    """Apply an answer; a request without further questions becomes open.

    The same question about the other dates of a series, or shifts of a parents' day, is answered
    with it.
    """
    others: list[Task] = []
    if task.subject_type == "request":
        _lock_series(session, task.subject_id)
        others = _alike(session, task)
    _answer(session, actor, task, answer)
    for other in others:
        _answer(session, actor, other, answer)
    session.refresh(task)


def _lock_series(session: Session, request_id: UUID) -> None:
    """A series before its dates, as who changes it does: its template is mended by an answer."""
    of_request = select(Request.series_id).where(col(Request.id) == request_id).scalar_subquery()
    session.exec(
        select(Series)
        .where(col(Series.id) == of_request)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _alike(session: Session, task: Task) -> list[Task]:
    """Lock what the question is about, and find it again at what was asked for together."""
    of_own = select(Request.series_id).where(col(Request.id) == task.subject_id)
    on_own = select(Request.parents_day_id).where(col(Request.id) == task.subject_id)
    of_series = and_(
        col(Request.series_id) == of_own.scalar_subquery(),
        col(Request.series_exception).is_(False),
    )
    alike = (
        select(Task)
        .join(Request, col(Request.id) == col(Task.subject_id))
        .where(
            or_(of_series, col(Request.parents_day_id) == on_own.scalar_subquery()),
            col(Task.state) == TaskState.OPEN,
            col(Task.code) == task.code,
        )
        .order_by(col(Task.id))
    )
    found = session.exec(alike).all()
    together = [one for one in found if one.id != task.id] if task in found else []
    for request_id in sorted([task.subject_id, *(one.subject_id for one in together)]):
        ending.lock(session, request_id)
    return together


def _answer(session: Session, actor: Actor, task: Task, answer: TaskAnswer) -> None:
    done = session.exec(
        update(Task)
        .where(col(Task.id) == task.id, col(Task.state) == TaskState.OPEN)
        .values(
            state=TaskState.RESOLVED,
            answer=answer.model_dump(mode="json", exclude_none=True, exclude={"note"}),
            resolved_by=actor.account_id,
            resolved_at=now(),
            updated_at=now(),
        )
    )
    if done.rowcount != 1:
        raise AlreadyAnswered
    APPLY.get(task.code.partition(":")[0], _acknowledge)(session, task, answer)
    session.flush()
    if task.subject_type == "request":
        _open_when_clear(session, task.subject_id)
    audit.record(session, actor.account_id, "task.resolve", task, code=task.code)
    session.flush()


def _open_when_clear(session: Session, request_id: UUID) -> None:
    left = session.exec(
        select(func.count())
        .select_from(Task)
        .where(col(Task.subject_id) == request_id, col(Task.state) == TaskState.OPEN)
    ).one()
    if left == 0:
        session.exec(
            update(Request)
            .where(col(Request.id) == request_id, col(Request.state) == RequestState.NEEDS_INFO)
            .values(state=RequestState.OPEN, updated_at=now())
        )
