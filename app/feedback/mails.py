"""The mail to the operator; what was said stays in the database, where it is forgotten in time."""

import logging
from datetime import date

from app.messages import mail, wording
from app.messages.channels import Parcel, Undelivered
from app.messages.telling import Text
from app.settings import get_settings
from app.tables import Feedback, FeedbackKind

log = logging.getLogger(__name__)

EVENT = "feedback"
"""Stands where other mails name their event."""
LOCALE = "de"
WORDS = {
    "de": {
        "subject": "Rückmeldung zur App: {kind}",
        "lead": "jemand hat eine Rückmeldung zur App geschickt. Der Text steht nur im Programm,"
        " nicht in dieser E-Mail.",
        "kind": "Art",
        "after": "Zum Lesen: lotsenwerk feedback list --open",
        "barrier": "Barriere",
        "mistake": "Fehler",
        "wish": "Wunsch",
    },
    "en": {
        "subject": "Feedback on the app: {kind}",
        "lead": "somebody has sent feedback on the app. Its text stands in the program only, not"
        " in this mail.",
        "kind": "Kind",
        "after": "To read it: lotsenwerk feedback list --open",
        "barrier": "barrier",
        "mistake": "mistake",
        "wish": "wish",
    },
}


def arrived(locale: str, kind: FeedbackKind, answer_by: date) -> Text:
    """The mail that says that somebody has said something, and by when it is to be answered."""
    tongue = wording.known(locale)
    words = WORDS[tongue]
    day = f"{answer_by:%d.%m.%Y}" if tongue == "de" else answer_by.isoformat()
    return wording.letter(
        locale,
        "",
        subject=words["subject"].format(kind=words[kind]),
        lead=words["lead"],
        facts=[(words["kind"], words[kind]), ("until", day)],
        after=words["after"],
    )


def send(said: Feedback) -> None:
    """Hand the mail over; what never leaves is only noted, what may leave later raises."""
    settings = get_settings()
    text = arrived(LOCALE, FeedbackKind(said.kind), said.answer_by)
    try:
        mail.way(settings).deliver(_parcel(said, settings.contact_email, text))
    except Undelivered as error:
        if not error.lasting:
            raise
        log.warning("the mail about feedback %s did not leave: %s", said.id, error.failure)


def _parcel(said: Feedback, recipient: str, text: Text) -> Parcel:
    """The mail as it is handed over; it comes from no sponsor."""
    return Parcel(
        message_id=said.id,
        event=EVENT,
        locale=LOCALE,
        sponsor="",
        recipient=recipient,
        subject=text.subject,
        body=text.body,
        short="",
        calendar="",
        made_at=said.created_at,
    )
