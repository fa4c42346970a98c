"""Two sponsors who share a school and their volunteers: where it storms. Everybody is invented."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlmodel import Session

from app import clock, db
from app.tables import (
    Account,
    ApiToken,
    Assignment,
    Contact,
    Enrolment,
    Membership,
    Partnership,
    Request,
    RequestOption,
    Scope,
    Seat,
    Sponsor,
)
from app.tokens import hash_token
from bench import questions, served
from bench.questions import HOUR, NOT_LONG_AGO, file_of


@dataclass
class Ground:
    """Two sponsors who share a school and their volunteers."""

    sponsors: list[UUID] = field(default_factory=list)
    offices: dict[UUID, str] = field(default_factory=dict)
    """The token of each sponsor's office."""
    volunteers: dict[UUID, str] = field(default_factory=dict)
    school: UUID = field(default_factory=uuid4)
    asker: str = ""
    first_day: date = field(default_factory=lambda: clock.today() + timedelta(days=1))


def found(engine: Engine, people: int, past: int) -> Ground:
    """Put the ground into an empty, migrated database; `past` bookings wait for a report."""
    ground = Ground()
    with db.transaction(engine) as session:
        school = served.school()
        ground.school = school.id
        selin, ground.asker = _account(session, "selin")
        session.add(school)
        session.flush()
        session.add(Contact(account_id=selin.id, institution_id=school.id))
        for name in ("Wetterau", "Fulda"):
            sponsor = Sponsor(name=name, regions=["06440"])
            amal, token = _account(session, f"amal.{name.lower()}")
            session.add(sponsor)
            session.flush()
            session.add_all([
                Partnership(institution_id=school.id, sponsor_id=sponsor.id),
                Membership(account_id=amal.id, sponsor_id=sponsor.id, role="coordinator"),
            ])  # fmt: skip
            ground.sponsors.append(sponsor.id)
            ground.offices[sponsor.id] = token
        for number in range(people):
            person, token = _volunteer(session, ground, number)
            ground.volunteers[person] = token
        for number in range(past):
            _gone_by(session, ground, number)
    return ground


def _account(session: Session, name: str) -> tuple[Account, str]:
    account, token = Account(email=f"{name}@example.org", name=name), f"lw_{uuid4().hex}"
    session.add(account)
    session.flush()
    session.add(
        ApiToken(
            account_id=account.id,
            name="storm",
            token_hash=hash_token(token),
            scopes=list(Scope),
            used_at=served.NEVER_NOTED,
        )
    )
    return account, token


def _volunteer(session: Session, ground: Ground, number: int) -> tuple[UUID, str]:
    """Somebody with all papers who helps both sponsors, at any time of day."""
    account, token = _account(session, f"dilan{number}")
    person = questions.person_of(account, f"Dilan {number}")
    session.add(person)
    session.flush()
    for sponsor_id in ground.sponsors:
        session.add(
            Enrolment(
                volunteer_id=person.id, sponsor_id=sponsor_id, roles=["interpreter"],
                state="released", listing_renewed_on=clock.today() - NOT_LONG_AGO,
                week_minutes=6000,
            )
        )  # fmt: skip
    session.add_all(file_of(person.id, 0, 1440))
    session.flush()
    return person.id, token


def _gone_by(session: Session, ground: Ground, number: int) -> None:
    """A booking of the last days: somebody came, or did not; two go together."""
    sponsor_id, people = ground.sponsors[number % 2], list(ground.volunteers)
    day = clock.today() - timedelta(days=1 + number // len(people))
    minute = 480 + 60 * (number % len(people))
    starts_at = datetime.combine(day, datetime.min.time(), clock.ZONE) + timedelta(minutes=minute)
    at = {"sponsor_id": sponsor_id}
    request = Request(
        **at, institution_id=ground.school, state="booked", topic="x",
        received_at=clock.now() - timedelta(days=9),
    )  # fmt: skip
    session.add(request)
    session.flush()
    option = RequestOption(
        **at, request_id=request.id, position=0, day=day, start_minute=minute, chosen=True,
        duration_minutes=60, starts_at=starts_at, ends_at=starts_at + HOUR,
    )  # fmt: skip
    seats = [
        Seat(
            **at, request_id=request.id, role="interpreter", language="kmr", state="booked",
            position=position,
        )
        for position in range(2)
    ]  # fmt: skip
    session.add_all([option, *seats])
    session.flush()
    for position, seat in enumerate(seats):
        session.add(
            Assignment(
                **at, seat_id=seat.id, option_id=option.id, role="interpreter", mode="on_site",
                volunteer_id=people[(number + position) % len(people)],
                starts_at=option.starts_at, ends_at=option.ends_at,
            )
        )  # fmt: skip
