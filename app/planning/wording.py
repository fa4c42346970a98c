"""Why a seat is open, what would fill it, and why somebody is not proposed: German and English.

Each entry is a pair of sentences, German first. Nobody is "he" or "she": people have names.
"""

from collections.abc import Mapping
from typing import Any

from app.planning.schemas import ReasonRead
from app.planning.sentences import PAPERS, sentence
from matching.codes import FunnelCode, RepairCode, WhyNotCode
from scheduling import languages

Pair = tuple[str, str]
Names = Mapping[str, str]
"""How volunteers and seats are called, by id."""

FUNNEL: dict[FunnelCode, Pair] = {
    FunnelCode.POOL: ("Freiwillige im Pool: {count}.", "Volunteers in the pool: {count}."),
    FunnelCode.SPEAKS: (
        "Davon sprechen die Sprache gut genug: {count}.",
        "Of these speak the language well enough: {count}.",
    ),
    FunnelCode.RELEASED: (
        "Davon sind freigegeben, mit allen Nachweisen: {count}.",
        "Of these are released, with all papers: {count}.",
    ),
    FunnelCode.ALLOWED: (
        "Davon ohne Sperre, Absage oder anderen Wunsch: {count}.",
        "Of these without exclusion, refusal or other wish: {count}.",
    ),
    FunnelCode.NEAR: ("Davon nah genug: {count}.", "Of these near enough: {count}."),
    FunnelCode.FREE: (
        "Davon haben zu dieser Zeit frei: {count}.",
        "Of these are free at that time: {count}.",
    ),
    FunnelCode.UNDER_CAPS: (
        "Davon noch unter ihren Grenzen (Stunden, Einsätze, Betrag): {count}.",
        "Of these still under their limits (hours, assignments, money): {count}.",
    ),
    FunnelCode.UNTAKEN: (
        "Davon braucht der Plan nicht an anderer Stelle: {count}.",
        "Of these the plan does not need elsewhere: {count}.",
    ),
}
REPAIRS: dict[RepairCode, Pair] = {
    RepairCode.ASSIGN: ("{name} kann das übernehmen.", "{name} can do it."),
    RepairCode.DISPLACE: (
        "{name} kann das übernehmen, wenn andere Personen dafür einspringen (Einsätze: {seats}).",
        "{name} can do it if other people step in (assignments: {seats}).",
    ),
    RepairCode.MOVE: (
        "{name} kann, wenn der Termin {minutes} Minuten {direction} beginnt.",
        "{name} can if the appointment starts {minutes} minutes {direction}.",
    ),
    RepairCode.REMOTE: (
        "{name} kann per {mode} statt vor Ort.",
        "{name} can by {mode} instead of on site.",
    ),
    RepairCode.CONSENT: (
        "{name} spricht {spoken} statt {language}. Fragen Sie, ob das recht ist.",
        "{name} speaks {spoken} instead of {language}. Ask whether that is all right.",
    ),
    RepairCode.LEVEL: (
        "{name} spricht {language} auf {level}, gewünscht ist {wanted}. Fragen Sie, ob das reicht.",
        "{name} speaks {language} at {level}, {wanted} is wished for. Ask whether that will do.",
    ),
    RepairCode.OUTSIDE_HOURS: (
        "Fragen Sie {name}: Der Termin liegt {minutes} Minuten außerhalb der angegebenen Zeiten.",
        "Ask {name}: the appointment lies {minutes} minutes outside the hours offered.",
    ),
    RepairCode.FARTHER: (
        "Fragen Sie {name}: Der Weg dauert {minutes} Minuten, angegeben sind höchstens {limit}.",
        "Ask {name}: the way takes {minutes} minutes, the limit is {limit}.",
    ),
    RepairCode.PAPER: (
        "{name} kann mit einem gültigen Nachweis: {paper}.",
        "{name} can with a valid paper: {paper}.",
    ),
    RepairCode.RAISE_CAP: (
        "{name} kann, wenn die Grenze {period} erhöht wird, um {amount}.",
        "{name} can if the limit {period} is raised, by {amount}.",
    ),
    RepairCode.LONG_DAY: (
        "{name} kann, mit mehr Zeit oder weniger Pausen an diesem Elternsprechtag.",
        "{name} can, with more time or fewer breaks on this parents' day.",
    ),
    RepairCode.LEND: (
        "Fragen Sie den anderen Pool: {name} kann das übernehmen.",
        "Ask the other pool: {name} can do it.",
    ),
}
WHY_NOT: dict[str, Pair] = {
    WhyNotCode.PROPOSED: ("Ist hier vorgeschlagen.", "Is proposed here."),
    WhyNotCode.PINNED: ("{name} hat schon zugesagt.", "{name} has said yes already."),
    WhyNotCode.CLASH: (
        "Ist zu dieser Zeit an anderer Stelle vorgeschlagen: {seat}.",
        "Is proposed elsewhere at that time: {seat}.",
    ),
    WhyNotCode.CAP_USED: (
        "Die Grenze {period} ist durch andere Vorschläge erreicht (frei waren {amount}).",
        "The limit {period} is reached by other proposals (left were {amount}).",
    ),
    WhyNotCode.PARENTS_DAY: (
        "Hat an diesem Elternsprechtag schon genug ({left} Minuten sind möglich).",
        "Has enough on this parents' day already ({left} minutes are possible).",
    ),
    WhyNotCode.BUDGET: (
        "Der Begleitfall oder die Zuwendung lässt nicht mehr zu (frei waren {at_most}).",
        "The client case or the grant allows no more (left were {at_most}).",
    ),
    WhyNotCode.OTHER_DATE: (
        "Für die Anfrage gilt schon ein anderer Termin (Nummer {number}).",
        "Another date of the request is settled already (number {number}).",
    ),
    WhyNotCode.DEARER: (
        "{name} passt besser: {volunteer_cost} statt {cost} Punkte.",
        "{name} fits better: {volunteer_cost} instead of {cost} points.",
    ),
    WhyNotCode.COULD_GO: (
        "Kann das übernehmen ({cost} Punkte).",
        "Can do it ({cost} points).",
    ),
    "role": ("Übernimmt diese Rolle nicht.", "Does not take this role."),
    "gender": ("Passt nicht zum Wunsch Frau oder Mann.", "Does not fit the wish: woman or man."),
    "mode": ("Macht das nicht in dieser Form.", "Does not do it in this form."),
    "open_question": ("Eine Frage ist noch offen.", "A question is still open."),
    "language": ("Spricht nicht {language}.", "Does not speak {language}."),
    "level": (
        "Spricht auf {level}, gewünscht ist {wanted}.",
        "Speaks at {level}, {wanted} is wished for.",
    ),
    "too_far": (
        "Der Weg dauert {minutes} Minuten, angegeben sind höchstens {limit}.",
        "The way takes {minutes} minutes, the limit is {limit}.",
    ),
    "cap": (
        "Die Grenze {period} ist erreicht (frei sind {amount}).",
        "The limit {period} is reached (left are {amount}).",
    ),
}
MODES: dict[str, Pair] = {
    "phone": ("Telefon", "phone"), "video": ("Video", "video"), "on_site": ("Besuch", "visit"),
}  # fmt: skip
PERIODS: dict[str, Pair] = {
    "day": ("am Tag", "a day"), "week": ("in der Woche", "a week"), "year": ("im Jahr", "a year"),
    "tax_year": ("beim Steuerfreibetrag im Jahr", "of what is free of tax in a year"),
}  # fmt: skip
WEEKDAYS: tuple[Pair, ...] = (
    ("am Montag", "on Monday"),
    ("am Dienstag", "on Tuesday"),
    ("am Mittwoch", "on Wednesday"),
    ("am Donnerstag", "on Thursday"),
    ("am Freitag", "on Friday"),
    ("am Samstag", "on Saturday"),
    ("am Sonntag", "on Sunday"),
)
SCARCITY: Pair = (
    "Gesucht: {language}, {region}, {day}. Offen: {open} von {seats}.",
    "Wanted: {language}, {region}, {day}. Open: {open} of {seats}.",
)
NOT_KNOWN: Pair = ("unbekannt", "unknown")
NATIVE: Pair = ("Muttersprache", "native")
SOMEBODY: Pair = ("eine andere Person", "somebody else")


def language(tag: str, locale: str) -> str:
    """The name of a language in the reader's own; the tag where there is none."""
    found = languages.catalogue().get(tag)
    if found is None:
        return tag
    return found.english if locale == "en" else found.german


def level(rank: int, locale: str) -> str:
    """A level as people write it."""
    if not 0 < rank <= len(languages.LEVELS):
        return NOT_KNOWN[locale == "en"]
    name = languages.LEVELS[rank - 1]
    return NATIVE[locale == "en"] if name == "native" else name


def amount(number: int, unit: str, locale: str) -> str:
    """What is left of a limit, or missing."""
    english = locale == "en"
    if unit == "cents":
        euros = f"{number // 100}.{number % 100:02}"
        return f"€{euros}" if english else f"{euros.replace('.', ',')} €"
    if unit == "minutes":
        return f"{number} {'minutes' if english else 'Minuten'}"
    return f"{number} {'assignments' if english else 'Einsätze'}"


def words(params: Mapping[str, Any], names: Names, locale: str) -> dict[str, Any]:
    """The parameters of a code as words; `names` says how volunteers and seats are called."""
    english = locale == "en"
    found = dict(params)
    for name in {"language", "spoken"} & set(params):
        found[name] = language(str(params[name]), locale)
    for name in {"level", "wanted"} & set(params):
        if isinstance(params[name], int):
            found[name] = level(int(params[name]), locale)
    if "mode" in params:
        found["mode"] = MODES[str(params["mode"])][english]
    if "unit" in params:
        number = int(params.get("more", params.get("left", 0)))
        found["amount"] = amount(number, str(params["unit"]), locale)
        found["period"] = PERIODS[str(params["period"])][english]
    if "paper" in params:
        found["paper"] = PAPERS.get(str(params["paper"]), (str(params["paper"]),) * 2)[english]
    if "option" in params:
        found["number"] = int(params["option"]) + 1
    who = names.get(str(params.get("volunteer", "")), SOMEBODY[english])
    return found | {"name": who, "seat": names.get(str(params.get("seat", "")), "")}


def funnel(code: FunnelCode, count: int, locale: str) -> str:
    """How many are left after one question."""
    return FUNNEL[code][locale == "en"].format(count=count)


def repair(code: RepairCode, params: Mapping[str, Any], names: Names, locale: str) -> str:
    """What would fill the seat; `params` names the volunteer."""
    english = locale == "en"
    found = words(params, names, locale)
    if code is RepairCode.MOVE:
        later = int(params["minutes"]) > 0
        found["minutes"] = abs(int(params["minutes"]))
        found["direction"] = (("früher", "earlier"), ("später", "later"))[later][english]
    return REPAIRS[code][english].format_map(found)


def why_not(code: str, params: Mapping[str, Any], names: Names, locale: str) -> ReasonRead:
    """Why one volunteer is not proposed."""
    pair = WHY_NOT.get(code)
    if pair is None:
        said = sentence(code, params, locale)
    else:
        said = pair[locale == "en"].format_map(words(params, names, locale))
    return ReasonRead(code=code, params=dict(params), sentence=said)


def scarcity(tag: str, region: str, weekday: int, *, seats: int, empty: int, locale: str) -> str:
    """Which volunteer is missing most."""
    english = locale == "en"
    return SCARCITY[english].format(
        language=language(tag, locale),
        region=region,
        day=WEEKDAYS[weekday][english],
        seats=seats,
        open=empty,
    )
