"""What pages behind links say of an appointment: when, where, how, and whom to ask for there."""

from collections.abc import Iterable
from datetime import datetime

from app.institutions import naming
from app.offers import texts
from app.offers.schemas import ContactRead
from app.tables import Institution, Mode

Facts = list[tuple[str, str]]
"""A key of `LABELS` and a value; on the page a label and a value."""
LABELS = {
    "de": {
        "when": "Wann",
        "where": "Wo",
        "way": "Ihr Weg",
        "mode": "Wie",
        "language": "Sprache",
        "topic": "Anlass",
        "until": "Antwort bis",
        "contact": "Ansprechperson",
        "address": "Adresse",
        "note": "Hinweis",
        "kept": "Wichtig",
    },
    "en": {
        "when": "When",
        "where": "Where",
        "way": "Your way",
        "mode": "How",
        "language": "Language",
        "topic": "Occasion",
        "until": "Answer until",
        "contact": "Contact",
        "address": "Address",
        "note": "Please note",
        "kept": "Important",
    },
}

KEPT = {
    "de": "Diese Adresse ist geschützt. Bitte sagen Sie sie niemandem weiter.",
    "en": "This address is protected. Please tell it to nobody.",
}


def appointment(
    locale: str,
    starts_at: datetime,
    ends_at: datetime,
    *,
    where: str,
    mode: str,
    language: str | None,
    travel_minutes: int | None = None,
) -> Facts:
    """What everybody may know who is asked."""
    return [
        ("when", texts.when(starts_at, ends_at, locale)),
        ("where", where),
        ("way", texts.way(travel_minutes, locale)),
        ("mode", texts.MODES[locale][Mode(mode)]),
        ("language", texts.language_name(language, locale)),
    ]


def contact(place: ContactRead | None) -> Facts:
    """Address and contact: nothing for who is not booked."""
    if place is None:
        return []
    address = f"{place.street}, {place.postal_code} {place.town}"
    return [
        ("address", ", ".join(filter(None, [address, place.room]))),
        ("contact", ", ".join(filter(None, [place.name, place.phone]))),
        ("note", place.note),
    ]


def kept(place: Institution, *, told: bool, locale: str) -> Facts:
    """A word to who has just been told where a protected place is."""
    return [("kept", KEPT[locale])] if told and naming.is_protected(place.kind) else []


def labelled(locale: str, facts: Iterable[tuple[str, str]]) -> Facts:
    """The facts as they are shown; what is empty is left out."""
    labels = LABELS[locale]
    return [(labels[key], value) for key, value in facts if value]
