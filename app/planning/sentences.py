"""What the engine's codes say to people, in German and English."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from app.planning.schemas import ReasonRead
from matching import Reason

GERMAN = {
    "no_language": "Sprache fehlt oder reicht nicht ({people}).",
    "no_time": "Keine Zeit oder schon eingeplant ({people}).",
    "no_region": "Weg zu weit ({people}).",
    "policy": "Sperre, oder geht nicht zu solchen Stellen ({people}).",
    "caps": "Grenze bei Stunden, Einsätzen oder Betrag erreicht ({people}).",
    "papers": "Nachweis fehlt oder ist abgelaufen ({people}).",
    "gender": "Wunsch Frau oder Mann nicht erfüllt ({people}).",
    "role": "Übernimmt diese Rolle nicht ({people}).",
    "mode": "Nicht in dieser Form: vor Ort, Telefon, Video ({people}).",
    "open_question": "Eine Frage ist noch offen ({people}).",
    "taken": "Wird an anderer Stelle dringender gebraucht ({count}).",
    "declined_by_all": "Wurde gefragt, kann diesmal nicht ({people}).",
    "too_late": "Die Zeit bis zum Termin hat nicht gereicht.",
    "budget": "Der Begleitfall oder die Zuwendung lässt nicht mehr zu (frei: {at_most}).",
    "team": "Für einen anderen Platz derselben Anfrage ist niemand da.",
    "language": "Spricht die Sprache nicht.",
    "consent": "Spricht eine verwandte Sprache; das geht nur mit Einverständnis.",
    "level": "Das Sprachniveau reicht nicht.",
    "unavailable": "Hat zu dieser Zeit nicht angegeben, dass es geht.",
    "busy": "Ist zu dieser Zeit schon unterwegs.",
    "too_far": "Der Weg ist zu weit.",
    "excluded": "Hier gilt eine Sperre.",
    "only_kinds": "Geht nur zu anderen Arten von Einrichtungen.",
    "blocked": "Hat für diesen Platz schon abgesagt.",
    "client_cap": "Für diesen Begleitfall sind in diesem Jahr schon alle Einsätze vergeben.",
    "cap": "Die Grenze ist erreicht (Stunden, Einsätze oder Betrag).",
    "paper": "Nachweis fehlt oder ist abgelaufen: {paper}.",
}
GERMAN_TERMS = {
    "travel": "Weg hin und zurück: {points} Punkte.",
    "substitution": "Spricht eine nahe verwandte Sprache: {points} Punkte.",
    "level": "Sprachniveau unter dem Wunsch oder nicht bekannt: {points} Punkte.",
    "wished": "War schon einmal da oder wird gewünscht: {points} Punkte.",
    "gender": "Passt nicht zum Wunsch Frau oder Mann: {points} Punkte.",
    "on_request": "Nur nach Vereinbarung: {points} Punkte.",
    "option": "Ausweichtermin: {points} Punkte.",
    "change": "Änderung gegenüber dem Vorschlag: {points} Punkte.",
    "lending": "Kommt aus einem anderen Pool: {points} Punkte.",
    "opening": "Hätte sonst nichts zu tun: {points} Punkte.",
    "fairness": "Hat schon viel übernommen: {points} Punkte.",
}
ENGLISH_TERMS = {
    "travel": "Way there and back: {points} points.",
    "substitution": "Speaks a closely related language: {points} points.",
    "level": "Level below the wish, or not known: {points} points.",
    "wished": "Was there before, or is wished for: {points} points.",
    "gender": "Does not fit the wish for a woman or a man: {points} points.",
    "on_request": "Only on request: {points} points.",
    "option": "Alternative date: {points} points.",
    "change": "Change of the proposal: {points} points.",
    "lending": "Comes from another pool: {points} points.",
    "opening": "Would have nothing to do otherwise: {points} points.",
    "fairness": "Has done much already: {points} points.",
}
ENGLISH = {
    "no_language": "Language missing or not good enough ({people}).",
    "no_time": "No time, or booked already ({people}).",
    "no_region": "Too far away ({people}).",
    "policy": "Excluded, or does not go to such places ({people}).",
    "caps": "Limit of hours, assignments or money reached ({people}).",
    "papers": "A paper is missing or has run out ({people}).",
    "gender": "Wish for a woman or a man not met ({people}).",
    "role": "Does not take this role ({people}).",
    "mode": "Not in this form: on site, phone, video ({people}).",
    "open_question": "A question is still open ({people}).",
    "taken": "Needed more elsewhere ({count}).",
    "declined_by_all": "Was asked, cannot this time ({people}).",
    "too_late": "There was not enough time before the appointment.",
    "budget": "The client case or the grant allows no more (left: {at_most}).",
    "team": "Nobody is there for another seat of the same request.",
    "language": "Does not speak the language.",
    "consent": "Speaks a related language; that needs the client's consent.",
    "level": "The level of the language is too low.",
    "unavailable": "Has not said that this time is possible.",
    "busy": "Is on the way somewhere else at that time.",
    "too_far": "The way is too far.",
    "excluded": "An exclusion holds here.",
    "only_kinds": "Goes only to other kinds of institutions.",
    "blocked": "Has said no to this seat already.",
    "client_cap": "All assignments of this client case are taken this year already.",
    "cap": "A limit is reached (hours, assignments or money).",
    "paper": "A paper is missing or has run out: {paper}.",
}
HEAVY = ("no_language", "role")
WEIGHTY = 4
"""A missing language or role weighs as much as four other obstacles."""
PAPERS = {
    "released": ("Freigabe", "release"),
    "adult": ("Volljährigkeit", "being of age"),
    "german": ("Deutsch B1", "German B1"),
    "declaration": ("Erklärung", "declaration"),
    "measles": ("Masernnachweis", "measles proof"),
    "conduct": ("Führungszeugnis", "certificate of conduct"),
    "listing": ("Bestätigung im letzten Jahr", "listing renewed within a year"),
    "training_interpreter": ("Basisqualifizierung Dolmetschen", "basic training interpreting"),
    "training_guide": ("Basisqualifizierung Lotsen", "basic training guiding"),
}


def _count(number: int, *, english: bool) -> str:
    if english:
        return "1 person" if number == 1 else f"{number} people"
    return "1 Person" if number == 1 else f"{number} Personen"


def _people(code: str, params: Mapping[str, Any], *, english: bool) -> str:
    """How many are nearest, and whether this is all they lack."""
    count = _count(int(params.get("volunteers", 0)), english=english)
    only = int(params.get("relaxations", 1)) <= (WEIGHTY if code in HEAVY else 1)
    if english:
        return f"{count}, otherwise fitting" if only else f"{count}, and more is missing"
    return f"{count}, sonst passend" if only else f"{count}, es fehlt noch mehr"


def sentence(code: str, params: Mapping[str, Any], locale: str = "de") -> str:
    """One code as a sentence."""
    kind, _, paper = code.partition(":")
    english = locale == "en"
    words: dict[str, Any] = defaultdict(str, params)
    words["paper"] = PAPERS.get(paper, (paper, paper))[english]
    words["people"] = _people(kind, params, english=english)
    words["count"] = _count(int(params.get("volunteers", 0)), english=english)
    said = (ENGLISH if english else GERMAN).get(kind, code)
    if "volunteers" not in params:
        said = said.replace(" ({people})", "")
    return said.format_map(words)


def reads(reasons: tuple[Reason, ...], locale: str = "de") -> list[ReasonRead]:
    """Reasons with their sentences."""
    return [read(reason.code, dict(reason.params), locale) for reason in reasons]


def read(code: str, params: dict[str, Any], locale: str = "de") -> ReasonRead:
    """One reason with its sentence."""
    return ReasonRead(code=code, params=params, sentence=sentence(code, params, locale))


def terms(costs: Mapping[str, int], locale: str = "de") -> list[ReasonRead]:
    """What a cost is made of: the terms that are not zero, each with its sentence."""
    table = ENGLISH_TERMS if locale == "en" else GERMAN_TERMS
    return [
        ReasonRead(code=name, params={"points": points}, sentence=table[name].format(points=points))
        for name, points in costs.items()
        if points != 0
    ]
