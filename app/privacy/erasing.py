"""Forgetting somebody (Art. 17 GDPR): at once, but for what the accounts must keep for a while."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, or_, select

from app import access, audit, db, freetext, jobs
from app.access import Actor
from app.actors import Part
from app.clock import ZONE, local_day, now
from app.errors import Conflict, NotFound
from app.privacy import needles, steps
from app.privacy.kept import accounting_years
from app.privacy.steps import Case
from app.tables import (
    Account,
    Activity,
    ActivityState,
    Assignment,
    AssignmentState,
    Claim,
    ClaimLine,
    ClaimState,
    Enrolment,
    EnrolmentState,
    Erasure,
    ErasureState,
    Fundable,
    Payment,
    ServiceRecord,
    Sponsor,
    Volunteer,
    taken_in,
)

OUTBOX = "privacy.clear_outbox"
"""A job: mails that lie in the outbox and have no words any more."""
TO_BE_PAID = (
    ClaimState.OPEN,
    ClaimState.SUBMITTED,
    ClaimState.CHECKED,
    ClaimState.APPROVED,
    ClaimState.RETURNED,
    ClaimState.ON_HOLD,
)
UNPAID = (col(Claim.state).in_(TO_BE_PAID), col(Claim.amount_cents) > 0)
"""Claims whose money would never reach somebody who is erased."""
MOST_NAMED = 20


class OpenBookings(Conflict):
    """Institutions count on her."""

    slug, title = "erase-open-bookings", "There are bookings"
    de = "Es gibt noch zugesagte Einsätze: {days}. Bitte erst absagen oder abschließen."
    en = "There are still bookings: {days}. Please cancel or finish them first."


class OpenPay(Conflict):
    """Money is owed to her, and would never reach her."""

    slug, title = "erase-open-pay", "Something is still to be paid"
    de = (
        "Es ist noch etwas auszuzahlen: {what}. Bitte zuerst abrechnen lassen, oder"
        " ausdrücklich auf das Geld verzichten."
    )
    en = "Something is still to be paid: {what}. Please settle it, or waive it expressly."


def ask(
    session: Session,
    actor: Actor,
    *,
    volunteer_id: UUID | None,
    reason: str,
    without_pay: bool = False,
) -> list[Erasure]:
    """Forget a volunteer: she herself everywhere, the lead in the pools she leads.

    Asked again, it gives what became of it before. Refused while somebody counts on her.
    """
    freetext.require_plain(reason)
    own = actor.volunteer_id is not None and volunteer_id in (None, actor.volunteer_id)
    target = actor.volunteer_id if own else volunteer_id
    if target is None:
        raise NotFound
    leads = frozenset(s for s, role in actor.memberships if role == Part.LEAD)
    before: list[Erasure] = []
    if not own:
        before = [row for row in _known(session, target) if row.sponsor_id in leads]
        done_at = {row.sponsor_id for row in before}
        places = _places(session, actor.narrowed(frozenset({Part.LEAD})), target)
        if before and places <= done_at:
            return before
        if not places:
            raise NotFound
        leads -= done_at
    with db.as_system(session):
        found = erase(
            session,
            target,
            at=None if own else leads,
            asked_by=actor.account_id,
            reason=reason,
            without_pay=without_pay,
        )
    # Who borrowed her is no matter of the lead's.
    return [*before, *(row for row in found if own or row.sponsor_id in leads)]


def _places(session: Session, lead: Actor, volunteer_id: UUID) -> set[UUID]:
    """The pools of a lead in which she is, or was."""
    query = access.visible_enrolments(lead).where(col(Enrolment.volunteer_id) == volunteer_id)
    return {place.sponsor_id for place in session.exec(query).all()}


def _known(session: Session, volunteer_id: UUID) -> Sequence[Erasure]:
    """What became of it before, where she has not come back since."""
    back = select(Enrolment.sponsor_id).where(
        col(Enrolment.volunteer_id) == volunteer_id, col(Enrolment.state) != EnrolmentState.ENDED
    )
    query = select(Erasure).where(
        col(Erasure.volunteer_id) == volunteer_id,
        col(Erasure.sponsor_id).not_in(back),
        col(Erasure.state).in_([ErasureState.HELD, ErasureState.DONE]),
    )
    return session.exec(query.order_by(col(Erasure.id))).all()


def erase(
    session: Session,
    volunteer_id: UUID,
    *,
    at: frozenset[UUID] | None,
    asked_by: UUID | None,
    reason: str,
    without_pay: bool = False,
) -> list[Erasure]:
    """Erase her at these sponsors, or everywhere; one row for each sponsor says how far it is."""
    volunteer = session.get_one(Volunteer, volunteer_id)
    targets, whole = _reach(session, volunteer_id, at)
    account = session.get(Account, volunteer.account_id) if volunteer.account_id else None
    case = Case(
        session,
        volunteer,
        account,
        sponsor_ids=sorted(targets),
        whole=whole,
        needles=needles.of(volunteer, account if whole else None),
    )
    _carry_out(case, steps.BEFORE)
    _hold(session, volunteer_id)
    _refuse(case, without_pay=without_pay)
    _carry_out(case, steps.AT_SPONSOR)
    if case.whole:
        _carry_out(case, steps.OF_PERSON)
    jobs.defer(session, OUTBOX, volunteer_id)
    # Who it was in another pool, and why, is no matter of those that only borrowed her.
    ours = targets if at is None else at
    return [
        _noted(case, one, *((asked_by, reason) if one in ours else (None, "")))
        for one in case.sponsor_ids
    ]


def _hold(session: Session, volunteer_id: UUID) -> None:
    """Nobody asks or books her from here on; who did so a moment ago is waited for and seen."""
    held = select(Volunteer).where(col(Volunteer.id) == volunteer_id).with_for_update()
    session.exec(held.execution_options(populate_existing=True)).one()


def _carry_out(case: Case, some: Mapping[str, steps.Step]) -> None:
    for step in some.values():
        step(case)
    case.session.flush()


def _reach(
    session: Session, volunteer_id: UUID, at: frozenset[UUID] | None
) -> tuple[set[UUID], bool]:
    """The sponsors at which she goes, and whether she goes altogether.

    With her last pool she goes from those, too, that only borrowed her: none of them knows her.
    """
    query = select(Enrolment.sponsor_id, Enrolment.state, taken_in())
    places = session.exec(query.where(col(Enrolment.volunteer_id) == volunteer_id)).all()
    pools = {sponsor for sponsor, _, _ in places}
    borrowers = {sponsor for sponsor, _, own in places if not own}
    targets = pools if at is None else pools & at
    gone = {row.sponsor_id for row in _known(session, volunteer_id)}
    live = {sponsor for sponsor, state, _ in places if state != EnrolmentState.ENDED}
    if live - targets <= borrowers:
        targets |= borrowers - gone
    return targets, pools - targets <= gone


def _refuse(case: Case, *, without_pay: bool) -> None:
    """Refuse while an institution counts on her, or money is owed that would not reach her."""
    booked = (
        select(col(Assignment.starts_at))
        .where(case.hers(Assignment), col(Assignment.state) == AssignmentState.BOOKED)
        .order_by(col(Assignment.starts_at))
        .limit(MOST_NAMED)
    )
    coming = case.session.exec(booked.where(col(Assignment.ends_at) > now())).all()
    if coming:
        raise OpenBookings(days=_listed(coming))
    if without_pay:
        return
    owed = [*_owed(case), *_days(case.session.exec(booked).all())]
    if owed:
        raise OpenPay(what=", ".join(dict.fromkeys(owed)))


def _days(moments: Iterable[datetime]) -> list[str]:
    return [f"{moment.astimezone(ZONE):%d.%m.%Y}" for moment in moments]


def _listed(moments: Iterable[datetime]) -> str:
    return ", ".join(dict.fromkeys(_days(moments)))


def _owed(case: Case) -> list[str]:
    """Months and days for which nothing was paid yet."""
    claims = select(col(Claim.month)).where(case.hers(Claim), *UNPAID)
    months = case.session.exec(claims.order_by(col(Claim.month)).limit(MOST_NAMED)).all()
    records = _unclaimed(case, ServiceRecord, col(ClaimLine.service_record_id))
    activities = _unclaimed(case, Activity, col(ClaimLine.activity_id)).where(
        col(Activity.state) != ActivityState.REJECTED, col(Activity.fundable) != Fundable.NO
    )
    days = [*case.session.exec(records).all(), *case.session.exec(activities).all()]
    return [f"{month:%m/%Y}" for month in months] + _days(days)


def _unclaimed(case: Case, table: Any, claimed: Any) -> Any:
    """When she worked what stands in no claim."""
    in_claim = select(claimed).where(claimed.is_not(None))
    query = select(table.started_at).where(
        case.hers(table), table.minutes > 0, table.id.not_in(in_claim)
    )
    return query.order_by(table.id).limit(MOST_NAMED)


def _noted(case: Case, sponsor_id: UUID, asked_by: UUID | None, reason: str) -> Erasure:
    """How far the erasure is at a sponsor: done, or held for as long as its accounts are kept."""
    row = Erasure(sponsor_id=sponsor_id, volunteer_id=case.volunteer.id)
    until = held_until(case.session, sponsor_id, case.volunteer.id)
    row.state = ErasureState.HELD if until else ErasureState.DONE
    row.held_until, row.asked_by, row.reason = until, asked_by, reason
    row.done_at = None if until else now()
    row.counts = {table: len(ids) for table, ids in sorted(case.rows.items())}
    row.proof = proof(case.rows)
    case.session.add(row)
    case.session.flush()
    audit.record(case.session, asked_by, "volunteer.erase", row, state=str(row.state))
    return row


def held_until(session: Session, sponsor_id: UUID, volunteer_id: UUID) -> date | None:
    """Until when the accounts keep her name and account; None when they hold neither."""
    years = [day.year for day in _paid_by_name(session, sponsor_id, volunteer_id)]
    if not years:
        return None
    sponsor = session.get_one(Sponsor, sponsor_id)
    return date(max(years) + accounting_years(sponsor), 12, 31)


def _paid_by_name(session: Session, sponsor_id: UUID, volunteer_id: UUID) -> list[date]:
    """The last month, and the day of the last transfer, of which her name or account is kept."""
    named = [
        or_(col(table.payee_name) != "", col(table.payee_iban) != "")
        & (col(table.sponsor_id) == sponsor_id)
        & (col(table.volunteer_id) == volunteer_id)
        for table in (Claim, Payment)
    ]
    month = session.exec(select(func.max(col(Claim.month))).where(named[0])).one()
    drawn_at = session.exec(select(func.max(col(Payment.created_at))).where(named[1])).one()
    return [day for day in (month, drawn_at and local_day(drawn_at)) if day]


def proof(rows: Mapping[str, set[UUID]]) -> str:
    """SHA-256 over the ids of what went, by table: says later that it was these and no others."""
    content = {table: sorted(map(str, ids)) for table, ids in sorted(rows.items())}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
