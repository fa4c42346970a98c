"""One person and one seat, as a yes is judged by: the rules of a plan, few statements.

A plan reads many people and seats kind by kind. An answer reads everything about one person and
one seat at once, while it holds the locks, and then asks the same rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause, Select, Uuid, bindparam, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.sqltypes import UTCDateTime

from app.prepared import settled
from app.seam import build, days, lent, quotas, ways, workload
from app.seam.asked import Asked
from app.seam.people import Horizon
from app.seam.workload import Taken
from app.tables import (
    TIME_TAKEN,
    Institution,
    Lending,
    Mode,
    Offer,
    OfferState,
    Request,
    RequestOption,
    Seat,
    Sponsor,
    SponsorRow,
    Volunteer,
)
from app.volunteers.dossiers import Dossier
from app.volunteers.whole import HER, Bundle, Kind, columns, of_her
from matching import Reason, eligibility


@dataclass(frozen=True)
class Held:
    """A seat, a time of its request and a volunteer; with `held` nobody else changes them now."""

    request: Request
    seat: Seat
    option: RequestOption
    volunteer: Volunteer
    institution: Institution
    sponsor: Sponsor
    offer: Offer | None = None


class Question(NamedTuple):
    """An open offer."""

    id: UUID
    seat_id: UUID
    option_id: UUID
    volunteer_id: UUID
    search_id: UUID | None


@dataclass
class Surroundings:
    """What a yes is judged by besides: her file, her work, and who else is concerned."""

    file: Dossier
    work: list[Taken] = field(default_factory=list)
    """Her bookings of every pool, of this year and the quarter before."""
    chosen: list[UUID] = field(default_factory=list)
    """The time that was chosen for all who go together."""
    others: list[tuple[UUID, str]] = field(default_factory=list)
    """The other seats of the request and their states."""
    asked: list[Question] = field(default_factory=list)
    """Open offers for the seats of the request."""
    of_client: list[tuple[UUID, date]] = field(default_factory=list)
    """Seats at which the client was or will be accompanied by an interpreter, and their days."""
    shifts: list[tuple[UUID, days.Span]] = field(default_factory=list)
    """Her shifts of this parents' day, by seat."""


def holding(*, locked: bool, with_offer: bool) -> Any:
    """The statement that locks request, seat, volunteer and offer, one after the other.

    Each part needs a row of the part before, so that the database cannot take them in another
    order. Whoever waited reads the rows as they are once the lock is there.
    """

    def part(
        table: type[SQLModel], found: ColumnElement[bool], after: FromClause | None
    ) -> FromClause:
        query = select(table).where(found)
        if after is not None:
            query = query.where(select(after.c.id).scalar_subquery().is_not(None))
        if locked:
            query = query.with_for_update(key_share=True)
        return query.cte(str(table.__tablename__) + "_held")

    seat_id = bindparam("seat_id", type_=Uuid())
    of_seat = select(Seat.request_id).where(col(Seat.id) == seat_id).scalar_subquery()
    request = part(Request, col(Request.id) == of_seat, None)
    seat = part(Seat, col(Seat.id) == seat_id, request)
    volunteer = part(Volunteer, col(Volunteer.id) == HER, seat)
    rows: list[Any] = [aliased(Request, request), aliased(Seat, seat)]
    source = request.join(seat, true()).join(volunteer, true())
    option_id: ColumnElement[UUID] = bindparam("option_id", type_=Uuid())
    offers: list[Any] = []
    if with_offer:
        of_offer = col(Offer.id) == bindparam("offer_id", type_=Uuid())
        offer = part(Offer, of_offer, volunteer)
        source, option_id = source.join(offer, true()), offer.c.option_id
        offers.append(aliased(Offer, offer))
    source = (
        source.join(RequestOption, col(RequestOption.id) == option_id)
        .join(Institution, col(Institution.id) == request.c.institution_id)
        .join(Sponsor, col(Sponsor.id) == request.c.sponsor_id)
    )
    entities = [
        *rows,
        RequestOption,
        aliased(Volunteer, volunteer),
        Institution,
        Sponsor,
        *offers,
    ]
    return (
        select(*entities)
        .select_from(source)
        .where(col(RequestOption.request_id) == seat.c.request_id)
        .execution_options(populate_existing=True)
    )


HOLD_OFFER = settled(holding(locked=True, with_offer=True))
HOLD_SEAT = settled(holding(locked=True, with_offer=False))


def hold(
    session: Session,
    seat_id: UUID,
    volunteer_id: UUID,
    *,
    offer_id: UUID | None = None,
    option_id: UUID | None = None,
) -> Held | None:
    """Lock what an answer changes: request, seat, volunteer, offer; the time is the offer's."""
    query = HOLD_OFFER if offer_id else HOLD_SEAT
    values: dict[str, Any] = {"seat_id": seat_id, "volunteer_id": volunteer_id}
    values |= {"offer_id": offer_id} if offer_id else {"option_id": option_id}
    found = session.execute(query, values).one_or_none()
    return Held(*found) if found is not None else None


def _work(
    id: UUID, starts_at: datetime, ends_at: datetime, role: str, mode: str, **place: Any
) -> tuple[datetime, datetime, str, str, dict[str, Any]]:
    return starts_at, ends_at, role, mode, place


OF_BOOKING = ("id", "seat_id", "option_id", "starts_at", "ends_at", "role", "mode")
PLACE = ("lat", "lon", "town", "street", "postal_code")


def _first(query: Select[Any], name: str) -> FromClause:
    """Rows that are found before anything else is looked at: there are few of them."""
    return query.cte(name).prefix_with("MATERIALIZED", dialect="postgresql")


def _kinds() -> list[Kind]:
    tables = SQLModel.metadata.tables
    request_id = bindparam("request_id", type_=Uuid())
    seat_id = bindparam("seat_id", type_=Uuid())
    requests, seats, options = tables["request"], tables["seat"], tables["request_option"]
    offers, booked, places = tables["offer"], tables["assignment"], tables["institution"]
    taken = booked.c.state.in_(TIME_TAKEN)
    since = bindparam("since", type_=UTCDateTime())
    hers = _first(
        sa.select(*(booked.c[name] for name in OF_BOOKING)).where(
            booked.c.volunteer_id == HER, taken, booked.c.ends_at > since
        ),
        "hers",
    )
    hers_at = hers.join(seats, seats.c.id == hers.c.seat_id).join(
        requests, requests.c.id == seats.c.request_id
    )
    beside = _first(select(seats.c.id).where(seats.c.request_id == request_id), "beside")
    case_id = bindparam("client_case_id", type_=Uuid())
    of_client = _first(select(requests.c.id).where(requests.c.client_case_id == case_id), "client")
    day_id = bindparam("parents_day_id", type_=Uuid())
    return [
        Kind(
            "work",
            [
                *(hers.c[name] for name in ("id", "starts_at", "ends_at", "role", "mode")),
                *(places.c[name] for name in PLACE),
                requests.c.institution_id,
            ],
            hers_at.join(places, places.c.id == requests.c.institution_id),
            (hers.c.seat_id != seat_id,),
            _work,
        ),
        Kind(
            "chosen",
            [options.c.id],
            options,
            (options.c.request_id == request_id, options.c.chosen.is_(True)),
            lambda id: id,
        ),
        Kind(
            "others",
            [seats.c.id, seats.c.state],
            seats,
            (seats.c.request_id == request_id, seats.c.id != seat_id),
            lambda id, state: (id, state),
        ),
        Kind(
            "asked",
            columns(Offer, "seat_id", "option_id", "volunteer_id", "search_id"),
            offers.join(beside, offers.c.seat_id == beside.c.id),
            (offers.c.state == OfferState.PENDING,),
            Question,
        ),
        Kind(
            "of_client",
            [booked.c.seat_id, options.c.day],
            of_client.join(seats, seats.c.request_id == of_client.c.id)
            .join(booked, booked.c.seat_id == seats.c.id)
            .join(options, options.c.id == booked.c.option_id),
            (seats.c.role == quotas.ROLE, taken),
            lambda seat_id, day: (seat_id, day),
        ),
        Kind(
            "shifts",
            [hers.c.seat_id, options.c.starts_at, options.c.ends_at],
            hers_at.join(options, options.c.id == hers.c.option_id),
            (requests.c.parents_day_id == day_id,),
            lambda seat_id, starts_at, ends_at: (seat_id, (starts_at, ends_at)),
        ),
    ]


_LENT = lent.for_seat(bindparam("seat_id", type_=Uuid()), HER)
"""The lending by which she is asked, when she is of another pool."""


def _at_sponsor(table: type[SponsorRow]) -> tuple[ColumnElement[bool], ...]:
    """Rows of the seat's sponsor, and of the pool that lends her."""
    lender = select(Lending.lender_id).where(*_LENT)
    here = col(table.sponsor_id) == bindparam("sponsor_id", type_=Uuid())
    return (or_(here, col(table.sponsor_id).in_(lender)),)


def _lender() -> Kind:
    read = columns(Lending, "lender_id")
    return Kind("lenders", read, read[0].table, _LENT, lambda id, lender_id: lender_id)


AROUND = Bundle([*of_her(_at_sponsor), *_kinds(), _lender()])
OWN = {"work", "chosen", "others", "asked", "of_client", "shifts"}


def around(session: Session, held: Held) -> Surroundings:
    """What is known about her and about the seat, in one statement, behind every wall."""
    request = held.request
    found = AROUND.read(
        session,
        {
            "volunteer_id": held.volunteer.id,
            "sponsor_id": held.seat.sponsor_id,
            "seat_id": held.seat.id,
            "request_id": request.id,
            "client_case_id": request.client_case_id,
            "parents_day_id": request.parents_day_id,
            "since": workload.horizon_start(held.option.day),
        },
    )
    own = {member: found.pop(member) for member in OWN}
    own["work"] = _taken(held.volunteer.id, own["work"])
    lent_from = next(iter(found.pop("lenders")), None)
    return Surroundings(Dossier(volunteer=held.volunteer, lent_from=lent_from, **found), **own)


def _taken(volunteer_id: UUID, rows: Sequence[Any]) -> list[Taken]:
    return [
        Taken(
            volunteer_id, starts_at, ends_at, role, _spot(place) if mode == Mode.ON_SITE else None
        )
        for starts_at, ends_at, role, mode, place in rows
    ]


def _spot(place: dict[str, Any]) -> Institution:
    where = {name: place[name] for name in PLACE}
    return Institution(id=place["institution_id"], name="", kind="", **where)


def objections(session: Session, held: Held, around: Surroundings) -> list[Reason]:
    """Why she may not take the seat at this time; empty when she may.

    Only bookings count: what else she is being asked takes no time. What her own calendar says is
    hers to judge (it may be this very appointment), and so is a no that she takes back. What can
    still be paid was looked at when she was asked; hours beyond it are recorded all the same.
    """
    one = Asked(held.request, held.institution, [held.option], [held.seat])
    horizon = Horizon.of(held.option.day, held.option.day)
    rows = build.Rows(asked=[one], files=[around.file], taken=around.work)
    made, points = build.assembled(held.sponsor, rows, horizon)
    problem = ways.with_known(session, made, points)
    found = list(eligibility.reasons(problem, problem.volunteers[0], problem.seats[0], 0))
    if quotas.reached(session, one, around.of_client):
        found.append(Reason("client_cap"))
    long_day = bool(around.shifts) and not held.volunteer.long_days
    if long_day and days.exceeds(one, around.shifts):
        found.append(Reason("parents_day"))
    return found
