"""What a participant gets in writing: her certificate of a course."""

from datetime import date

from sqlmodel import Session, col, select

from app import latin, typesetting
from app.errors import Conflict, NotFound
from app.messages.wording import known
from app.requests.near import shown
from app.tables import Course, CourseKind, CourseParticipant, Sponsor, Volunteer

_WORDS = {
    "title": ("Teilnahmebescheinigung", "Certificate of participation"),
    "name": ("Name", "Name"),
    "course": ("Kurs", "Course"),
    "kind": ("Art", "Kind"),
    "when": ("Zeitraum", "Period"),
    "units": ("Einheiten", "Units"),
    "of": ("{units} zu 45 Minuten", "{units} of 45 minutes"),
    "from_to": ("{first} bis {last}", "{first} to {last}"),
    "moderator": ("Leitung", "Led by"),
    "sponsor": ("Träger", "Sponsor"),
    "said": (
        "Die genannte Person hat an allen Einheiten dieses Kurses teilgenommen.",
        "The person named took part in every unit of this course.",
    ),
    "issued": ("Ausgestellt am {day}.", "Issued on {day}."),
    "place_day": ("Ort, Datum", "Place, date"),
    "signature": ("Unterschrift und Stempel", "Signature and stamp"),
    "letters": (
        "Manche Schriftzeichen fehlen dieser Anlage. Sie stehen in eckigen Klammern in"
        " lateinischen Buchstaben.",
        "Some signs are missing here. They stand in brackets in Latin letters.",
    ),
    CourseKind.BASIC_GUIDE: ("Basiskurs für Integrationslotsen", "Basic course for guides"),
    CourseKind.BASIC_INTERPRETER: (
        "Basiskurs für Laiendolmetscher",
        "Basic course for volunteer interpreters",
    ),
    CourseKind.DEEPENING: ("Vertiefung", "Deepening seminar"),
    CourseKind.REFLECTION: ("Reflexionsgespräch", "Reflection talk"),
}


class NotCertified(Conflict):
    """Somebody did not take part in full, or the course is not settled."""

    slug, title = "not-certified", "No certificate"
    de = "Für diesen Kurs gibt es noch keine Bescheinigung. Bitte bei der Koordination fragen."
    en = "There is no certificate for this course yet. Please ask the coordination office."


def certificate(session: Session, course: Course, volunteer: Volunteer, locale: str) -> bytes:
    """The certificate as PDF, for screen readers and to be kept (PDF/UA-1, PDF/A-2a).

    Raises
    ------
    NotFound, NotCertified
    """
    query = (
        select(CourseParticipant, Sponsor)
        .join(Sponsor, col(Sponsor.id) == col(CourseParticipant.sponsor_id))
        .where(
            col(CourseParticipant.course_id) == course.id,
            col(CourseParticipant.volunteer_id) == volunteer.id,
        )
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise NotFound
    one, sponsor = found
    if one.certified_on is None:
        raise NotCertified
    return paper(course, volunteer, sponsor.name, one.certified_on, locale)


def paper(course: Course, volunteer: Volunteer, sponsor: str, on: date, locale: str) -> bytes:
    """The same from what it says."""
    content = {
        "locale": known(locale),
        "title": _word("title", locale),
        "author": sponsor,
        "name": f"{volunteer.given_name} {volunteer.surname}",
        "date": [on.year, on.month, on.day],
        "facts": _facts(course, volunteer, sponsor, locale),
        "note": "",
        "opening": [_word("said", locale)],
        "parts": [],
        "closing": [_word("issued", locale, day=shown(on, known(locale)))],
        "signature": [_word("place_day", locale), _word("signature", locale)],
        "signatory": "",
    }
    return typesetting.pdf(typesetting.PAPER, latin.printable(content), _word("letters", locale))


def _facts(course: Course, volunteer: Volunteer, sponsor: str, locale: str) -> list[list[str]]:
    first, last = (shown(day, known(locale)) for day in (course.starts_on, course.ends_on))
    when = first if first == last else _word("from_to", locale, first=first, last=last)
    facts = {
        "name": f"{volunteer.given_name} {volunteer.surname}",
        "course": course.title,
        "kind": _word(CourseKind(course.kind), locale),
        "when": when,
        "units": _word("of", locale, units=str(course.units)),
        "moderator": course.moderator,
        "sponsor": sponsor,
    }
    return [[_word(name, locale), value] for name, value in facts.items() if value]


def _word(name: str, locale: str, **values: str) -> str:
    return _WORDS[name][known(locale) == "en"].format(**values)
