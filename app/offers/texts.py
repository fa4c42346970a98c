"""What offers, bookings and cancellations say to people: plain German, no client data."""

from datetime import datetime

from app.clock import ZONE
from app.messages.telling import Text
from scheduling import languages

MODES = {"on_site": "vor Ort", "phone": "am Telefon", "video": "per Video"}
ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
ENGLISH_DAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


def when(starts_at: datetime, ends_at: datetime, locale: str = "de") -> str:
    """`Dienstag, 12.01.2027, 10:00 bis 11:30 Uhr` in local time."""
    start, end = starts_at.astimezone(ZONE), ends_at.astimezone(ZONE)
    if locale == "en":
        day = ENGLISH_DAYS[start.weekday()]
        month = ENGLISH_MONTHS[start.month - 1]
        return f"{day}, {start.day} {month} {start.year}, {start:%H:%M} to {end:%H:%M}"
    return f"{DAYS[start.weekday()]}, {start:%d.%m.%Y}, {start:%H:%M} bis {end:%H:%M} Uhr"


def language_name(tag: str | None) -> str:
    """The German name of a language."""
    known = languages.catalogue().get(tag or "")
    return known.german if known else (tag or "")


def offer(name: str, time: str, place: str, *, language: str, until: str, url: str) -> Text:
    """Subject and body of the question to a volunteer."""
    body = f"""Hallo {name},

können Sie bei diesem Termin helfen?

Wann: {time}
Wo: {place}
Sprache: {language}

Bitte antworten Sie bis {until}:
{url}

Sie müssen nicht begründen, wenn es nicht geht.

Vielen Dank!
"""
    return Text(f"Anfrage: {time}", body)


def booked(name: str, time: str, place: str) -> Text:
    """Subject and body of the confirmation to the volunteer."""
    body = f"""Hallo {name},

vielen Dank für Ihre Zusage. Der Termin steht:

Wann: {time}
Wo: {place}

Wenn Ihnen etwas dazwischenkommt, melden Sie sich bitte sofort.
"""
    return Text(f"Zusage: {time}", body)


def given_back(name: str, time: str) -> Text:
    """Subject and body when the volunteer gave an appointment back herself."""
    body = f"""Hallo {name},

Sie haben den Termin am {time} zurückgegeben. Wir suchen jemand anderen.

Sie müssen nichts weiter tun.
"""
    return Text(f"Zurückgegeben: {time}", body)


def taken_off(name: str, time: str) -> Text:
    """Subject and body when the office no longer counts on the volunteer."""
    body = f"""Hallo {name},

für den Termin am {time} sind Sie nicht mehr eingeplant.

Sie müssen nichts weiter tun.
"""
    return Text(f"Nicht mehr eingeplant: {time}", body)


def cancelled(name: str, time: str) -> Text:
    """Subject and body when an appointment was cancelled."""
    body = f"""Hallo {name},

der Termin am {time} findet nicht statt.

Sie müssen nichts weiter tun.
"""
    return Text(f"Abgesagt: {time}", body)
