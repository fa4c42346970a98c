"""The people of the tests. All names are invented.

Amal coordinates the pool of Wetterau. Dilan and Mirela interpret there, Oksana is not yet released.
Fatma keeps the books, Lea leads. Selin asks for the Löwenzahn school. Kofi coordinates another
sponsor's pool and must see nothing; Nuru volunteers there. Arno audits Wetterau: sums and evidence,
no clients. Petra looks after the state programme: sums across sponsors, no persons. Otto operates
the machine and sees nobody.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from app import access, db
from app.passwords import hash_password
from app.tables import (
    Account,
    ApiToken,
    AvailabilityRule,
    Clearance,
    Contact,
    Enrolment,
    Institution,
    LanguageSkill,
    Membership,
    Partnership,
    Scope,
    SessionToken,
    Sponsor,
    Training,
    Volunteer,
)
from app.tokens import hash_token
from app.volunteers.service import identity_key

PLACES = {
    "61169": (50.3353, 8.7553, "Friedberg"),
    "61231": (50.3647, 8.7386, "Bad Nauheim"),
    "63654": (50.2906, 9.1128, "Büdingen"),
}

PASSWORD = "Der Reiher steht im Schilf"
"""Everybody's."""
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""Of Lea's authenticator app."""
HOUSE, HOUSE_FULDA = "DE75512108001245126199", "DE12500105170648489890"
"""The accounts from which the sponsors pay."""
FAR_AWAY = datetime(2200, 1, 1, tzinfo=UTC)


@lru_cache
def _hashed() -> str:
    return hash_password(PASSWORD)


@dataclass
class Cast:
    """Ids of everybody, and the keys with which they call the API."""

    wetterau: UUID
    fulda: UUID
    school: UUID
    school_fulda: UUID
    volunteers: dict[str, UUID] = field(default_factory=dict)
    enrolments: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)

    def key(self, name: str) -> dict[str, str]:
        """The header with which `name` calls."""
        return {"Authorization": f"Bearer lw_{name}"}

    def browser(self, name: str) -> dict[str, str]:
        """The headers of the browser in which `name` is signed in."""
        return in_browser(f"lw_{name}")


def in_browser(secret: str) -> dict[str, str]:
    """What a browser sends along with its cookie from a page of ours."""
    return {
        "Cookie": f"{access.COOKIE}={secret}",
        "Sec-Fetch-Site": "same-origin",
        access.OURS: "1",
    }


def _session(account: Account, key: ApiToken) -> SessionToken:
    """A browser in which she has given her second factor and just proved that it is she."""
    return SessionToken(
        account_id=account.id,
        token_hash=key.token_hash,
        label="Firefox, Linux",
        given="password totp",
        seen_at=FAR_AWAY,
        factor_at=key.created_at,
        proven_at=FAR_AWAY,
        expires_at=FAR_AWAY,
    )


def _account(session: Session, cast: Cast, name: str) -> Account:
    account = Account(email=f"{name}@example.org", name=name.capitalize())
    account.password_hash = _hashed()
    session.add(account)
    session.flush()
    key = ApiToken(account_id=account.id, name="test", token_hash=hash_token(f"lw_{name}"))
    # Used "in the future": no request of a test has to note that it used the key.
    key.scopes, key.used_at, key.factor_at = list(Scope), FAR_AWAY, key.created_at
    session.add_all([key, _session(account, key)])
    cast.accounts[name] = account.id
    return account


def member(session: Session, cast: Cast, name: str, sponsor_id: UUID, *roles: str) -> None:
    """An account with roles at a sponsor."""
    account = _account(session, cast, name)
    for role in roles:
        session.add(Membership(account_id=account.id, sponsor_id=sponsor_id, role=role))
    session.flush()


def volunteer(
    session: Session,
    cast: Cast,
    name: str,
    *,
    sponsor_id: UUID,
    languages: dict[str, str | None],
    state: str = "released",
    postal_code: str = "61169",
    gender: str = "f",
) -> Volunteer:
    """A volunteer with all papers who can every weekday from 8 to 18."""
    account = _account(session, cast, name)
    lat, lon, town = PLACES[postal_code]
    born = date(1985, 5, 17)
    person = Volunteer(
        account_id=account.id,
        surname=f"{name.capitalize()}-Beispiel",
        given_name=name.capitalize(),
        identity_key=identity_key(f"{name.capitalize()}-Beispiel", name.capitalize(), born),
        birth_date=born,
        gender=gender,
        postal_code=postal_code,
        town=town,
        lat=lat,
        lon=lon,
        german_level="C1",
        phone="0170 0000000",
        email=f"{name}@example.org",
        iban="DE89370400440532013000",
    )
    session.add(person)
    session.flush()
    enrolment = Enrolment(
        sponsor_id=sponsor_id,
        volunteer_id=person.id,
        roles=["interpreter", "guide"],
        state=state,
        listing_renewed_on=date(2026, 11, 1),
    )
    session.add(enrolment)
    session.flush()
    cast.enrolments[name] = enrolment.id
    for tag, level in languages.items():
        session.add(LanguageSkill(volunteer_id=person.id, language=tag, level=level))
    for role in ("interpreter", "guide"):
        session.add(Training(volunteer_id=person.id, role=role, units=24, done_on=date(2025, 3, 1)))
    for kind in ("conduct", "declaration", "measles"):
        session.add(
            Clearance(
                volunteer_id=person.id,
                kind=kind,
                issued_on=date(2025, 2, 1),
                seen_on=date(2025, 3, 1),
            )
        )
    for weekday in range(5):
        session.add(
            AvailabilityRule(
                volunteer_id=person.id, weekday=weekday, start_minute=480, end_minute=1080
            )
        )
    session.flush()
    cast.volunteers[name] = person.id
    return person


def institution(session: Session, name: str, sponsor_id: UUID, kind: str) -> Institution:
    """A partner in Friedberg."""
    lat, lon, town = PLACES["61169"]
    row = Institution(
        name=name,
        kind=kind,
        kind_label=kind,
        street="Schulstr. 1",
        postal_code="61169",
        town=town,
        lat=lat,
        lon=lon,
        phone="06031 000000",
        email="schule@example.org",
        contact_name="Selin Beispiel",
    )
    session.add(row)
    session.flush()
    session.add(Partnership(institution_id=row.id, sponsor_id=sponsor_id))
    session.flush()
    return row


def gather(engine: Engine) -> Cast:
    """Put everybody into an empty, migrated database."""
    with db.transaction(engine) as session:
        wetterau = Sponsor(name="Sprachpool Wetterau", regions=["06440"], iban=HOUSE)
        fulda = Sponsor(name="Lotsenbüro Fulda", regions=["06631"], iban=HOUSE_FULDA)
        session.add_all([wetterau, fulda])
        session.flush()
        school = institution(session, "Löwenzahnschule", wetterau.id, "primary_school")
        other = institution(session, "Rhönschule", fulda.id, "primary_school")
        cast = Cast(wetterau.id, fulda.id, school.id, other.id)
        member(session, cast, "amal", wetterau.id, "coordinator")
        member(session, cast, "fatma", wetterau.id, "finance")
        member(session, cast, "lea", wetterau.id, "lead")
        lea = session.get_one(Account, cast.accounts["lea"])
        lea.totp_secret, lea.totp_since = APP_SECRET, lea.created_at
        member(session, cast, "kofi", fulda.id, "coordinator", "finance", "lead")
        member(session, cast, "selin", wetterau.id)
        member(session, cast, "arno", wetterau.id, "auditor")
        _account(session, cast, "otto").operator = True
        _account(session, cast, "petra").programme = True
        session.add(Contact(account_id=cast.accounts["selin"], institution_id=school.id))
        at_wetterau = {"sponsor_id": wetterau.id}
        volunteer(session, cast, "dilan", languages={"kmr": "native", "tr": "C1"}, **at_wetterau)
        volunteer(
            session, cast, "mirela", languages={"ro": "native", "kmr": "B2"},
            postal_code="63654", **at_wetterau,
        )  # fmt: skip
        volunteer(
            session, cast, "oksana", languages={"uk": "native"}, state="applied", **at_wetterau
        )
        volunteer(session, cast, "nuru", languages={"kmr": "native"}, sponsor_id=fulda.id)
    return cast
