"""A colleague of the office, and a question to the treasurer that was asked and is open."""

from uuid import UUID

from sqlmodel import Session

from app.payouts import approvals
from app.tables import (
    Account,
    Claim,
    ClaimApproval,
    ClaimState,
    FourEyes,
    Membership,
    Sponsor,
)


def office_of(session: Session, sponsor_id: UUID, claim_id: UUID) -> dict[str, UUID]:
    """Ids by the name of the path parameter."""
    colleague = Account(email=f"bela-{sponsor_id}@example.org", name="Bela")
    session.add(colleague)
    session.flush()
    member = Membership(sponsor_id=sponsor_id, account_id=colleague.id, role="coordinator")
    approval = ClaimApproval(
        sponsor_id=sponsor_id,
        treasurer_name="Tilda Kasse",
        treasurer_email="kasse@example.org",
        claims={str(claim_id): "0" * 64},
        amount_cents=2000,
    )
    session.add_all([member, approval])
    session.flush()
    return {"member_id": member.id, "approval_id": approval.id}


def wait_for_treasurer(session: Session, approval: ClaimApproval) -> None:
    """Bring the claims of a question into the state in which its link can be answered."""
    sponsor = session.get_one(Sponsor, approval.sponsor_id)
    sponsor.four_eyes, sponsor.treasurer_name = FourEyes.TREASURER_LINK, "Tilda Kasse"
    sponsor.treasurer_email = approval.treasurer_email
    claims = [session.get_one(Claim, UUID(one)) for one in approval.claims]
    for claim in claims:
        claim.state = ClaimState.CHECKED
    approval.claims = approvals.prints(session, claims)
    session.add_all([sponsor, approval, *claims])
    session.flush()
