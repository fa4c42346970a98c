"""What it means that a booking ends before its time: how late, by whom, and which rule pays."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app import freetext
from app.tables import AssignmentState, Cause, PayRule, Side

LATE = timedelta(hours=24)
"""Less notice than this is late."""
MINUTE = timedelta(minutes=1)
OF_HERS = frozenset({Cause.ILLNESS, Cause.OTHER_APPOINTMENT, Cause.TRANSPORT})
"""Causes that lie with the volunteer: the office says them in her name."""
OF_THE_PLACE = frozenset({Cause.NOT_NEEDED, Cause.CLIENT_CANCELLED, Cause.INSTITUTION_CLOSED})
"""Causes that lie with the institution or its client: the office says them in its name."""


@dataclass(frozen=True)
class Why:
    """Who ends a booking and why.

    `falls_away`: the appointment itself does not take place, whoever had come.
    """

    side: Side
    cause: Cause = Cause.OTHER
    reason: str = ""
    account_id: UUID | None = None
    falls_away: bool = False


def side_of(cause: Cause, *, default: Side) -> Side:
    """On whose side a cause lies that somebody of the office enters."""
    if default != Side.OFFICE:
        return default
    if cause in OF_HERS:
        return Side.VOLUNTEER
    return Side.INSTITUTION if cause in OF_THE_PLACE else Side.OFFICE


def notice_minutes(starts_at: datetime, moment: datetime) -> int:
    """Whole minutes of notice; 0 once it has begun."""
    return max(0, (starts_at - moment) // MINUTE)


def is_late(starts_at: datetime, moment: datetime) -> bool:
    """Whether less than 24 hours are left."""
    return starts_at - moment < LATE


def values(starts_at: datetime, moment: datetime, why: Why) -> dict[str, Any]:
    """The columns of a booking that is called off at `moment`.

    Only an appointment that falls away late is worth something: what a volunteer gives back
    herself, or early, is not.
    """
    late = is_late(starts_at, moment)
    pays = late and why.falls_away and why.side != Side.VOLUNTEER
    return {
        "state": AssignmentState.CANCELLED_LATE if late else AssignmentState.CANCELLED_EARLY,
        "cancel_reason": why.reason,
        "cancelled_at": moment,
        "cancelled_by": why.side,
        "cancel_cause": why.cause,
        "notice_minutes": notice_minutes(starts_at, moment),
        "pay_rule": PayRule.LATE_CANCEL if pays else PayRule.NONE,
        "updated_at": moment,
    }


def told(cause: str) -> str:
    """The cause as others hear it: that somebody fell ill is her own and the office's alone."""
    return Cause.OTHER if cause == Cause.ILLNESS else cause


def kept(reason: str) -> str:
    """The reason as it may be stored: nothing of one that seems to name somebody or an illness."""
    return "" if freetext.seems_personal(reason) else reason
