"""Questions to the office about a seat for which nobody was found, or sought."""

from typing import Any

from sqlmodel import Session, col, select

from app.clock import ZONE
from app.offers import texts as offer_texts
from app.searches import texts
from app.tables import Institution, Request, RequestOption, Seat, Task, TaskState

TOLD = ("Die Einrichtung bekommt eine Mail.", "The institution gets a mail.")
TO_CALL = (
    "Die Einrichtung hat keine Mailadresse: Bitte dort anrufen.",
    "The institution has no mail address: please call there.",
)
UNFILLED, ONE_MISSING, UNSOUGHT = "unfilled", "one_missing", "unsought"


def ask(
    session: Session, seat: Seat, code: str, option: RequestOption, reasons: texts.Reasons = ()
) -> None:
    """Ask somebody of the office to look at a seat; the same question only once at a time."""
    query = select(Task.id).where(
        col(Task.subject_id) == seat.id, col(Task.code) == code, col(Task.state) == TaskState.OPEN
    )
    if session.exec(query).first() is not None:
        return
    session.add(
        Task(
            sponsor_id=seat.sponsor_id,
            code=code,
            params=_params(session, seat, option, reasons),
            subject_type="seat",
            subject_id=seat.id,
        )
    )


def _params(
    session: Session, seat: Seat, option: RequestOption, reasons: texts.Reasons
) -> dict[str, Any]:
    request = session.get_one(Request, seat.request_id)
    institution = session.get_one(Institution, request.institution_id)
    start, told = option.starts_at.astimezone(ZONE), TOLD if institution.email else TO_CALL
    return {
        "institution": institution.name,
        "day": f"{start:%d.%m.%Y}",
        "start": f"{start:%H:%M}",
        "language": offer_texts.language_name(seat.language),
        "reason": texts.why(reasons),
        "reason_en": texts.why(reasons, "en"),
        "told": told[0],
        "told_en": told[1],
    }
