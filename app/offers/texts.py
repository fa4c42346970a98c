"""What questions and bookings say to volunteers: plain German and English, no client data."""

from datetime import datetime

from app.clock import ZONE
from app.institutions import naming
from app.messages import invitations
from app.messages.telling import Text
from app.messages.wording import brief, known, letter
from app.requests.near import MONTHS, shown
from app.tables import Assignment, Institution, Mode, Volunteer
from scheduling import languages

MODES = {
    "de": {Mode.ON_SITE: "vor Ort", Mode.PHONE: "am Telefon", Mode.VIDEO: "per Video"},
    "en": {Mode.ON_SITE: "on site", Mode.PHONE: "by phone", Mode.VIDEO: "by video"},
}
DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
ENGLISH_DAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
BOOKED = {
    "de": {
        "title": "Zusage",
        "lead": "vielen Dank für Ihre Zusage. Der Termin steht.",
        "action": "Termin ansehen",
        "after": "Raum und Ansprechperson stehen dort. Wenn Ihnen etwas dazwischenkommt, sagen Sie"
        " es bitte dort sofort.",
    },
    "en": {
        "title": "Confirmed",
        "lead": "thank you for saying yes. The appointment stands.",
        "action": "See the appointment",
        "after": "Room and contact stand there. If something comes up, please say so there at"
        " once.",
    },
}


def when(starts_at: datetime, ends_at: datetime, locale: str = "de") -> str:
    """`Dienstag, 12.01.2027, 10:00 bis 11:30 Uhr` in local time."""
    start, end = starts_at.astimezone(ZONE), ends_at.astimezone(ZONE)
    if known(locale) == "en":
        day = ENGLISH_DAYS[start.weekday()]
        return f"{day}, {shown(start.date(), 'en')}, {start:%H:%M} to {end:%H:%M}"
    return f"{DAYS[start.weekday()]}, {start:%d.%m.%Y}, {start:%H:%M} bis {end:%H:%M} Uhr"


def by(moment: datetime, locale: str = "de") -> str:
    """Until when to answer: `Montag, 04.01., 18:00 Uhr`."""
    here = moment.astimezone(ZONE)
    if known(locale) == "en":
        month = MONTHS[here.month - 1]
        return f"{ENGLISH_DAYS[here.weekday()]}, {here.day} {month}, {here:%H:%M}"
    return f"{DAYS[here.weekday()]}, {here:%d.%m.}, {here:%H:%M} Uhr"


def way(minutes: int | None, locale: str = "de") -> str:
    """`etwa 25 Minuten`; nothing where nobody goes anywhere."""
    if minutes is None:
        return ""
    return f"about {minutes} minutes" if known(locale) == "en" else f"etwa {minutes} Minuten"


def language_name(tag: str | None, locale: str = "de") -> str:
    """The name of a language, in German or English."""
    found = languages.catalogue().get(tag or "")
    if found is None:
        return tag or ""
    return found.english if known(locale) == "en" else found.german


def place(institution: Institution, mode: str, locale: str = "de") -> str:
    """Where to go; the address of a protected place is nowhere written down, nor is its name."""
    protected = naming.is_protected(institution.kind)
    if mode != Mode.ON_SITE:
        how = MODES[known(locale)][Mode(mode)]
        return how if protected else f"{institution.name} ({how})"
    if protected:
        return institution.town
    town = f"{institution.postal_code} {institution.town}".strip()
    return ", ".join(filter(None, [institution.name, institution.street, town]))


def offer(
    locale: str,
    name: str,
    *,
    starts_at: datetime,
    ends_at: datetime,
    town: str,
    mode: str,
    language: str | None,
    until: datetime,
    url: str,
    travel_minutes: int | None = None,
) -> Text:
    """The question to a volunteer: time, town, the way, language, and until when to answer."""
    tongue = known(locale)
    time = when(starts_at, ends_at, locale)
    title, lead, action, after = {
        "de": (
            "Anfrage",
            "können Sie bei diesem Termin helfen?",
            "Jetzt antworten",
            "Sie müssen nicht begründen, wenn es nicht geht.",
        ),
        "en": (
            "Question",
            "can you help at this appointment?",
            "Answer now",
            "You need not give a reason if you cannot.",
        ),
    }[tongue]
    return letter(
        locale,
        name,
        subject=f"{title}: {time}",
        lead=lead,
        facts=(
            ("when", time),
            ("where", f"{town} ({MODES[tongue][Mode(mode)]})"),
            ("way", way(travel_minutes, locale)),
            ("language", language_name(language, locale)),
            ("until", by(until, locale)),
        ),
        action=(action, url),
        after=after,
        short=brief(locale, title, starts_at, town, url),
    )


def booked(
    booking: Assignment, institution: Institution, who: Volunteer, *, language: str | None, url: str
) -> Text:
    """The confirmation to the volunteer, with the entry for her calendar.

    `url` is a page with room and contact; they are not written down.
    """
    locale, spoken = known(who.locale), language_name(language, who.locale)
    time = when(booking.starts_at, booking.ends_at, locale)
    where = place(institution, booking.mode, locale)
    words = BOOKED[locale]
    return letter(
        locale,
        who.given_name,
        subject=f"{words['title']}: {time}",
        lead=words["lead"],
        facts=[("when", time), ("where", where), ("language", spoken)],
        action=(words["action"], url),
        after=words["after"],
        short=brief(locale, words["title"], booking.starts_at, institution.town, url),
        calendar=invitations.booked(booking, locale=locale, language=spoken, location=where),
    )


def taken(locale: str, name: str, *, starts_at: datetime, ends_at: datetime, town: str) -> Text:
    """To those who were asked as well: somebody has said yes already."""
    time = when(starts_at, ends_at, locale)
    title, lead, after = {
        "de": (
            "Schon vergeben",
            f"für den Termin am {time} hat schon jemand zugesagt. Danke, dass wir Sie fragen"
            " durften!",
            "Sie müssen nichts weiter tun.",
        ),
        "en": (
            "Already taken",
            f"somebody has said yes to the appointment on {time}. Thank you for letting us ask"
            " you!",
            "There is nothing else for you to do.",
        ),
    }[known(locale)]
    return letter(
        locale,
        name,
        subject=f"{title}: {time}",
        lead=lead,
        after=after,
        short=brief(locale, title, starts_at, town),
    )
