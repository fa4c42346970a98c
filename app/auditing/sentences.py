"""What was done with a volunteer's record, in sentences for herself."""

from collections.abc import Iterable, Mapping
from typing import Any

ME, OFFICE, SERVICE = "me", "office", "service"
WHO = {
    "de": {ME: "Sie haben", OFFICE: "Die Koordination von „{}“ hat", SERVICE: "Lotsenwerk hat"},
    "en": {ME: "You have", OFFICE: "The office of “{}” has", SERVICE: "Lotsenwerk has"},
}
DONE: dict[str, dict[str, str]] = {
    "volunteer.create": {
        "de": "{} Sie in die Liste der Freiwilligen eingetragen.",
        "en": "{} entered you in the list of volunteers.",
    },
    "volunteer.read": {
        "de": "{} Ihre Angaben gelesen.",
        "en": "{} read your details.",
    },
    "volunteer.update": {
        "de": "{} Ihre Angaben geändert{}.",
        "en": "{} changed your details{}.",
    },
    "enrolment.update": {
        "de": "{} etwas an Ihrem Platz im Pool geändert{}.",
        "en": "{} changed something about your place in the pool{}.",
    },
    "enrolment.lendable": {
        "de": "{} geändert, ob Sie auch in anderen Pools helfen.",
        "en": "{} changed whether you help in other pools as well.",
    },
    "person.export": {
        "de": "{} eine Auskunft über alle Ihre Daten geholt.",
        "en": "{} fetched everything that is stored about you.",
    },
    "busy_feed.remove": {
        "de": "{} einen Kalender von Ihnen entfernt.",
        "en": "{} removed a calendar of yours.",
    },
}
OTHER = {
    "de": "{} etwas getan, das Ihre Angaben betrifft ({}).",
    "en": "{} done something that concerns your details ({}).",
}
_LIMITS, _REST = ("Grenzen", "limits"), ("Ruhezeit", "quiet hours")
FIELDS: dict[str, tuple[str, str]] = {
    "absences": ("Abwesenheiten", "absences"),
    "availability": ("Zeiten", "times"),
    "clearances": ("Nachweise", "papers"),
    "coordinating": ("Aufgaben", "tasks"),
    "day_assignments": _LIMITS,
    "email": ("E-Mail-Adresse", "e-mail address"),
    "exclusions": ("wohin Sie nicht gehen", "where you do not go"),
    "extra_times": ("zusätzliche Zeiten", "extra times"),
    "gender": ("Geschlecht", "gender"),
    "german_level": ("Deutsch-Kenntnisse", "level of German"),
    "iban": ("Bankverbindung", "bank account"),
    "languages": ("Sprachen", "languages"),
    "lendable": ("Hilfe in anderen Pools", "help in other pools"),
    "listing_renewed_on": ("Prüfung der Liste", "renewal of the listing"),
    "locale": ("Sprache der Nachrichten", "language of messages"),
    "long_days": _LIMITS,
    "message_preferences": ("Wege für Nachrichten", "ways of messages"),
    "most_day_assignments": _LIMITS,
    "most_day_minutes": _LIMITS,
    "most_travel_minutes": _LIMITS,
    "most_week_minutes": _LIMITS,
    "note": ("Notiz", "note"),
    "phone": ("Telefonnummer", "telephone number"),
    "phone_only": ("Wege für Nachrichten", "ways of messages"),
    "postal_code": ("Postleitzahl", "postal code"),
    "quiet_from_minute": _REST,
    "quiet_to_minute": _REST,
    "roles": ("Aufgaben", "tasks"),
    "state": ("Status", "state"),
    "town": ("Ort", "town"),
    "trainings": ("Kurse", "courses"),
    "transport": ("Verkehrsmittel", "means of transport"),
    "week_minutes": _LIMITS,
}


def sentence(
    action: str, details: Mapping[str, Any], who: str, sponsor: str, locale: str = "de"
) -> str:
    """The sentence for an entry: who did what, and which details it was about."""
    doer = WHO[locale][who].format(sponsor)
    known = DONE.get(action)
    if known is None:
        return OTHER[locale].format(doer, action)
    named = _named(details.get("fields") or (), locale)
    return known[locale].format(doer, f": {named}" if named else "")


def _named(fields: Iterable[str], locale: str) -> str:
    """The fields in words; those without a word of their own are left out."""
    at = 1 if locale == "en" else 0
    words = (FIELDS[name][at] for name in fields if name in FIELDS)
    return ", ".join(dict.fromkeys(words))
