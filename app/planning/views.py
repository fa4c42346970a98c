"""Plans as people look at them: proposals, figures, candidates for one seat."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.clock import ZONE
from app.offers.refusals import SeatTaken
from app.planning import failures, notes, sentences
from app.planning.schemas import (
    CandidateRead,
    CandidatesRead,
    PlanRead,
    ProposalRead,
    ReasonRead,
    RejectedRead,
)
from app.planning.service import Week
from app.seam import build
from app.seam.asked import Asked, load_asked, near
from app.seam.people import Horizon
from app.tables import (
    Institution,
    Plan,
    Proposal,
    Request,
    RequestOption,
    Seat,
    SeatState,
    Sponsor,
    UnfilledReason,
    Volunteer,
)
from matching import Plan as Solution
from matching import fairness_index, rank, rejected


def plan(row: Plan, locale: str) -> PlanRead:
    """A planning run; what went wrong, and what to know, is told in the reader's language."""
    return PlanRead(
        **row.model_dump(exclude={"failure", "notes"}),
        failure=failures.sentence(row.failure, locale),
        notes=notes.sentences(row.notes, locale),
    )


def proposals(session: Session, plan: Plan, locale: str) -> list[ProposalRead]:
    """Every seat of the plan: who is proposed, or why nobody is."""
    proposed = session.exec(
        select(Proposal, RequestOption, Volunteer)
        .join(RequestOption, col(RequestOption.id) == col(Proposal.option_id))
        .join(Volunteer, col(Volunteer.id) == col(Proposal.volunteer_id))
        .where(col(Proposal.plan_id) == plan.id)
    ).all()
    reasons: dict[UUID, list[ReasonRead]] = defaultdict(list)
    query = select(UnfilledReason).where(col(UnfilledReason.plan_id) == plan.id)
    for row in session.exec(query.order_by(col(UnfilledReason.position))).all():
        reasons[row.seat_id].append(sentences.read(row.code, row.params, locale))
    found = {p.seat_id: (p, option, volunteer) for p, option, volunteer in proposed}
    rows = session.exec(
        select(Seat, RequestOption, Institution.name)
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .where(col(Seat.id).in_([*found, *reasons]), col(RequestOption.position) == 0)
        .order_by(col(RequestOption.starts_at), col(Seat.id))
    ).all()
    result = []
    for seat, first, name in rows:
        proposal, option, volunteer = found.get(seat.id, (None, first, None))
        result.append(
            ProposalRead(
                seat_id=seat.id,
                request_id=seat.request_id,
                institution=name,
                language=seat.language,
                starts_at=option.starts_at,
                ends_at=option.ends_at,
                volunteer_id=volunteer.id if volunteer else None,
                volunteer=f"{volunteer.given_name} {volunteer.surname}" if volunteer else None,
                mode=proposal.mode if proposal else None,
                cost=proposal.cost if proposal else None,
                reasons=sentences.terms(proposal.terms, locale) if proposal else reasons[seat.id],
            )
        )
    return result


def summary(week: Week, solution: Solution) -> dict[str, Any]:
    """A plan that is printed and not stored: figures, proposals, and reasons for every gap."""
    where = {str(s.id): (one, s) for one in week.asked for s in one.seats}
    names = {str(v.id): f"{v.given_name} {v.surname}" for v in week.volunteers}

    def row(seat_id: str, option: int) -> dict[str, Any]:
        one, seat = where[seat_id]
        return {
            "seat": seat_id,
            "institution": one.institution.name,
            "language": seat.language,
            "start": one.options[option].starts_at.astimezone(ZONE).isoformat(timespec="minutes"),
        }

    figures = ("method", "status", "objective", "bound", "gap", "gap_fill", "gap_cost")
    return {
        "seats": len(week.problem.seats),
        "filled": len(solution.assignments),
        "waiting": week.waiting,
        **{name: getattr(solution, name) for name in figures},
        "fairness": round(fairness_index(week.problem, solution), 3),
        "seconds": round(solution.seconds, 3),
        "proposals": [
            {**row(a.seat, a.option), "volunteer": names[a.volunteer], "mode": a.mode}
            for a in solution.assignments
        ],
        "open": [
            {
                **row(seat.seat, 0),
                "reasons": [{"code": r.code, "params": dict(r.params)} for r in seat.reasons],
            }
            for seat in solution.open
        ],
    }


def _open(session: Session, seat: Seat) -> list[Asked]:
    """An open seat alone, at every possible time."""
    asked = load_asked(session, [session.get_one(Request, seat.request_id)])
    for one in asked:
        one.seats = [s for s in one.seats if s.id == seat.id]
    return [one for one in asked if one.seats]


def _booked(session: Session, seat: Seat) -> list[Asked]:
    """A booked seat as if it were open, at its time."""
    row = session.exec(
        select(Request, Institution, RequestOption)
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .where(col(Request.id) == seat.request_id, col(RequestOption.chosen))
    ).one_or_none()
    return [Asked(row[0], row[1], [row[2]], [seat])] if row else []


def candidates(session: Session, seat: Seat, limit: int, locale: str) -> CandidatesRead:
    """The best people for one seat by cost, and why the others are not among them.

    For a seat that is booked: who else could go, at the time it takes place.
    """
    sponsor = session.get_one(Sponsor, seat.sponsor_id)
    asked = _booked(session, seat) if seat.state == SeatState.BOOKED else _open(session, seat)
    if not asked:
        raise SeatTaken
    first = asked[0].options[0].day
    asked[0].options = near(asked[0].options, first, first)
    days = [option.day for option in asked[0].options]
    volunteers = build.pool(session, sponsor.id)
    names = {str(v.id): f"{v.given_name} {v.surname}" for v in volunteers}
    horizon = Horizon.of(min(days), max(days))
    problem = build.problem(session, sponsor, asked, volunteers, horizon)
    best = rank(problem, str(seat.id), limit=limit)
    return CandidatesRead(
        candidates=[
            CandidateRead(
                volunteer_id=UUID(one.volunteer),
                volunteer=names[one.volunteer],
                mode=one.mode,
                cost=one.cost,
                reasons=sentences.terms(one.terms, locale),
            )
            for one in best
        ],
        rejected=[
            RejectedRead(
                volunteer_id=UUID(one.volunteer),
                volunteer=names[one.volunteer],
                reasons=sentences.reads(one.reasons, locale),
            )
            for one in rejected(problem, str(seat.id))
        ],
    )
