"""Open questions: asked once, answered by a person, applied to what they are about."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from app import access
from app.access import Actor
from app.clock import now
from app.requests.schemas import TaskRead
from app.tables import (
    Offer,
    Request,
    RequestState,
    Task,
    TaskState,
)

GERMAN = {
    "language": "Welche Sprache ist mit „{written}“ gemeint? Möglich: {candidates}",
    "policy": "{kind}: nach den Regeln nicht erlaubt. Trotzdem zulassen oder ablehnen?",
    "gender": "Die Angaben zu Frau/Mann widersprechen sich. Was gilt?",
    "personal_data": "Der Text sieht nach Name, Geburtsdatum oder Telefon aus. Bitte kürzen.",
    "paper": "Das Führungszeugnis wurde gesehen, bevor es ausgestellt war. Bitte Daten prüfen.",
    "hours": "Gemeldet {reported} Minuten, bestätigt {confirmed} Minuten. Was gilt?",
    "silent": (
        "{institution} hat nicht bestätigt, dass {volunteer} am {day} dort war. Bitte anrufen: Sie"
        " dürfen die Zeit mit einem Grund selbst bestätigen."
    ),
    "feedback": (
        "{institution} war am {day} nicht zufrieden mit dem Einsatz von {volunteer}{note}. Bitte"
        " nachfragen."
    ),
    "debrief": "{volunteer} möchte über die Arbeit sprechen{about}. Bitte melden Sie sich bald.",
    "column": "Die Angabe „{value}“ in der Spalte „{heading}“ ist nicht lesbar. Was gilt?",
    "availability": (
        "{volunteer} hat am {day} von {start} bis {end} einen bestätigten Termin außerhalb der"
        " neuen Zeiten. Bitte nachfragen, ob es dabei bleibt."
    ),
    "call": "Bitte {name} anrufen: {say}",
    "unconfirmed": (
        "{volunteer} hat zum Termin am {day} um {start} noch nicht gesagt, dass es dabei bleibt."
        " Bitte anrufen."
    ),
    "paper_ends": (
        "{volunteer}: {paper} gilt nur bis {until}, der Termin ist am {day}. Bitte erneuern lassen."
    ),
    "standby_missing": (
        "Für den wichtigen Termin am {day} um {start} steht noch niemand bereit. Bitte jemanden"
        " fragen."
    ),
    "webhook": (
        "Der Empfänger {host} bekommt keine Ereignisse mehr: Er hat sich abgemeldet oder war lange"
        " nicht erreichbar. Bitte der Leitung Bescheid geben."
    ),
    "unfilled": (
        "Für {institution} am {day} um {start}, {language}, wurde niemand gefunden: {reason}"
        " {told} Bitte klären, ob die Einrichtung einen anderen Termin braucht."
    ),
    "one_missing": (
        "Für {institution} am {day} um {start} fehlt noch jemand, {language}: {reason} Bitte mit"
        " der Einrichtung klären, ob der Termin so stattfindet."
    ),
    "unsought": (
        "Für {institution} am {day} um {start}, {language}, ist noch niemand gefragt. Bitte suchen"
        " oder der Einrichtung absagen."
    ),
    "payment_returned": (
        "Überweisung an {name} kam zurück{why}: Bitte das Konto prüfen. So lange diese Aufgabe"
        " offen ist, geht nichts mehr auf dieses Konto.{owed}"
    ),
    "lending_asked": (
        "{pool} bittet um Hilfe: {when}, {town}, {language}. Bitte unter Ausleihen antworten."
    ),
    "other_time_offered": (
        "{volunteer} kann am {day} um {start} nicht ({place}), aber zu einer anderen Zeit: {times}."
        "{note} Bitte mit der Einrichtung klären, ob das passt."
    ),
    "call_asked": (
        "{volunteer} bittet um einen Anruf zur Anfrage am {day} um {start} ({place}). Bitte"
        " anrufen: Die Antwort können Sie selbst eintragen."
    ),
    "deadline": "{said} Danach bei der Förderung eintragen.",
    "": "Bitte ansehen: {code}",
}
ENGLISH = {
    "language": "Which language is meant by “{written}”? Possible: {candidates}",
    "policy": "{kind}: not allowed by the rules. Allow it all the same, or reject it?",
    "gender": "What is said about woman/man contradicts itself. What holds?",
    "personal_data": "The text looks like a name, birth date or telephone. Please shorten it.",
    "paper": "The certificate of conduct was seen before it was issued. Please check the dates.",
    "hours": "Reported {reported} minutes, confirmed {confirmed} minutes. What holds?",
    "silent": (
        "{institution} has not confirmed that {volunteer} was there on {day}. Please call: you may"
        " confirm the time yourself with a reason."
    ),
    "feedback": (
        "{institution} was not content with the appointment of {volunteer} on {day}{note}. Please"
        " ask."
    ),
    "debrief": "{volunteer} would like to talk about the work{about_en}. Please get in touch soon.",
    "column": "The value “{value}” in the column “{heading}” cannot be read. What holds?",
    "availability": (
        "{volunteer} has a confirmed appointment on {day} from {start} to {end}, outside the new"
        " times. Please ask whether it stands."
    ),
    "call": "Please call {name}: {say}",
    "unconfirmed": (
        "{volunteer} has not said yet that the appointment on {day} at {start} stands. Please call."
    ),
    "paper_ends": (
        "{volunteer}: {paper_en} holds only until {until}, the appointment is on {day}. Please have"
        " it renewed."
    ),
    "standby_missing": (
        "Nobody stands by yet for the important appointment on {day} at {start}. Please ask"
        " somebody."
    ),
    "webhook": (
        "The receiver {host} is sent no more events: it signed off or could not be reached for"
        " long. Please tell the lead."
    ),
    "unfilled": (
        "For {institution} on {day} at {start}, {language}, nobody was found: {reason_en}"
        " {told_en} Please ask whether it needs another date."
    ),
    "one_missing": (
        "For {institution} on {day} at {start} somebody is still missing, {language}: {reason_en}"
        " Please settle with the institution whether the appointment takes place like this."
    ),
    "unsought": (
        "For {institution} on {day} at {start}, {language}, nobody has been asked yet. Please seek"
        " somebody, or tell the institution that nobody comes."
    ),
    "payment_returned": (
        "The transfer to {name} came back{why}: please check the account. As long as this task"
        " is open, nothing more goes to it.{owed_en}"
    ),
    "lending_asked": (
        "{pool} asks for help: {when_en}, {town}, {language_en}. Please answer under lendings."
    ),
    "other_time_offered": (
        "{volunteer} cannot on {day} at {start} ({place}), but could at another time: {times_en}."
        "{note_en} Please ask the institution whether that suits."
    ),
    "call_asked": (
        "{volunteer} asks to be called about the question for {day} at {start} ({place}). Please"
        " call: you may enter the answer yourself."
    ),
    "deadline": "{said_en} Enter it at the grant afterwards.",
    "": "Please look at: {code}",
}


ABOUT_OFFERS = OTHER_TIME, CALL = "other_time_offered", "call_asked"
"""What somebody said about an offer besides yes and no: settled when it is, or its time is gone."""
FREE_TEXTS = {"topic": 120, "note": 300, "urgency_reason": 300}
"""Members of a request in which people write freely, and how long they may be."""


def question(code: str, params: dict[str, Any], locale: str) -> str:
    """The question as a sentence."""
    kind, _, rest = code.partition(":")
    sentences = ENGLISH if locale == "en" else GERMAN
    words: dict[str, Any] = {"heading": rest, "written": rest, **params, "code": code}
    return sentences.get(kind, sentences[""]).format_map(defaultdict(str, words))


def ask_about(
    session: Session,
    sponsor_id: UUID,
    subject_type: str,
    subject_id: UUID,
    code: str,
    params: dict[str, Any],
) -> None:
    """Ask a question once, however often the same list is read."""
    known = session.exec(
        select(Task.id).where(col(Task.subject_id) == subject_id, col(Task.code) == code)
    ).first()
    if known is None:
        session.add(
            Task(
                sponsor_id=sponsor_id,
                code=code[:160],
                params=params,
                subject_type=subject_type,
                subject_id=subject_id,
            )
        )
        session.flush()


def of(request: Request, code: str, params: dict[str, Any]) -> Task:
    """A question about a request for which nobody was asked it before."""
    return Task(
        sponsor_id=request.sponsor_id,
        code=code[:160],
        params=params,
        subject_type="request",
        subject_id=request.id,
    )


def ask_anew(
    session: Session, request: Request, questions: dict[str, dict[str, Any]], about: set[str]
) -> None:
    """Ask about texts that were changed, also what was answered for the words before.

    Questions that are open and no longer hold are closed; `about` says which were looked at: a
    code, or the word before its colon.
    """
    query = select(Task).where(
        col(Task.subject_id) == request.id, col(Task.state) == TaskState.OPEN
    )
    left = dict(questions)
    for task in session.exec(query).all():
        known = left.pop(task.code, None)
        looked_at = task.code in about or task.code.partition(":")[0] in about
        if known is None and looked_at:
            task.state, task.resolved_at = TaskState.RESOLVED, now()
            session.add(task)
    session.add_all(of(request, code, params) for code, params in left.items())
    session.flush()


def wait_or_open(session: Session, request: Request) -> None:
    """Open what has no question left; what has one waits, unless everybody is booked."""
    waits = bool(open_codes(session, [request.id])[request.id])
    if waits and request.state == RequestState.OPEN:
        request.state = RequestState.NEEDS_INFO
    elif not waits and request.state == RequestState.NEEDS_INFO:
        request.state = RequestState.OPEN
    session.add(request)
    session.flush()


def close(session: Session, subject_id: UUID) -> None:
    """What its questions are about has ended: nobody has to answer them any more."""
    close_all(session, [subject_id])


def close_all(session: Session, subject_ids: Sequence[UUID], code: str | None = None) -> None:
    """The same for many subjects in one statement; with `code` only questions of that kind."""
    found: list[ColumnElement[bool]] = [col(Task.subject_id).in_(subject_ids)]
    if code is not None:
        found.append(or_(col(Task.code) == code, col(Task.code).startswith(f"{code}:")))
    resolve(session, *found)


def resolve(session: Session, *found: ColumnElement[bool]) -> None:
    """Close the open questions for which that holds, without an answer."""
    session.exec(
        update(Task)
        .where(*found, col(Task.state) == TaskState.OPEN)
        .values(state=TaskState.RESOLVED, resolved_at=now(), updated_at=now())
    )


def close_about_offers(session: Session, *found: ColumnElement[bool]) -> None:
    """Nobody has to see to what was said about the offers for which that holds."""
    offers = select(Offer.id).where(*found)
    resolve(session, col(Task.subject_id).in_(offers), col(Task.code).in_(ABOUT_OFFERS))


def open_codes(session: Session, subject_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The codes of open questions by subject."""
    found: dict[UUID, list[str]] = defaultdict(list)
    query = select(Task.subject_id, Task.code).where(
        col(Task.subject_id).in_(subject_ids), col(Task.state) == TaskState.OPEN
    )
    for subject_id, code in session.exec(query.order_by(col(Task.id))).all():
        found[subject_id].append(code)
    return found


def read(task: Task, locale: str) -> TaskRead:
    """A question with its sentence."""
    return TaskRead(**task.model_dump(), question=question(task.code, task.params, locale))


def visible(actor: Actor, state: TaskState | None) -> SelectOfScalar[Task]:
    """The questions at the actor's sponsors."""
    query = access.visible_tasks(actor)
    return query.where(col(Task.state) == state) if state else query
