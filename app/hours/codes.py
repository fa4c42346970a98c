"""The institution's code on the volunteer's phone: it confirms what she reports.

She types or scans it at the end of the appointment, also without a network; it is looked at when
her report comes in. A wrong one never costs her hours: the record stands, and the institution is
asked by mail, or the office where it has no address. Three tries for each booking are counted, and
none of them is taken back, because whoever tries is answered and not refused.
"""

from sqlmodel import Session, col, update

from app import audit
from app.access import Actor
from app.bookings import codes as bookings
from app.clock import now
from app.errors import Conflict
from app.hours import mails
from app.hours import service as hours
from app.hours.details import Detail
from app.hours.schemas import CodeRead
from app.messages import telling
from app.tables import Assignment, Event, RecordState, ServiceRecord, Source

MOST_TRIES = 3
SLACK_MINUTES = 10
"""So much longer than booked a code confirms: as far as two statements may lie apart."""


class CodeFromOffice(Conflict):
    """Somebody else than the volunteer types the code, who could have read it."""

    slug, title = "code-from-office", "Only she who was there types the code"
    de = "Den Code gibt nur ein, wer beim Termin war. Bitte ohne Code speichern."
    en = "Only she who was there types the code. Please save without it."


_WORDS: dict[str, tuple[str, str]] = {
    "accepted": (
        "Der Code stimmt: Ihre Zeit ist bestätigt.",
        "The code is right: your time is confirmed.",
    ),
    "wrong": (
        "Der Code stimmt nicht. Ihre Zeit ist gespeichert, Sie können es noch {left}-mal"
        " versuchen.",
        "The code is not right. Your time is saved. Tries left: {left}.",
    ),
    "used_up": (
        "Der Code wurde schon dreimal eingegeben, mehr geht nicht. Ihre Zeit ist gespeichert,"
        " {then}",
        "The code was typed three times already, which is all. Your time is saved, {then}",
    ),
    "longer": (
        "Der Code stimmt, aber der Termin war länger als geplant. Ihre Zeit ist gespeichert,"
        " {then}",
        "The code is right, but it took longer than planned. Your time is saved, {then}",
    ),
}
"""What she is told about her code."""
_BY_MAIL = (
    "die Einrichtung bestätigt sie über den Link in ihrer E-Mail.",
    "the institution confirms it with the link in its mail.",
)
_BY_OFFICE = (
    "die Koordination kümmert sich um die Bestätigung.",
    "the coordination office sees to the confirmation.",
)
"""Where nobody was written to: without an address, or signed on paper."""


def confirm(
    session: Session, actor: Actor, record: ServiceRecord, typed: str, locale: str
) -> CodeRead:
    """Try a code on a record of one's own; the answer says whether it confirmed the time.

    Raises
    ------
    CodeFromOffice, WrongState
    """
    if record.volunteer_id != actor.volunteer_id:
        raise CodeFromOffice
    if record.state != RecordState.REPORTED:
        raise hours.WrongState(record.state)
    assignment = _counted(session, record)
    said = "used_up" if assignment is None else _found(session, assignment, record, typed)
    if said == "accepted":
        _accept(session, record)
    audit.record(session, actor.account_id, "service_record.code", record, state=said)
    session.flush()
    left = MOST_TRIES - assignment.code_tries if assignment is not None else 0
    final = "used_up" if said == "wrong" and not left else said
    return _read(final, locale, left, by_mail=_is_mailed(session, record))


def _counted(session: Session, record: ServiceRecord) -> Assignment | None:
    """The booking with one try more, counted in one step; None when there are none left."""
    done = session.exec(
        update(Assignment)
        .where(col(Assignment.id) == record.assignment_id, col(Assignment.code_tries) < MOST_TRIES)
        .values(code_tries=Assignment.code_tries + 1, updated_at=now())
    )
    if done.rowcount != 1:
        return None
    return session.get_one(Assignment, record.assignment_id, populate_existing=True)


def _found(session: Session, booking: Assignment, record: ServiceRecord, typed: str) -> str:
    """Whether the code is right, and confirms so much time: a code says nothing of an hour more."""
    if not bookings.opens(session, booking, typed):
        return "wrong"
    booked = int((booking.ends_at - booking.starts_at).total_seconds()) // 60
    return "longer" if record.reported_minutes > booked + SLACK_MINUTES else "accepted"


def _accept(session: Session, record: ServiceRecord) -> None:
    """The time is confirmed: the mail that asks is needless, another one says what was."""
    detail = hours.confirm_by_code(session, record)
    telling.drop(session, record.id, Event.CONFIRM_RECORD)
    if detail.institution.email:
        _tell(session, detail)


def _is_mailed(session: Session, record: ServiceRecord) -> bool:
    """Whether the institution has a link to confirm with."""
    place = hours.detail_of(session, record).institution
    return bool(place.email) and record.source != Source.PAPER


def _tell(session: Session, detail: Detail) -> None:
    telling.tell(
        session,
        detail.record.sponsor_id,
        telling.institution(detail.institution),
        Event.REQUEST,
        mails.confirmed_by_code(detail),
        subject_id=detail.record.id,
    )


def _read(said: str, locale: str, left: int, *, by_mail: bool) -> CodeRead:
    english = locale == "en"
    then = (_BY_MAIL if by_mail else _BY_OFFICE)[english]
    sentence = _WORDS[said][english].format(left=left, then=then)
    return CodeRead(accepted=said == "accepted", message=sentence)
