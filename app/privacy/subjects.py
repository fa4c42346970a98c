"""Which rows are somebody's: of every table that names a person, or why none of them are given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import SQLModel, col, select

from app.tables import (
    Account,
    Activity,
    Assignment,
    AuditEvent,
    Claim,
    Enrolment,
    Offer,
    OfferedTime,
    Row,
    ServiceRecord,
    Standby,
    Volunteer,
)


@dataclass(frozen=True)
class Subject:
    """Whose data are asked for, and in which pools."""

    volunteer_id: UUID | None
    account_id: UUID | None
    sponsor_ids: frozenset[UUID] | None
    """None: everywhere. A lead gets what her own pool holds."""
    moved_on: bool = False
    """She has left these pools for another one: where she is now is not theirs to give."""


Hers = Callable[[Subject], ColumnElement[bool]]


def _by(table: Any, name: str, value: UUID | None) -> ColumnElement[bool]:
    return col(getattr(table, name)) == value if value is not None else false()


def _is_about(person: Subject) -> ColumnElement[bool]:
    """Entries of the audit: what she did, and what was done with what is hers."""
    tables: tuple[Any, ...] = (
        Enrolment, Offer, Assignment, Standby, ServiceRecord, Activity, Claim,
    )  # fmt: skip
    subject = col(AuditEvent.subject_id)
    about = [subject.in_(select(t.id).where(_by(t, "volunteer_id", person.volunteer_id)))
             for t in tables]  # fmt: skip
    own = _by(AuditEvent, "account_id", person.account_id)
    return or_(own, subject == person.volunteer_id, *about)


OWN_WAYS: dict[str, Hers] = {
    "volunteer": lambda person: _by(Volunteer, "id", person.volunteer_id),
    "account": lambda person: _by(Account, "id", person.account_id),
    "audit_event": _is_about,
    "offered_time": lambda person: col(OfferedTime.offer_id).in_(
        select(Offer.id).where(_by(Offer, "volunteer_id", person.volunteer_id))
    ),
}
"""Tables whose rows are found in another way than by her id in them."""
EXPORTED: tuple[str, ...] = (
    "volunteer", "account", "enrolment", "membership", "contact", "language_skill", "training",
    "clearance", "availability_rule", "availability_recurrence", "extra_time", "absence",
    "busy_feed", "busy_span", "exclusion", "proposal", "offer", "offered_time", "standby",
    "lending", "assignment", "service_record", "activity", "claim", "claim_line", "payment",
    "ledger_entry", "declared_income", "benefit_wish", "course_participant", "enrolment_change",
    "message", "message_preference", "calendar_feed", "push_subscription", "api_token",
    "session_token", "erasure", "audit_event",
)  # fmt: skip
"""In the order of the document."""
OF_ACCOUNT = frozenset({
    "account", "membership", "contact", "calendar_feed", "push_subscription", "api_token",
    "session_token", "busy_feed", "benefit_wish",
})  # fmt: skip
"""Her own ways in: she gets them, the lead of a pool does not."""
NOT_EXPORTED: dict[str, str] = {
    "idempotency_key": "answers to repeated requests: copies of what is given anyway, for 48 hours",
    "import_batch": "which office read a list and when stands in the audit",
    "statement_paper": "her statements on paper: made of what is given anyway, and in her hands",
    "sign_in_code": "valid for minutes, and secret",
}
"""Tables that name a person and are not given, and why."""


def hers(name: str) -> tuple[type[Row], Hers]:
    """The table of this name, and which of its rows are somebody's."""
    table = next(t for t in _models() if t.__tablename__ == name)
    if name in OWN_WAYS:
        return table, OWN_WAYS[name]
    columns = set(SQLModel.metadata.tables[name].columns.keys())

    def ids(person: Subject) -> ColumnElement[bool]:
        wanted = {"volunteer_id": person.volunteer_id, "account_id": person.account_id}
        return or_(*(_by(table, c, value) for c, value in wanted.items() if c in columns))

    return table, ids


def _models() -> list[type[Any]]:
    found: list[type[Any]] = []
    waiting: list[type[Any]] = [Row]
    while waiting:
        some = waiting.pop().__subclasses__()
        waiting += some
        found += [one for one in some if hasattr(one, "__table__")]
    return found
