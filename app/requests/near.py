"""What an asker should look at before, or after, a request is sent: sentences, no refusals."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from app.access import Actor
from app.requests import duplicates, ending
from app.requests.duplicates import Near, Subject, Time
from app.requests.schemas import RequestRead
from app.requests.storing import NewRequest
from app.tables import Mode, Request
from scheduling import is_working_day

GERMAN = {
    "overlap": "Zur selben Zeit ist am {day} in dieser Sprache schon etwas angefragt ({id}).",
    "alternative": "Ein Ausweichtermin am {day} ist auch die Zeit einer anderen Anfrage ({id}).",
    "case": "Für diesen Begleitfall gibt es in dieser Woche schon eine Anfrage am {day} ({id}).",
    "free_day": "Am {day} ist Wochenende oder Feiertag. Bitte prüfen, ob das stimmt.",
    "no_phone": "Für das Telefonat fehlt noch eine Nummer (contact_phone).",
}
ENGLISH = {
    "overlap": "At the same time on {day} something is asked for in this language ({id}).",
    "alternative": "An alternative date on {day} is the time of another request as well ({id}).",
    "case": "For this client case there is a request in this week already, on {day} ({id}).",
    "free_day": "{day} is a weekend or public holiday. Please check whether this is right.",
    "no_phone": "For the call a number is still missing (contact_phone).",
}


def of_new(session: Session, actor: Actor, new: NewRequest, locale: str) -> list[str]:
    """What to look at before a request is sent."""
    found = duplicates.near(session, actor, duplicates.of_new(session, new))
    calls = any(seat.mode == Mode.PHONE for seat in new.seats)
    nobody = calls and not new.more.get("contact_phone")
    return sentences([time.day for time in new.slots], found, calls_nobody=nobody, locale=locale)


def warned(
    session: Session, actor: Actor, request: Request, read: RequestRead, locale: str
) -> RequestRead:
    """The same, with what to look at; nothing any more about what has ended."""
    if request.state in ending.ENDED:
        return read
    times = (Time(t.position, t.day, t.starts_at, t.ends_at) for t in read.times)
    subject = Subject(
        request.sponsor_id,
        request.institution_id,
        tuple(times),
        frozenset(duplicates.spoken(seat.language, seat.language_written) for seat in read.seats),
        request.client_case_id,
        request.id,
        frozenset(filter(None, [request.series_id, request.parents_day_id])),
    )
    found = duplicates.near(session, actor, subject)
    nobody = not read.contact_phone and any(seat.mode == Mode.PHONE for seat in read.seats)
    days = [time.day for time in read.times]
    warnings = sentences(days, found, calls_nobody=nobody, locale=locale)
    return read.model_copy(update={"warnings": warnings})


def sentences(
    days: Sequence[date], near: Sequence[Near], *, calls_nobody: bool, locale: str
) -> list[str]:
    """Everything there is to say about these days and what lies near."""
    words = ENGLISH if locale == "en" else GERMAN
    found = [words[n.kind].format(day=shown(n.day, locale), id=n.request_id) for n in near]
    found += [
        words["free_day"].format(day=shown(day, locale))
        for day in sorted(set(days))
        if not is_working_day(day)
    ]
    return [*found, words["no_phone"]] if calls_nobody else found


def shown(day: date, locale: str) -> str:
    """`30.06.2027`, or in English `30 June 2027` without leading zero."""
    if locale != "en":
        return f"{day:%d.%m.%Y}"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
