"""Seats for which one or many are asked, put into a database in bulk. Everybody is invented."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from app import clock, db
from app.tables import (
    Account,
    ApiToken,
    AvailabilityRule,
    Clearance,
    Enrolment,
    LanguageSkill,
    Offer,
    Request,
    RequestOption,
    Row,
    Scope,
    Seat,
    Training,
    Volunteer,
)
from app.tokens import hash_token
from bench.served import NEVER_NOTED, Pool, Press

HOUR = timedelta(hours=1)
ORDER: tuple[type[Row], ...] = (
    Account, ApiToken, Volunteer, Enrolment, LanguageSkill, Training, Clearance, AvailabilityRule,
    Request, RequestOption, Seat, Offer,
)  # fmt: skip
"""What is needed by others comes before them."""
NOT_LONG_AGO = timedelta(days=60)


def person_of(account: Account, given_name: str) -> Volunteer:
    """Somebody in the town of the school, not stored yet."""
    return Volunteer(
        account_id=account.id, surname="Beispiel", given_name=given_name, identity_key=uuid4().hex,
        birth_date=date(1985, 5, 17), gender="f", postal_code="61169", town="Friedberg",
        lat=50.3353, lon=8.7553, german_level="C1", email=account.email,
    )  # fmt: skip


def file_of(volunteer_id: UUID, start_minute: int, end_minute: int) -> list[Row]:
    """All papers of an interpreter for Kurmandschi, and the same hours on every day."""
    hers, recently = {"volunteer_id": volunteer_id}, clock.today() - NOT_LONG_AGO
    return [
        LanguageSkill(**hers, language="kmr", level="native"),
        Training(**hers, role="interpreter", units=24, done_on=recently),
        *(
            Clearance(**hers, kind=kind, issued_on=recently, seen_on=recently)
            for kind in ("conduct", "declaration", "measles")
        ),
        *(
            AvailabilityRule(
                **hers, weekday=weekday, start_minute=start_minute, end_minute=end_minute
            )
            for weekday in range(7)
        ),
    ]


class People:
    """Volunteers of one pool, all asked in bulk."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._at = {"sponsor_id": pool.sponsor_id}
        self._rows: list[Row] = []

    def store(self, engine: Engine) -> None:
        """Write everybody and everything."""
        with db.transaction(engine) as session:
            for table in ORDER:
                session.add_all([row for row in self._rows if type(row) is table])
                session.flush()
        self._rows.clear()

    def volunteer(self) -> tuple[str, UUID]:
        """Somebody with all papers, on every day; the token with which she answers."""
        name = uuid4().hex
        account = Account(email=f"{name}@example.org", name="Dilan")
        person = person_of(account, "Dilan")
        hers = {"volunteer_id": person.id}
        self._rows += [
            account,
            ApiToken(
                account_id=account.id,
                name="trial",
                token_hash=hash_token(f"lw_{name}"),
                scopes=list(Scope), used_at=NEVER_NOTED,
            ),
            person,
            Enrolment(
                **hers, **self._at, roles=["interpreter"], state="released",
                listing_renewed_on=clock.today() - NOT_LONG_AGO,
            ),
            LanguageSkill(**hers, language="tr", level="C1"),
            *file_of(person.id, 480, 1080),
        ]  # fmt: skip
        return f"lw_{name}", person.id

    def seat(self, minute: int = 0) -> tuple[UUID, UUID]:
        """An open seat at ten o'clock, or so many minutes later; and its time."""
        day = self._pool.day
        starts_at = datetime.combine(day, datetime.min.time(), clock.ZONE) + 10 * HOUR
        starts_at += timedelta(minutes=minute)
        request = Request(
            **self._at, institution_id=self._pool.institution_id, state="open",
            received_at=clock.now(), topic="x",
        )  # fmt: skip
        option = RequestOption(
            **self._at, request_id=request.id, position=0, day=day, start_minute=600 + minute,
            duration_minutes=60, starts_at=starts_at, ends_at=starts_at + HOUR,
        )  # fmt: skip
        seat = Seat(**self._at, request_id=request.id, role="interpreter", language="kmr")
        self._rows += [request, option, seat]
        return seat.id, option.id

    def ask(self, seat: tuple[UUID, UUID], who: tuple[str, UUID]) -> Press:
        """A question; what she presses to say yes."""
        offer = Offer(
            **self._at, seat_id=seat[0], option_id=seat[1], volunteer_id=who[1], mode="on_site",
            expires_at=clock.now() + timedelta(days=1),
        )  # fmt: skip
        self._rows.append(offer)
        return Press(f"/offers/{offer.id}/accept", who[0], None)


def one_each(engine: Engine, pool: Pool, seats: int) -> list[Press]:
    """So many seats, each of them offered to one new volunteer; what they press to say yes."""
    asked = People(pool)
    presses = [asked.ask(asked.seat(), asked.volunteer()) for _ in range(seats)]
    asked.store(engine)
    return presses


def contested(engine: Engine, pool: Pool, seats: int, people: int) -> list[Press]:
    """So many seats, each of them offered to so many people."""
    asked = People(pool)
    presses = []
    for _ in range(seats):
        seat = asked.seat()
        presses += [asked.ask(seat, asked.volunteer()) for _ in range(people)]
    asked.store(engine)
    _count(engine)
    return presses


def overlapping(engine: Engine, pool: Pool, offers: int) -> list[Press]:
    """One person who is asked for many seats, a minute apart."""
    asked = People(pool)
    who = asked.volunteer()
    presses = [asked.ask(asked.seat(minute), who) for minute in range(offers)]
    asked.store(engine)
    _count(engine)
    return presses


def _count(engine: Engine) -> None:
    """As the server does it by itself after a while: it knows how much there is."""
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
