"""Her place in the pool that borrows her: it opens the second wall for her name, and nothing else.

She has no role there, is not seen among its volunteers and never planned. It ends when nothing of
hers is under way there any more.
"""

from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select, update

from app.clock import now, today
from app.institutions.naming import CONTACT_KEPT
from app.seam.build import GIVEN_BACK
from app.tables import (
    CLAIM_ENDED,
    Assignment,
    AssignmentState,
    Claim,
    ClaimLine,
    Enrolment,
    EnrolmentState,
    Lending,
    LendingState,
    Offer,
    OfferState,
    ServiceRecord,
)


def give(session: Session, volunteer_id: UUID, sponsor_id: UUID) -> None:
    """Let her in for one appointment, whose row is locked together with hers."""
    known = session.exec(
        select(Enrolment)
        .where(col(Enrolment.volunteer_id) == volunteer_id, col(Enrolment.sponsor_id) == sponsor_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    place = known or Enrolment(
        volunteer_id=volunteer_id, sponsor_id=sponsor_id, listing_renewed_on=today()
    )
    place.state, place.roles, place.updated_at = EnrolmentState.LENT, [], now()
    session.add(place)
    session.flush()


def end_idle(session: Session) -> int:
    """End the places of which nothing is under way, and was not for a week; how many.

    One that is given again at this moment says so itself: what else is there is not yet seen.
    """
    done = session.exec(
        update(Enrolment)
        .where(
            col(Enrolment.state) == EnrolmentState.LENT,
            col(Enrolment.updated_at) <= now() - CONTACT_KEPT,
            ~or_(_was_asked(), _is_asked_again(), _has_been_there(), _waits_for_money()),
        )
        .values(state=EnrolmentState.ENDED, updated_at=now())
    )
    return int(done.rowcount)


def _was_asked() -> ColumnElement[bool]:
    """Whether she is asked, or was a short time ago: she reads what became of it."""
    lately = col(Lending.updated_at) > now() - CONTACT_KEPT
    return (
        select(Lending.id)
        .where(
            col(Lending.volunteer_id) == col(Enrolment.volunteer_id),
            col(Lending.sponsor_id) == col(Enrolment.sponsor_id),
            or_(col(Lending.state) == LendingState.AGREED, lately),
        )
        .correlate(Enrolment)
        .exists()
    )


def _is_asked_again() -> ColumnElement[bool]:
    """Whether she is asked about another time of an appointment she had."""
    return (
        select(Offer.id)
        .where(
            col(Offer.volunteer_id) == col(Enrolment.volunteer_id),
            col(Offer.sponsor_id) == col(Enrolment.sponsor_id),
            col(Offer.state) == OfferState.PENDING,
        )
        .correlate(Enrolment)
        .exists()
    )


def _has_been_there() -> ColumnElement[bool]:
    """Whether she is booked, or was there a short time ago."""
    lately = (col(Assignment.ends_at) > now() - CONTACT_KEPT) & col(Assignment.state).not_in(
        GIVEN_BACK
    )
    return (
        select(Assignment.id)
        .where(
            col(Assignment.volunteer_id) == col(Enrolment.volunteer_id),
            col(Assignment.sponsor_id) == col(Enrolment.sponsor_id),
            or_(col(Assignment.state) == AssignmentState.BOOKED, lately),
        )
        .correlate(Enrolment)
        .exists()
    )


def _waits_for_money() -> ColumnElement[bool]:
    paid = (
        select(ClaimLine.service_record_id)
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .where(
            col(ClaimLine.service_record_id) == col(ServiceRecord.id),
            col(Claim.state).in_(CLAIM_ENDED),
        )
        .correlate(ServiceRecord)
    )
    return (
        select(ServiceRecord.id)
        .where(
            col(ServiceRecord.volunteer_id) == col(Enrolment.volunteer_id),
            col(ServiceRecord.sponsor_id) == col(Enrolment.sponsor_id),
            col(ServiceRecord.minutes) > 0,
            ~paid.exists(),
        )
        .correlate(Enrolment)
        .exists()
    )
