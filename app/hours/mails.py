"""The mail that asks an institution to confirm. It names nobody but the volunteer's first name."""

from app.clock import ZONE
from app.hours.details import Detail
from app.messages.telling import Text
from app.tables import Outcome

_BODY = """Guten Tag,

{name} war am {day} bei Ihnen ({institution}).
Gemeldet sind {minutes} Minuten: von {start} bis {end} Uhr{pause}.
{outcome}
Stimmt das? Bitte bestätigen Sie die Zeit hier:
{url}

Sie brauchen kein Konto. Stimmt die Zeit nicht? Auch das können Sie dort sagen.
Der Link gilt 21 Tage.

Vielen Dank
Ihr Lotsenwerk
"""


_OUTCOMES = {
    Outcome.CLIENT_NO_SHOW: "Die Person, um die es ging, ist nicht gekommen.\n",
    Outcome.CUT_SHORT: "Der Termin war früher zu Ende als geplant.\n",
}


def ask_to_confirm(detail: Detail, url: str) -> Text:
    """Subject and body, in plain German."""
    record = detail.record
    start, end = record.started_at.astimezone(ZONE), record.ended_at.astimezone(ZONE)
    pause = f", davon {record.break_minutes} Minuten Pause" if record.break_minutes else ""
    body = _BODY.format(
        name=detail.volunteer.given_name,
        day=f"{start:%d.%m.%Y}",
        institution=detail.institution.name,
        minutes=record.reported_minutes,
        start=f"{start:%H:%M}",
        end=f"{end:%H:%M}",
        pause=pause,
        outcome=_OUTCOMES.get(Outcome(record.outcome), ""),
        url=url,
    )
    return Text(f"Bitte bestätigen: Einsatz am {start:%d.%m.%Y}", body)
