"""Which rows somebody may see: one filter for each table. What is not visible does not exist.

Everything here is called through `access`.
"""

from typing import TypeVar

from sqlmodel import and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app.actors import Actor
from app.tables import (
    NO_MEMBER,
    Activity,
    Assignment,
    AuditAnchor,
    AuditEvent,
    CapException,
    Claim,
    ClaimApproval,
    ClientCase,
    ClosedMonth,
    ColumnTemplate,
    Course,
    CourseParticipant,
    Enrolment,
    Erasure,
    GrantNotice,
    ImportBatch,
    Institution,
    Lending,
    Membership,
    Message,
    Offer,
    ParentsDay,
    Partnership,
    Payment,
    Payrun,
    Plan,
    RetentionRun,
    Search,
    Seat,
    Series,
    ServiceRecord,
    Sponsor,
    SponsorRow,
    Standby,
    Task,
    Volunteer,
    Webhook,
    taken_in,
)
from app.tables import Request as RequestRow

S = TypeVar("S", bound=SponsorRow)


def _of_sponsor(table: type[S], actor: Actor) -> SelectOfScalar[S]:
    return select(table).where(col(table.sponsor_id).in_(actor.sponsor_ids))


def visible_sponsors(actor: Actor) -> SelectOfScalar[Sponsor]:
    """Sponsors the actor works for, helps or asks."""
    return select(Sponsor).where(col(Sponsor.id).in_(actor.reach))


def visible_members(actor: Actor) -> SelectOfScalar[Membership]:
    """Who has which role at the actor's sponsors."""
    return _of_sponsor(Membership, actor)


def visible_volunteers(actor: Actor) -> SelectOfScalar[Volunteer]:
    """Volunteers with a live enrolment at the actor's sponsors, and herself; nobody who is lent."""
    enrolled = select(Enrolment.volunteer_id).where(
        col(Enrolment.sponsor_id).in_(actor.sponsor_ids),
        col(Enrolment.state).not_in(NO_MEMBER),
    )
    return select(Volunteer).where(
        or_(col(Volunteer.id).in_(enrolled), col(Volunteer.id) == actor.volunteer_id)
    )


def visible_enrolments(actor: Actor) -> SelectOfScalar[Enrolment]:
    """Enrolments at the actor's sponsors, without people who are lent, and her own."""
    return select(Enrolment).where(
        or_(
            and_(col(Enrolment.sponsor_id).in_(actor.sponsor_ids), taken_in()),
            col(Enrolment.volunteer_id) == actor.volunteer_id,
        )
    )


def visible_institutions(actor: Actor) -> SelectOfScalar[Institution]:
    """Partners of the actor's sponsors, and the institutions she acts for."""
    partners = select(Partnership.institution_id).where(
        col(Partnership.sponsor_id).in_(actor.sponsor_ids)
    )
    return select(Institution).where(
        or_(col(Institution.id).in_(partners), col(Institution.id).in_(actor.institution_ids))
    )


def visible_requests(actor: Actor) -> SelectOfScalar[RequestRow]:
    """Requests to the actor's sponsors, and those of her institutions."""
    return select(RequestRow).where(
        or_(
            col(RequestRow.sponsor_id).in_(actor.sponsor_ids),
            col(RequestRow.institution_id).in_(actor.institution_ids),
        )
    )


def visible_parents_days(actor: Actor) -> SelectOfScalar[ParentsDay]:
    """Parents' days at the actor's sponsors, and those of her institutions."""
    return select(ParentsDay).where(
        or_(
            col(ParentsDay.sponsor_id).in_(actor.sponsor_ids),
            col(ParentsDay.institution_id).in_(actor.institution_ids),
        )
    )


def visible_series(actor: Actor) -> SelectOfScalar[Series]:
    """Series asked of the actor's sponsors, and those of her institutions."""
    return select(Series).where(
        or_(
            col(Series.sponsor_id).in_(actor.sponsor_ids),
            col(Series.institution_id).in_(actor.institution_ids),
        )
    )


def visible_seats(actor: Actor) -> SelectOfScalar[Seat]:
    """Seats of requests to the actor's sponsors."""
    return _of_sponsor(Seat, actor)


def visible_tasks(actor: Actor) -> SelectOfScalar[Task]:
    """Open questions at the actor's sponsors."""
    return _of_sponsor(Task, actor)


def visible_imports(actor: Actor) -> SelectOfScalar[ImportBatch]:
    """Imports of lists at the actor's sponsors."""
    return _of_sponsor(ImportBatch, actor)


def visible_plans(actor: Actor) -> SelectOfScalar[Plan]:
    """Plans of the actor's sponsors."""
    return _of_sponsor(Plan, actor)


def visible_searches(actor: Actor) -> SelectOfScalar[Search]:
    """Searches for seats of the actor's sponsors."""
    return _of_sponsor(Search, actor)


def visible_offers(actor: Actor) -> SelectOfScalar[Offer]:
    """Offers of the actor's sponsors, without those to people of other pools, and her own."""
    return select(Offer).where(
        or_(
            and_(col(Offer.sponsor_id).in_(actor.sponsor_ids), col(Offer.lending_id).is_(None)),
            col(Offer.volunteer_id) == actor.volunteer_id,
        )
    )


def visible_standbys(actor: Actor) -> SelectOfScalar[Standby]:
    """Who stands by at the actor's sponsors, and her own standbys."""
    return select(Standby).where(
        or_(
            col(Standby.sponsor_id).in_(actor.sponsor_ids),
            col(Standby.volunteer_id) == actor.volunteer_id,
        )
    )


def visible_assignments(actor: Actor) -> SelectOfScalar[Assignment]:
    """Bookings at the actor's sponsors, her own, and those at her institutions."""
    asked = (
        select(Seat.id)
        .join(RequestRow, col(RequestRow.id) == col(Seat.request_id))
        .where(col(RequestRow.institution_id).in_(actor.institution_ids))
    )
    return select(Assignment).where(
        or_(
            col(Assignment.sponsor_id).in_(actor.sponsor_ids),
            col(Assignment.volunteer_id) == actor.volunteer_id,
            col(Assignment.seat_id).in_(asked),
        )
    )


def visible_records(actor: Actor) -> SelectOfScalar[ServiceRecord]:
    """Service records of the assignments the actor sees."""
    assignments = visible_assignments(actor).with_only_columns(col(Assignment.id))
    return select(ServiceRecord).where(col(ServiceRecord.assignment_id).in_(assignments))


def visible_activities(actor: Actor) -> SelectOfScalar[Activity]:
    """Hours without an appointment at the actor's sponsors, and her own."""
    return select(Activity).where(
        or_(
            col(Activity.sponsor_id).in_(actor.sponsor_ids),
            col(Activity.volunteer_id) == actor.volunteer_id,
        )
    )


def visible_closed_months(actor: Actor) -> SelectOfScalar[ClosedMonth]:
    """Months whose hours the actor's sponsors have settled."""
    return _of_sponsor(ClosedMonth, actor)


def visible_courses(actor: Actor) -> SelectOfScalar[Course]:
    """Courses of the actor's sponsors, and those in which she is."""
    hers = select(CourseParticipant.course_id).where(
        col(CourseParticipant.volunteer_id) == actor.volunteer_id
    )
    return select(Course).where(
        or_(col(Course.sponsor_id).in_(actor.sponsor_ids), col(Course.id).in_(hers))
    )


def visible_messages(actor: Actor) -> SelectOfScalar[Message]:
    """Messages that left the actor's sponsors."""
    return _of_sponsor(Message, actor)


def visible_claims(actor: Actor) -> SelectOfScalar[Claim]:
    """Claims at the actor's sponsors, and her own."""
    return select(Claim).where(
        or_(
            col(Claim.sponsor_id).in_(actor.sponsor_ids),
            col(Claim.volunteer_id) == actor.volunteer_id,
        )
    )


def visible_approvals(actor: Actor) -> SelectOfScalar[ClaimApproval]:
    """Questions to the treasurers of the actor's sponsors."""
    return _of_sponsor(ClaimApproval, actor)


def visible_cap_exceptions(actor: Actor) -> SelectOfScalar[CapException]:
    """Exceptions that were granted to the actor's sponsors."""
    return _of_sponsor(CapException, actor)


def visible_client_cases(actor: Actor) -> SelectOfScalar[ClientCase]:
    """Clients of the actor's sponsors, each a number without a name."""
    return _of_sponsor(ClientCase, actor)


def visible_payruns(actor: Actor) -> SelectOfScalar[Payrun]:
    """Payruns of the actor's sponsors."""
    return _of_sponsor(Payrun, actor)


def visible_payments(actor: Actor) -> SelectOfScalar[Payment]:
    """Transfers of the actor's sponsors, and those to herself."""
    return select(Payment).where(
        or_(
            col(Payment.sponsor_id).in_(actor.sponsor_ids),
            col(Payment.volunteer_id) == actor.volunteer_id,
        )
    )


def visible_notices(actor: Actor) -> SelectOfScalar[GrantNotice]:
    """What the Land has granted the actor's sponsors."""
    return _of_sponsor(GrantNotice, actor)


def visible_lendings(actor: Actor) -> SelectOfScalar[Lending]:
    """Lendings to and from the actor's sponsors; each side reads its own view of them."""
    return select(Lending).where(
        or_(
            col(Lending.sponsor_id).in_(actor.sponsor_ids),
            col(Lending.lender_id).in_(actor.sponsor_ids),
        )
    )


def visible_audit(actor: Actor) -> SelectOfScalar[AuditEvent]:
    """What was recorded at the actor's sponsors."""
    return _of_sponsor(AuditEvent, actor)


def visible_anchors(actor: Actor) -> SelectOfScalar[AuditAnchor]:
    """Where the chains of the actor's sponsors ended."""
    return _of_sponsor(AuditAnchor, actor)


def visible_webhooks(actor: Actor) -> SelectOfScalar[Webhook]:
    """Webhooks of the actor's sponsors."""
    return _of_sponsor(Webhook, actor)


def visible_erasures(actor: Actor) -> SelectOfScalar[Erasure]:
    """Wishes to be forgotten at the actor's sponsors."""
    return _of_sponsor(Erasure, actor)


def visible_retention_runs(actor: Actor) -> SelectOfScalar[RetentionRun]:
    """What went at the actor's sponsors because it had been kept long enough."""
    return _of_sponsor(RetentionRun, actor)


def visible_templates(actor: Actor) -> SelectOfScalar[ColumnTemplate]:
    """Column templates of the actor's sponsors."""
    return _of_sponsor(ColumnTemplate, actor)
