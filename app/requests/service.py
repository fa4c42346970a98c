"""Requests: taken in, triaged, opened, ended."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit, freetext
from app.access import Actor
from app.clock import now
from app.errors import Conflict, Forbidden, Invalid
from app.institutions import service as institutions
from app.institutions.kinds import BY_SLUG
from app.pseudonyms import client_case
from app.requests import ending, tasks
from app.requests.schemas import OptionRead, RequestCreate, RequestRead, SeatRead, SeatWrite
from app.requests.times import Slot, clock, minute_of, refuse_far, refuse_past, slot
from app.sponsors import policies
from app.sponsors import service as sponsors
from app.tables import (
    Institution,
    PolicyEffect,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
)
from scheduling import languages, quiet

CHILD_KINDS_PRIORITY, URGENT_PRIORITY, NORMAL_PRIORITY = 2, 4, 1


class InstitutionUnclear(Invalid):
    """Someone who acts for several institutions did not say for which one."""

    de = "Bitte institution_id angeben."
    en = "Please give institution_id."


class Duplicate(Conflict):
    """The same institution asked for the same time and language already."""

    slug, title = "duplicate-request", "Asked already"
    de = "Diese Anfrage gibt es schon (gleiche Einrichtung, Zeit und Sprache): {request_id}."
    en = "This was asked already (same institution, time and language): {request_id}."


class QuestionsOpen(Conflict):
    """A request with open questions cannot be opened."""

    slug, title = "questions-open", "Questions are open"
    de = "Erst sind noch Fragen zu klären: {questions}."
    en = "Questions must be answered first: {questions}."


class ReasonMissing(Invalid):
    """A rejection came without a reason."""

    de = "Bitte einen Grund angeben: die Einrichtung bekommt ihn zu lesen."
    en = "Please give a reason: the institution will read it."


@dataclass(frozen=True)
class SeatSpec:
    """One seat as it was asked for; `language` is None when a question is open."""

    role: str
    language: str | None
    written: str = ""
    min_level: str | None = None
    mode: str = "on_site"
    gender: str | None = None
    gender_hard: bool = False


@dataclass(frozen=True)
class NewRequest:
    """Everything that makes a request, from the API or from a list."""

    sponsor_id: UUID
    institution: Institution
    slots: tuple[Slot, ...]
    seats: tuple[SeatSpec, ...]
    received_at: datetime
    topic: str = ""
    note: str = ""
    case_number: str = ""
    same_person_wished: bool = False
    questions: tuple[tuple[str, dict[str, str]], ...] = ()
    source_key: str | None = None
    more: dict[str, object] = field(default_factory=dict)


def priority(institution_kind: str, received_at: datetime, starts_at: datetime) -> int:
    """Urgent before child before normal; lead time counts from when it was asked."""
    if quiet.lead_time_class(received_at, starts_at) == "urgent":
        return URGENT_PRIORITY
    kind = BY_SLUG.get(institution_kind)
    if kind is not None and (kind.is_school or kind.is_daycare):
        return CHILD_KINDS_PRIORITY
    return NORMAL_PRIORITY


def _seat_spec(body: SeatWrite) -> tuple[SeatSpec, tuple[tuple[str, dict[str, str]], ...]]:
    is_tag = body.language in languages.catalogue()
    answer = languages.understand(body.language) if body.language and not is_tag else None
    questions: tuple[tuple[str, dict[str, str]], ...] = ()
    tag = body.language if is_tag else answer.tag if answer else None
    if answer and tag is None:
        params = {"written": body.language, "candidates": ", ".join(answer.candidates)}
        questions = ((f"language:{body.language}", params),)
    elif not body.language and body.role == "interpreter":
        questions = (("language:", {"written": "", "candidates": ""}),)
    spec = SeatSpec(
        role=str(body.role),
        language=tag,
        written=body.language,
        min_level=body.min_level,
        mode=str(body.mode),
        gender=body.gender,
        gender_hard=body.gender_hard,
    )
    return spec, questions


def policy_questions(
    session: Session, sponsor_id: UUID, institution: Institution, roles: set[str], topic: str
) -> list[tuple[str, dict[str, str]]]:
    """The question for a coordinator when a rule forbids this place or topic."""
    rules = sponsors.rules(session, sponsor_id)
    label = institution.kind_label or institution.kind
    for role in sorted(roles):
        found = policies.verdict(rules, role, institution.kind, topic)
        if found.effect == PolicyEffect.FORBID:
            return [(f"policy:{label}", {"kind": label, "reason": found.reason})]
    return []


def _institution_for(session: Session, actor: Actor, body: RequestCreate) -> Institution:
    institution_id = body.institution_id
    if institution_id is None:
        if len(actor.institution_ids) != 1:
            raise InstitutionUnclear
        institution_id = next(iter(actor.institution_ids))
    visible = access.visible_institutions(actor)
    return access.load(session, visible, Institution, institution_id)


def create(session: Session, actor: Actor, body: RequestCreate) -> Request:
    """Take a request in; without questions its seats are open at once."""
    institution = _institution_for(session, actor, body)
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    institutions.require_partner(session, institution.id, sponsor_id)
    for time in body.times:
        refuse_far(time.day)
    slots = tuple(
        slot(t.day, minute_of(t.start), body.duration_minutes, t.fold) for t in body.times
    )
    for time_slot in slots:
        refuse_past(time_slot.starts_at)
    specs = [_seat_spec(seat) for seat in body.seats]
    questions = [question for _, asked in specs for question in asked]
    roles = {str(seat.role) for seat in body.seats}
    words = f"{body.topic} {body.note} {body.urgency_reason}"
    questions += policy_questions(session, sponsor_id, institution, roles, words)
    questions += [
        (f"personal_data:{name}", {})
        for name in tasks.FREE_TEXTS
        if freetext.seems_personal(getattr(body, name))
    ]
    new = NewRequest(
        sponsor_id=sponsor_id,
        institution=institution,
        slots=slots,
        seats=tuple(spec for spec, _ in specs),
        received_at=now(),
        topic=body.topic,
        note=body.note,
        case_number=body.case_number,
        same_person_wished=body.same_person_wished,
        questions=tuple(dict(questions).items()),
        more=body.model_dump(
            include={
                "urgency_reason", "people_count", "consent_substitution", "contact_name",
                "contact_phone", "room", "cost_centre",
            }
        ),
    )  # fmt: skip
    _refuse_duplicate(session, new)
    request = store(session, new)
    audit.record(session, actor.account_id, "request.create", request, state=request.state)
    session.flush()
    return request


def find_same(session: Session, new: NewRequest) -> Request | None:
    """A live request of the same institution for the same time and language."""
    seat = new.seats[0]
    query = (
        select(Request)
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .join(Seat, col(Seat.request_id) == col(Request.id))
        .where(
            col(Request.sponsor_id) == new.sponsor_id,
            col(Request.institution_id) == new.institution.id,
            col(Request.state).not_in([RequestState.CANCELLED, RequestState.REJECTED]),
            col(RequestOption.position) == 0,
            col(RequestOption.starts_at) == new.slots[0].starts_at,
            col(Seat.role) == seat.role,
            col(Seat.language) == seat.language
            if seat.language
            else col(Seat.language_written) == seat.written,
        )
    )
    return session.exec(query).first()


def _refuse_duplicate(session: Session, new: NewRequest) -> None:
    """Alone with the institution's row: mail and portal at the same moment are one request."""
    one_at_a_time = select(Institution.id).where(col(Institution.id) == new.institution.id)
    session.exec(one_at_a_time.with_for_update(key_share=True)).one()
    same = find_same(session, new)
    if same is not None:
        raise Duplicate(request_id=str(same.id))


def store(session: Session, new: NewRequest, *, waits: bool = False) -> Request:
    """Write a request with its times, seats and questions; with `waits` questions follow."""
    case = None
    if new.case_number:
        case = client_case(session, new.sponsor_id, new.institution.id, new.case_number)
    first = new.slots[0]
    request = Request(
        sponsor_id=new.sponsor_id,
        institution_id=new.institution.id,
        kind="team" if len(new.seats) > 1 else "single",
        state=RequestState.NEEDS_INFO if new.questions or waits else RequestState.OPEN,
        received_at=new.received_at,
        topic=new.topic,
        note=new.note,
        priority=priority(new.institution.kind, new.received_at, first.starts_at),
        client_case_id=case.id if case else None,
        same_person_wished=new.same_person_wished,
        source_key=new.source_key,
        **new.more,  # type: ignore[arg-type]  # the columns named in `create`
    )
    session.add(request)
    session.flush()
    for position, time in enumerate(new.slots):
        session.add(
            RequestOption(
                sponsor_id=new.sponsor_id,
                request_id=request.id,
                position=position,
                day=time.day,
                start_minute=time.start_minute,
                duration_minutes=time.duration_minutes,
                starts_at=time.starts_at,
                ends_at=time.ends_at,
            )
        )
    for position, seat in enumerate(new.seats):
        session.add(
            Seat(
                sponsor_id=new.sponsor_id,
                request_id=request.id,
                position=position,
                role=seat.role,
                language=seat.language,
                language_written=seat.written,
                min_level=seat.min_level,
                mode=seat.mode,
                gender=seat.gender,
                gender_hard=seat.gender_hard,
            )
        )
    for code, params in new.questions:
        tasks.ask(session, request, code, params)
    session.flush()
    return request


def filtered(
    actor: Actor, *, state: RequestState | None, first_day: date | None, last_day: date | None
) -> SelectOfScalar[Request]:
    """The visible requests by state and by the day of their first time."""
    query = access.visible_requests(actor)
    if state:
        query = query.where(col(Request.state) == state)
    if first_day or last_day:
        days = select(RequestOption.request_id).where(col(RequestOption.position) == 0)
        if first_day:
            days = days.where(col(RequestOption.day) >= first_day)
        if last_day:
            days = days.where(col(RequestOption.day) <= last_day)
        query = query.where(col(Request.id).in_(days))
    return query


def read(session: Session, request: Request) -> RequestRead:
    """One request with its times, seats and questions."""
    return reads(session, [request])[0]


def reads(session: Session, requests: Sequence[Request]) -> list[RequestRead]:
    """Requests with their times, seats and questions, in four statements."""
    ids = [r.id for r in requests]
    options: dict[UUID, list[OptionRead]] = defaultdict(list)
    named: dict[UUID, str] = {}
    rows = session.exec(
        select(RequestOption, Institution.name)
        .join(Request, col(Request.id) == col(RequestOption.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .where(col(RequestOption.request_id).in_(ids))
        .order_by(col(RequestOption.position))
    ).all()
    for option, name in rows:
        named[option.request_id] = name
        options[option.request_id].append(
            OptionRead(**option.model_dump(), start=clock(option.start_minute))
        )
    seats: dict[UUID, list[SeatRead]] = defaultdict(list)
    query = select(Seat).where(col(Seat.request_id).in_(ids)).order_by(col(Seat.position))
    for seat in session.exec(query).all():
        seats[seat.request_id].append(SeatRead(**seat.model_dump()))
    questions = tasks.open_codes(session, ids)
    return [
        RequestRead(
            **r.model_dump(include=set(RequestRead.model_fields)),
            institution=named[r.id],
            times=options[r.id],
            seats=seats[r.id],
            open_questions=questions[r.id],
        )
        for r in requests
    ]


def require_open(session: Session, request: Request) -> None:
    """Nobody is asked for a request that waits for an answer or has ended."""
    ending.require_live(request)
    questions = tasks.open_codes(session, [request.id])[request.id]
    if questions or request.state in (RequestState.SUBMITTED, RequestState.NEEDS_INFO):
        raise QuestionsOpen(questions=", ".join(questions))


def triage(session: Session, actor: Actor, request: Request, *, opens: bool, reason: str) -> None:
    """A coordinator opens the seats, or rejects with a reason."""
    if request.sponsor_id not in actor.sponsor_ids:
        raise Forbidden
    ending.require_live(request)
    if not opens:
        if not reason:
            raise ReasonMissing
        ending.reject(session, request, reason)
    else:
        open_questions = tasks.open_codes(session, [request.id])[request.id]
        if open_questions:
            raise QuestionsOpen(questions=", ".join(open_questions))
        if request.state in (RequestState.SUBMITTED, RequestState.NEEDS_INFO):
            request.state = RequestState.OPEN
            session.add(request)
    audit.record(session, actor.account_id, "request.triage", request, state=request.state)
    session.flush()


def settle_state(session: Session, request_id: UUID) -> None:
    """Booked when every seat is, open again when one is not; done when all are done."""
    ending.lock(session, request_id)
    states = set(
        session.exec(
            select(Seat.state).where(
                col(Seat.request_id) == request_id, col(Seat.state) != SeatState.CANCELLED
            )
        ).all()
    )
    if not states:
        return
    if SeatState.OPEN in states:
        state = RequestState.OPEN
    elif SeatState.BOOKED in states:
        state = RequestState.BOOKED
    else:
        state = RequestState.DONE
    live = [RequestState.OPEN, RequestState.BOOKED, RequestState.DONE]
    session.exec(
        update(Request)
        .where(col(Request.id) == request_id, col(Request.state).in_(live))
        .values(state=state, updated_at=now())
    )
