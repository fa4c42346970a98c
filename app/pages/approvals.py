"""`/v/{token}`: a treasurer approves claims without an account. Nothing about clients is shown."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from allowance import euro
from app import freetext, links
from app.bodies import as_one_line
from app.clock import local_day
from app.db import SessionDep
from app.errors import locale_of
from app.pages.approval_words import STATES, WORDS
from app.pages.render import Answer, PageRoute, render
from app.payouts import approvals, claims
from app.requests.near import shown
from app.sheets import clock
from app.tables import ApprovalState, Claim, ClaimApproval, ClaimKind, LinkPurpose, Sponsor

router = APIRouter(route_class=PageRoute, include_in_schema=False)
SHORTEST, LONGEST = 3, 300
"""Letters of a reason."""


@router.get("/v/{token}")
def show_approval(token: str, request: Request, session: SessionDep) -> HTMLResponse:
    """The sums and each claim, and the two answers. Only looking answers nothing."""
    link = links.open_link(session, LinkPurpose.APPROVE_CLAIMS, token)
    return _page(request, session, session.get_one(ClaimApproval, link.subject_id))


@router.post("/v/{token}")
def answer_approval(
    token: str,
    request: Request,
    session: SessionDep,
    answer: Answer = "",
    note: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Approve all, or return all with a reason; the second time it only shows what stands."""
    link = links.open_link(session, LinkPurpose.APPROVE_CLAIMS, token)
    approval = session.get_one(ClaimApproval, link.subject_id)
    if approval.state != ApprovalState.ASKED:
        return _page(request, session, approval)
    reason = as_one_line(note)
    mistakes = _mistakes(answer, reason)
    if mistakes:
        return _page(request, session, approval, mistakes=mistakes, note=reason)
    approved = answer == "yes"
    approvals.answer(session, approval, approved=approved, reason="" if approved else reason)
    links.mark_used(session, link)
    session.flush()
    return _page(request, session, approval)


def _mistakes(answer: str, reason: str) -> list[str]:
    """Names of the fields that must be looked at again."""
    if answer not in ("yes", "no"):
        return ["answer"]
    is_kept = SHORTEST <= len(reason) <= LONGEST and not freetext.seems_personal(reason)
    return ["note"] if answer == "no" and not is_kept else []


def _page(
    request: Request,
    session: SessionDep,
    approval: ClaimApproval,
    *,
    mistakes: list[str] | None = None,
    note: str = "",
) -> HTMLResponse:
    locale = locale_of(request)
    words = WORDS[locale]
    rows, facts = _claims(session, approval, locale)
    state = STATES[locale].get(_state(session, approval))
    return render(
        request,
        "approval.html",
        status=422 if mistakes else 200,
        title=state[0] if state else words["title"],
        lead=state[1] if state else words["lead"].format(name=approval.treasurer_name),
        words=words,
        facts=facts,
        rows=rows if state is None else [],
        note=note,
        mistakes={field: words[f"{field}_error"] for field in mistakes or ()},
    )


def _month(claim: Claim, locale: str) -> str:
    month = f"{claim.month:%m/%Y}"
    counter = claim.kind == ClaimKind.COUNTER
    return WORDS[locale]["counter"].format(month=month) if counter else month


def _state(session: SessionDep, approval: ClaimApproval) -> ApprovalState:
    """How the question stands now: what was changed since has overtaken it."""
    if approval.state != ApprovalState.ASKED:
        return ApprovalState(approval.state)
    found = approvals.claims_of(session, approval)
    stands = approvals.still_stands(session, approval, found)
    return ApprovalState.ASKED if stands else ApprovalState.OVERTAKEN


def _claims(
    session: SessionDep, approval: ClaimApproval, locale: str
) -> tuple[list[tuple[str, str, str, str]], list[tuple[str, str]]]:
    """Each claim by name and month, and label and value of the whole."""
    words = WORDS[locale]
    found = approvals.claims_of(session, approval)
    named = claims.names(session, [claim.volunteer_id for claim in found])
    rows = [
        (
            named[claim.volunteer_id],
            _month(claim, locale),
            clock(claim.minutes),
            euro(claim.amount_cents, locale),
        )
        for claim in sorted(found, key=lambda one: (named[one.volunteer_id], one.month))
    ]
    asked_on = local_day(approval.created_at)
    facts = [
        (words["sponsor"], session.get_one(Sponsor, approval.sponsor_id).name),
        (words["count"], str(len(approval.claims))),
        (words["sum"], euro(approval.amount_cents, locale)),
        (words["asked"], shown(asked_on, locale)),
    ]
    return rows, facts
