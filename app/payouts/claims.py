"""Claims as they are read: with names, lines, and a sentence for every cent."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

import allowance
from allowance import Line, Reason
from app import fields
from app.access import Actor
from app.payouts import plans
from app.payouts.building import Built, Late
from app.payouts.schemas import (
    ClaimDetail,
    ClaimLineRead,
    ClaimRead,
    ClaimsBuilt,
    LeftOut,
    LeftOver,
)
from app.tables import (
    Assignment,
    Claim,
    ClaimLine,
    ClaimState,
    Request,
    Seat,
    ServiceRecord,
    Volunteer,
)

C = TypeVar("C", bound=ClaimRead)
_LATE = {
    "de": (
        "Die Abrechnung {month} ist schon weitergegeben. Bis zum Zahllauf kann sie zurückgegeben"
        " und neu erstellt werden.",
        "Die Abrechnung {month} ist schon im Zahllauf. Dieser Nachweis ist nicht darin.",
    ),
    "en": (
        "The claim for {month} was sent on already. Until the payrun it can be returned and built"
        " again.",
        "The claim for {month} is in a payrun already. This record is not in it.",
    ),
}
_IN_PAYRUN = (ClaimState.IN_PAYRUN, ClaimState.PAID, ClaimState.REPORTED)


def names(session: Session, volunteer_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Full names, in one statement."""
    query = select(Volunteer).where(col(Volunteer.id).in_(set(volunteer_ids)))
    return {v.id: f"{v.given_name} {v.surname}" for v in session.exec(query).all()}


def _read(claim: Claim, name: str) -> ClaimRead:
    fields = claim.model_dump(include=set(ClaimRead.model_fields) - {"month"})
    return ClaimRead(**fields, month=f"{claim.month:%Y-%m}", volunteer=name)


def reads(session: Session, claims: Sequence[Claim]) -> list[ClaimRead]:
    """Claims with names, in two statements."""
    named = names(session, [claim.volunteer_id for claim in claims])
    return [_read(claim, named[claim.volunteer_id]) for claim in claims]


def told(actor: Actor, found: Sequence[C]) -> list[C]:
    """The same for who asks: an auditor reads no word that somebody typed."""
    return [
        fields.for_auditor(one)
        if actor.audits(one.sponsor_id) and one.volunteer_id != actor.volunteer_id
        else one
        for one in found
    ]


def read(session: Session, claim: Claim) -> ClaimRead:
    """One claim with the name."""
    return reads(session, [claim])[0]


def detail(session: Session, claim: Claim, locale: str) -> ClaimDetail:
    """A claim with its lines in order of day, each explained."""
    query = (
        select(ClaimLine, ServiceRecord, Request)
        .outerjoin(ServiceRecord, col(ServiceRecord.id) == col(ClaimLine.service_record_id))
        .outerjoin(Assignment, col(Assignment.id) == col(ServiceRecord.assignment_id))
        .outerjoin(Seat, col(Seat.id) == col(Assignment.seat_id))
        .outerjoin(Request, col(Request.id) == col(Seat.request_id))
        .where(col(ClaimLine.claim_id) == claim.id)
        .order_by(col(ServiceRecord.started_at), col(ClaimLine.id))
    )
    rows = [(row[0], row[1], row[2]) for row in session.exec(query).all()]
    notes = _notes([line for line, _, _ in rows]) + [
        note for line, record, request in rows for note in _line_notes(line, record, request)
    ]
    return ClaimDetail(
        **read(session, claim).model_dump(),
        lines=[_line(line, locale) for line, _, _ in rows],
        notes=[allowance.explain_note(note, locale) for note in notes],
    )


def _line(line: ClaimLine, locale: str) -> ClaimLineRead:
    fields = line.model_dump(include=set(ClaimLineRead.model_fields))
    return ClaimLineRead(**fields, explanation=allowance.explain(_stored(line), locale))


def _stored(line: ClaimLine) -> Line:
    return Line(
        record_id=str(line.service_record_id or line.id),
        minutes=line.minutes,
        paid_minutes=line.paid_minutes,
        amount_cents=line.amount_cents,
        plan_key=line.plan_key,
        reason=Reason(line.reason_code, line.reason_params),
        travel_cents=line.travel_cents,
    )


def _notes(lines: Sequence[ClaimLine]) -> list[Reason]:
    """What to look at in the claim as a whole."""
    notes = []
    for key in sorted({line.plan_key for line in lines}):
        plan = plans.of_key(key)
        if plan is not None and plan.status == "unverified":
            titles: dict[str, int | str] = {
                "plan_key": key,
                "title_de": plan.title_de,
                "title_en": plan.title_en,
            }
            notes.append(Reason("unverified_plan", titles))
    for code in ("year_cap", "client_cap"):
        if count := sum(line.reason_code == code for line in lines):
            notes.append(Reason(code, {"count": count}))
    return notes


def _line_notes(
    line: ClaimLine, record: ServiceRecord | None, request: Request | None
) -> list[Reason]:
    """What to look at in one line."""
    plan = plans.of_key(line.plan_key)
    if record is None or request is None or plan is None or not line.amount_cents:
        return []
    params: dict[str, int | str] = {"record_id": str(record.id)}
    notes = []
    if timedelta(minutes=line.minutes) > record.ended_at - record.started_at:
        notes.append(Reason("longer_than_span", params))
    capped = plan.per_client_cap is not None and line.reason_code != "group_event"
    if capped and request.client_case_id is None:
        notes.append(Reason("client_unknown", params))
    return notes


def built(session: Session, made: Built, locale: str) -> ClaimsBuilt:
    """What was built, what came too late and who was left out, with a sentence."""
    named = names(
        session,
        [claim.volunteer_id for claim in made.claims]
        + [late.payable.volunteer_id for late in made.late]
        + [one.volunteer_id for one in made.stuck],
    )
    return ClaimsBuilt(
        claims=[_read(claim, named[claim.volunteer_id]) for claim in made.claims],
        left_over=[_left_over(late, named, locale) for late in made.late],
        left_out=[
            LeftOut(
                volunteer_id=one.volunteer_id,
                volunteer=named[one.volunteer_id],
                sentence=one.why.detail(locale),
            )
            for one in made.stuck
        ],
    )


def _left_over(late: Late, named: dict[UUID, str], locale: str) -> LeftOver:
    one, claim = late.payable, late.claim
    sentence = _LATE[locale][claim.state in _IN_PAYRUN]
    return LeftOver(
        service_record_id=one.record_id,
        volunteer_id=one.volunteer_id,
        volunteer=named[one.volunteer_id],
        day=one.work.day,
        minutes=one.work.minutes,
        claim_id=claim.id,
        sentence=sentence.format(month=f"{claim.month:%m/%Y}"),
    )
