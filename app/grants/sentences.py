"""What the Land asks for, in sentences: conditions, deadlines, and who has to renew something."""

from allowance import euro
from allowance.claims import Reason
from allowance.grants import Finding
from app.grants.deadlines import Due
from app.grants.forecasts import AWAY, Ending, Forecast
from app.tables import GrantNotice, GrantPurpose
from app.volunteers import papers

PURPOSES = {
    GrantPurpose.GUIDES: ("Integrationslotsen", "integration guides"),
    GrantPurpose.INTERPRETERS: ("Laiendolmetscher", "interpreters"),
    GrantPurpose.COORDINATION: ("Koordination", "coordination"),
    GrantPurpose.COURSES: ("Kurse", "courses"),
}
_DUE = {
    "application": (
        "Den Antrag für {what} bis {day} stellen: vier Wochen vor dem Beginn.",
        "Apply for {what} by {day}: four weeks before it begins.",
    ),
    "declaration": (
        "Die Erklärung zum Bescheid für {what} bis {day} abgeben: einen Monat nach dem Bescheid.",
        "Send the declaration for {what} by {day}: one month after the notice.",
    ),
    "follow_up_application": (
        "Den Folgeantrag zu {what} bis {day} stellen.",
        "Apply for the year after {what} by {day}.",
    ),
    "proof_of_use": (
        "Den Verwendungsnachweis für {what} bis {day} abgeben.",
        "Send the proof of use for {what} by {day}.",
    ),
    "proof_of_course": (
        "Den Verwendungsnachweis für den Kurs, der am {course} endet, bis {day} abgeben: drei"
        " Monate danach.",
        "Send the proof of use for the course that ends on {course} by {day}: three months later.",
    ),
}
_REASONS = {
    "too_few_guides": (
        "Es sind {have} Lotsinnen und Lotsen aktiv, nötig sind {need}.",
        "{have} guides are active, {need} are needed.",
    ),
    "neither_nonprofit_nor_commune": (
        "Die Pauschale gibt es nur für gemeinnützige Träger und kleine Kommunen.",
        "The lump sum is only for non-profit sponsors and small communes.",
    ),
    "population_unknown": (
        "Die Einwohnerzahl ist nicht bekannt. Bitte in den Einstellungen eintragen.",
        "The number of inhabitants is not known. Please enter it in the settings.",
    ),
    "commune_too_large": (
        "Die Kommune hat {have} Einwohner, die Pauschale gibt es nur unter {need}.",
        "The commune has {have} inhabitants, the lump sum is only for fewer than {need}.",
    ),
    "too_few_interpreters": (
        "Es sind {have} Dolmetschende aktiv, nötig sind {need}.",
        "{have} interpreters are active, {need} are needed.",
    ),
    "too_few_languages": (
        "Der Pool spricht {have} Sprachen, nötig sind {need}.",
        "The pool speaks {have} languages, {need} are needed.",
    ),
}
_MET = {
    "lump_sum": (
        "Die Bedingung für die Koordinierungspauschale von {cents} ist erfüllt.",
        "The condition for the lump sum of {cents} for coordination is met.",
    ),
    "pool_condition": (
        "Der Pool hat genug Menschen und Sprachen.",
        "The pool has enough people and languages.",
    ),
}
_MISSED = {
    "lump_sum": (
        "Wird nichts erneuert, sind es ab {day} zu wenige Lotsinnen und Lotsen.",
        "If nothing is renewed, there are too few guides from {day} on.",
    ),
    "pool_condition": (
        "Wird nichts erneuert, hat der Pool ab {day} zu wenige Menschen oder Sprachen.",
        "If nothing is renewed, the pool has too few people or languages from {day} on.",
    ),
}
_TOO_FEW = {
    "lump_sum": (
        "Es sind schon jetzt zu wenige Lotsinnen und Lotsen.",
        "There are too few guides already.",
    ),
    "pool_condition": (
        "Der Pool hat schon jetzt zu wenige Menschen oder Sprachen.",
        "The pool has too few people or languages already.",
    ),
}
"""Where nobody is missing who could renew something."""
_HOLDS = (
    "In den nächsten zwölf Monaten bleibt die Bedingung erfüllt.",
    "The condition stays met for the next twelve months.",
)


def _of(pair: tuple[str, str], locale: str) -> str:
    return pair[1] if locale == "en" else pair[0]


def what(notice: GrantNotice, locale: str) -> str:
    """What a grant is for: `Integrationslotsen 2026 (wir)`."""
    purpose = _of(PURPOSES[GrantPurpose(notice.purpose)], locale)
    return f"{purpose} {notice.year} ({notice.funding_line})"


def deadline(due: Due, locale: str) -> str:
    """What has to be sent by when."""
    last = f"{due.course_ends_on:%d.%m.%Y}" if due.course_ends_on else ""
    words = {"what": what(due.notice, locale), "course": last}
    return _of(_DUE[due.code], locale).format(**words, day=f"{due.day:%d.%m.%Y}")


def reason(why: Reason, locale: str) -> str:
    """Why a condition is not met."""
    return _of(_REASONS[why.code], locale).format_map(_grouped(why, locale))


def _grouped(why: Reason, locale: str) -> dict[str, str]:
    mark = "," if locale == "en" else "."
    return {name: f"{value:,}".replace(",", mark) for name, value in why.params.items()}


def finding(code: str, found: Finding, locale: str) -> list[str]:
    """Whether a condition is met, and if not, each reason."""
    if found.met:
        return [_of(_MET[code], locale).format(cents=euro(found.cents, locale))]
    return [reason(why, locale) for why in found.reasons]


def forecast(found: Forecast, locale: str) -> str:
    """Until when a condition stays met."""
    if found.missed_on is None:
        return _of(_HOLDS, locale)
    if not found.endings:
        return _of(_TOO_FEW[found.code], locale)
    return _of(_MISSED[found.code], locale).format(day=f"{found.missed_on:%d.%m.%Y}")


def ending(one: Ending, locale: str) -> str:
    """Who has to be asked about what."""
    day = f"{one.day:%d.%m.%Y}"
    if one.what == AWAY:
        pair = ("{name} ist ab {day} länger nicht da.", "{name} is away for long from {day} on.")
    else:
        pair = (
            "{name}: {what} gilt ab {day} nicht mehr. Bitte erneuern lassen.",
            "{name}: {what} does not hold any more from {day} on. Please have it renewed.",
        )
    named = _of(papers.NAMES[one.what], locale) if one.what in papers.NAMES else ""
    return _of(pair, locale).format(name=one.name, what=named, day=day)
