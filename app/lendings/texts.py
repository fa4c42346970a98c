"""Texts about lending: no institution, no topic, and before the booking no volunteer is named."""

from datetime import datetime

from app.messages.telling import Text
from app.messages.wording import brief, known, letter
from app.offers import texts as offers
from app.tables import LendingState, Mode

OFFICE = {
    "de": (
        "Ein anderer Pool bittet um Hilfe",
        "{pool} sucht jemanden für diesen Termin. In Ihrem Pool gibt es Menschen, die dafür"
        " ausgeliehen werden möchten.",
        "Bitte antworten Sie im Lotsenwerk: Wählen Sie jemanden aus, oder sagen Sie ab. Der andere"
        " Pool erfährt erst nach der Zusage, wer kommt.",
    ),
    "en": (
        "Another pool asks for help",
        "{pool} needs somebody for this appointment. In your pool there are people who want to be"
        " lent for it.",
        "Please answer in Lotsenwerk: choose somebody, or say no. The other pool learns who comes"
        " only once she has said yes.",
    ),
}
HER = {
    "de": (
        "Anfrage von {pool}",
        "ein anderer Pool bittet um Hilfe: {pool}. Können Sie bei diesem Termin helfen?",
        "Jetzt antworten",
        "Sie müssen nicht begründen, wenn es nicht geht. Ihren Namen und Ihre Telefonnummer bekommt"
        " der andere Pool erst, wenn Sie zusagen.",
    ),
    "en": (
        "Question from {pool}",
        "another pool asks for help: {pool}. Can you help at this appointment?",
        "Answer now",
        "You need not give a reason if you cannot. The other pool gets your name and telephone"
        " number only if you say yes.",
    ),
}
ENDS = {
    LendingState.AGREED: (
        "Der andere Pool hat zugesagt. Die Person wird jetzt gefragt.",
        "The other pool has agreed. The person is being asked now.",
    ),
    LendingState.BOOKED: (
        "Jemand aus dem anderen Pool kommt. Name und Telefon stehen im Lotsenwerk.",
        "Somebody of the other pool comes. Name and telephone are shown in Lotsenwerk.",
    ),
    LendingState.DECLINED: (
        "Der andere Pool kann leider niemanden ausleihen. Bitte anders suchen.",
        "The other pool cannot lend anybody. Please look elsewhere.",
    ),
    LendingState.WITHDRAWN: (
        "Die Frage an den anderen Pool ist beendet.",
        "The question to the other pool has ended.",
    ),
}
"""What the office that asked is told, in German and English."""


def office_asked(
    locale: str, pool: str, starts_at: datetime, ends_at: datetime, town: str, language: str | None
) -> Text:
    """To an office whose pool is asked for somebody."""
    time = offers.when(starts_at, ends_at, locale)
    title, lead, after = OFFICE[known(locale)]
    return letter(
        locale,
        "",
        subject=f"{title}: {time}",
        lead=lead.format(pool=pool),
        facts=(
            ("when", time),
            ("where", town),
            ("language", offers.language_name(language, locale)),
        ),
        after=after,
        short=brief(locale, title, starts_at, town),
    )


def she_asked(
    locale: str,
    name: str,
    pool: str,
    starts_at: datetime,
    ends_at: datetime,
    town: str,
    mode: str,
    language: str | None,
    until: datetime,
    url: str,
) -> Text:
    """To a volunteer whom another pool would like to borrow."""
    time = offers.when(starts_at, ends_at, locale)
    title, lead, action, after = (word.format(pool=pool) for word in HER[known(locale)])
    return letter(
        locale,
        name,
        subject=f"{title}: {time}",
        lead=lead,
        facts=(
            ("when", time),
            ("where", f"{town} ({offers.MODES[known(locale)][Mode(mode)]})"),
            ("language", offers.language_name(language, locale)),
            ("until", offers.by(until, locale)),
        ),
        action=(action, url),
        after=after,
        short=brief(locale, title, starts_at, town, url),
    )


def how_it_stands(
    locale: str, pool: str, state: str, starts_at: datetime | None, when: str
) -> Text:
    """To the office that asked another pool; the volunteer is not named."""
    said = ENDS[LendingState(state)][known(locale) == "en"]
    return letter(
        locale,
        "",
        subject=f"{pool}: {said}",
        lead=f"{pool}: {said}",
        facts=(("when", when),),
        short=brief(locale, pool, starts_at, ""),
    )
