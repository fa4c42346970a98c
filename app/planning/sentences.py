"""What the engine's codes say to people, in German and English."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from app.planning.schemas import ReasonRead
from matching import Reason

GERMAN = {
    "no_language": "{volunteers} Personen sprechen diese Sprache nicht oder nicht gut genug.",
    "no_time": "{volunteers} Personen haben zu dieser Zeit keine Zeit oder sind schon eingeplant.",
    "no_region": "{volunteers} Personen haben es zu weit.",
    "policy": "Für {volunteers} Personen gilt eine Sperre oder sie gehen nicht zu solchen Stellen.",
    "caps": "{volunteers} Personen haben ihre Grenze erreicht (Stunden, Einsätze oder Betrag).",
    "papers": "Bei {volunteers} Personen fehlt ein Nachweis oder er ist abgelaufen.",
    "gender": "{volunteers} Personen passen nicht zum Wunsch Frau oder Mann.",
    "role": "{volunteers} Personen übernehmen diese Rolle nicht.",
    "mode": "{volunteers} Personen machen diese Form nicht (vor Ort, Telefon, Video).",
    "open_question": "Bei {volunteers} Personen ist noch eine Frage offen.",
    "taken": "{volunteers} Personen könnten, werden aber an anderer Stelle dringender gebraucht.",
    "budget": "Die Höchstzahl für diesen Begleitfall ist erreicht ({at_most}).",
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
    "cap": "Die Grenze ist erreicht (Stunden, Einsätze oder Betrag).",
    "paper": "Nachweis fehlt oder ist abgelaufen: {paper}.",
    "wished": "War schon einmal da oder wird gewünscht.",
    "travel": "Weg in Punkten: {points}.",
    "fairness": "Hat schon viel übernommen: {points} Punkte.",
    "substitution": "Spricht eine nahe verwandte Sprache: {points} Punkte.",
    "on_request": "Nur nach Vereinbarung: {points} Punkte.",
    "option": "Ausweichtermin: {points} Punkte.",
    "change": "Änderung gegenüber dem Vorschlag: {points} Punkte.",
}
ENGLISH = {
    "no_language": "{volunteers} people do not speak this language, or not well enough.",
    "no_time": "{volunteers} people have no time then, or are booked.",
    "no_region": "{volunteers} people live too far away.",
    "policy": "{volunteers} people are excluded here or do not go to such places.",
    "caps": "{volunteers} people have reached a limit (hours, assignments or money).",
    "papers": "{volunteers} people lack a paper, or it has run out.",
    "gender": "{volunteers} people do not fit the wish for a woman or a man.",
    "role": "{volunteers} people do not take this role.",
    "mode": "{volunteers} people do not do this form (on site, phone, video).",
    "open_question": "For {volunteers} people a question is still open.",
    "taken": "{volunteers} people could go but are needed more elsewhere.",
    "budget": "The maximum for this client case is reached ({at_most}).",
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
    "cap": "A limit is reached (hours, assignments or money).",
    "paper": "A paper is missing or has run out: {paper}.",
    "wished": "Was there before, or is wished for.",
    "travel": "Way in points: {points}.",
    "fairness": "Has done much already: {points} points.",
    "substitution": "Speaks a closely related language: {points} points.",
    "on_request": "Only on request: {points} points.",
    "option": "Alternative date: {points} points.",
    "change": "Change of the proposal: {points} points.",
}
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


def sentence(code: str, params: Mapping[str, Any], locale: str = "de") -> str:
    """One code as a sentence."""
    kind, _, paper = code.partition(":")
    english = locale == "en"
    words: dict[str, Any] = defaultdict(str, params)
    words["paper"] = PAPERS.get(paper, (paper, paper))[english]
    table = ENGLISH if english else GERMAN
    return table.get(kind, code).format_map(words)


def reads(reasons: tuple[Reason, ...], locale: str = "de") -> list[ReasonRead]:
    """Reasons with their sentences."""
    return [read(reason.code, dict(reason.params), locale) for reason in reasons]


def read(code: str, params: dict[str, Any], locale: str = "de") -> ReasonRead:
    """One reason with its sentence."""
    return ReasonRead(code=code, params=params, sentence=sentence(code, params, locale))


def terms(costs: Mapping[str, int], locale: str = "de") -> list[ReasonRead]:
    """The terms of a cost that are not zero, each with its sentence."""
    return [read(name, {"points": points}, locale) for name, points in costs.items() if points != 0]
