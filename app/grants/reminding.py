"""A deadline comes near: a task for the office and a mail to the lead, once each."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid5

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, jobs
from app.clock import now, today
from app.grants import deadlines, mails, sentences
from app.grants.deadlines import Due
from app.messages import telling
from app.requests import tasks
from app.tables import Account, Event, GrantNotice, Membership, Role, Task
from app.writing import INSERTS

STAGES = (30, 7)
"""So many days before its day somebody is reminded of a deadline."""
CODE = "deadline"
NAMESPACE = UUID("6f0c2d0e-52d7-4a0b-8a54-1d6a0f1c7b35")


@jobs.periodic("grants.deadlines", every=timedelta(days=1))
def look_at_deadlines(engine: Engine) -> None:
    """Look at the deadlines of every sponsor; again reminds nobody again."""
    with db.transaction(engine, read_only=True) as session:
        known = session.exec(select(GrantNotice.sponsor_id).distinct()).all()
    for sponsor_id in sorted(known):
        with db.transaction(engine) as session:
            look(session, sponsor_id, today())


def look(session: Session, sponsor_id: UUID, day: date, *years: int) -> None:
    """Remind of what comes near, and close what was done; of grants of other `years` as well."""
    found = deadlines.of_sponsor(session, sponsor_id, sorted({*deadlines.around(day), *years}))
    _close(session, found)
    people = None
    for due in found:
        stage = _stage(due, day)
        if stage is None or not _ask(session, due, stage):
            continue
        people = _leads(session, sponsor_id) if people is None else people
        for person in people:
            text = mails.deadline_near(person.locale, due)
            telling.tell(
                session, sponsor_id, telling.account(person), Event.TASK, text,
                subject_id=due.subject_id,
            )  # fmt: skip


def _stage(due: Due, day: date) -> int | None:
    """How urgent a deadline is; nobody is reminded of what is done, or over."""
    left = (due.day - day).days
    if due.done or left < 0:
        return None
    return min((stage for stage in STAGES if left <= stage), default=None)


def _ask(session: Session, due: Due, stage: int) -> bool:
    """Put the task, once for each deadline and stage; whether it was not there yet."""
    moment = now()
    row = Task(
        id=_task_id(due, stage),
        created_at=moment,
        updated_at=moment,
        sponsor_id=due.sponsor_id,
        code=_code(due, stage),
        params={"said": sentences.deadline(due, "de"), "said_en": sentences.deadline(due, "en")},
        subject_type=due.subject_type,
        subject_id=due.subject_id,
    )
    insert = INSERTS[session.get_bind().dialect.name](Task)
    statement = insert.values(row.model_dump()).on_conflict_do_nothing().returning(col(Task.id))
    is_new = session.connection().execute(statement).first() is not None
    if stage == STAGES[-1] and is_new:
        earlier = (f"{CODE}:{due.code}:{other}" for other in STAGES[:-1])
        tasks.resolve(
            session, col(Task.subject_id) == due.subject_id, col(Task.code).in_(list(earlier))
        )
    return is_new


def _code(due: Due, stage: int) -> str:
    return f"{CODE}:{due.code}:{stage}"


def _task_id(due: Due, stage: int) -> UUID:
    """The same for everybody who looks: whoever comes second finds it there."""
    return uuid5(NAMESPACE, f"{due.subject_id}:{_code(due, stage)}:{due.day}")


def _close(session: Session, found: Sequence[Due]) -> None:
    """Nobody has to look any more at what was sent, nor by a day that holds no more."""
    if not found:
        return
    hold = [_task_id(due, stage) for due in found if not due.done for stage in STAGES]
    tasks.resolve(
        session,
        col(Task.subject_id).in_({due.subject_id for due in found}),
        col(Task.code).startswith(f"{CODE}:"),
        col(Task.id).not_in(hold),
    )


def _leads(session: Session, sponsor_id: UUID) -> Sequence[Account]:
    query = (
        select(Account)
        .join(Membership, col(Membership.account_id) == col(Account.id))
        .where(
            col(Membership.sponsor_id) == sponsor_id,
            col(Membership.role) == Role.LEAD,
            col(Account.active).is_(True),
        )
    )
    return session.exec(query.order_by(col(Account.id))).all()
