"""An appointment as a file that goes along with a mail: the calendar entry follows the booking."""

from collections.abc import Sequence
from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import quote, urlsplit

from app.clock import now
from app.messages import wording
from app.settings import get_settings
from app.tables import Assignment
from scheduling.calendar_out import Appointment, Method, Status, calendar_text

TENTH = timedelta(milliseconds=100)


WORDS = {"de": ("Einsatz", "Abgesagt"), "en": ("Appointment", "Cancelled")}


def booked(assignment: Assignment, *, locale: str, language: str = "", location: str = "") -> str:
    """The entry of a booking for her calendar; `language` by name, `location` as it is written."""
    word = WORDS[wording.known(locale)][0]
    return invitation(assignment, f"{word} {language}".strip(), location=location)


def called_off(assignment: Assignment, *, locale: str) -> str:
    """The file that takes the entry of a booking out of her calendar again."""
    return invitation(assignment, WORDS[wording.known(locale)][1], cancelled=True)


def invitation(
    assignment: Assignment, summary: str, *, location: str = "", cancelled: bool = False
) -> str:
    """The iCalendar file of one booking, for `Text.calendar`.

    Its id is that of the booking (as in the calendars people subscribe to), its number the tenths
    of a second since the booking was made: what is sent later replaces what was sent before. With
    `cancelled` the entry is taken away. No contact, note or topic belongs in it.
    """
    method = Method.CANCEL if cancelled else Method.PUBLISH
    return _file([_entry(assignment, summary, location, cancelled=cancelled)], method)


def moved(
    old: Assignment, new: Assignment, *, locale: str, language: str = "", location: str = ""
) -> str:
    """The file that takes one entry out of her calendar and puts another in its place."""
    word, off = WORDS[wording.known(locale)]
    gone = _entry(old, off, cancelled=True)
    return _file([gone, _entry(new, f"{word} {language}".strip(), location)], Method.PUBLISH)


def _file(entries: Sequence[Appointment], method: Method) -> str:
    address = quote(parseaddr(get_settings().mail_from)[1], safe="@+")
    return calendar_text(entries, method=method, organizer=f"mailto:{address}")


def _entry(
    assignment: Assignment, summary: str, location: str = "", *, cancelled: bool = False
) -> Appointment:
    settings = get_settings()
    moment = now()
    return Appointment(
        uid=f"{assignment.id}@{urlsplit(settings.base_url).hostname or 'lotsenwerk'}",
        sequence=max(0, (moment - assignment.created_at) // TENTH),
        start=assignment.starts_at,
        end=assignment.ends_at,
        changed=moment,
        summary=summary,
        location=location,
        status=Status.CANCELLED if cancelled else Status.CONFIRMED,
    )
