"""What belongs to another person of the same sponsor: Mirela's things, another school, her keys."""

from datetime import date
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from app import db
from app.tables import ApiToken, Claim, PushSubscription, Standby
from app.tokens import hash_token
from tests.app.example_money import attended, course_of
from tests.app.example_times import HOUR, MORNING, times_of
from tests.app.examples import Asking, Examples, asking, assignment, offer, record, shapes
from tests.cast import Cast, institution

LATER = MORNING + 48 * HOUR


def furnish_beside(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind that has a person or an institution of its own, at Wetterau.

    Ids that no person of the sponsor has for herself are not among them.
    """
    hers, account = cast.volunteers["mirela"], cast.accounts["mirela"]
    with db.transaction(engine) as session:
        school = institution(session, "Schillerschule", cast.wetterau, "primary_school")
        school.contact_name, school.email = "Ingeborg Muster", "schiller@example.org"
        place = (session, cast.wetterau, school.id)
        asked = asking(*place, LATER)
        booked = asking(*place, LATER + 24 * HOUR, state="booked", seat_state="booked")
        past = asking(*place, LATER - 336 * HOUR, state="done", seat_state="done")
        session.add(school)
        ids = _work(session, asked, booked, past, hers)
        ids |= times_of(session, hers, account)
        ids |= _of_the_account(session, account)
        ids |= shapes(*place, MORNING + 192 * HOUR, date(2027, 2, 12))
        ids |= {
            "institution_id": school.id,
            "volunteer_id": hers,
            "enrolment_id": cast.enrolments["mirela"],
            "account_id": account,
            "request_id": asked.request.id,
            "seat_id": asked.seat.id,
            "option_id": asked.option.id,
        }
    return Examples(cast.wetterau, {name: str(value) for name, value in ids.items()})


def _work(
    session: Session, asked: Asking, booked: Asking, past: Asking, hers: UUID
) -> dict[str, UUID]:
    made, booking = offer(asked, hers), assignment(booked, hers)
    done = assignment(past, hers, state="performed")
    standby = Standby(
        sponsor_id=booked.seat.sponsor_id,
        seat_id=booked.seat.id,
        option_id=booked.option.id,
        volunteer_id=hers,
    )
    session.add_all([made, booking, done, standby])
    session.flush()
    worked = record(done)
    claim = Claim(
        sponsor_id=done.sponsor_id,
        volunteer_id=hers,
        month=date(2026, 12, 1),
        funding_line="wir",
        state="submitted",
        minutes=60,
        amount_cents=2000,
    )
    course = course_of(done.sponsor_id)
    session.add_all([worked, claim, course])
    session.flush()
    session.add(attended(course, hers))
    return {
        "offer_id": made.id,
        "assignment_id": booking.id,
        "past_assignment_id": done.id,
        "standby_id": standby.id,
        "record_id": worked.id,
        "claim_id": claim.id,
        "course_id": course.id,
    }


def _of_the_account(session: Session, account_id: UUID) -> dict[str, UUID]:
    push = PushSubscription(
        account_id=account_id,
        endpoint=f"https://push.example/{account_id}",
        p256dh="B" * 87,
        auth="A" * 22,
    )
    token = ApiToken(
        account_id=account_id, name="Ihres", token_hash=hash_token("lw_hers"), scopes=["read"]
    )
    session.add_all([push, token])
    session.flush()
    return {"subscription_id": push.id, "token_id": token.id}
