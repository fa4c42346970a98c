"""Grants of the Land: planned, applied for, granted, and accounted for."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit, freetext, jobs
from app.access import Actor
from app.clock import today
from app.errors import Conflict, Invalid
from app.grants import past, reminding, states
from app.grants.schemas import (
    NoticeApply,
    NoticeCreate,
    NoticeEnd,
    NoticeGrant,
    NoticeRead,
    NoticeUpdate,
)
from app.requests import tasks
from app.tables import GrantNotice, GrantState

PROVEN = "payouts.report_claims"
"""The job that marks what a proof of use has reported."""
WEIGHTY = ("applied_cents", "amount_cents", "starts_on", "ends_on")
"""What is not changed without a reason once it was granted."""


class NoticeKnown(Conflict):
    """There is a grant for this line, year and purpose already."""

    slug, title = "grant-known", "There is such a grant already"
    de = "Für diese Förderlinie, dieses Jahr und diesen Zweck gibt es schon eine Förderung."
    en = "There is a grant for this funding line, year and purpose already."


class DaysOutside(Invalid):
    """The days of a grant do not lie in its year, or not in order."""

    de = "Beginn und Ende müssen im Jahr {year} liegen, der Beginn vor dem Ende."
    en = "Start and end must lie in {year}, the start before the end."


class InFuture(Invalid):
    """Something is entered as done on a day that has not come yet."""

    de = "Der {day} liegt in der Zukunft. Bitte erst eintragen, wenn es so weit ist."
    en = "{day} lies in the future. Please enter it when the day has come."


class ReasonMissing(Invalid):
    """Sums or days of a granted notice are changed without a word."""

    de = "Die Förderung ist schon bewilligt. Bitte den Grund für die Änderung angeben (reason)."
    en = "It is granted already. Please give the reason for the change (reason)."


class NotGranted(Invalid):
    """What only a notice can say is entered before it came."""

    de = "Das steht erst im Bescheid. Bitte zuerst die Bewilligung eintragen."
    en = "Only the notice says that. Please enter first that it was granted."


def visible(actor: Actor, year: int | None) -> SelectOfScalar[GrantNotice]:
    """The grants of the actor's sponsors, of a year."""
    query = access.visible_notices(actor)
    return query if year is None else query.where(col(GrantNotice.year) == year)


def load(session: Session, actor: Actor, notice_id: UUID, *, lock: bool = False) -> GrantNotice:
    """A grant of the actor's sponsors."""
    return access.load(session, access.visible_notices(actor), GrantNotice, notice_id, lock=lock)


def read(actor: Actor, notice: GrantNotice) -> NoticeRead:
    """A grant as it is today; an auditor reads no word that somebody typed."""
    members = notice.model_dump(include=set(NoticeRead.model_fields) - {"state"})
    if actor.audits(notice.sponsor_id):
        members["change_reason"] = ""
    state, due = states.on(notice, today()), states.proof_day(notice)
    return NoticeRead(**members, state=state, proof_due_on=due)


def create(session: Session, actor: Actor, body: NoticeCreate) -> GrantNotice:
    """Plan a grant."""
    _refuse_days(body.year, body.starts_on, body.ends_on)
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    notice = GrantNotice(**body.model_dump(exclude={"sponsor_id"}), sponsor_id=sponsor_id)
    try:
        with session.begin_nested():
            session.add(notice)
    except IntegrityError as error:
        raise NoticeKnown from error
    _note(session, actor, "grant_notice.create", notice)
    return notice


def change(session: Session, actor: Actor, notice: GrantNotice, body: NoticeUpdate) -> None:
    """Change what was sent; `notice` is locked."""
    states.settle(session, notice, today())
    sent = body.model_dump(exclude_unset=True, exclude={"reason"})
    changes = {
        name: value
        for name, value in sent.items()
        if value is not None and value != getattr(notice, name)
    }
    if not changes:
        return
    _refuse_change(notice, changes, body.reason)
    for name, value in changes.items():
        setattr(notice, name, value)
    notice.change_reason = body.reason or notice.change_reason
    if changes.keys() & {"starts_on", "ends_on"}:
        notice.state = states.anew(notice, today())
    session.add(notice)
    _note(
        session,
        actor,
        past.CHANGE,
        notice,
        reason=audit.stated(body.reason),
        fields=sorted(changes),
    )
    reminding.look(session, notice.sponsor_id, today())


def _refuse_change(notice: GrantNotice, changes: Mapping[str, Any], reason: str | None) -> None:
    granted = states.reached(notice, GrantState.GRANTED)
    if not granted and changes.keys() & {"amount_cents", "declared_on"}:
        raise NotGranted
    if changes.keys() & set(WEIGHTY):
        if states.reached(notice, GrantState.PROOF_SENT):
            raise states.WrongStep(notice.state)
        if granted and not reason:
            raise ReasonMissing
    if reason:
        freetext.require_plain(reason)
    refuse_future(changes.get("declared_on"))
    first, last = (changes.get(name) or getattr(notice, name) for name in ("starts_on", "ends_on"))
    _refuse_days(notice.year, first, last)


def apply(session: Session, actor: Actor, notice: GrantNotice, body: NoticeApply) -> None:
    """It was applied for."""
    day = body.applied_on or today()
    refuse_future(day)
    values: dict[str, Any] = {"applied_on": day}
    if body.applied_cents is not None:
        values["applied_cents"] = body.applied_cents
    _go(session, actor, notice, states.APPLY, **values)


def grant(session: Session, actor: Actor, notice: GrantNotice, body: NoticeGrant) -> None:
    """The notice came."""
    refuse_future(body.noticed_on)
    _go(session, actor, notice, states.GRANT, **body.model_dump())


def end(session: Session, actor: Actor, notice: GrantNotice, body: NoticeEnd) -> None:
    """It ends before its last day."""
    freetext.require_plain(body.reason)
    refuse_future(body.ends_on)
    _refuse_days(notice.year, notice.starts_on, body.ends_on)
    _go(session, actor, notice, states.END, ends_on=body.ends_on, change_reason=body.reason)


def prove(session: Session, actor: Actor, notice: GrantNotice, day: date | None) -> None:
    """The proof of use was sent: what it reports is marked by a job."""
    refuse_future(day)
    _go(session, actor, notice, states.PROOF_SENT, proof_sent_on=day or today())
    jobs.defer(session, PROVEN, notice.id)


def remove(session: Session, actor: Actor, notice: GrantNotice) -> None:
    """Take back what was planned wrongly or is not granted; `notice` is locked."""
    if states.reached(notice, GrantState.GRANTED):
        raise states.WrongStep(notice.state)
    tasks.close(session, notice.id)
    _note(session, actor, "grant_notice.remove", notice)
    session.delete(notice)
    session.flush()
    reminding.look(session, notice.sponsor_id, today())


def close(session: Session, actor: Actor, notice: GrantNotice) -> None:
    """The Land has nothing more to ask."""
    _go(session, actor, notice, states.CLOSE)


def _go(
    session: Session, actor: Actor, notice: GrantNotice, step: states.Step, **values: Any
) -> None:
    states.go(session, actor.account_id, notice, step, **values)
    reminding.look(session, notice.sponsor_id, today(), notice.year)


def _note(
    session: Session,
    actor: Actor,
    action: str,
    notice: GrantNotice,
    *,
    reason: str = "",
    **details: Any,
) -> None:
    audit.record(
        session,
        actor.account_id,
        action,
        notice,
        reason=reason,
        amount_cents=notice.amount_cents,
        **details,
    )
    session.flush()


def _refuse_days(year: int, first_day: date, last_day: date) -> None:
    if not date(year, 1, 1) <= first_day <= last_day <= date(year, 12, 31):
        raise DaysOutside(year=year)


def refuse_future(day: date | None) -> None:
    """Refuse what is entered as done on a day that has not come yet."""
    if day is not None and day > today():
        raise InFuture(day=f"{day:%d.%m.%Y}")
