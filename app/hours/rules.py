"""When a reported time can be true."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.clock import ZONE, local_day, now
from app.errors import Conflict, Invalid
from app.hours.schemas import MAX_MINUTES
from app.tables import Assignment, ServiceRecord

REPORT_WITHIN = timedelta(days=14)
ASKED_FOR = timedelta(days=7)
"""So long only the institution confirms; after that a coordinator may, with a reason."""


class EndsBeforeStart(Invalid):
    """A record ends before it starts."""

    de = "Das Ende muss nach dem Beginn liegen. Bitte die Zeiten prüfen."
    en = "The end must be after the start. Please check the times."


class TooLong(Invalid):
    """A record is longer than anybody interprets."""

    de = "Ein Eintrag hat höchstens 10 Stunden. Bitte die Zeiten prüfen."
    en = "An entry has at most 10 hours. Please check the times."


class InFuture(Invalid):
    """A record ends in the future."""

    de = "Diese Zeit liegt noch in der Zukunft. Bitte erst nach dem Einsatz eintragen."
    en = "This time is still in the future. Please report after the assignment."


class NothingLeft(Invalid):
    """The break is as long as the whole assignment."""

    de = "Nach Abzug der Pause bleibt keine Minute übrig. Bitte die Pause prüfen."
    en = "Nothing is left after the break. Please check the break."


class OtherDay(Invalid):
    """A record is about another day than the appointment."""

    de = "Der Termin war am {day}. Bitte das Datum prüfen."
    en = "The appointment was on {day}. Please check the date."


class OutsideAppointment(Invalid):
    """A record has no minute in common with the appointment."""

    de = "Der Termin war von {start} bis {end} Uhr. Bitte die Zeiten prüfen."
    en = "The appointment was from {start} to {end}. Please check the times."


class WaitForInstitution(Conflict):
    """The week in which the institution is asked is not over, and nobody else can say it."""

    slug, title = "wait-for-institution", "The institution is asked first"
    de = "Bis zum {day} wird die Einrichtung gefragt. Erst danach geht es ohne sie."
    en = "Until {day} the institution is asked. Only then it can be done without it."


class WaitForOther(Conflict):
    """Who has reported hours of a place that nobody can write to does not confirm them at once."""

    slug, title = "wait-for-other", "Somebody else confirms first"
    de = "Diese Zeit haben Sie selbst gemeldet. Bis zum {day} bestätigt sie nur jemand anderes."
    en = "You reported this time yourself. Until {day} only somebody else confirms it."


class ReportedTooLate(Conflict):
    """The 14 days after the appointment, or after other hours, are over."""

    slug, title = "reported-too-late", "Too late"
    de = "Stunden kann man nur 14 Tage lang eintragen. Danach hilft die Koordination."
    en = "Hours can be reported for 14 days only. After that please ask the coordination office."


class LateReasonMissing(Invalid):
    """The office reports after the 14 days without saying why."""

    de = "Die 14 Tage sind vorbei. Bitte einen Grund angeben."
    en = "The 14 days are over. Please give a reason."


@dataclass(frozen=True)
class Span:
    """A reported time: aware, half-open `[start, end)`, and the break in it."""

    start: datetime
    end: datetime
    break_minutes: int = 0

    @property
    def minutes(self) -> int:
        """Whole minutes that really passed, across any clock change, without the break."""
        passed = self.end.astimezone(UTC) - self.start.astimezone(UTC)
        return passed // timedelta(minutes=1) - self.break_minutes


def check_times(span: Span) -> None:
    """Refuse a time that cannot be true at all."""
    start, end = span.start.astimezone(UTC), span.end.astimezone(UTC)
    if end <= start:
        raise EndsBeforeStart
    if end - start > timedelta(minutes=MAX_MINUTES):
        raise TooLong
    if end > now():
        raise InFuture
    if span.minutes <= 0:
        raise NothingLeft


def check_span(span: Span, assignment: Assignment) -> None:
    """Refuse a time that cannot be true for this assignment."""
    check_times(span)
    start, end = span.start.astimezone(UTC), span.end.astimezone(UTC)
    if end <= assignment.starts_at or start >= assignment.ends_at:
        # Who is there before midnight, or comes after it, begins on another day all the same.
        day = local_day(assignment.starts_at)
        if local_day(start) != day:
            raise OtherDay(day=f"{day:%d.%m.%Y}")
        first, last = (t.astimezone(ZONE) for t in (assignment.starts_at, assignment.ends_at))
        raise OutsideAppointment(start=f"{first:%H:%M}", end=f"{last:%H:%M}")


def check_waited(record: ServiceRecord, *, asked: bool) -> None:
    """Refuse that the office answers in place of an institution that was asked a few days ago.

    Where it cannot be asked, only who reported waits.
    """
    until = record.created_at + ASKED_FOR
    if now() < until:
        refusal = WaitForInstitution if asked else WaitForOther
        raise refusal(day=f"{until.astimezone(ZONE):%d.%m.%Y}")


def check_deadline(ends_at: datetime, *, office: bool, reason: str) -> None:
    """Refuse a report more than 14 days after the end; the office then says why it is late."""
    if now() <= ends_at + REPORT_WITHIN:
        return
    if not office:
        raise ReportedTooLate
    if not reason:
        raise LateReasonMissing
