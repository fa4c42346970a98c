"""The mails that ask an institution to confirm. They name nobody but the volunteer's first name."""

from app.clock import ZONE
from app.hours.details import Detail
from app.messages.telling import Text
from app.messages.wording import letter
from app.tables import Outcome

_OUTCOMES = {
    Outcome.CLIENT_NO_SHOW: "Die Person, um die es ging, ist nicht gekommen.",
    Outcome.CUT_SHORT: "Der Termin war früher zu Ende als geplant.",
    Outcome.ABORTED: "Der Termin wurde abgebrochen.",
}


def ask_to_confirm(detail: Detail, url: str) -> Text:
    """Subject and body, in plain German."""
    subject = f"Bitte bestätigen: Einsatz am {_day(detail)}"
    return _asks(detail, subject, "Stimmt das? Bitte bestätigen Sie die Zeit hier.", url)


def remind_to_confirm(detail: Detail, url: str) -> Text:
    """The same once more, to an institution that has not answered."""
    subject = f"Erinnerung: Bitte bestätigen, Einsatz am {_day(detail)}"
    asks = "Ihre Antwort fehlt uns noch. Stimmt die Zeit? Bitte bestätigen Sie sie hier."
    return _asks(detail, subject, asks, url)


def confirmed_by_code(detail: Detail) -> Text:
    """To the institution: what was confirmed with its code."""
    return letter(
        "de",
        "",
        subject=f"Mit Ihrem Code bestätigt: Einsatz am {_day(detail)}",
        lead="\n".join(_reported(detail)),
        after="Die Zeit ist mit Ihrem Code bestätigt: Sie müssen nichts weiter tun.\n"
        "Stimmt die Zeit nicht? Bitte rufen Sie uns an.",
    )


def _asks(detail: Detail, subject: str, asks: str, url: str) -> Text:
    return letter(
        "de",
        "",
        subject=subject,
        lead="\n".join([*_reported(detail), asks]),
        action=("Zeit bestätigen", url),
        after="Sie brauchen kein Konto. Stimmt die Zeit nicht? Auch das können Sie dort sagen.\n"
        "Der Link gilt 21 Tage.",
    )


def _day(detail: Detail) -> str:
    return f"{detail.record.started_at.astimezone(ZONE):%d.%m.%Y}"


def _reported(detail: Detail) -> list[str]:
    """Who was there, how long and how it went."""
    record = detail.record
    start, end = record.started_at.astimezone(ZONE), record.ended_at.astimezone(ZONE)
    pause = f", davon {record.break_minutes} Minuten Pause" if record.break_minutes else ""
    said = [
        f"{detail.volunteer.shown_name} war am {_day(detail)} bei Ihnen"
        f" ({detail.institution.name}).",
        f"Gemeldet sind {record.reported_minutes} Minuten:"
        f" von {start:%H:%M} bis {end:%H:%M} Uhr{pause}.",
        _OUTCOMES.get(Outcome(record.outcome), ""),
    ]
    return [one for one in said if one]
