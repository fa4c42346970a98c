"""Who did what on what: written in the same transaction as the change itself.

Entries are never changed and never deleted, so they hold ids, codes and numbers only: nothing that
would have to be erased one day. A reason somebody wrote stays at the row it belongs to, and the
entry says that there is one.

What was recorded is also what receivers of webhooks hear of: `app/webhooks/events.py` says which
actions go out under which name.
"""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app import db, origin
from app.clock import now
from app.tables import AuditEvent, Membership, SponsorRow, new_id

STATED = "stated"
"""Somebody gave the reason in words: they stand at the row, for as long as that keeps them."""
_CODE = re.compile(r"[a-z0-9][a-zA-Z0-9_.:@+-]*")


class NotACode(ValueError):
    """A text was about to be kept for ever: record a code, and leave the text at its row."""


def stated(text: str | None) -> str:
    """The reason to record for a text that somebody wrote: that there is one, and no word of it."""
    return STATED if text else ""


def record(
    session: Session,
    account_id: UUID | None,
    action: str,
    subject: SponsorRow,
    *,
    reason: str = "",
    rule_version: str = "",
    **details: Any,
) -> AuditEvent:
    """Write one entry, in the transaction of what it is about.

    Parameters
    ----------
    reason
        A code; of a text that somebody wrote `stated(text)`.
    rule_version
        Which rule decided, and its version: `rate_plan:wir_guide@2026-01-01`.
    details
        Codes and numbers, never names of clients.
    """
    return record_on(
        session,
        account_id,
        action,
        (str(type(subject).__tablename__), subject.id),
        subject.sponsor_id,
        reason=reason,
        rule_version=rule_version,
        **details,
    )


def record_on(
    session: Session,
    account_id: UUID | None,
    action: str,
    subject: tuple[str, UUID],
    sponsor_id: UUID,
    *,
    reason: str = "",
    rule_version: str = "",
    **details: Any,
) -> AuditEvent:
    """The same on an object that is no sponsor's own, named by its table and id."""
    for word in (reason, rule_version):
        if word and not _CODE.fullmatch(word):
            raise NotACode(word)
    moment = now()
    event = AuditEvent(
        # Given, because a row that has to ask for them costs twice as much.
        id=new_id(),
        created_at=moment,
        updated_at=moment,
        sponsor_id=sponsor_id,
        account_id=account_id,
        via=origin.current(),
        action=action,
        subject_type=subject[0],
        subject_id=subject[1],
        details=details,
        reason=reason,
        rule_version=rule_version,
    )
    session.add(event)
    return event


def record_each(
    session: Session,
    account_id: UUID | None,
    action: str,
    subjects: Iterable[SponsorRow],
    **details: Any,
) -> None:
    """One entry for each pool that something concerns, also for those the actor does not see."""
    with db.as_system(session):
        for subject in subjects:
            record(session, account_id, action, subject, **details)


def record_account(
    session: Session, account_id: UUID, action: str, subject: tuple[str, UUID]
) -> None:
    """One entry for each pool at which somebody works: how she signs in concerns them.

    The account of somebody who works nowhere, such as a volunteer's, is her own matter.
    """
    works_at = select(Membership.sponsor_id).where(col(Membership.account_id) == account_id)
    with db.as_system(session):
        for sponsor_id in session.exec(works_at.distinct()).all():
            record_on(session, account_id, action, subject, sponsor_id)
