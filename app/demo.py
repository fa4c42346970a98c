"""The demo pool: invented lists that ship with the program, moved to the next full week.

The week before the present one is loaded as well, planned and booked: there is something to
report, to confirm and to pay from the first minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from sqlmodel import Session, col, select

from app import history
from app.accounts.service import ensure_account
from app.clock import today
from app.imports import service as imports
from app.imports.drafts import RequestDraft, VolunteerDraft
from app.imports.judging import Judged
from app.imports.lists import read_folder
from app.imports.verdicts import Verdict
from app.passwords import hash_password
from app.rate_plans import DEFAULT_LINE
from app.tables import (
    Account,
    ApiToken,
    Contact,
    GrantNotice,
    GrantPurpose,
    GrantState,
    Institution,
    Membership,
    Scope,
    Sponsor,
    Volunteer,
)
from app.tokens import hash_token
from scheduling.phrases import Absence

FOLDER = Path(__file__).parent / "imports" / "demo"
MONDAY_OF_LISTS = date(2027, 1, 11)
WEEK = timedelta(days=7)
SPONSOR = "Sprachpool Wetterau (Demo)"
IBAN = "DE02120300000000202051"
"""Of the kind that banks print on specimens."""
GRANTED = {GrantPurpose.GUIDES: 690_000, GrantPurpose.INTERPRETERS: 1_200_000}
"""Cents that the Land is supposed to have granted for the year."""
PASSWORD = "lotsenwerk"  # noqa: S105 - printed at every start, for the demo pool only
APP_SECRET = "LOTSENWERKDEMOLOTSENWERKDEMO2345"  # noqa: S105 - of the demo pool only, too
"""With it finance and lead show a second factor; an authenticator app takes it as well."""
NEED_APP = frozenset({"finance", "lead"})


@dataclass(frozen=True)
class DemoAccount:
    """Somebody to try the service as; `key` works as a bearer token."""

    email: str
    name: str
    what: str
    german: str
    """The same in German."""
    roles: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A fixed key, so that the tour can be typed as it is printed."""
        return "lw_demo_" + self.email.split("@")[0]

    def told(self, locale: str) -> str:
        """What she does, in the reader's language."""
        return self.what if locale == "en" else self.german


COORDINATOR = DemoAccount(
    "koordination@example.org", "Amal Beispiel", "coordinates", "koordiniert", ("coordinator",)
)
FINANCE = DemoAccount(
    "finanzen@example.org", "Fatma Beispiel", "checks and pays", "prüft und zahlt", ("finance",)
)
LEAD = DemoAccount("leitung@example.org", "Lea Beispiel", "approves", "gibt frei", ("lead",))
SCHOOL = DemoAccount(
    "schule@example.org",
    "Selin Beispiel",
    "asks for the Löwenzahnschule",
    "fragt für die Löwenzahnschule",
)
HELPER = DemoAccount("dolmetscherin@example.org", "", "interprets", "dolmetscht")
ACCOUNTS = (COORDINATOR, FINANCE, LEAD, SCHOOL, HELPER)


def app_code(moment: datetime) -> str:
    """What their authenticator app shows."""
    return pyotp.TOTP(APP_SECRET).at(moment)


def next_full_week(day: date) -> date:
    """The Monday after `day`; a Monday gives the next one."""
    return day + timedelta(days=7 - day.weekday())


def _moved(value: Any, weeks: timedelta) -> Any:
    return value + weeks if isinstance(value, date) else value


def _move_volunteer(draft: VolunteerDraft, weeks: timedelta) -> VolunteerDraft:
    """Papers move along, so that the demo's plan is the same in any year."""
    names = ("training_day", "clearance_issued", "clearance_seen", "declaration_day")
    moved = {name: _moved(getattr(draft, name), weeks) for name in names}
    absence = draft.absence
    if absence is not None:
        absence = Absence(absence.first + weeks, absence.last + weeks)
    return replace(draft, absence=absence, **moved)


def _move_request(draft: RequestDraft, weeks: timedelta) -> RequestDraft:
    return replace(
        draft,
        day=draft.day + weeks,
        received=_moved(draft.received, weeks),
        alternatives=tuple((day + weeks, minute) for day, minute in draft.alternatives),
    )


def _with_drafts(
    verdicts: Iterable[Verdict[Any]], weeks: timedelta, move: Any
) -> tuple[Verdict[Any], ...]:
    return tuple(
        replace(v, draft=move(v.draft, weeks)) if v.draft is not None else v for v in verdicts
    )


def moved(judged: Judged, monday: date) -> Judged:
    """The same lists in the week of `monday`."""
    weeks = monday - MONDAY_OF_LISTS
    return Judged(
        _with_drafts(judged.volunteers, weeks, _move_volunteer),
        judged.institutions,
        _with_drafts(judged.requests, weeks, _move_request),
    )


def loaded(session: Session) -> list[tuple[DemoAccount, str]]:
    """The accounts of the demo pool that are open here, each with its name; none elsewhere.

    An address alone is no proof: the fixed key that everybody knows must still work.
    """
    keys = [hash_token(one.key) for one in ACCOUNTS]
    query = (
        select(Account.email, Account.name)
        .join(ApiToken, col(ApiToken.account_id) == col(Account.id))
        .where(
            col(ApiToken.token_hash).in_(keys),
            col(ApiToken.revoked_at).is_(None),
            col(Account.active).is_(True),
        )
    )
    names = dict(session.exec(query).all())
    return [(one, names[one.email]) for one in ACCOUNTS if one.email in names]


def load(session: Session) -> Sponsor:
    """Put the demo pool into an empty database."""
    sponsor = Sponsor(
        name=SPONSOR,
        regions=["06440"],
        nonprofit=True,
        account_holder=SPONSOR,
        iban=IBAN,
    )
    session.add(sponsor)
    session.flush()
    judged = imports.verdicts(session, sponsor.id, read_folder(FOLDER))
    monday = next_full_week(today())
    for year in sorted({(monday - 2 * WEEK).year, monday.year}):
        session.add_all(_notices(sponsor, year))
    history.book_week(session, sponsor, moved(judged, monday - 2 * WEEK))
    imports.store(imports.Target(session, sponsor), moved(judged, monday))
    for account in ACCOUNTS:
        _sign_up(session, sponsor, account)
    session.flush()
    return sponsor


def _notices(sponsor: Sponsor, year: int) -> list[GrantNotice]:
    """The grants of the year, as they were asked for and given."""
    return [
        GrantNotice(
            sponsor_id=sponsor.id,
            funding_line=DEFAULT_LINE,
            year=year,
            purpose=purpose,
            reference=f"WIR-{year}-{number}",
            state=GrantState.RUNNING,
            applied_cents=cents,
            amount_cents=cents,
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
            applied_on=date(year - 1, 12, 1),
            noticed_on=date(year, 1, 2),
        )
        for number, (purpose, cents) in enumerate(GRANTED.items(), start=1)
    ]


def _sign_up(session: Session, sponsor: Sponsor, demo: DemoAccount) -> None:
    person = _helper(session) if demo is HELPER else None
    name = f"{person.given_name} {person.surname}" if person else demo.name
    account = ensure_account(session, demo.email, name, hash_password(PASSWORD))
    session.add(
        ApiToken(
            account_id=account.id,
            name="Demo",
            token_hash=hash_token(demo.key),
            scopes=list(Scope),
            factor_at=account.created_at,
        )
    )
    if NEED_APP & set(demo.roles):
        account.totp_secret, account.totp_since = APP_SECRET, account.created_at
        session.add(account)
    for role in demo.roles:
        session.add(Membership(account_id=account.id, sponsor_id=sponsor.id, role=role))
    if person is not None:
        person.account_id = account.id
        session.add(person)
    if demo is SCHOOL:
        school = session.exec(
            select(Institution).where(col(Institution.name) == "Löwenzahnschule")
        ).one()
        session.add(Contact(account_id=account.id, institution_id=school.id))


def _helper(session: Session) -> Volunteer:
    """The interpreter to try the service as: Kurmandschi and Turkish, weekdays 8 to 17."""
    return session.exec(
        select(Volunteer).where(
            col(Volunteer.surname) == "Aydin", col(Volunteer.given_name) == "Hevin"
        )
    ).one()
