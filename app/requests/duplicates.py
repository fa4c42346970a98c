"""What was asked before: the same again, and what lies near it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access
from app.access import Actor
from app.errors import Conflict
from app.pseudonyms import known_case
from app.requests.storing import NewRequest
from app.tables import Institution, Request, RequestOption, RequestState, Seat

GONE = (RequestState.CANCELLED, RequestState.REJECTED)
KINDS = ("overlap", "alternative", "case")
ONE_DAY = timedelta(days=1)


class Duplicate(Conflict):
    """The same institution asked for the same time and language already."""

    slug, title = "duplicate-request", "Asked already"
    de = (
        "Diese Anfrage gibt es schon (gleiche Einrichtung, Zeit und Sprache): {request_id}."
        " Wenn noch eine gebraucht wird, bitte another mitschicken."
    )
    en = (
        "This was asked already (same institution, time and language): {request_id}."
        " If another one is needed, please send another."
    )


def same(new: NewRequest, starts: Sequence[datetime]) -> SelectOfScalar[Request]:
    """Live requests of the institution for the language of the first seat, at one of the times."""
    seat = new.seats[0]
    return (
        select(Request)
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .join(Seat, col(Seat.request_id) == col(Request.id))
        .where(
            col(Request.sponsor_id) == new.sponsor_id,
            col(Request.institution_id) == new.institution.id,
            col(Request.state).not_in(GONE),
            col(RequestOption.position) == 0,
            col(RequestOption.starts_at).in_(starts),
            col(Seat.role) == seat.role,
            col(Seat.language) == seat.language
            if seat.language
            else col(Seat.language_written) == seat.written,
        )
        .order_by(col(Request.id))
    )


def find_same(session: Session, new: NewRequest) -> Request | None:
    """A live request of the same institution for the same time and language."""
    return session.exec(same(new, [new.slots[0].starts_at])).first()


def refuse(session: Session, new: NewRequest, starts: Sequence[datetime]) -> None:
    """Alone with the institution's row: mail and portal at the same moment are one request."""
    one_at_a_time = select(Institution.id).where(col(Institution.id) == new.institution.id)
    session.exec(one_at_a_time.with_for_update(key_share=True)).one()
    found = session.exec(same(new, starts)).first()
    if found is not None:
        raise Duplicate(request_id=str(found.id))


@dataclass(frozen=True)
class Time:
    """One possible time of a request; the first one has position 0."""

    position: int
    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Subject:
    """What is compared: a request that stands already, or one that is only thought of."""

    sponsor_id: UUID
    institution_id: UUID
    times: tuple[Time, ...]
    languages: frozenset[str]
    case_id: UUID | None = None
    request_id: UUID | None = None
    together: frozenset[UUID] = frozenset()
    """Its series or parents' day: what was asked for with it is no surprise."""

    @property
    def weeks(self) -> set[date]:
        """The Mondays of the weeks of its times."""
        return {_monday(time.day) for time in self.times}


@dataclass(frozen=True)
class Near:
    """A request of the same institution that lies near; `kind` says in which way."""

    kind: str
    request_id: UUID
    day: date


def of_new(session: Session, new: NewRequest) -> Subject:
    """A request that is not written yet."""
    case_id = new.client_case_id
    if new.case_number:
        known = known_case(session, new.sponsor_id, new.institution.id, new.case_number)
        case_id = known.id if known else None
    times = (Time(p, t.day, t.starts_at, t.ends_at) for p, t in enumerate(new.slots))
    tongues = frozenset(spoken(seat.language, seat.written) for seat in new.seats)
    return Subject(new.sponsor_id, new.institution.id, tuple(times), tongues, case_id)


def spoken(language: str | None, written: str) -> str:
    """The language, or what was written where it is not known."""
    return language or f"?{written.casefold()}"


def near(session: Session, actor: Actor, subject: Subject) -> list[Near]:
    """Live requests near by, those the actor sees, each once: one statement."""
    weeks = [(m - ONE_DAY, m + timedelta(days=7)) for m in sorted(subject.weeks)]
    query = (
        select(Request, RequestOption, Seat)
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .join(Seat, col(Seat.request_id) == col(Request.id))
        .where(
            col(Request.id).in_(access.visible_requests(actor).with_only_columns(col(Request.id))),
            col(Request.sponsor_id) == subject.sponsor_id,
            col(Request.institution_id) == subject.institution_id,
            col(Request.state).not_in(GONE),
            or_(*(col(RequestOption.day).between(*days) for days in weeks)),
        )
        .order_by(col(RequestOption.starts_at), col(Request.id))
    )
    found: dict[UUID, Near] = {}
    for request, option, seat in session.exec(query).all():
        if request.id == subject.request_id:
            continue
        if subject.together & {request.series_id, request.parents_day_id}:
            continue
        kind = _kind(subject, request, option, seat)
        if kind and _says_more(kind, found.get(request.id)):
            found[request.id] = Near(kind, request.id, option.day)
    return list(found.values())


def _says_more(kind: str, known: Near | None) -> bool:
    return known is None or KINDS.index(kind) < KINDS.index(known.kind)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _kind(subject: Subject, request: Request, option: RequestOption, seat: Seat) -> str:
    """In which way a request lies near; of several ways the one that says most."""
    if spoken(seat.language, seat.language_written) in subject.languages and any(
        time.starts_at < option.ends_at and option.starts_at < time.ends_at
        for time in subject.times
    ):
        return "overlap"
    if any(
        time.starts_at == option.starts_at and (time.position or option.position)
        for time in subject.times
    ):
        return "alternative"
    same_case = request.client_case_id is not None and request.client_case_id == subject.case_id
    return "case" if same_case and _monday(option.day) in subject.weeks else ""
