"""Claims of a month: built from confirmed hours, rebuilt as long as nobody has sent them on."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

import allowance
from app import access, audit, rate_plans
from app.access import Actor
from app.payouts import caps, plans, works
from app.payouts.caps import YearUse
from app.payouts.contradictions import CannotBuild, claimed_elsewhere, contradicting
from app.payouts.schemas import ClaimsBuild
from app.payouts.works import Payable
from app.rate_plans import Book, PlanMissing
from app.tables import (
    Activity,
    Claim,
    ClaimKind,
    ClaimLine,
    ClaimState,
    LedgerEntry,
    PaymentPart,
)

REBUILDABLE = (ClaimState.OPEN, ClaimState.RETURNED)
LONGEST_RULE = 60
"""So many letters has the audit for the rule that decided."""
Key = tuple[UUID, str]


@dataclass(frozen=True)
class Late:
    """Work whose claim was sent on already."""

    payable: Payable
    claim: Claim


@dataclass(frozen=True)
class Stuck:
    """A volunteer whose records contradict each other, or whom no rate plan pays on a day.

    The others' claims are built.
    """

    volunteer_id: UUID
    why: CannotBuild | PlanMissing


@dataclass(frozen=True)
class Built:
    """The claims that were built, what is in none of them and why, and who was left out."""

    claims: list[Claim]
    late: list[Late]
    undecided: list[Activity]
    stuck: list[Stuck]


def first_day(month: str) -> date:
    """The first day of `2027-01`."""
    return date(int(month[:4]), int(month[5:]), 1)


def build(session: Session, actor: Actor, body: ClaimsBuild) -> Built:
    """Build or rebuild the claims of a month; what was submitted is not touched."""
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    plans.lock_sponsor(session, sponsor_id)
    month, only = first_day(body.month), body.volunteer_id
    book = rate_plans.book(session, sponsor_id)
    present = _present(session, sponsor_id, month, only)
    found = works.payable(session, book, sponsor_id, month, only)
    groups, late = _sorted_out(found.payable, present, works.rejected(session, sponsor_id, month))
    _clear(session, present, groups)
    use = caps.year_use(session, book, sponsor_id, month.year, {key[0] for key in groups})
    use.deal(one for group in groups.values() for one in group)
    numbers = _numbers(session, sponsor_id, month)
    claims, stuck = [], [Stuck(who, why) for who, why in sorted(found.missing.items())]
    for key in sorted(groups):
        claim = present.get(key) or _new(sponsor_id, month, key, numbers[key] + 1)
        try:
            rule = _tried(session, book, claim, groups[key], use)
        except CannotBuild as why:
            stuck.append(Stuck(key[0], why))
            if key in present:
                _drop(session, claim)
            continue
        _note(session, actor, claim, rule)
        claims.append(claim)
    session.flush()
    return Built(claims, late, works.undecided(session, sponsor_id, month, only), stuck)


def _note(session: Session, actor: Actor, claim: Claim, rule: str) -> None:
    cents = claim.amount_cents
    who = actor.account_id
    audit.record(session, who, "claim.build", claim, rule_version=rule, amount_cents=cents)


def _new(sponsor_id: UUID, month: date, key: Key, number: int) -> Claim:
    return Claim(
        sponsor_id=sponsor_id,
        volunteer_id=key[0],
        month=month,
        funding_line=key[1],
        number=number,
        minutes=0,
        amount_cents=0,
    )


def _numbers(session: Session, sponsor_id: UUID, month: date) -> dict[Key, int]:
    """The last number of each claim of the month: one that was taken back is followed."""
    query = (
        select(Claim.volunteer_id, Claim.funding_line, func.max(col(Claim.number)))
        .where(col(Claim.sponsor_id) == sponsor_id, col(Claim.month) == month)
        .group_by(col(Claim.volunteer_id), col(Claim.funding_line))
    )
    last = {(who, line): number for who, line, number in session.exec(query).all()}
    return defaultdict(int, last)


def _present(
    session: Session, sponsor_id: UUID, month: date, volunteer_id: UUID | None
) -> dict[Key, Claim]:
    """The month's claims so far, held until the commit so that nobody submits one meanwhile."""
    query = select(Claim).where(
        col(Claim.sponsor_id) == sponsor_id,
        col(Claim.month) == month,
        col(Claim.kind) == ClaimKind.REGULAR,
        col(Claim.state) != ClaimState.REVERSED,
    )
    if volunteer_id is not None:
        query = query.where(col(Claim.volunteer_id) == volunteer_id)
    query = query.order_by(col(Claim.id)).with_for_update(key_share=True)
    rows = session.exec(query.execution_options(populate_existing=True)).all()
    return {(claim.volunteer_id, claim.funding_line): claim for claim in rows}


def _sorted_out(
    found: Sequence[Payable], present: Mapping[Key, Claim], rejected: Collection[UUID]
) -> tuple[dict[Key, list[Payable]], list[Late]]:
    """The work of each claim to build, and that whose claim is closed."""
    closed = {c.id for c in present.values() if c.state not in REBUILDABLE}
    groups: dict[Key, list[Payable]] = defaultdict(list)
    late = []
    for one in found:
        if one.claim_id in closed:
            continue
        claim = present.get(one.key)
        if claim is not None and claim.id in closed:
            if not (claim.state == ClaimState.REJECTED and one.about in rejected):
                late.append(Late(one, claim))
        else:
            groups[one.key].append(one)
    return groups, late


def _clear(session: Session, present: Mapping[Key, Claim], groups: Collection[Key]) -> None:
    """Take the lines out of the claims that are built anew; what gets none again is gone."""
    anew = {key: claim for key, claim in present.items() if claim.state in REBUILDABLE}
    ids = [claim.id for claim in anew.values()]
    session.exec(delete(ClaimLine).where(col(ClaimLine.claim_id).in_(ids)))
    for key, claim in anew.items():
        if key not in groups:
            _drop(session, claim)
    session.flush()


def _drop(session: Session, claim: Claim) -> None:
    """A claim without records is gone; one that the books or a payment name stays, empty."""
    naming = (
        select(LedgerEntry.id).where(col(LedgerEntry.claim_id) == claim.id),
        select(PaymentPart.id).where(col(PaymentPart.claim_id) == claim.id),
        select(Claim.id).where(col(Claim.reverses_id) == claim.id),
    )
    if all(session.exec(one.limit(1)).first() is None for one in naming):
        session.delete(claim)
        return
    claim.state = ClaimState.RETURNED
    claim.minutes = claim.amount_cents = claim.travel_cents = 0
    session.add(claim)


def _tried(
    session: Session, book: Book, claim: Claim, group: Sequence[Payable], use: YearUse
) -> str:
    """Build one claim, or say why it cannot be; time that was paid before leaves nothing behind."""
    try:
        with session.begin_nested():
            return _fill(session, book, claim, group, use)
    except IntegrityError as error:
        raise claimed_elsewhere(session, group, error) from error


def _fill(
    session: Session, book: Book, claim: Claim, group: Sequence[Payable], use: YearUse
) -> str:
    """Work out one claim and keep its lines; which rate plans it goes by."""
    built = _worked_out(session, book, claim, group, use)
    claim.state, claim.return_reason = ClaimState.OPEN, ""
    claim.minutes, claim.amount_cents = built.minutes, built.amount_cents
    claim.travel_cents = built.travel_cents
    session.add(claim)
    session.flush()
    by_id = {one.work.record_id: one for one in group}
    for line in built.lines:
        one = by_id[line.record_id]
        session.add(
            ClaimLine(
                sponsor_id=claim.sponsor_id,
                claim_id=claim.id,
                service_record_id=one.record_id,
                activity_id=one.activity_id,
                volunteer_id=claim.volunteer_id,
                started_at=one.work.start,
                ended_at=one.work.end,
                day=one.work.day,
                minutes=line.minutes,
                paid_minutes=line.paid_minutes,
                amount_cents=line.amount_cents,
                travel_cents=line.travel_cents,
                plan_key=line.plan_key,
                reason_code=line.reason.code,
                reason_params=dict(line.reason.params),
            )
        )
    session.flush()
    return _rule(book, sorted({line.plan_key for line in built.lines}))


def _rule(book: Book, plan_keys: Sequence[str]) -> str:
    """The rate plans in the words of the audit; of many the first one and how many more."""
    if not plan_keys:
        return ""
    versions = [book.version(key) for key in plan_keys]
    all_of_them = f"rate_plan:{'+'.join(versions)}"
    if len(all_of_them) <= LONGEST_RULE:
        return all_of_them
    return f"rate_plan:{versions[0]}+{len(versions) - 1}"[:LONGEST_RULE]


def _worked_out(
    session: Session, book: Book, claim: Claim, group: Sequence[Payable], use: YearUse
) -> allowance.Claim:
    try:
        return allowance.build_claim(
            [one.work for one in group],
            book.plans,
            used=use.before(claim.volunteer_id, claim.funding_line),
            month=claim.month,
        )
    except ValueError as error:
        raise contradicting(session, group, error) from error
