"""What stands in the cells of reports: people, languages, Kreise, kinds and reasons by their names.

People are read as they are called today: who changed her name or is erased is so in old reports,
too.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from allowance.money import is_english
from app import db
from app.institutions import kinds
from app.payouts.paper_words import ACTIVITIES
from app.planning import sentences
from app.tables import Volunteer
from scheduling import languages, regions

NONE = ("ohne Angabe", "not given")
ALL = ("Alle", "All")
HIDDEN = ("ausgeblendet", "hidden")
WEEKDAYS = (
    ("Montag", "Monday"), ("Dienstag", "Tuesday"), ("Mittwoch", "Wednesday"),
    ("Donnerstag", "Thursday"), ("Freitag", "Friday"), ("Samstag", "Saturday"),
    ("Sonntag", "Sunday"),
)  # fmt: skip
ROLES = {"guide": ("Lotse/Lotsin", "Guide"), "interpreter": ("Dolmetscher/in", "Interpreter")}
OUTCOMES = {
    "performed": ("durchgeführt", "done"),
    "client_no_show": ("Begleitete Person kam nicht", "client did not come"),
    "cut_short": ("verkürzt", "cut short"),
    "aborted": ("abgebrochen", "broken off"),
    "cancelled_late": ("zu spät abgesagt", "cancelled late"),
    **ACTIVITIES,
}
"""How an appointment went, and what hours without one were for."""
COURSES = {
    "basic_guide": ("Basiskurs Lotsen", "Basic course, guides"),
    "basic_interpreter": ("Basiskurs Dolmetschen", "Basic course, interpreters"),
    "deepening": ("Vertiefung", "Deepening"),
    "reflection": ("Reflexionsgespräch", "Reflection talk"),
}
PURPOSES = {
    "guides": ("Integrationslotsen", "Guides"),
    "interpreters": ("Laiendolmetschen", "Interpreters"),
    "coordination": ("Koordination", "Coordination"),
    "courses": ("Qualifizierung", "Courses"),
}
YES_NO = {"yes": ("ja", "yes"), "no": ("nein", "no"), "unknown": ("offen", "open")}

Pair = tuple[str, str]


def said(pair: Pair, locale: str) -> str:
    """The German word, or the English one."""
    return pair[is_english(locale)]


def of(names: dict[str, Pair], key: str, locale: str) -> str:
    """What a code is called; the code itself where it has no name."""
    return said(names.get(key, (key, key)), locale) if key else ""


def people(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Surname and given name of volunteers, also of those who have left or were lent."""
    query = select(Volunteer.id, Volunteer.surname, Volunteer.given_name)
    query = query.where(col(Volunteer.id).in_({one for one in ids if one is not None}))
    with db.as_system(session):
        found = session.exec(query).all()
    return {one: ", ".join(filter(None, (surname, given))) for one, surname, given in found}


def language(tag: str, locale: str) -> str:
    """A language as readers know it."""
    found = languages.catalogue().get(tag)
    if found is None:
        return tag or said(NONE, locale)
    return found.english if is_english(locale) else found.german


def kreis(ags: str) -> str:
    """The key of the Kreis: towns and communes of a Kreis have three digits more."""
    return ags[:5]


def kreis_name(ags: str, day: date, locale: str) -> str:
    """A Kreis by name, as it was called on a day."""
    if not ags:
        return said(NONE, locale)
    known = regions.region_of(ags, day)
    return known.name if known else ags


def institution(kind: str, locale: str) -> str:
    """A kind of institution."""
    return kinds.called(kind, locale) if kind else said(NONE, locale)


def weekday(number: int, locale: str) -> str:
    """Monday is 0."""
    return said(WEEKDAYS[number], locale)


def reason(code: str, locale: str) -> str:
    """Why nobody came, without figures."""
    return sentences.sentence(code, {}, "en" if is_english(locale) else "de").rstrip(".")
