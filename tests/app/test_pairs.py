"""One person and one seat, read for an answer, are judged as a plan judges them."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db
from app.seam import build, days, pair, quotas
from app.seam.asked import load_asked
from app.seam.people import Horizon
from app.tables import (
    Absence,
    Assignment,
    AvailabilityRule,
    Clearance,
    ClientCase,
    Enrolment,
    Exclusion,
    ExtraTime,
    Institution,
    ParentsDay,
    Request,
    RequestOption,
    Seat,
    Sponsor,
    Task,
    Volunteer,
)
from matching import eligibility
from scheduling.travel import TRANSPORTS
from tests.app.examples import Asking, asking, assignment
from tests.cast import PLACES, Cast, institution, volunteer

PEOPLE, SEATS = 14, 12
LANGUAGES = ("kmr", "ckb", "tr", "ro", "ar", "apc", "uk", "ru")
FIRST = datetime(2027, 1, 11, 7, 0, tzinfo=UTC)


def populate(session: Session, cast: Cast, chance: random.Random) -> None:
    """People with gaps and wishes, and seats of every kind, many of them filled."""
    kinds = ("primary_school", "kindergarten", "social_office", "womens_counselling")
    places = [institution(session, f"Ort {k}", cast.wetterau, k).id for k in kinds]
    for number, place_id in enumerate(places):
        place = session.get_one(Institution, place_id)
        place.lat += 0.07 * number
        place.street, place.town = f"Weg {number}", ("Friedberg", "Büdingen")[number % 2]
    case = ClientCase(sponsor_id=cast.wetterau, pseudonym="3" * 64)
    session.add(case)
    session.flush()
    day = ParentsDay(
        sponsor_id=cast.wetterau,
        institution_id=places[0],
        day=date(2027, 1, 12),
        start_minute=480,
        end_minute=1200,
        slot_minutes=15,
    )
    session.add(day)
    session.flush()
    people = [_person(session, cast, chance, number) for number in range(PEOPLE)]
    for number in range(4 * SEATS):
        starts_at = FIRST + timedelta(days=chance.randrange(2), minutes=30 * chance.randrange(24))
        asked = asking(
            session, cast.wetterau, chance.choice(places), starts_at,
            language=chance.choice(LANGUAGES),
        )  # fmt: skip
        _shape(asked.seat, asked.request, chance)
        asked.request.client_case_id = chance.choice([None, case.id, case.id])
        asked.request.parents_day_id = chance.choice([None, None, day.id])
        if number >= SEATS:
            session.add(_filled(session, asked, chance.choice(people)))
    session.flush()


def _person(session: Session, cast: Cast, chance: random.Random, number: int) -> UUID:
    spoken = {
        tag: chance.choice([None, "A2", "B1", "C1", "native"])
        for tag in chance.sample(LANGUAGES, chance.randrange(1, 4))
    }
    who = volunteer(
        session, cast, f"gast{number}", languages=spoken, sponsor_id=cast.wetterau,
        state=chance.choice(["released"] * 4 + ["paused"]),
        postal_code=chance.choice(sorted(PLACES)), gender=chance.choice("fmd"),
    )  # fmt: skip
    who.transport = chance.choice(sorted(TRANSPORTS))
    who.most_travel_minutes = chance.choice([None, None, 5, 40])
    who.most_day_minutes = chance.choice([None, 120])
    who.most_week_minutes = chance.choice([None, 90])
    who.most_day_assignments = chance.choice([None, 1])
    who.phone_only = chance.random() < 0.1
    who.long_days = chance.random() < 0.2
    who.only_kinds = chance.choice([[], [], ["primary_school"]])
    who.german_level = chance.choice(["C1", "A2", "B1"])
    hers = {"volunteer_id": who.id}
    enrolment = session.exec(select(Enrolment).where(Enrolment.volunteer_id == who.id)).one()
    enrolment.listing_renewed_on = chance.choice([date(2026, 11, 1), date(2025, 11, 1)])
    enrolment.roles = chance.choice([["interpreter"], ["interpreter", "guide"], ["guide"]])
    for paper in session.exec(select(Clearance).where(Clearance.volunteer_id == who.id)).all():
        if chance.random() < 0.1:
            paper.valid_to = date(2027, 1, 11)
    if chance.random() < 0.3:
        session.add(Absence(**hers, first_day=date(2027, 1, 12), last_day=date(2027, 1, 20)))
    if chance.random() < 0.3:
        extra = {"day": date(2027, 1, 11), "start_minute": 1080, "end_minute": 1260}
        session.add(ExtraTime(**hers, **extra, soft=chance.random() < 0.5))
    if chance.random() < 0.2:
        exclusion = {"sponsor_id": cast.wetterau, "institution_kind": "kindergarten"}
        session.add(Exclusion(**hers, **exclusion))
    if chance.random() < 0.2:
        task = {"sponsor_id": cast.wetterau, "code": "column:IBAN", "subject_type": "volunteer"}
        session.add(Task(**task, subject_id=who.id))
    if chance.random() < 0.3:
        rules = select(AvailabilityRule).where(AvailabilityRule.volunteer_id == who.id)
        session.exec(rules).all()[0].every_weeks = 2
    session.flush()
    return who.id


def _shape(seat: Seat, request: Request, chance: random.Random) -> None:
    seat.mode = chance.choice(["on_site", "on_site", "phone", "video"])
    seat.min_level = chance.choice([None, "B1", "C1"])
    seat.gender, seat.gender_hard = chance.choice([(None, False), ("f", True), ("m", False)])
    seat.role = chance.choice(["interpreter"] * 4 + ["guide"])
    request.consent_substitution = chance.random() < 0.5


def _filled(session: Session, asked: Asking, who: UUID) -> Assignment:
    """A booking; one that would overlap was given back."""
    asked.seat.state, asked.request.state, asked.option.chosen = "booked", "booked", True
    overlapping = session.exec(
        select(Assignment.id).where(
            col(Assignment.volunteer_id) == who,
            col(Assignment.starts_at) < asked.option.ends_at,
            col(Assignment.ends_at) > asked.option.starts_at,
        )
    ).first()
    return assignment(asked, who, state="cancelled_early" if overlapping else "booked")


def as_a_plan(session: Session, seat: Seat, option: RequestOption, who: Volunteer) -> list[str]:
    """What a plan would say, bookings alone counted."""
    (one,) = load_asked(session, [session.get_one(Request, seat.request_id)])
    one.options, one.seats = [option], [s for s in one.seats if s.id == seat.id]
    sponsor, horizon = session.get_one(Sponsor, seat.sponsor_id), Horizon.of(option.day, option.day)
    made = build.problem(
        session, sponsor, [one], [who], horizon, with_private=False, with_money=False
    )
    found = [
        str(reason)
        for reason in eligibility.reasons(made, made.volunteers[0], made.seats[0], 0)
        if reason.code != "blocked"
    ]
    if quotas.per_client(session, [one], with_offers=False):
        found.append("client_cap")
    if days.too_long(session, [one], [who], with_offers=False):
        found.append("parents_day")
    return found


def as_an_answer(session: Session, seat: Seat, option: RequestOption, who: Volunteer) -> list[str]:
    """What a yes would be told."""
    held = pair.hold(session, seat.id, who.id, option_id=option.id)
    assert held is not None
    found = pair.objections(session, held, pair.around(session, held))
    return [
        reason.code if reason.code in ("client_cap", "parents_day") else str(reason)
        for reason in found
    ]


def test_an_answer_is_judged_as_a_plan_judges(engine: Engine, cast: Cast) -> None:
    seen: set[str] = set()
    for seed in range(2):
        with db.transaction(engine) as session:
            populate(session, cast, random.Random(seed))
            open_seats = session.exec(select(Seat).where(Seat.state == "open")).all()
            people = session.exec(select(Volunteer)).all()
            for seat in open_seats:
                option = session.exec(
                    select(RequestOption).where(RequestOption.request_id == seat.request_id)
                ).one()
                for who in people:
                    wanted = as_a_plan(session, seat, option, who)
                    assert as_an_answer(session, seat, option, who) == wanted
                    seen |= {reason.split("'")[1] if "'" in reason else reason for reason in wanted}
            session.rollback()
    for code in (
        "busy",
        "cap",
        "language",
        "level",
        "unavailable",
        "excluded",
        "client_cap",
        "parents_day",
        "role",
        "too_far",
        "open_question",
        "paper:listing",
        "gender",
    ):
        assert code in seen, (code, seen)
