"""One object of every kind at a sponsor: each route can be called with an id that exists."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from app import db
from app.tables import (
    ApiToken,
    Assignment,
    AuditAnchor,
    AuditEvent,
    ClientCase,
    Erasure,
    Exclusion,
    ImportBatch,
    Lending,
    Message,
    MessagePreference,
    Offer,
    OfferedTime,
    OfferPolicy,
    ParentsDay,
    Plan,
    PolicyRule,
    Proposal,
    PushSubscription,
    Request,
    RequestOption,
    RetentionRun,
    Search,
    Seat,
    Series,
    ServiceRecord,
    SessionToken,
    SignedLink,
    SponsorKey,
    Standby,
    Task,
    UnfilledReason,
    Webhook,
    WebhookDelivery,
)
from app.tokens import hash_token
from tests.app.example_jobs import jobs_of
from tests.app.example_money import claimed, exception_of
from tests.app.example_office import office_of
from tests.app.example_times import HOUR, MORNING, times_of
from tests.cast import Cast


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


def record(done: Assignment) -> ServiceRecord:
    """What was done: the hour that was agreed."""
    return ServiceRecord(
        sponsor_id=done.sponsor_id,
        assignment_id=done.id,
        volunteer_id=done.volunteer_id,
        started_at=done.starts_at,
        ended_at=done.ends_at,
        minutes=60,
        reported_minutes=60,
    )


@dataclass(frozen=True)
class Asked:
    """The requests of the examples: open, with a question, booked, and gone by."""

    open: Asking
    unclear: Asking
    booked: Asking
    past: Asking


@dataclass(frozen=True)
class Work:
    """What hangs on the requests."""

    offer: Offer
    booking: Assignment
    done: Assignment
    record: ServiceRecord


def _asked(session: Session, sponsor_id: UUID, school_id: UUID) -> Asked:
    place = (session, sponsor_id, school_id)
    return Asked(
        open=asking(*place, MORNING),
        unclear=asking(*place, MORNING + 2 * HOUR, state="needs_info"),
        booked=asking(*place, MORNING + 24 * HOUR, state="booked", seat_state="booked"),
        past=asking(*place, MORNING - 336 * HOUR, state="done", seat_state="done"),
    )


def _work(session: Session, asked: Asked, volunteer_id: UUID) -> Work:
    made = offer(asked.open, volunteer_id)
    booking = assignment(asked.booked, volunteer_id)
    done = assignment(asked.past, volunteer_id, state="performed")
    session.add_all([made, booking, done])
    session.flush()
    worked = record(done)
    session.add(worked)
    session.flush()
    return Work(made, booking, done, worked)


def _plan(session: Session, asked: Asked, volunteer_id: UUID) -> UUID:
    at = {"sponsor_id": asked.open.seat.sponsor_id}
    plan = Plan(
        **at, first_day=date(2027, 1, 11), last_day=date(2027, 1, 16), state="ready", seats=2
    )
    session.add(plan)
    session.flush()
    proposal = Proposal(
        **at,
        plan_id=plan.id,
        seat_id=asked.open.seat.id,
        option_id=asked.open.option.id,
        volunteer_id=volunteer_id,
        mode="on_site",
        cost=100,
    )
    gap = UnfilledReason(
        **at, plan_id=plan.id, seat_id=asked.unclear.seat.id, position=0, code="no_language"
    )
    session.add_all([proposal, gap])
    return plan.id


def _client(session: Session, request: Request) -> dict[str, UUID]:
    """The client of a request, and what was granted for her."""
    case = ClientCase(sponsor_id=request.sponsor_id, pseudonym="1" * 64)
    session.add(case)
    session.flush()
    request.client_case_id = case.id
    session.add(request)
    return {
        "client_case_id": case.id,
        "exception_id": exception_of(session, case),
        "past_request_id": request.id,
    }


def _leftovers(session: Session, work: Work) -> None:
    """What has no address of its own, so that no table is empty."""
    at = {"sponsor_id": work.offer.sponsor_id}
    link = SignedLink(
        **at,
        token_hash=hash_token(f"lw_{work.offer.id}"),
        purpose="answer_offer",
        subject_id=work.offer.id,
        expires_at=MORNING,
    )
    session.add_all([
        link,
        SponsorKey(**at, version=1, secret="key"),
        AuditAnchor(**at, count=1, head="0" * 64),
        Erasure(**at, volunteer_id=work.offer.volunteer_id),
        RetentionRun(**at, data_class="message", cutoff=date(2026, 10, 1), proof="0" * 64),
        PolicyRule(**at, role="guide", institution_kind="doctor", effect="forbid", reason="Regel"),
    ])  # fmt: skip


def _said(session: Session, work: Work) -> dict[str, UUID]:
    """What she said besides yes and no: another time, and where she does not go."""
    at = {"sponsor_id": work.offer.sponsor_id}
    later = MORNING + 50 * HOUR
    named = OfferedTime(**at, offer_id=work.offer.id, starts_at=later, ends_at=later + HOUR)
    kind = Exclusion(**at, volunteer_id=work.offer.volunteer_id, institution_kind="shelter")
    session.add_all([named, kind])
    session.flush()
    return {"exclusion_id": kind.id}


def _sought(session: Session, work: Work, asked: Asked, account_id: UUID) -> dict[str, UUID]:
    """How somebody is sought and told: searches, standby, messages, webhooks."""
    at = {"sponsor_id": work.offer.sponsor_id}
    search = Search(**at, seat_id=asked.open.seat.id, strategy="sequence", act_by=MORNING)
    standby = Standby(
        **at,
        seat_id=asked.booked.seat.id,
        option_id=asked.booked.option.id,
        volunteer_id=work.offer.volunteer_id,
    )
    message = Message(
        **at,
        event="request",
        recipient="schule@example.org",
        subject="Hallo",
        body="Text",
        due_at=MORNING,
    )
    event = AuditEvent(**at, action="test", subject_type="offer", subject_id=work.offer.id)
    webhook = Webhook(**at, address="https://hooks.example/lotsen", secret="whsec_example")
    endpoint = f"https://push.example/{account_id}"
    push = PushSubscription(
        account_id=account_id, endpoint=endpoint, p256dh="B" * 87, auth="A" * 22
    )
    policy = OfferPolicy(**at, lead_time="short", strategy="waves")
    wish = MessagePreference(
        volunteer_id=work.offer.volunteer_id, event="booked", channel="mail", digest=True
    )
    session.add_all([search, standby, message, event, webhook, push, policy, wish])
    session.flush()
    delivery = WebhookDelivery(
        **at, webhook_id=webhook.id, audit_event_id=event.id, event="test", next_at=MORNING
    )
    session.add(delivery)
    return {
        "search_id": search.id,
        "standby_id": standby.id,
        "message_id": message.id,
        "webhook_id": webhook.id,
        "delivery_id": delivery.id,
        "subscription_id": push.id,
    }


def shapes(
    session: Session, sponsor_id: UUID, school_id: UUID, first: datetime, day: date
) -> dict[str, UUID]:
    """A series and a parents' day."""
    at = {"sponsor_id": sponsor_id, "institution_id": school_id}
    series = Series(
        **at,
        rule="FREQ=WEEKLY;COUNT=1",
        first_day=first.date(),
        last_day=first.date(),
        start_minute=600,
        duration_minutes=60,
        template={"seats": [{"role": "interpreter", "language": "kmr"}], "topic": "Elterngespräch"},
    )
    parents_day = ParentsDay(
        **at,
        day=day,
        start_minute=840,
        end_minute=900,
        slot_minutes=15,
        needs=[{"language": "kmr", "written": "Kurmandschi", "slots": 4}],
    )
    session.add_all([series, parents_day])
    session.flush()
    weekly = asking(session, sponsor_id, school_id, first)
    weekly.request.kind, weekly.request.series_id = "series", series.id
    weekly.request.series_day = first.date()
    shift = asking(session, sponsor_id, school_id, datetime.combine(day, time(13), UTC))
    shift.request.kind, shift.request.parents_day_id = "parents_day", parents_day.id
    shift.seat.slots = [840, 855, 870, 885]
    session.add_all([weekly.request, shift.request, shift.seat])
    return {
        "series_id": series.id,
        "series_request_id": weekly.request.id,
        "parents_day_id": parents_day.id,
    }


def _import(session: Session, sponsor_id: UUID) -> dict[str, UUID]:
    """An import that wrote nothing."""
    finished = datetime(2027, 1, 3, tzinfo=UTC)
    batch = ImportBatch(sponsor_id=sponsor_id, content_hash="0" * 64, finished_at=finished)
    session.add(batch)
    session.flush()
    return {"batch_id": batch.id}


def _lent(session: Session, cast: Cast, asked: Asked) -> dict[str, UUID]:
    """The open seat, asked of the other pool."""
    seat = asked.open.seat
    lender_id = cast.wetterau if seat.sponsor_id == cast.fulda else cast.fulda
    lending = Lending(sponsor_id=seat.sponsor_id, lender_id=lender_id, seat_id=seat.id)
    session.add(lending)
    session.flush()
    return {"lending_id": lending.id, "lender_id": lender_id}


def furnish(engine: Engine, cast: Cast, *, foreign: bool = False) -> Examples:
    """One object of every kind at Wetterau, or with `foreign` at Fulda."""
    sponsor_id = cast.fulda if foreign else cast.wetterau
    school_id = cast.school_fulda if foreign else cast.school
    who, office = ("nuru", "kofi") if foreign else ("dilan", "amal")
    volunteer_id = cast.volunteers[who]
    with db.transaction(engine) as session:
        asked = _asked(session, sponsor_id, school_id)
        work = _work(session, asked, volunteer_id)
        task = Task(
            sponsor_id=sponsor_id,
            code="personal_data:note",
            subject_type="request",
            subject_id=asked.unclear.request.id,
        )
        token = ApiToken(
            account_id=cast.accounts[office],
            name="Skript",
            token_hash=hash_token(f"lw_x_{office}"),
            scopes=["read"],
        )
        browser = SessionToken(
            account_id=cast.accounts[office],
            token_hash=hash_token(f"lw_y_{office}"),
            expires_at=MORNING,
        )
        session.add_all([task, token, browser])
        _leftovers(session, work)
        ids = claimed(session, work.record, asked.past.option.starts_at - 4 * HOUR)
        ids |= office_of(session, sponsor_id, ids["claim_id"])
        ids |= times_of(session, volunteer_id, cast.accounts[who])
        ids |= _sought(session, work, asked, cast.accounts[who])
        ids |= shapes(session, sponsor_id, school_id, MORNING + 168 * HOUR, date(2027, 2, 11))
        ids |= _import(session, sponsor_id)
        ids |= jobs_of(session, sponsor_id)
        ids |= _lent(session, cast, asked)
        ids |= _said(session, work)
        ids |= _client(session, asked.past.request)
        ids |= {
            "sponsor_id": sponsor_id,
            "institution_id": school_id,
            "volunteer_id": volunteer_id,
            "enrolment_id": cast.enrolments[who],
            "account_id": cast.accounts[office],
            "token_id": token.id,
            "session_id": browser.id,
            "request_id": asked.open.request.id,
            "seat_id": asked.open.seat.id,
            "option_id": asked.open.option.id,
            "task_id": task.id,
            "offer_id": work.offer.id,
            "assignment_id": work.booking.id,
            "past_assignment_id": work.done.id,
            "record_id": work.record.id,
            "plan_id": _plan(session, asked, volunteer_id),
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
