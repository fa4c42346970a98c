"""Once a proof of use was sent, the paid claims that stand in it are reported."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Engine
from sqlmodel import Session, and_, col, or_, select, update

from app import audit, db, jobs
from app.clock import now
from app.grants.figures import ROLES
from app.tables import (
    Activity,
    Assignment,
    Claim,
    ClaimLine,
    ClaimState,
    GrantNotice,
    GrantPurpose,
    GrantState,
    ServiceRecord,
)

REPORT = "payouts.report_claims"
_SENT = (GrantState.PROOF_SENT, GrantState.CLOSED)


@jobs.task(REPORT)
def report_claims(engine: Engine, notice_id: UUID) -> None:
    """Note that the paid claims of a notice's funding line and year stand in its proof of use."""
    db.in_transaction(engine, lambda session: report(session, notice_id), repeatable=True)


def report(session: Session, notice_id: UUID) -> int:
    """Paid claims become reported once each role in them has its proof; how many did."""
    notice = session.get(GrantNotice, notice_id)
    if notice is None or notice.state not in _SENT:
        return 0
    ready = and_(
        col(Claim.sponsor_id) == notice.sponsor_id,
        col(Claim.funding_line) == notice.funding_line,
        col(Claim.month) >= date(notice.year, 1, 1),
        col(Claim.month) <= date(notice.year, 12, 1),
        col(Claim.state) == ClaimState.PAID,
        ~_has_other_roles(_proven(session, notice)),
    )
    done = update(Claim).where(ready).values(state=ClaimState.REPORTED, updated_at=now())
    found = session.execute(done.returning(col(Claim.id), col(Claim.amount_cents))).all()
    for claim_id, cents in found:
        subject = ("claim", claim_id)
        audit.record_on(
            session, None, "claim.report", subject, notice.sponsor_id, amount_cents=cents
        )
    session.flush()
    return len(found)


def _proven(session: Session, notice: GrantNotice) -> list[str]:
    """The roles for which the proof of that line and year was sent."""
    query = select(GrantNotice.purpose).where(
        col(GrantNotice.sponsor_id) == notice.sponsor_id,
        col(GrantNotice.funding_line) == notice.funding_line,
        col(GrantNotice.year) == notice.year,
        col(GrantNotice.state).in_(_SENT),
    )
    purposes = [GrantPurpose(purpose) for purpose in session.exec(query).all()]
    return [ROLES[purpose] for purpose in purposes if purpose in ROLES]


def _has_other_roles(roles: list[str]) -> ColumnElement[bool]:
    """Whether a claim has a line of a role whose proof is still missing."""
    return (
        select(ClaimLine.id)
        .outerjoin(ServiceRecord, col(ServiceRecord.id) == col(ClaimLine.service_record_id))
        .outerjoin(Assignment, col(Assignment.id) == col(ServiceRecord.assignment_id))
        .outerjoin(Activity, col(Activity.id) == col(ClaimLine.activity_id))
        .where(
            col(ClaimLine.claim_id) == col(Claim.id),
            or_(
                col(Assignment.role).not_in(roles),
                col(Activity.role).not_in(roles),
            ),
        )
        .correlate(Claim)
        .exists()
    )
