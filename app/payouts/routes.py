"""Rate plans, claims and payruns."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from app import access
from app.access import (
    Actor,
    Bookkeeper,
    ClaimReader,
    Lead,
    Payer,
    PayrunReader,
    SumReader,
    Treasury,
)
from app.auditing import records
from app.db import SessionDep, UnitOfWork
from app.downloads import AS_FILE, SheetFormat, download
from app.errors import locale_of
from app.paging import Cursor, Limit, Page, page_of
from app.payouts import approvals, building, claims, payruns, plans
from app.payouts import service as payouts
from app.payouts.paylist import paylist
from app.payouts.schemas import (
    ChoiceCreate,
    ChoiceEnd,
    ChoiceRead,
    ClaimApprovalCreate,
    ClaimApprovalRead,
    ClaimDetail,
    ClaimRead,
    ClaimReturn,
    ClaimsBuild,
    ClaimsBuilt,
    Month,
    PayrunCreate,
    PayrunDetail,
    PayrunDrawn,
    PayrunPaid,
    PayrunRead,
    RatePlanRead,
)
from app.tables import Claim, ClaimApproval, ClaimState, Payrun, Scope

router = APIRouter(route_class=UnitOfWork, tags=["money"])


@router.get("/rate-plans")
def list_rate_plans(session: SessionDep, actor: SumReader) -> list[RatePlanRead]:
    """The catalogue of rate plans, with their sources, and which of them we use when."""
    return plans.catalogue(session, actor)


@router.post("/rate-plans", status_code=201)
def choose_rate_plan(body: ChoiceCreate, session: SessionDep, actor: Lead) -> ChoiceRead:
    """Use a plan of the catalogue from a day on. One role has one plan on each day."""
    return ChoiceRead(**plans.choose(session, actor, body).model_dump())


@router.post("/rate-plans/{choice_id}/end")
def end_rate_plan(choice_id: UUID, body: ChoiceEnd, session: SessionDep, actor: Lead) -> ChoiceRead:
    """Give a chosen plan its last day, so that another one can follow."""
    return ChoiceRead(**plans.end(session, actor, choice_id, body.valid_to).model_dump())


@router.post("/claims", status_code=201)
def build_claims(
    body: ClaimsBuild, request: Request, session: SessionDep, actor: Bookkeeper
) -> ClaimsBuilt:
    """Build the claims of a month from confirmed records; open and returned ones anew.

    Claims that were submitted are not touched: records that came too late are in `left_over`.
    Whose records contradict each other is in `left_out`; everybody else's claim is built.
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
    claim_id: UUID, body: ClaimReturn, session: SessionDep, actor: Treasury
) -> ClaimRead:
    """Give a submitted, checked or approved claim back with a reason; it can be built anew."""
    claim = _load(session, actor, claim_id)
    payouts.give_back(session, actor, claim, body.reason)
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


@router.post("/payruns", status_code=201)
def draw_payrun(
    body: PayrunCreate,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Payer,
) -> PayrunDrawn:
    """Put approved claims into one payrun; claims without an IBAN stay behind and are named."""
    drawn = payruns.draw(session, actor, body, locale_of(request))
    response.headers["Location"] = f"/api/v1/payruns/{drawn.payrun.id}"
    return PayrunDrawn(
        **_detail(session, actor, drawn.payrun).model_dump(), left_behind=drawn.left_behind
    )


@router.get("/payruns")
def list_payruns(
    session: SessionDep, actor: PayrunReader, limit: Limit = 50, cursor: Cursor = None
) -> Page[PayrunRead]:
    """Our payruns."""
    query = access.visible_payruns(actor)
    rows, following = page_of(session, query, Payrun.id, limit, cursor)
    return Page(items=[PayrunRead(**row.model_dump()) for row in rows], next=following)


def _payrun(session: SessionDep, actor: Actor, payrun_id: UUID, *, lock: bool = False) -> Payrun:
    return access.load(session, access.visible_payruns(actor), Payrun, payrun_id, lock=lock)


def _detail(session: SessionDep, actor: Actor, payrun: Payrun) -> PayrunDetail:
    found = claims.reads(session, payruns.claims_of(session, payrun))
    return PayrunDetail(**payrun.model_dump(), claims=claims.told(actor, found))


@router.get("/payruns/{payrun_id}")
def get_payrun(payrun_id: UUID, session: SessionDep, actor: PayrunReader) -> PayrunDetail:
    """A payrun with its claims."""
    return _detail(session, actor, _payrun(session, actor, payrun_id))


@router.get("/payruns/{payrun_id}/paylist", response_class=Response, responses=AS_FILE)
def get_paylist(
    payrun_id: UUID,
    request: Request,
    session: SessionDep,
    actor: PayrunReader,
    format: SheetFormat = "csv",
) -> Response:
    """The pay list as a file: name, IBAN, month, purpose, hours, amount; the sum comes last.

    Whole IBANs are for finance and lead, who prove anew that it is they; an auditor reads them
    masked.
    """
    locale = locale_of(request)
    payrun = _payrun(session, actor, payrun_id)
    masked = actor.audits(payrun.sponsor_id)
    if not masked:
        access.require_proof(actor, Scope.PAYOUT)
    table = paylist(session, payrun, locale, masked=masked)
    records.note_file(request, actor, "payrun.paylist", payrun, masked=masked)
    return download(table, format, locale)


@router.post("/payruns/{payrun_id}/paid")
def mark_paid(payrun_id: UUID, body: PayrunPaid, session: SessionDep, actor: Payer) -> PayrunDetail:
    """Note the day the money left; the claims are paid and never change again."""
    payrun = _payrun(session, actor, payrun_id, lock=True)
    payruns.pay(session, actor, payrun, body.paid_on)
    return _detail(session, actor, payrun)
