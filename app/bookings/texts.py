"""What is said about bookings: plain German and English, nothing about clients.

No word that somebody typed is written down: room, contact and notes stand behind the links.
"""

from dataclasses import replace
from datetime import datetime

from app.bookings.visits import Visit
from app.institutions import naming
from app.messages import invitations
from app.messages.telling import Text
from app.messages.wording import brief, known, letter
from app.offers.texts import by, language_name, place, when

NOTHING_TO_DO = {
    "de": "Sie müssen nichts weiter tun.",
    "en": "There is nothing else for you to do.",
}
DETAILS = {"de": "Alles zum Termin", "en": "About the appointment"}
IF_NOT = {
    "de": "Wenn Ihnen etwas dazwischenkommt, sagen Sie es uns bitte sofort.",
    "en": "If something comes up, please tell us at once.",
}
ANSWER = {"de": "Jetzt antworten", "en": "Answer now"}
HOW_TO_CONFIRM = (
    "Mit dem Code bestätigen Sie die Zeit: Nennen Sie ihn bitte erst am Ende des Termins. Ohne"
    " Code bekommen Sie danach eine E-Mail mit einem Link."
)
"""To institutions, which are written to in German."""


def _time(visit: Visit, locale: str) -> str:
    """When a booking is, in local time."""
    return when(visit.booking.starts_at, visit.booking.ends_at, locale)


def _place(visit: Visit, locale: str) -> str:
    """Where to go, or by which way."""
    return place(visit.institution, visit.booking.mode, locale)


def _facts(visit: Visit) -> tuple[tuple[str, str], ...]:
    locale = visit.volunteer.locale
    return (
        ("when", _time(visit, locale)),
        ("where", _place(visit, locale)),
        ("language", language_name(visit.seat.language, locale)),
    )


def _entry(visit: Visit) -> str:
    """The booking for her calendar."""
    locale = visit.volunteer.locale
    spoken = language_name(visit.seat.language, locale)
    where = _place(visit, locale)
    return invitations.booked(visit.booking, locale=locale, language=spoken, location=where)


def _no_entry(visit: Visit) -> str:
    """What takes the booking out of her calendar again."""
    return invitations.called_off(visit.booking, locale=visit.volunteer.locale)


def _to_her(
    visit: Visit,
    words: dict[str, tuple[str, str]],
    *,
    facts: tuple[tuple[str, str], ...] = (),
    action: dict[str, str] | None = None,
    url: str = "",
    after: dict[str, str] | None = None,
    calendar: str = "",
) -> Text:
    """A letter to the volunteer; `words` are a title and the lead, by language.

    The braces in a lead are filled with when it is.
    """
    locale = visit.volunteer.locale
    tongue = known(locale)
    title, lead = words[tongue]
    time = _time(visit, locale)
    return letter(
        locale,
        visit.volunteer.given_name,
        subject=f"{title}: {time}",
        lead=lead.format(time=time),
        facts=facts,
        action=(action[tongue], url) if action else None,
        after=(after or {}).get(tongue, ""),
        short=brief(locale, title, visit.booking.starts_at, visit.institution.town, url),
        calendar=calendar,
    )


def _rough_facts(visit: Visit) -> tuple[tuple[str, str], ...]:
    time, _, language = _facts(visit)
    where = naming.roughly(visit.institution, locale=known(visit.volunteer.locale))
    return (time, ("where", where), language)


def given_back(visit: Visit) -> Text:
    """To her who gave an appointment back."""
    words = {
        "de": (
            "Zurückgegeben",
            "Sie haben den Termin am {time} zurückgegeben. Wir suchen jemand anderen.",
        ),
        "en": (
            "Given back",
            "You have given back the appointment on {time}. We are looking for somebody else.",
        ),
    }
    return _to_her(visit, words, after=NOTHING_TO_DO, calendar=_no_entry(visit))


def taken_off(visit: Visit) -> Text:
    """To her on whom the office no longer counts."""
    words = {
        "de": ("Nicht mehr eingeplant", "für den Termin am {time} sind Sie nicht mehr eingeplant."),
        "en": ("No longer planned", "you are no longer planned for the appointment on {time}."),
    }
    return _to_her(visit, words, after=NOTHING_TO_DO, calendar=_no_entry(visit))


def called_off(visit: Visit) -> Text:
    """To her whose appointment does not take place."""
    words = {
        "de": ("Abgesagt", "der Termin am {time} findet nicht statt."),
        "en": ("Cancelled", "the appointment on {time} does not take place."),
    }
    return _to_her(visit, words, after=NOTHING_TO_DO, calendar=_no_entry(visit))


def settled(visit: Visit) -> Text:
    """To her who was being asked: nobody is needed there any more."""
    words = {
        "de": ("Erledigt", "unsere Frage zum Termin am {time} hat sich erledigt. Danke!"),
        "en": ("Settled", "our question about the appointment on {time} is settled. Thank you!"),
    }
    return _to_her(visit, words, after=NOTHING_TO_DO)


def moved_since_asked(visit: Visit) -> Text:
    """To her who was being asked about another time; `visit` has the new one."""
    words = {
        "de": (
            "Verlegt",
            "der Termin, für den wir Sie gefragt haben, ist verlegt auf {time}. Unsere Frage hat"
            " sich damit erledigt. Wenn wir Sie zur neuen Zeit brauchen, fragen wir Sie neu.",
        ),
        "en": (
            "Moved",
            "the appointment we asked you about is moved to {time}. So our question is settled. If"
            " we need you at the new time, we ask you again.",
        ),
    }
    return _to_her(visit, words, after=NOTHING_TO_DO)


def stepped_in(visit: Visit, url: str) -> Text:
    """To her who stood by and goes now."""
    words = {
        "de": (
            "Sie springen ein",
            "die gebuchte Person kann nicht kommen. Jetzt zählt Ihre Bereitschaft: Bitte gehen Sie"
            " zu diesem Termin.",
        ),
        "en": (
            "You step in",
            "the person who was booked cannot come. Now your standby counts: please go to this"
            " appointment.",
        ),
    }
    return _to_her(
        visit,
        words,
        facts=_facts(visit),
        action=DETAILS,
        url=url,
        after=IF_NOT,
        calendar=_entry(visit),
    )


def question(visit: Visit, url: str) -> Text:
    """The day before: does it stand?"""
    words = {
        "de": ("Kommen Sie?", "bald ist Ihr Termin. Bitte sagen Sie uns kurz, ob Sie kommen."),
        "en": ("Will you come?", "your appointment is soon. Please tell us whether you will come."),
    }
    after = {
        "de": "Raum und Ansprechperson stehen auch dort. Wenn etwas dazwischenkommt, sagen Sie es"
        " bitte gleich: Dann suchen wir jemand anderen.",
        "en": "Room and contact stand there as well. If something comes up, please say so at once:"
        " then we look for somebody else.",
    }
    return _to_her(
        visit,
        words,
        facts=_facts(visit),
        action=ANSWER,
        url=url,
        after=after,
        calendar=_entry(visit),
    )


def changed(visit: Visit, url: str) -> Text:
    """To her whose appointment has another room or contact."""
    words = {
        "de": (
            "Geändert",
            "bei Ihrem Termin hat sich etwas geändert: Raum, Ansprechperson oder Hinweis.",
        ),
        "en": ("Changed", "something about your appointment has changed: room, contact or note."),
    }
    return _to_her(visit, words, facts=_facts(visit), action=DETAILS, url=url)


def moved_with_her(old: Visit, visit: Visit, url: str) -> Text:
    """To her who agreed to the new time; `old` is the booking that has ended."""
    words = {
        "de": ("Neue Zeit", "der Termin ist verlegt, wie besprochen. Es bleibt bei Ihrer Zusage."),
        "en": ("New time", "the appointment is moved as agreed. You are still booked."),
    }
    locale = visit.volunteer.locale
    spoken, where = language_name(visit.seat.language, locale), _place(visit, locale)
    entry = invitations.moved(
        old.booking, visit.booking, locale=locale, language=spoken, location=where
    )
    return _to_her(
        visit,
        words,
        facts=(("before", _time(old, locale)), *_facts(visit)),
        action=DETAILS,
        url=url,
        after=IF_NOT,
        calendar=entry,
    )


def moved_without_her(visit: Visit, new_time: str) -> Text:
    """To her who cannot come at the new time; `visit` is the booking that has ended."""
    words = {
        "de": (
            "Verlegt",
            "der Termin am {time} ist verlegt. Zur neuen Zeit sind Sie nicht eingeplant.",
        ),
        "en": (
            "Moved",
            "the appointment on {time} is moved. You are not planned for the new time.",
        ),
    }
    after = {
        "de": "Sie müssen nichts weiter tun. Wenn Sie doch können, rufen Sie uns bitte an.",
        "en": "There is nothing for you to do. If you can come after all, please call us.",
    }
    return _to_her(visit, words, facts=(("now", new_time),), after=after, calendar=_no_entry(visit))


def moved_may_she(visit: Visit, new_time: str, until: datetime, url: str) -> Text:
    """To her who could come at the new time: does it suit her? `visit` has ended."""
    words = {
        "de": (
            "Neue Zeit",
            "der Termin am {time} ist verlegt. Passt Ihnen die neue Zeit? Wir fragen Sie zuerst.",
        ),
        "en": (
            "New time",
            "the appointment on {time} is moved. Does the new time suit you? We ask you first.",
        ),
    }
    locale = visit.volunteer.locale
    facts = (
        ("now", new_time),
        ("where", _place(visit, locale)),
        ("until", by(until, locale)),
    )
    after = {
        "de": "Sie müssen nicht begründen, wenn es nicht geht.",
        "en": "You need not give a reason if you cannot.",
    }
    text = _to_her(
        visit,
        words,
        facts=facts,
        action=ANSWER,
        url=url,
        after=after,
        calendar=_no_entry(visit),
    )
    title = words[known(locale)][0]
    short = brief(locale, title, None, visit.institution.town, url)
    return replace(text, subject=f"{title}: {new_time}", short=short)


def missed(visit: Visit) -> Text:
    """To her of whom somebody says that she was not there."""
    words = {
        "de": (
            "Nicht da gewesen?",
            "uns wurde gemeldet: Beim Termin am {time} waren Sie nicht da.",
        ),
        "en": ("Not there?", "we were told that you were not at the appointment on {time}."),
    }
    after = {
        "de": "Wenn das nicht stimmt, melden Sie sich bitte bei der Koordination.",
        "en": "If this is not right, please contact the coordination office.",
    }
    return _to_her(visit, words, after=after)


def stand_by(visit: Visit, url: str) -> Text:
    """May we count on you if the booked person cannot? `visit` names her who is asked."""
    words = {
        "de": (
            "Bereitschaft",
            "für diesen wichtigen Termin ist jemand gebucht. Könnten Sie einspringen, falls die"
            " Person ausfällt? Bis dahin bleibt Ihre Zeit frei.",
        ),
        "en": (
            "Standby",
            "somebody is booked for this important appointment. Could you step in if that person"
            " cannot come? Until then your time stays free.",
        ),
    }
    return _to_her(visit, words, facts=_rough_facts(visit), action=ANSWER, url=url)


def stands_by(visit: Visit) -> Text:
    """To her who said on the telephone that she stands by."""
    words = {
        "de": (
            "Bereitschaft",
            "vielen Dank: Sie stehen für diesen Termin bereit. Wir melden uns nur, wenn wir Sie"
            " brauchen.",
        ),
        "en": (
            "Standby",
            "thank you: you stand by for this appointment. We only get in touch if we need you.",
        ),
    }
    return _to_her(visit, words, facts=_rough_facts(visit))


def released(visit: Visit) -> Text:
    """To her who stood by and is not needed."""
    words = {
        "de": (
            "Bereitschaft beendet",
            "für den Termin am {time} brauchen wir Sie nicht mehr. Vielen Dank, dass Sie bereit"
            " waren!",
        ),
        "en": (
            "Standby is over",
            "we do not need you for the appointment on {time} any more. Thank you for standing by!",
        ),
    }
    return _to_her(visit, words, after=NOTHING_TO_DO)


def _to_place(
    visit: Visit,
    title: str,
    lead: str,
    facts: tuple[tuple[str, str], ...] = (),
    after: str = "",
) -> Text:
    """A letter to the institution, which is written to in German."""
    time = _time(visit, "de")
    spoken = ("language", language_name(visit.seat.language))
    return letter(
        "de",
        "",
        subject=f"{title}: {time}",
        lead=lead,
        facts=(("when", time), spoken, *facts),
        after=after,
        short=brief("de", title, visit.booking.starts_at, visit.institution.town),
    )


def substitute_sought(visit: Visit) -> Text:
    """To the institution: the booked person cannot come."""
    lead = (
        "die gebuchte Person kann nicht kommen. Wir suchen sofort jemand anderen und melden uns,"
        " sobald jemand zugesagt hat."
    )
    return _to_place(visit, "Wir suchen Ersatz", lead)


def substitute_found(visit: Visit, code: str) -> Text:
    """To the institution: somebody else comes."""
    lead = "zu Ihrem Termin kommt jetzt jemand anderes."
    return _who_comes(visit, "Ersatz gefunden", lead, code)


def comes(visit: Visit, code: str) -> Text:
    """To the institution: somebody comes, at the new time when it was moved."""
    lead = "zu Ihrem Termin kommt jemand von uns."
    return _who_comes(visit, "Zusage", lead, code)


def _who_comes(visit: Visit, title: str, lead: str, code: str) -> Text:
    facts = (("who", visit.volunteer.shown_name), ("code", code))
    return _to_place(visit, title, lead, facts, after=HOW_TO_CONFIRM)


def moved(visit: Visit, before: str, after: str, *, kept: bool) -> Text:
    """To the institution whose appointment the office moved; `visit` is a booking that ended."""
    lead = "der Termin ist verlegt. " + (
        "Es bleibt bei der Zusage."
        if kept
        else "Wir fragen jetzt, wer zur neuen Zeit kommen kann, und melden uns."
    )
    return letter(
        "de",
        "",
        subject=f"Verlegt: {after}",
        lead=lead,
        facts=(
            ("before", before),
            ("now", after),
            ("language", language_name(visit.seat.language)),
        ),
        short=brief("de", "Verlegt", None, visit.institution.town),
    )
