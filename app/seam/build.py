"""Everything a plan looks at, as one `matching.Problem`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from uuid import UUID

from sqlalchemy import union
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import Select

from app.names import same_town
from app.requests import following
from app.routing import Point
from app.seam import days, headroom, people, quotas, ways, workload
from app.seam.asked import Asked
from app.seam.headroom import Money
from app.seam.papers import asks_measles, needed
from app.seam.people import Horizon
from app.seam.workload import Taken
from app.tables import (
    NO_MEMBER,
    TIME_TAKEN,
    Assignment,
    AssignmentState,
    Enrolment,
    Institution,
    Mode,
    Offer,
    OfferState,
    Request,
    RequestOption,
    Season,
    Seat,
    Sponsor,
    Volunteer,
)
from app.volunteers import dossiers
from app.volunteers.dossiers import Dossier
from matching import Place, Problem, Quota, Span, Transport, Travel, Weights
from matching import Seat as MatchingSeat
from scheduling import buildings, languages, places, travel

GIVEN_BACK = (AssignmentState.CANCELLED_EARLY, AssignmentState.CANCELLED_LATE)
WISHED_LEVEL = "B2"


class Places:
    """Buildings and homes as indices on a plane in metres; `points` are the same in degrees."""

    def __init__(self) -> None:
        self.rows: list[Place] = []
        self.points: list[Point] = []
        self._towns: dict[str, int] = {}
        self._buildings: dict[str, int] = {}
        self._homes: dict[tuple[Point, str], int] = {}

    def add(self, lat: float, lon: float, town: str) -> int:
        """A new place; the same town name is the same town."""
        x, y = places.to_metres(lat, lon)
        name = same_town(town) or f"{lat:.3f} {lon:.3f}"
        self.rows.append(Place(x, y, self._towns.setdefault(name, len(self._towns))))
        self.points.append(Point.of(lat, lon))
        return len(self.rows) - 1

    def institution(self, row: Institution) -> int:
        """Where an institution is: two of them in one building are one place."""
        key = buildings.building_key(row.street, row.postal_code, row.town)
        if key is None:
            return self.add(row.lat, row.lon, row.town)
        if key not in self._buildings:
            self._buildings[key] = self.add(row.lat, row.lon, row.town)
        return self._buildings[key]

    def home(self, row: Volunteer) -> int:
        """Where somebody lives: nobody travels from home to home, so neighbours share a place."""
        key = (Point.of(row.lat, row.lon), row.town)
        if key not in self._homes:
            self._homes[key] = self.add(row.lat, row.lon, row.town)
        return self._homes[key]


@dataclass(frozen=True)
class Built:
    """A problem, where its places lie, and whether somebody's times depend on school holidays."""

    problem: Problem
    points: tuple[Point, ...]
    seasonal: bool


def pool(session: Session, sponsor_id: UUID) -> list[Volunteer]:
    """Everybody enrolled at a sponsor who has not left; nobody who is lent to it."""
    query = (
        select(Volunteer)
        .join(Enrolment, col(Enrolment.volunteer_id) == col(Volunteer.id))
        .where(
            col(Enrolment.sponsor_id) == sponsor_id,
            col(Enrolment.state).not_in(NO_MEMBER),
        )
    )
    return list(session.exec(query.order_by(col(Volunteer.id))).all())


def _regulars(session: Session, asked: Sequence[Asked]) -> dict[UUID, UUID]:
    """Who went to each client case last: the person wished for again."""
    cases = [a.request.client_case_id for a in asked if a.request.client_case_id]
    query = (
        select(Request.client_case_id, Assignment.volunteer_id)
        .join(Seat, col(Seat.request_id) == col(Request.id))
        .join(Assignment, col(Assignment.seat_id) == col(Seat.id))
        .where(col(Request.client_case_id).in_(cases), col(Assignment.state).in_(TIME_TAKEN))
        .order_by(col(Assignment.starts_at))
    )
    return {case: who for case, who in session.exec(query).all() if case}


def _blocks(
    session: Session, asked: Sequence[Asked], volunteer_ids: Collection[UUID]
) -> frozenset[tuple[str, str]]:
    """Who said no to a seat, gave it back, or let the question expire, is not asked for it again.

    Of those who are looked at: others have left the pool, or were of another one. Who was asked
    when somebody else was faster, or said yes too late, has said nothing against it; what was said
    about another time says nothing about this one.
    """
    seat_ids = [seat.id for one in asked for seat in one.seats]
    silent = (col(Offer.state) == OfferState.EXPIRED) & col(Offer.late_yes_at).is_(None)
    answered = _since_moved(Offer, seat_ids).where(
        or_(col(Offer.state) == OfferState.DECLINED, silent)
    )
    given_back = _since_moved(Assignment, seat_ids).where(col(Assignment.state).in_(GIVEN_BACK))
    found = session.execute(union(answered, given_back)).all()
    known = frozenset(volunteer_ids)
    return frozenset((str(who), str(seat)) for who, seat in found if who in known)


def _since_moved(
    table: type[Offer] | type[Assignment], seat_ids: Sequence[UUID]
) -> Select[UUID, UUID]:
    """People and seats of offers or bookings that were about the time that holds now."""
    return (
        select(table.volunteer_id, table.seat_id)
        .join(Seat, col(Seat.id) == col(table.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .where(
            col(table.seat_id).in_(seat_ids),
            or_(col(Request.moved_at).is_(None), col(table.created_at) >= col(Request.moved_at)),
        )
    )


def _seat(
    one: Asked,
    seat: Seat,
    sponsor: Sponsor,
    horizon: Horizon,
    *,
    place: int,
    language_index: dict[str, int],
    wished: str | None,
    money: Money | None,
) -> MatchingSeat:
    request, institution = one.request, one.institution
    first = one.options[0]
    tags = {f"institution:{institution.id}", f"kind:{institution.kind}"}
    if request.client_case_id:
        tags.add(f"case:{request.client_case_id}")
    has_language = seat.language is not None
    return MatchingSeat(
        id=str(seat.id),
        request=str(request.id),
        role=seat.role,
        spans=tuple(_span(seat.role, option, horizon, money) for option in one.options),
        place=place,
        language=language_index[seat.language] if seat.language else None,
        min_level=languages.level_rank(seat.min_level) if has_language else 0,
        wished_level=languages.level_rank(WISHED_LEVEL) if has_language else 0,
        consent=request.consent_substitution,
        papers=needed(seat.role, measles=asks_measles(sponsor, institution)),
        modes=(seat.mode,),  # type: ignore[arg-type]  # guarded by a check constraint
        mode_alternatives=("phone",) if seat.mode == Mode.ON_SITE else (),
        gender=seat.gender,  # type: ignore[arg-type]  # "f", "m" or None
        gender_hard=seat.gender_hard,
        priority=request.priority,
        cents=money.price(seat.role, first.day, first.duration_minutes) if money else 0,
        wished=wished,
        tags=frozenset(tags),
    )


def _span(role: str, option: RequestOption, horizon: Horizon, money: Money | None) -> Span:
    """When a seat takes place, and in which years it is paid by which cap."""
    span = horizon.calendar.span(option.starts_at, option.ends_at)
    if money is None:
        return span
    year, tax_year = money.year_number(role, option.day), money.tax_number(role, option.day)
    return replace(span, year=year, tax_year=tax_year)


def problem(
    session: Session,
    sponsor: Sponsor,
    asked: Sequence[Asked],
    volunteers: Sequence[Volunteer],
    horizon: Horizon,
    *,
    ignore_load_of: Iterable[UUID] = (),
    with_private: bool = True,
    with_money: bool = True,
    with_grants: bool = False,
    lent_from: UUID | None = None,
) -> Problem:
    """Rows to one `Problem`; `ignore_load_of` are seats whose own offers do not count as load.

    Without `with_private` the volunteers' own calendars are left aside, without `with_money` what
    can still be paid to each of them; `with_grants` looks at what grants can pay. With `lent_from`
    they are of that pool, which lends them.
    """
    return built(
        session,
        sponsor,
        asked,
        volunteers,
        horizon,
        ignore_load_of=ignore_load_of,
        with_private=with_private,
        with_money=with_money,
        with_grants=with_grants,
        lent_from=lent_from,
    ).problem


def built(
    session: Session,
    sponsor: Sponsor,
    asked: Sequence[Asked],
    volunteers: Sequence[Volunteer],
    horizon: Horizon,
    *,
    ignore_load_of: Iterable[UUID] = (),
    with_private: bool = True,
    with_money: bool = True,
    with_grants: bool = False,
    lent_from: UUID | None = None,
) -> Built:
    """The same with what is known besides."""
    pools = frozenset(filter(None, (sponsor.id, lent_from)))
    since = workload.horizon_start(horizon.first)
    until = max((o.ends_at for one in asked for o in one.options), default=since)
    ids = [v.id for v in volunteers]
    files = dossiers.load(session, volunteers, sponsor_ids=pools, lent_from=lent_from)
    taken = workload.taken_by(
        session, ids, since, until, without_seats=ignore_load_of, with_private=with_private
    )
    money = headroom.load(session, sponsor.id, asked, taken, files) if with_money else None
    of_grants = quotas.of_grants(session, asked, taken, money) if money and with_grants else ()
    rows = Rows(
        asked=asked,
        files=files,
        taken=taken,
        money=money,
        wishes=_wishes(session, asked),
        at_most=quotas.per_client(session, asked) + of_grants,
        blocks=_blocks(session, asked, ids) | days.too_long(session, asked, volunteers),
    )
    made, points = assembled(sponsor, rows, horizon)
    seasonal = any(map(_is_seasonal, rows.files))
    return Built(ways.with_known(session, made, points), points, seasonal)


@dataclass(frozen=True)
class Rows:
    """What a problem is made of: who is asked for, who could go, what they carry already."""

    asked: Sequence[Asked]
    files: Sequence[Dossier]
    taken: Sequence[Taken]
    money: Money | None = None
    """What can still be paid; None where nobody looks at it."""
    wishes: Mapping[UUID, UUID] = field(default_factory=dict)
    """By seat the person wished for."""
    at_most: tuple[Quota, ...] = ()
    blocks: frozenset[tuple[str, str]] = frozenset()


def assembled(sponsor: Sponsor, rows: Rows, horizon: Horizon) -> tuple[Problem, tuple[Point, ...]]:
    """The problem that these rows are, however they were read, and where its places lie."""
    asked, files = rows.asked, rows.files
    known = Places()
    place_of: dict[UUID, int] = {}
    spots = [one.institution for one in asked] + [
        t.institution for t in rows.taken if t.institution
    ]
    for spot in spots:
        if spot.id not in place_of:
            place_of[spot.id] = known.institution(spot)
    loads = workload.workloads(
        [file.volunteer for file in files],
        rows.taken,
        horizon.calendar,
        place_of=place_of,
    )
    tags = people.languages_of(
        files, [s.language for one in asked for s in one.seats if s.language]
    )
    index = {tag: number for number, tag in enumerate(tags)}
    costs, consent = languages.substitution_table(tags)
    made = Problem(
        languages=tags,
        substitution=costs,
        needs_consent=consent,
        volunteers=tuple(
            people.volunteer(
                file,
                sponsor,
                horizon,
                home=known.home(file.volunteer),
                load=loads[file.volunteer.id],
                money=rows.money,
                language_index=index,
            )
            for file in files
        ),
        places=tuple(known.rows),
        travel=_travel(),
        seats=_seats(rows, sponsor, horizon, place_of, index),
        all_or_none=_teams(asked),
        same_option=_teams(asked),
        at_most=rows.at_most,
        parents_days=days.parents_days(asked),
        blocks=rows.blocks,
        weights=Weights(),
    )
    return made, tuple(known.points)


def _is_seasonal(file: Dossier) -> bool:
    return any(rule.season != Season.ALWAYS for rule in file.rules)


@cache
def _travel() -> Travel:
    return Travel(
        transports={
            name: Transport(t.metres_per_minute, t.detour_percent, t.fixed_minutes)
            for name, t in travel.TRANSPORTS.items()
        },
        same_town_minutes=travel.SAME_TOWN_MINUTES,
        buffer_minutes=travel.BUFFER_MINUTES,
    )


def _teams(asked: Sequence[Asked]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(s.id) for s in one.seats) for one in asked if len(one.seats) > 1)


def _wishes(session: Session, asked: Sequence[Asked]) -> dict[UUID, UUID]:
    """By seat the person wished for: named, who went to this client last, or who has the series."""
    regulars = _regulars(session, asked)
    of_series = following.regulars_of_series(
        session, [one.request.series_id for one in asked if one.request.series_id]
    )
    found = {}
    for request, seat in ((one.request, seat) for one in asked for seat in one.seats):
        who = request.wished_volunteer_id
        if who is None and request.same_person_wished and request.client_case_id:
            who = regulars.get(request.client_case_id)
        if who is None and request.same_person_wished and request.series_id:
            who = of_series.get((request.series_id, seat.position))
        if who is not None:
            found[seat.id] = who
    return found


def _seats(
    rows: Rows,
    sponsor: Sponsor,
    horizon: Horizon,
    place_of: Mapping[UUID, int],
    index: dict[str, int],
) -> tuple[MatchingSeat, ...]:
    return tuple(
        _seat(
            one,
            seat,
            sponsor,
            horizon,
            place=place_of[one.institution.id],
            language_index=index,
            wished=str(rows.wishes[seat.id]) if seat.id in rows.wishes else None,
            money=rows.money,
        )
        for one in rows.asked
        for seat in one.seats
    )
