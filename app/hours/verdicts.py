"""What an institution says besides the time: how it was, and how the appointment went."""

from dataclasses import dataclass

from sqlmodel import Session

from app import freetext
from app.hours.details import Detail
from app.hours.schemas import Confirm, Dispute
from app.requests import tasks
from app.tables import Outcome, Verdict

POOR = "feedback:poor"
"""Code of the task where an institution was not content."""


@dataclass(frozen=True)
class Word:
    """How it was, why it was poor, and how it went where that was noted otherwise."""

    feedback: Verdict | None = None
    note: str = ""
    outcome: Outcome | None = None

    @property
    def is_poor(self) -> bool:
        """Whether the institution was not content."""
        return self.feedback == Verdict.POOR

    @property
    def columns(self) -> dict[str, str]:
        """What a record keeps of it: a line only of what was poor."""
        return {
            "feedback": self.feedback or "",
            "feedback_note": self.note if self.is_poor else "",
            "institution_outcome": self.outcome or "",
        }


NOTHING = Word()


def of(body: Confirm | Dispute) -> Word:
    """The word in a body, once it holds nothing about a person."""
    freetext.require_plain(body.feedback_note)
    outcome = body.outcome if isinstance(body, Dispute) else None
    return Word(body.feedback, body.feedback_note, outcome)


def ask_office(session: Session, detail: Detail, word: Word) -> None:
    """A question to the office, because it was poor."""
    record, person = detail.record, detail.volunteer
    params = {
        "institution": detail.institution.name,
        "volunteer": f"{person.given_name} {person.surname}",
        "day": f"{detail.day:%d.%m.%Y}",
        "note": f" ({word.note})" if word.note else "",
    }
    tasks.ask_about(session, record.sponsor_id, "service_record", record.id, POOR, params)
