"""Who may read and who may write which field, where not everybody may who gets the answer.

One table for each question; a test asks each of them through the API, role by role, and refuses a
field that stands nowhere.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)


class Writer(StrEnum):
    """Who changes something about a volunteer."""

    HERSELF = "herself"
    POOL = "pool"
    """A coordinator of one of her pools."""
    ONLY_POOL = "only_pool"
    """The same, when she is in no other pool: what moves money is nobody else's to change."""


_BOTH = frozenset({Writer.HERSELF, Writer.POOL})
VOLUNTEER_WRITERS: Mapping[str, frozenset[Writer]] = {
    "gender": _BOTH,
    "postal_code": _BOTH,
    "town": _BOTH,
    "transport": _BOTH,
    "phone": _BOTH,
    "email": _BOTH,
    "phone_only": _BOTH,
    "locale": _BOTH,
    "quiet_from": _BOTH,
    "quiet_to": _BOTH,
    "most_day_assignments": _BOTH,
    "most_day_minutes": _BOTH,
    "most_week_minutes": _BOTH,
    "most_travel_minutes": _BOTH,
    "long_days": _BOTH,
    "german_level": frozenset({Writer.POOL}),
    "note": frozenset({Writer.POOL}),
    "iban": frozenset({Writer.HERSELF, Writer.ONLY_POOL}),
}
"""By the members of `VolunteerUpdate`. Languages, papers and enrolment are the pool's alone."""

_CLAIM = frozenset({
    "id", "sponsor_id", "volunteer_id", "volunteer", "month", "funding_line", "state", "minutes",
    "amount_cents", "checked_by", "checked_at", "approved_by", "approved_at", "payrun_id",
    "kind", "number", "reverses_id", "travel_cents", "held_from",
})  # fmt: skip
_COURSE = frozenset({
    "id", "sponsor_id", "kind", "units", "starts_on", "ends_on", "state", "held_at",
    "participants_count", "in_full_count", "proof_sent_on", "cost_cents", "grant_cents",
    "units_note",
})  # fmt: skip
AUDITOR_READS: Mapping[str, frozenset[str]] = {
    "CourseRead": _COURSE,
    "CourseDetail": _COURSE | {"participants"},
    "ClaimRead": _CLAIM,
    "ClaimDetail": _CLAIM | {"lines", "notes"},
    "CapExceptionRead": frozenset({
        "id", "sponsor_id", "grant_year", "extra", "granted_on", "decided_by", "withdrawn_at",
        "created_at",
    }),
    "ServiceRecordRead": frozenset({
        "id", "sponsor_id", "assignment_id", "volunteer_id", "volunteer", "institution", "role",
        "started_at", "ended_at", "break_minutes", "minutes", "reported_minutes",
        "confirmed_minutes", "outcome", "state", "confirmed_by", "confirmed_at", "source",
        "kilometres", "doubts",
    }),
    "ClosedMonthRead": frozenset({
        "id", "sponsor_id", "month", "closed_at", "closed_by", "reopened_at", "reopened_by",
    }),
    "ActivityRead": frozenset({
        "id", "sponsor_id", "volunteer_id", "volunteer", "role", "kind", "started_at", "ended_at",
        "break_minutes", "minutes", "kilometres", "fundable", "state", "source", "confirmed_at",
        "doubts",
    }),
}  # fmt: skip
"""By the name of an answer. A volunteer's name is evidence of a payment; a client, a place, a
language and every text that somebody typed is not.
"""


def for_auditor(read: M) -> M:
    """The same answer with nothing in it that an auditor may not read."""
    shown = AUDITOR_READS[type(read).__name__]
    hidden = {
        name: "" if isinstance(value, str) else None for name, value in read if name not in shown
    }
    return read.model_copy(update=hidden)


def masked(number: str) -> str:
    """An account or telephone number by which one knows it again: `DE89 … 00`."""
    return f"{number[:4]} … {number[-2:]}" if len(number) > 8 else ""


def writers(field: str) -> frozenset[Writer]:
    """Who may change a member of `VolunteerUpdate`; quiet hours go by their column as well."""
    return VOLUNTEER_WRITERS[field.removesuffix("_minute")]
