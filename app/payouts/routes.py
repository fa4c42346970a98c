"""Rate plans and claims."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from app import access
from app.access import (
    Actor,
    Bookkeeper,
    ClaimReader,
    Herself,
    Lead,
    Payee,
    Payer,
    SumReader,
    Treasury,
)
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.paging import Cursor, Limit, Page, page_of
from app.payouts import (
    approvals,
    building,
    claims,
    counters,
    exceptions,
    own_caps,
    own_plans,
    plans,
    repaying,
    sides,
)
from app.payouts import service as payouts
from app.payouts.plan_schemas import (
    CapExceptionCreate,
    CapExceptionRead,
    ChoiceCreate,
    ChoiceEnd,
    ChoiceRead,
    GrantYear,
    OwnPlanCreate,
    RatePlanRead,
)
from app.payouts.schemas import (
    CapRead,
    ClaimApprovalCreate,
    ClaimApprovalRead,
    ClaimDetail,
    ClaimRead,
    ClaimReason,
    ClaimRepaid,
    ClaimsBuild,
    ClaimsBuilt,
    Month,
)
from app.tables import CapException, Claim, ClaimApproval, ClaimState

router = APIRouter(route_class=UnitOfWork, tags=["money"])


@router.get("/me/caps")
def list_my_caps(request: Request, session: SessionDep, actor: Herself) -> list[CapRead]:
    """What the caps of my rate plans leave me in this grant year: none where there is no cap.

    What is done and what is booked uses them up, whether it is claimed already or not.
    """
    return own_caps.listed(session, actor, locale_of(request))


@router.get("/rate-plans")
def list_rate_plans(session: SessionDep, actor: SumReader) -> list[RatePlanRead]:
    """The catalogue and our own rate plans, with their sources, and which of them we use when."""
    return own_plans.listed(session, actor)


@router.post("/own-rate-plans", status_code=201)
def create_own_rate_plan(body: OwnPlanCreate, session: SessionDep, actor: Lead) -> RatePlanRead:
    """Keep a rate plan of our own, beside the catalogue. It never changes: another one follows.

    It pays nothing until it is chosen, see `POST /rate-plans`.
    """
    return own_plans.add(session, actor, body)


@router.post("/rate-plans", status_code=201)
def choose_rate_plan(body: ChoiceCreate, session: SessionDep, actor: Lead) -> ChoiceRead:
    """Use a plan of the catalogue or one of our own from a day on; a role has one on each day."""
    return ChoiceRead(**plans.choose(session, actor, body).model_dump())


@router.post("/rate-plans/{choice_id}/end")
def end_rate_plan(choice_id: UUID, body: ChoiceEnd, session: SessionDep, actor: Lead) -> ChoiceRead:
    """Give a chosen plan its last day, so that another one can follow."""
    return ChoiceRead(**plans.end(session, actor, choice_id, body.valid_to).model_dump())


@router.post("/cap-exceptions", status_code=201)
def grant_cap_exception(
    body: CapExceptionCreate, session: SessionDep, actor: Lead
) -> CapExceptionRead:
    """Note that more assignments of a client were granted for a year than the cap allows."""
    return exceptions.read(actor, exceptions.grant(session, actor, body))


@router.get("/cap-exceptions")
def list_cap_exceptions(
    session: SessionDep,
    actor: SumReader,
    year: GrantYear | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CapExceptionRead]:
    """Exceptions from the cap on a client's assignments, of one grant year or of all."""
    query = exceptions.filtered(actor, year)
    rows, following = page_of(session, query, CapException.id, limit, cursor)
    return Page(items=[exceptions.read(actor, row) for row in rows], next=following)


@router.post("/cap-exceptions/{exception_id}/withdraw")
def withdraw_cap_exception(
    exception_id: UUID, session: SessionDep, actor: Lead
) -> CapExceptionRead:
    """Take an exception back, as long as no claim rests on it."""
    return exceptions.read(actor, exceptions.withdraw(session, actor, exception_id))


@router.post("/claims", status_code=201)
def build_claims(
    body: ClaimsBuild, request: Request, session: SessionDep, actor: Bookkeeper
) -> ClaimsBuilt:
    """Build the claims of a month from confirmed hours; open and returned ones anew.

    Claims that were submitted are not touched: what came too late is in `left_over`, as are
    activities of which nobody has said whether they are fundable. Whose records contradict each
    other, or claim a time that another claim pays, is in `left_out`; everybody else's claim is
    built.
    """
    made = building.build(session, actor, body)
    return claims.built(session, made, locale_of(request))


@router.get("/claims")
def list_claims(
    session: SessionDep,
    actor: ClaimReader,
    month: Month | None = None,
    state: ClaimState | None = None,
    volunteer_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ClaimRead]:
    """Claims of my sponsors, or my own, by month, state and volunteer."""
    query = payouts.filtered(actor, month=month, state=state, volunteer_id=volunteer_id)
    rows, following = page_of(session, query, Claim.id, limit, cursor)
    return Page(items=claims.told(actor, claims.reads(session, rows)), next=following)


def _load(session: SessionDep, actor: Actor, claim_id: UUID, *, lock: bool = True) -> Claim:
    return access.load(session, access.visible_claims(actor), Claim, claim_id, lock=lock)


@router.get("/claims/{claim_id}")
def get_claim(
    claim_id: UUID, request: Request, session: SessionDep, actor: ClaimReader
) -> ClaimDetail:
    """A claim with its lines, each explained in a sentence."""
    claim = _load(session, actor, claim_id, lock=False)
    return claims.told(actor, [claims.detail(session, claim, locale_of(request))])[0]


@router.post("/claims/{claim_id}/submit")
def submit_claim(claim_id: UUID, session: SessionDep, actor: Bookkeeper) -> ClaimRead:
    """Send an open claim on to be checked."""
    claim = _load(session, actor, claim_id)
    payouts.submit(session, actor, claim)
    return claims.read(session, claim)


@router.post("/claims/{claim_id}/check")
def check_claim(claim_id: UUID, session: SessionDep, actor: Bookkeeper) -> ClaimRead:
    """Say that a submitted claim is right; nobody checks her own.

    That is for the finance office; where a treasurer approves, for coordinators as well.
    """
    claim = _load(session, actor, claim_id)
    payouts.check(session, actor, claim)
    return claims.read(session, claim)


@router.post("/claims/{claim_id}/approve")
def approve_claim(claim_id: UUID, session: SessionDep, actor: Treasury) -> ClaimRead:
    """Release a checked claim for payment; never by the person who checked it.

    Where the sponsor has a treasurer, see `/claim-approvals`.
    """
    claim = _load(session, actor, claim_id)
    payouts.approve(session, actor, claim)
    return claims.read(session, claim)


@router.post("/claims/{claim_id}/return")
def return_claim(
    claim_id: UUID, body: ClaimReason, session: SessionDep, actor: Treasury
) -> ClaimRead:
    """Give a claim that is not paid back with a reason; it can be built anew.

    That is the way back from every state before the payrun, also from held, waived and rejected.
    A counter-booking that was approved stands.
    """
    claim = _load(session, actor, claim_id)
    payouts.give_back(session, actor, claim, body.reason)
    return claims.read(session, claim)


@router.post("/claims/{claim_id}/hold")
def hold_claim(
    claim_id: UUID, body: ClaimReason, session: SessionDep, actor: Treasury
) -> ClaimRead:
    """Stop a submitted, checked or approved claim with a reason: nobody pays it meanwhile."""
    claim = _load(session, actor, claim_id)
    sides.hold(session, actor, claim, body.reason)
    return claims.read(session, claim)


@router.post("/claims/{claim_id}/release")
def release_claim(claim_id: UUID, session: SessionDep, actor: Treasury) -> ClaimRead:
    """Let a held claim go on where it was held."""
    claim = _load(session, actor, claim_id)
    sides.release(session, actor, claim)
    return claims.read(session, claim)


@router.post("/claims/{claim_id}/reject")
def reject_claim(
    claim_id: UUID, body: ClaimReason, session: SessionDep, actor: Treasury
) -> ClaimRead:
    """Turn a claim down with a reason: its hours are not paid, and others may claim the time."""
    claim = _load(session, actor, claim_id)
    sides.reject(session, actor, claim, body.reason)
    return claims.read(session, claim)


@router.post("/claims/{claim_id}/waive")
def waive_claim(claim_id: UUID, body: ClaimReason, session: SessionDep, actor: Payee) -> ClaimRead:
    """Note that the volunteer does not want the money; her hours count all the same.

    She says so herself, or finance or lead write it down.
    """
    claim = _load(session, actor, claim_id)
    sides.waive(session, actor, claim, body.reason)
    return claims.read(session, claim)


@router.post("/claims/{claim_id}/reverse", status_code=201)
def reverse_claim(
    claim_id: UUID, body: ClaimReason, response: Response, session: SessionDep, actor: Treasury
) -> ClaimRead:
    """Take a paid claim back: the answer is its counter-booking, with the opposite amounts.

    Another person or the treasurer approves it like any claim. Then the month can be claimed anew,
    and what was paid too much is settled with the person's next payment.
    """
    claim = _load(session, actor, claim_id, lock=False)
    counter = counters.ask(session, actor, claim, body.reason)
    response.headers["Location"] = f"/api/v1/claims/{counter.id}"
    return claims.read(session, counter)


@router.post("/claims/{claim_id}/repaid")
def repay_claim(claim_id: UUID, body: ClaimRepaid, session: SessionDep, actor: Payer) -> ClaimRead:
    """Note that the volunteer has paid back what an approved counter-booking takes back.

    That is for who has no next payment with which it could be settled.
    """
    claim = _load(session, actor, claim_id)
    repaying.repaid(session, actor, claim, body.paid_on)
    return claims.read(session, claim)


def _approval(approval: ClaimApproval) -> ClaimApprovalRead:
    return ClaimApprovalRead(**approval.model_dump(), claim_ids=sorted(approval.claims))


@router.post("/claim-approvals", status_code=201)
def ask_treasurer(
    body: ClaimApprovalCreate, session: SessionDep, actor: Bookkeeper
) -> ClaimApprovalRead:
    """Mail the treasurer a link with which she approves checked claims, or returns them.

    The link is in the mail alone, holds for 14 days and for just these claims and amounts.
    """
    return _approval(approvals.ask(session, actor, body))


@router.get("/claim-approvals")
def list_claim_approvals(
    session: SessionDep, actor: SumReader, limit: Limit = 50, cursor: Cursor = None
) -> Page[ClaimApprovalRead]:
    """What the treasurer was asked, and what became of it."""
    query = access.visible_approvals(actor)
    rows, following = page_of(session, query, ClaimApproval.id, limit, cursor)
    return Page(items=[_approval(row) for row in rows], next=following)
