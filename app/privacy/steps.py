"""What goes when somebody is erased, step by step; each may be done again without harm."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, delete, select, update

from app.clock import now
from app.offers import answering
from app.privacy import needles
from app.privacy.needles import Needles
from app.tables import (
    Absence,
    Account,
    Activity,
    ApiToken,
    Assignment,
    AvailabilityRecurrence,
    AvailabilityRule,
    BenefitWish,
    BusyFeed,
    BusySpan,
    CalendarFeed,
    Clearance,
    Contact,
    CourseParticipant,
    Enrolment,
    EnrolmentState,
    Exclusion,
    ExtraTime,
    IdempotencyKey,
    LanguageSkill,
    Lending,
    Membership,
    Message,
    MessagePreference,
    MessageState,
    Offer,
    OfferedTime,
    OfferState,
    Payment,
    Proposal,
    PushSubscription,
    Request,
    Row,
    ServiceRecord,
    SessionToken,
    SignedLink,
    SignInCode,
    Standby,
    StandbyState,
    StatementPaper,
    Task,
    TaskState,
    Training,
    Volunteer,
)

NOBODY = "(gelöscht)"
NO_BIRTHDAY = date(1900, 1, 1)
NO_CODE = "00000"
UNSENT = (MessageState.QUEUED, MessageState.HELD, MessageState.SENDING)


@dataclass
class Case:
    """Who is erased, at which sponsors, and what became of it."""

    session: Session
    volunteer: Volunteer
    account: Account | None
    sponsor_ids: list[UUID]
    whole: bool
    """Whether she goes altogether, or only from these pools."""
    needles: Needles
    rows: dict[str, set[UUID]] = field(default_factory=dict)
    """Ids of what was emptied or deleted, by table."""

    def note(self, table: type[Row] | str, ids: Any) -> None:
        """Remember rows for the proof."""
        name = table if isinstance(table, str) else str(table.__tablename__)
        found = set(ids)
        if found:
            self.rows.setdefault(name, set()).update(found)

    def remove(self, table: type[Row], *where: ColumnElement[bool]) -> None:
        """Delete rows."""
        gone = delete(table).where(*where).returning(col(table.id))
        self.note(table, self.session.exec(gone).scalars().all())

    def change(self, table: type[Row], *where: ColumnElement[bool], **values: Any) -> None:
        """Change columns of rows."""
        done = update(table).where(*where).values(**values, updated_at=now())
        self.note(table, self.session.exec(done.returning(col(table.id))).scalars().all())

    def hers(self, table: Any) -> ColumnElement[bool]:
        """Her rows of a table, those of the sponsors in question where it belongs to sponsors."""
        mine: ColumnElement[bool] = col(table.volunteer_id) == self.volunteer.id
        if hasattr(table, "sponsor_id"):
            mine = mine & col(table.sponsor_id).in_(self.sponsor_ids)
        return mine


Step = Callable[[Case], None]
FIRST_TEXTS = ("request", "series")
"""Locked before volunteers by everybody else, so here, too."""


def first_texts(case: Case) -> None:
    """What was written about her in requests and series."""
    _empty_texts(case, FIRST_TEXTS)


def wishes(case: Case) -> None:
    """Nobody wishes for her any more."""
    wished = col(Request.wished_volunteer_id) == case.volunteer.id
    here = col(Request.sponsor_id).in_(case.sponsor_ids)
    case.change(Request, wished, here, wished_volunteer_id=None)


def other_texts(case: Case) -> None:
    """What was written about her in messages, reasons, questions, readings of lists."""
    names = {place.table.name for place in needles.places()} - set(FIRST_TEXTS)
    _empty_texts(case, names)


def _empty_texts(case: Case, names: Any) -> None:
    connection = case.session.connection()
    emptied = needles.empty_texts(connection, case.needles, case.sponsor_ids, names)
    for name, ids in emptied.items():
        case.note(name, ids)


def answers(case: Case) -> None:
    """Kept answers to requests that may come again."""
    found = needles.empty_answers(case.session.connection(), case.needles)
    case.note(IdempotencyKey, found)


def questions(case: Case) -> None:
    """Open questions to her end, also those of pools that borrow her; a lending follows its own."""
    lent = select(Lending.id).where(
        col(Lending.volunteer_id) == case.volunteer.id,
        col(Lending.lender_id).in_(case.sponsor_ids),
    )
    hers = or_(case.hers(Offer), col(Offer.lending_id).in_(lent))
    case.remove(OfferedTime, col(OfferedTime.offer_id).in_(select(Offer.id).where(hers)))
    query = select(Offer).where(hers, col(Offer.state) == OfferState.PENDING)
    for offer in case.session.exec(query.order_by(col(Offer.id))).all():
        answering.withdraw(case.session, None, offer)
        case.note(Offer, [offer.id])
    live = col(Standby.state).in_([StandbyState.ASKED, StandbyState.READY])
    case.change(Standby, case.hers(Standby), live, state=StandbyState.RELEASED)


def links(case: Case) -> None:
    """Links that worked without an account."""
    tables: tuple[Any, ...] = (Offer, Assignment, Standby, ServiceRecord)
    subjects = [
        col(SignedLink.subject_id).in_(select(table.id).where(case.hers(table))) for table in tables
    ]
    case.remove(SignedLink, or_(*subjects))


def tasks(case: Case) -> None:
    """Questions to the office about her: what they say of her, and whether somebody must look."""
    tables: tuple[Any, ...] = (
        Offer, Assignment, Standby, ServiceRecord, Enrolment, Message, Payment,
    )  # fmt: skip
    subjects = [col(Task.subject_id).in_(select(t.id).where(case.hers(t))) for t in tables]
    mine = or_(col(Task.subject_id) == case.volunteer.id, *subjects)
    here = col(Task.sponsor_id).in_(case.sponsor_ids)
    found = case.session.exec(select(Task).where(mine, here)).all()
    for task in found:
        task.params, task.answer = dict.fromkeys(task.params, ""), None
        if task.state == TaskState.OPEN:
            task.state, task.resolved_at = TaskState.RESOLVED, now()
    case.session.add_all(found)
    case.note(Task, [task.id for task in found])


def messages(case: Case) -> None:
    """What was said to her, and where it went; what has not left does not leave."""
    mine = case.hers(Message)
    if case.whole and case.account is not None and not _is_needed(case.session, case.account):
        mine = or_(mine, col(Message.account_id) == case.account.id)
    gone = {"recipient": "", "subject": "", "body": "", "short": "", "calendar": "", "failure": ""}
    unsent = col(Message.state).in_(UNSENT)
    case.change(Message, mine, unsent, state=MessageState.DROPPED)
    case.remove(StatementPaper, case.hers(StatementPaper))
    case.change(Message, mine, **gone)


def leaving(case: Case) -> None:
    """She is in these pools no more."""
    for enrolment in case.session.exec(select(Enrolment).where(case.hers(Enrolment))).all():
        enrolment.state, enrolment.source_key = EnrolmentState.ENDED, ""
        enrolment.lendable = False
        case.session.add(enrolment)
        case.note(Enrolment, [enrolment.id])
    case.remove(Exclusion, case.hers(Exclusion))
    case.remove(Proposal, case.hers(Proposal))
    case.change(Assignment, case.hers(Assignment), cancel_reason="")
    case.change(ServiceRecord, case.hers(ServiceRecord), reason="", feedback_note="")
    case.change(Activity, case.hers(Activity), reason="")


def what_is_hers(case: Case) -> None:
    """Languages, papers, times, calendars, wishes; that she took part in a course is accounts."""
    attended = col(CourseParticipant.volunteer_id) == case.volunteer.id
    case.change(CourseParticipant, attended, training_id=None)
    tables: tuple[type[Any], ...] = (
        LanguageSkill, Training, Clearance, AvailabilityRule, AvailabilityRecurrence, ExtraTime,
        Absence, BusySpan, BusyFeed, CalendarFeed, MessagePreference, BenefitWish,
    )  # fmt: skip
    for table in tables:
        case.remove(table, col(table.volunteer_id) == case.volunteer.id)


def person(case: Case) -> None:
    """Who she is: what is left is a row that means nobody, for what was paid to hang on."""
    her = case.volunteer
    her.surname, her.given_name, her.identity_key = NOBODY, "", ""
    her.birth_date, her.gender, her.locale = NO_BIRTHDAY, "unknown", "de"
    her.postal_code, her.town, her.lat, her.lon = NO_CODE, "", 0.0, 0.0
    her.phone, her.email, her.iban, her.note = "", "", "", ""
    her.iban_changed_at = None
    her.german_level, her.only_kinds, her.transport = None, [], "car"
    her.phone_only, her.long_days = False, False
    her.most_day_assignments = her.most_day_minutes = None
    her.most_week_minutes = her.most_travel_minutes = None
    her.quiet_from_minute, her.quiet_to_minute = 21 * 60, 7 * 60
    her.erased_at = her.erased_at or now()
    her.account_id = None
    case.session.add(her)
    case.session.flush()
    case.note(Volunteer, [her.id])


def account(case: Case) -> None:
    """Her way in; an account that is also somebody's at an office or institution stays."""
    if case.account is None or _is_needed(case.session, case.account):
        return
    mine = case.account.id
    tables: tuple[type[Any], ...] = (
        SessionToken, ApiToken, SignInCode, PushSubscription, CalendarFeed, MessagePreference,
        IdempotencyKey,
    )  # fmt: skip
    for table in tables:
        case.remove(table, col(table.account_id) == mine)
    case.account.email, case.account.name = f"{mine}@geloescht.invalid", NOBODY
    case.account.password_hash, case.account.password_set_at = None, None
    case.account.totp_secret, case.account.totp_since = "", None
    case.account.active, case.account.locale = False, "de"
    case.session.add(case.account)
    case.session.flush()
    case.note(Account, [mine])


def _is_needed(session: Session, account: Account) -> bool:
    """Whether she is also of an office, of an institution, or looks after the machine."""
    roles = select(Membership.id).where(col(Membership.account_id) == account.id)
    contacts = select(Contact.id).where(col(Contact.account_id) == account.id)
    others = session.exec(roles).first() or session.exec(contacts).first()
    return bool(others or account.operator or account.programme)


BEFORE: dict[str, Step] = {"first_texts": first_texts, "wishes": wishes}
"""Done before her row is locked."""
AT_SPONSOR: dict[str, Step] = {
    "questions": questions,
    "links": links,
    "tasks": tasks,
    "messages": messages,
    "other_texts": other_texts,
    "answers": answers,
    "leaving": leaving,
}
OF_PERSON: dict[str, Step] = {
    "what_is_hers": what_is_hers,
    "person": person,
    "account": account,
}
