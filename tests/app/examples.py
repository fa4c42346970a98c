"""One object of every kind at a sponsor: each route can be called with an id that exists."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from app import db
from app.tables import (
    Absence,
    ApiToken,
    Assignment,
    AuditEvent,
    Claim,
    ClaimLine,
    ClientCase,
    Exclusion,
    ImportBatch,
    Message,
    Offer,
    Payrun,
    Plan,
    PolicyRule,
    Proposal,
    RatePlanChoice,
    Request,
    RequestOption,
    Seat,
    ServiceRecord,
    SignedLink,
    Task,
    UnfilledReason,
)
from app.tokens import hash_token
from tests.cast import Cast

MORNING = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Examples:
    """Ids by the name of the path parameter; `option_id` belongs to `seat_id`."""

    sponsor_id: UUID
    ids: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.ids[name]


@dataclass(frozen=True)
class Asking:
    """A request with its time and seat."""

    request: Request
    option: RequestOption
    seat: Seat


def asking(
    session: Session,
    sponsor_id: UUID,
    institution_id: UUID,
    starts_at: datetime,
    *,
    state: str = "open",
    seat_state: str = "open",
    language: str | None = "kmr",
) -> Asking:
    """A request of an hour with one seat for an interpreter."""
    request = Request(
        sponsor_id=sponsor_id,
        institution_id=institution_id,
        state=state,
        received_at=datetime(2027, 1, 3, 8, 0, tzinfo=UTC),
        topic="Elterngespräch",
    )
    session.add(request)
    session.flush()
    option = RequestOption(
        sponsor_id=sponsor_id,
        request_id=request.id,
        position=0,
        day=starts_at.date(),
        start_minute=starts_at.hour * 60 + 60 + starts_at.minute,
        duration_minutes=60,
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
    )
    seat = Seat(
        sponsor_id=sponsor_id,
        request_id=request.id,
        role="interpreter",
        language=language,
        state=seat_state,
    )
    session.add_all([option, seat])
    session.flush()
    return Asking(request, option, seat)


def assignment(asked: Asking, volunteer_id: UUID, **changes: object) -> Assignment:
    """A booking on a seat."""
    values: dict[str, object] = {
        "sponsor_id": asked.seat.sponsor_id,
        "seat_id": asked.seat.id,
        "option_id": asked.option.id,
        "volunteer_id": volunteer_id,
        "role": asked.seat.role,
        "mode": asked.seat.mode,
        "starts_at": asked.option.starts_at,
        "ends_at": asked.option.ends_at,
    }
    return Assignment(**(values | changes))


def offer(asked: Asking, volunteer_id: UUID, **changes: object) -> Offer:
    """A question to a volunteer, open for a day."""
    values: dict[str, object] = {
        "sponsor_id": asked.seat.sponsor_id,
        "seat_id": asked.seat.id,
        "option_id": asked.option.id,
        "volunteer_id": volunteer_id,
        "mode": asked.seat.mode,
        "expires_at": datetime(2027, 1, 5, 9, 0, tzinfo=UTC),
    }
    return Offer(**(values | changes))


def furnish(engine: Engine, cast: Cast, *, foreign: bool = False) -> Examples:
    """One object of every kind at Wetterau, or with `foreign` at Fulda."""
    sponsor_id = cast.fulda if foreign else cast.wetterau
    school_id = cast.school_fulda if foreign else cast.school
    who, office = ("nuru", "kofi") if foreign else ("dilan", "amal")
    at = {"sponsor_id": sponsor_id}
    volunteer_id = cast.volunteers[who]
    with db.transaction(engine) as session:
        open_one = asking(session, sponsor_id, school_id, MORNING)
        asked = asking(session, sponsor_id, school_id, MORNING + 2 * HOUR, state="needs_info")
        booked_one = asking(
            session, sponsor_id, school_id, MORNING + 24 * HOUR, state="booked", seat_state="booked"
        )
        past = asking(
            session, sponsor_id, school_id, MORNING - 336 * HOUR, state="done", seat_state="done"
        )
        asked_for = offer(open_one, volunteer_id)
        booking = assignment(booked_one, volunteer_id)
        done = assignment(past, volunteer_id, state="performed")
        task = Task(
            **at, code="personal_data:note", subject_type="request", subject_id=asked.request.id
        )
        plan = Plan(
            **at, first_day=date(2027, 1, 11), last_day=date(2027, 1, 16), state="ready", seats=2
        )
        payrun = Payrun(**at, number=1, amount_cents=2000)
        absence = Absence(
            volunteer_id=volunteer_id, first_day=date(2027, 3, 1), last_day=date(2027, 3, 2)
        )
        token = ApiToken(
            account_id=cast.accounts[office], name="Skript", token_hash=hash_token(f"lw_x_{office}")
        )
        choice = RatePlanChoice(
            **at, source_key="wir_guide", valid_from=date(2027, 1, 1), valid_to=date(2027, 6, 30)
        )
        batch = ImportBatch(
            **at, content_hash="0" * 64, finished_at=datetime(2027, 1, 3, tzinfo=UTC)
        )
        case = ClientCase(**at, pseudonym="1" * 64)
        session.add_all(
            [asked_for, booking, done, task, plan, payrun, absence, token, choice, batch, case]
        )
        session.flush()
        record = ServiceRecord(
            **at,
            assignment_id=done.id,
            volunteer_id=volunteer_id,
            started_at=done.starts_at,
            ended_at=done.ends_at,
            minutes=60,
            reported_minutes=60,
        )
        claim = Claim(
            **at,
            volunteer_id=volunteer_id,
            month=date(2026, 12, 1),
            funding_line="wir",
            state="submitted",
            minutes=60,
            amount_cents=2000,
        )
        session.add_all([record, claim])
        session.flush()
        session.add_all(
            [
                ClaimLine(
                    **at, claim_id=claim.id, service_record_id=record.id, day=past.option.day,
                    minutes=60, paid_minutes=60, amount_cents=2000, plan_key="wir_interpreter",
                    reason_code="flat", reason_params={"unit": "assignment"},
                ),
                Proposal(
                    **at, plan_id=plan.id, seat_id=open_one.seat.id, option_id=open_one.option.id,
                    volunteer_id=volunteer_id, mode="on_site", cost=100,
                ),
                UnfilledReason(
                    **at, plan_id=plan.id, seat_id=asked.seat.id, position=0, code="no_language"
                ),
                Exclusion(**at, volunteer_id=volunteer_id, institution_kind="shelter"),
                PolicyRule(
                    **at, role="guide", institution_kind="doctor", effect="forbid", reason="Regel"
                ),
                Message(**at, recipient="schule@example.org", subject="Hallo", body="Text"),
                AuditEvent(**at, action="test", subject_type="seat", subject_id=open_one.seat.id),
                SignedLink(
                    **at, token_hash=hash_token(f"lw_link_{who}"), purpose="answer_offer",
                    subject_id=asked_for.id, expires_at=MORNING,
                ),
            ]
        )  # fmt: skip
        ids = {
            "sponsor_id": sponsor_id,
            "institution_id": school_id,
            "volunteer_id": volunteer_id,
            "enrolment_id": cast.enrolments[who],
            "absence_id": absence.id,
            "token_id": token.id,
            "request_id": open_one.request.id,
            "seat_id": open_one.seat.id,
            "option_id": open_one.option.id,
            "task_id": task.id,
            "offer_id": asked_for.id,
            "assignment_id": booking.id,
            "past_assignment_id": done.id,
            "plan_id": plan.id,
            "record_id": record.id,
            "choice_id": choice.id,
            "claim_id": claim.id,
            "payrun_id": payrun.id,
        }
    return Examples(sponsor_id, {name: str(value) for name, value in ids.items()})


Snapshot = dict[str, list[str]]


def snapshot(engine: Engine, *, without: UUID | None = None) -> Snapshot:
    """Every row of every table as text, without those of one sponsor."""
    found: Snapshot = {}
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        for name, table in sorted(SQLModel.metadata.tables.items()):
            rows = [dict(row) for row in session.execute(select(table)).mappings()]
            kept = [row for row in rows if without is None or row.get("sponsor_id") != without]
            found[name] = sorted(str(row) for row in kept)
    return found
