"""The treasurer's link: these very claims with these amounts, approved or returned, once.

Who asks never sees the link: it goes by mail to the treasurer alone. What it is about is kept as a
hash of each claim, so a claim that was returned and built again needs a new question.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select, update

from app import access, audit, links
from app.access import Actor
from app.clock import now
from app.errors import Conflict, NotFound
from app.messages import telling
from app.messages.telling import Person
from app.names import mailbox
from app.payouts import counters, mails
from app.payouts.schemas import MOST_CLAIMS, ClaimApprovalCreate
from app.payouts.states import UNSAID, WrongState
from app.tables import (
    Account,
    ApprovalState,
    Claim,
    ClaimApproval,
    ClaimLine,
    ClaimState,
    Event,
    FourEyes,
    LinkPurpose,
    Sponsor,
    Volunteer,
)
from app.volunteers import herself

LINK_LASTS = timedelta(days=14)


class NoTreasurer(Conflict):
    """At this sponsor two people with accounts check and approve."""

    slug, title = "no-treasurer", "There is no treasurer"
    de = "Hier geben zwei Personen mit Zugang frei. Ein Link an die Kasse ist nicht eingestellt."
    en = "Two people with accounts check and approve here. No link to a treasurer is set up."


class NothingToApprove(Conflict):
    """No claim waits for the treasurer."""

    slug, title = "nothing-to-approve", "Nothing to approve"
    de = "Es gibt keine geprüfte Abrechnung, die freigegeben werden kann."
    en = "There is no checked claim that can be approved."


class TooManyToApprove(Conflict):
    """One question holds no more claims."""

    slug, title = "too-many-to-approve", "Too many claims at once"
    de = "Ein Link umfasst höchstens {limit} Abrechnungen. Bitte in mehreren Teilen schicken."
    en = "One link covers at most {limit} claims. Please send them in parts."


class TreasurerInvolved(Conflict):
    """The treasurer would approve what she is paid, or what she checked herself."""

    slug, title = "treasurer-involved", "The treasurer is involved"
    de = "Die Adresse der Kasse gehört auch {who}. Bitte eine andere Person freigeben lassen."
    en = "The treasurer's address also belongs to {who}. Please let somebody else approve."


class ApprovalOvertaken(Conflict):
    """Something has changed since the treasurer was asked."""

    slug, title = "approval-overtaken", "The claims have changed"
    de = "Seit dieser Mail hat sich etwas geändert. Bitte warten Sie auf einen neuen Link."
    en = "Something has changed since that mail. Please wait for a new link."


def ask(session: Session, actor: Actor, body: ClaimApprovalCreate) -> ClaimApproval:
    """Mail the treasurer a link to checked claims; a link to any of them before is void."""
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    claims = _held(session, sponsor_id, body.claim_ids)
    if body.claim_ids is not None and {claim.id for claim in claims} != set(body.claim_ids):
        raise NotFound
    sponsor = session.get_one(Sponsor, sponsor_id)
    if sponsor.four_eyes != FourEyes.TREASURER_LINK or not sponsor.treasurer_email:
        raise NoTreasurer
    _refuse_unready(claims)
    _refuse_involved(session, sponsor.treasurer_email, claims)
    _overtake(session, sponsor_id, {str(claim.id) for claim in claims})
    approval = ClaimApproval(
        sponsor_id=sponsor_id,
        treasurer_name=sponsor.treasurer_name,
        treasurer_email=sponsor.treasurer_email,
        claims=prints(session, claims),
        amount_cents=sum(claim.amount_cents for claim in claims),
        asked_by=actor.account_id,
    )
    session.add(approval)
    session.flush()
    _mail(session, sponsor, approval)
    audit.record(
        session,
        actor.account_id,
        "claim_approval.ask",
        approval,
        amount_cents=approval.amount_cents,
    )
    return approval


def _refuse_unready(claims: Sequence[Claim]) -> None:
    """Only what was checked is sent, and not more than one person can look through."""
    for claim in claims:
        if claim.state != ClaimState.CHECKED:
            raise WrongState(claim.state)
    if not claims:
        raise NothingToApprove
    if len(claims) > MOST_CLAIMS:
        raise TooManyToApprove(limit=MOST_CLAIMS)


def _held(session: Session, sponsor_id: UUID, claim_ids: Collection[UUID] | None) -> list[Claim]:
    """Claims by their ids, or those that are checked, held until the commit."""
    query = select(Claim).where(col(Claim.sponsor_id) == sponsor_id)
    if claim_ids is None:
        query = query.where(col(Claim.state) == ClaimState.CHECKED)
    else:
        query = query.where(col(Claim.id).in_(claim_ids))
    query = query.order_by(col(Claim.id)).with_for_update(key_share=True)
    return list(session.exec(query.execution_options(populate_existing=True)).all())


def _refuse_involved(session: Session, address: str, claims: Sequence[Claim]) -> None:
    """Nobody approves what she is paid or what she has checked, by whichever way."""
    box = mailbox(address)
    paid = select(Volunteer).where(col(Volunteer.id).in_({claim.volunteer_id for claim in claims}))
    for volunteer in session.exec(paid).all():
        if box in herself.mailboxes(session, volunteer):
            raise TreasurerInvolved(who=f"{volunteer.given_name} {volunteer.surname}")
    checkers = {claim.checked_by for claim in claims if claim.checked_by is not None}
    checking = select(Account).where(col(Account.id).in_(checkers))
    for account in session.exec(checking).all():
        if box == mailbox(account.email):
            raise TreasurerInvolved(who=account.name)


def prints(session: Session, claims: Sequence[Claim]) -> dict[str, str]:
    """Of each claim the hash of all that is approved with it."""
    lines: dict[UUID, list[list[object]]] = defaultdict(list)
    query = select(ClaimLine).where(col(ClaimLine.claim_id).in_([claim.id for claim in claims]))
    for line in session.exec(query.order_by(col(ClaimLine.id))).all():
        lines[line.claim_id].append([
            str(line.service_record_id or line.activity_id), line.day.isoformat(), line.minutes,
            line.paid_minutes, line.amount_cents, line.plan_key,
        ])  # fmt: skip
    return {str(claim.id): _print(claim, sorted(lines[claim.id], key=str)) for claim in claims}


def _print(claim: Claim, lines: Iterable[list[object]]) -> str:
    said = [
        str(claim.volunteer_id), claim.month.isoformat(), claim.funding_line, claim.minutes,
        claim.amount_cents, str(claim.checked_by),
        claim.checked_at.isoformat() if claim.checked_at else "", list(lines),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _overtake(session: Session, sponsor_id: UUID, claim_ids: set[str]) -> None:
    """A claim is in one open question at a time: the last one."""
    pending = select(ClaimApproval).where(
        col(ClaimApproval.sponsor_id) == sponsor_id,
        col(ClaimApproval.state) == ApprovalState.ASKED,
    )
    for before in session.exec(pending.with_for_update(key_share=True)).all():
        if not claim_ids.isdisjoint(before.claims):
            before.state, before.answered_at = ApprovalState.OVERTAKEN, now()
            session.add(before)
            telling.drop(session, before.id, Event.TASK)


def _mail(session: Session, sponsor: Sponsor, approval: ClaimApproval) -> None:
    url = links.make(session, LinkPurpose.APPROVE_CLAIMS, approval, now() + LINK_LASTS)
    telling.tell(
        session,
        sponsor.id,
        Person(approval.treasurer_email),
        Event.TASK,
        mails.please_approve(sponsor, approval, url),
        subject_id=approval.id,
    )


def claims_of(session: Session, approval: ClaimApproval, *, lock: bool = False) -> list[Claim]:
    """The claims of a question, by id; those that are gone are missing."""
    ids = [UUID(claim_id) for claim_id in approval.claims]
    if lock:
        return _held(session, approval.sponsor_id, ids)
    query = select(Claim).where(
        col(Claim.sponsor_id) == approval.sponsor_id, col(Claim.id).in_(ids)
    )
    return list(session.exec(query.order_by(col(Claim.id))).all())


def still_stands(session: Session, approval: ClaimApproval, claims: Sequence[Claim]) -> bool:
    """Whether every claim is still checked and just what it was, and she still the treasurer."""
    sponsor = session.get_one(Sponsor, approval.sponsor_id)
    return (
        approval.state == ApprovalState.ASKED
        and sponsor.four_eyes == FourEyes.TREASURER_LINK
        and sponsor.treasurer_email == approval.treasurer_email
        and all(claim.state == ClaimState.CHECKED for claim in claims)
        and prints(session, claims) == approval.claims
    )


def answer(session: Session, approval: ClaimApproval, *, approved: bool, reason: str = "") -> None:
    """Approve all of them, or return all of them with a reason; once, and as they were asked."""
    claims = claims_of(session, approval, lock=True)
    session.refresh(approval, with_for_update=True)
    if not still_stands(session, approval, claims):
        raise ApprovalOvertaken
    _refuse_involved(session, approval.treasurer_email, claims)
    _settle(session, approval, approved=approved, reason=reason)
    values: dict[str, object] = {"state": ClaimState.APPROVED, "approved_at": now()}
    if not approved:
        values = {**UNSAID, "state": ClaimState.RETURNED, "return_reason": reason}
    done = session.exec(
        update(Claim)
        .where(
            col(Claim.id).in_([claim.id for claim in claims]),
            col(Claim.state) == ClaimState.CHECKED,
        )
        .values(**values, updated_at=now())
    )
    if done.rowcount != len(claims):
        raise ApprovalOvertaken
    if approved:
        counters.approved(session, [claim.id for claim in claims])
    for claim in claims:
        verb = "approve" if approved else "return"
        audit.record(
            session,
            None,
            f"claim.{verb}",
            claim,
            reason=audit.stated(reason),
            amount_cents=claim.amount_cents,
        )
    session.flush()


def _settle(session: Session, approval: ClaimApproval, *, approved: bool, reason: str) -> None:
    """The answer is taken once."""
    state = ApprovalState.APPROVED if approved else ApprovalState.RETURNED
    done = session.exec(
        update(ClaimApproval)
        .where(
            col(ClaimApproval.id) == approval.id,
            col(ClaimApproval.state) == ApprovalState.ASKED,
        )
        .values(state=state, answered_at=now(), reason=reason, updated_at=now())
    )
    session.refresh(approval)
    if done.rowcount != 1:
        raise ApprovalOvertaken
    audit.record(
        session,
        None,
        f"claim_approval.{state}",
        approval,
        reason=audit.stated(reason),
        amount_cents=approval.amount_cents,
    )
