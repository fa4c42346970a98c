"""Open questions: asked once, answered by a person, applied to what they are about."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select, update
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit
from app.access import Actor
from app.clock import now
from app.errors import Conflict, Invalid
from app.requests import ending
from app.requests.schemas import TaskAnswer, TaskRead
from app.tables import (
    ClearanceKind,
    LanguageSkill,
    Request,
    RequestState,
    Seat,
    SponsorRow,
    Task,
    TaskState,
    Volunteer,
)
from app.volunteers import service as volunteers
from app.volunteers.schemas import ClearanceWrite

QUESTIONS = {
    "language": "Welche Sprache ist mit „{written}“ gemeint? Möglich: {candidates}",
    "policy": "{kind}: nach den Regeln nicht erlaubt. Trotzdem zulassen oder ablehnen?",
    "gender": "Die Angaben zu Frau/Mann widersprechen sich. Was gilt?",
    "personal_data": "Der Text sieht nach Name, Geburtsdatum oder Telefon aus. Bitte kürzen.",
    "paper": "Das Führungszeugnis wurde gesehen, bevor es ausgestellt war. Bitte Daten prüfen.",
    "hours": "Gemeldet {reported} Minuten, bestätigt {confirmed} Minuten. Was gilt?",
    "column": "Die Angabe „{value}“ in der Spalte „{heading}“ ist nicht lesbar. Was gilt?",
}


FREE_TEXTS = {"topic": 120, "note": 300, "urgency_reason": 300}
"""Members of a request in which people write freely, and how long they may be."""


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


def question(code: str, params: dict[str, Any]) -> str:
    """The question as a sentence."""
    kind, _, rest = code.partition(":")
    words: dict[str, Any] = defaultdict(str, {"heading": rest, "written": rest, **params})
    return QUESTIONS.get(kind, "Bitte ansehen: " + code).format_map(words)


def ask(session: Session, subject: SponsorRow, code: str, params: dict[str, Any]) -> None:
    """Ask a question about a request."""
    ask_about(session, subject.sponsor_id, str(subject.__tablename__), subject.id, code, params)


def ask_about(
    session: Session,
    sponsor_id: UUID,
    subject_type: str,
    subject_id: UUID,
    code: str,
    params: dict[str, Any],
) -> None:
    """Ask a question once, however often the same list is read."""
    known = session.exec(
        select(Task.id).where(col(Task.subject_id) == subject_id, col(Task.code) == code)
    ).first()
    if known is None:
        session.add(
            Task(
                sponsor_id=sponsor_id,
                code=code[:160],
                params=params,
                subject_type=subject_type,
                subject_id=subject_id,
            )
        )
        session.flush()


def open_codes(session: Session, subject_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The codes of open questions by subject."""
    found: dict[UUID, list[str]] = defaultdict(list)
    query = select(Task.subject_id, Task.code).where(
        col(Task.subject_id).in_(subject_ids), col(Task.state) == TaskState.OPEN
    )
    for subject_id, code in session.exec(query.order_by(col(Task.id))).all():
        found[subject_id].append(code)
    return found


def read(task: Task) -> TaskRead:
    """A question with its sentence."""
    return TaskRead(**task.model_dump(), question=question(task.code, task.params))


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
    limit = FREE_TEXTS.get(name, 300)
    if len(answer.note) > limit:
        raise TooLong(limit=limit)
    setattr(subject, name if name in FREE_TEXTS else "note", answer.note)
    session.add(subject)


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


def _elsewhere(_session: Session, _task: Task, _answer: TaskAnswer) -> None:
    raise DecidedElsewhere


APPLY: dict[str, Callable[[Session, Task, TaskAnswer], None]] = {
    "language": _language,
    "gender": _gender,
    "policy": _policy,
    "personal_data": _note,
    "paper": _paper,
    "hours": _elsewhere,
}


def resolve(session: Session, actor: Actor, task: Task, answer: TaskAnswer) -> None:
    """Apply an answer; a request without further questions becomes open."""
    if task.subject_type == "request":
        ending.lock(session, task.subject_id)
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
    session.refresh(task)


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


def visible(actor: Actor, state: TaskState | None) -> SelectOfScalar[Task]:
    """The questions at the actor's sponsors."""
    query = access.visible_tasks(actor)
    return query.where(col(Task.state) == state) if state else query
