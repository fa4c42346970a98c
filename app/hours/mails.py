"""The mail that asks an institution to confirm. It names nobody but the volunteer's first name."""

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
    record = detail.record
    start, end = record.started_at.astimezone(ZONE), record.ended_at.astimezone(ZONE)
    day = f"{start:%d.%m.%Y}"
    pause = f", davon {record.break_minutes} Minuten Pause" if record.break_minutes else ""
    outcome = _OUTCOMES.get(Outcome(record.outcome), "")
    lead = [
        f"{detail.volunteer.given_name} war am {day} bei Ihnen ({detail.institution.name}).",
        f"Gemeldet sind {record.reported_minutes} Minuten:"
        f" von {start:%H:%M} bis {end:%H:%M} Uhr{pause}.",
        outcome,
        "Stimmt das? Bitte bestätigen Sie die Zeit hier.",
    ]
    return letter(
        "de",
        "",
        subject=f"Bitte bestätigen: Einsatz am {day}",
        lead="\n".join(filter(None, lead)),
        action=("Zeit bestätigen", url),
        after="Sie brauchen kein Konto. Stimmt die Zeit nicht? Auch das können Sie dort sagen.\n"
        "Der Link gilt 21 Tage.",
    )
