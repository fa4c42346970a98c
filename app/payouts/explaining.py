"""A claim's lines and notes, each in a sentence that names the day and no number of a record."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select as sql_select
from sqlmodel import Session, col

import allowance
from allowance import Line, RatePlan, Reason, Work
from allowance.money import euro
from app import rate_plans
from app.payouts import works
from app.payouts.schemas import ClaimLineRead
from app.rate_plans import Book
from app.tables import (
    Activity,
    Assignment,
    Claim,
    ClaimKind,
    ClaimLine,
    ClaimState,
    Request,
    Seat,
    ServiceRecord,
)

Found = tuple[ClaimLine, ServiceRecord | None, Assignment | None, Request | None, Activity | None]
_TAKEN_BACK = {
    "de": "Zurückgenommen: {amount}. Gebucht war: {was}",
    "en": "Taken back: {amount}. It was booked as: {was}",
}
_STATES = {
    ClaimState.WAIVED: (
        "Auf das Geld wurde verzichtet. Die Stunden zählen trotzdem.",
        "The money was waived. The hours count all the same.",
    ),
    ClaimState.ON_HOLD: (
        "Die Abrechnung ist angehalten. Sie wird erst bezahlt, wenn jemand sie freigibt.",
        "The claim is on hold. It is not paid until somebody releases it.",
    ),
    ClaimState.REJECTED: (
        "Die Abrechnung ist abgelehnt. Es wird nichts bezahlt.",
        "The claim is rejected. Nothing is paid.",
    ),
    ClaimState.REVERSED: (
        "Diese Abrechnung ist zurückgenommen. Der Monat kann neu abgerechnet werden.",
        "This claim was taken back. The month can be claimed anew.",
    ),
}
_COUNTER = (
    "Diese Gegenbuchung nimmt eine bezahlte Abrechnung zurück. Der Betrag wird mit der nächsten"
    " Auszahlung verrechnet.",
    "This counter-booking takes back a paid claim. The amount is settled with the next payment.",
)
_OF = {"de": "vom {day:%d.%m.%Y}", "en": "of {day:%Y-%m-%d}"}


def found(session: Session, claim: Claim) -> list[Found]:
    """The lines of a claim and what each is about, in order of start."""
    query = (
        sql_select(ClaimLine, ServiceRecord, Assignment, Request, Activity)
        .outerjoin(ServiceRecord, col(ServiceRecord.id) == col(ClaimLine.service_record_id))
        .outerjoin(Assignment, col(Assignment.id) == col(ServiceRecord.assignment_id))
        .outerjoin(Seat, col(Seat.id) == col(Assignment.seat_id))
        .outerjoin(Request, col(Request.id) == col(Seat.request_id))
        .outerjoin(Activity, col(Activity.id) == col(ClaimLine.activity_id))
        .where(col(ClaimLine.claim_id) == claim.id)
        .order_by(col(ClaimLine.started_at), col(ClaimLine.id))
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in session.execute(query).all()]


def line(claim: Claim, one: ClaimLine, locale: str) -> ClaimLineRead:
    """A line with the sentence about every cent of it."""
    members = one.model_dump(include=set(ClaimLineRead.model_fields))
    said = _taken_back(one, locale) if claim.kind == ClaimKind.COUNTER else ""
    explanation = said or allowance.explain(stored(one), locale)
    return ClaimLineRead(**members, explanation=explanation)


def _taken_back(one: ClaimLine, locale: str) -> str:
    taken = was = stored(one)
    if one.minutes < 0:
        was = taken.opposite()
    amount = euro(one.amount_cents, locale)
    return _TAKEN_BACK[locale].format(amount=amount, was=allowance.explain(was, locale))


def stored(one: ClaimLine) -> Line:
    """A line as it was worked out."""
    return Line(
        record_id=str(one.service_record_id or one.activity_id or one.id),
        minutes=one.minutes,
        paid_minutes=one.paid_minutes,
        amount_cents=one.amount_cents,
        plan_key=one.plan_key,
        reason=Reason(one.reason_code, one.reason_params),
        travel_cents=one.travel_cents,
    )


def notes(session: Session, claim: Claim, rows: Sequence[Found], locale: str) -> list[str]:
    """What a person should look at, and what a state means for the money."""
    english = locale == "en"
    said = [_STATES[state][english] for state in _STATES if claim.state == state]
    if claim.kind == ClaimKind.COUNTER:
        return [*said, _COUNTER[english]]
    pairs = _pairs(rate_plans.book(session, claim.sponsor_id), rows)
    days = {str(work.record_id): work.day for _, work in pairs}
    asked = allowance.claim_notes(pairs, [stored(row[0]) for row in rows])
    for note in asked:
        params = dict(note.params)
        if "record_id" in params:
            params["record_id"] = _OF[locale].format(day=days[str(params["record_id"])])
        said.append(allowance.explain_note(Reason(note.code, params), locale))
    return said


def _pairs(book: Book, rows: Sequence[Found]) -> list[tuple[RatePlan, Work]]:
    """Each line's work as it was claimed, with its plan."""
    pairs = []
    for claimed, record, assignment, request, activity in rows:
        plan = book.of_key(claimed.plan_key)
        if plan is None:
            continue
        if record and assignment and request:
            work = works.work_of_record(record, assignment, request, plan)
        elif activity:
            work = works.work_of_activity(activity, plan)
        else:
            continue
        span = replace(work, start=claimed.started_at, end=claimed.ended_at)
        pairs.append((plan, replace(span, day=claimed.day, minutes=claimed.minutes)))
    return pairs
