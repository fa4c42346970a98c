"""20,000 claims: the payrun, the file for the bank and every report, in time and memory.

python -m bench.claims [--people N]

A year of a region: each person with two appointments a month, so twelve claims each. Everything is
asked for over HTTP, on SQLite or on the PostgreSQL of `TEST_DATABASE_URL`. Beside it the reference:
a plain loop that adds up one claim after the other; all sums have to agree to the cent. What is
measured runs in a process of its own, after everything was filled in.
"""

import argparse
import asyncio
import gc
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
from lxml import etree
from sqlalchemy import insert
from sqlmodel import SQLModel, col, func, select, update

from app import books, clock, db
from app.main import create_app
from app.tables import (
    Account,
    ApiToken,
    Assignment,
    Claim,
    ClaimLine,
    ClaimState,
    Enrolment,
    GrantNotice,
    GrantPurpose,
    GrantState,
    Institution,
    LedgerKind,
    Membership,
    Outcome,
    RecordState,
    Request,
    RequestOption,
    RequestState,
    Scope,
    Seat,
    SeatState,
    ServiceRecord,
    Sponsor,
    Volunteer,
)
from app.tokens import hash_token
from bench.tables import columns, number
from tests.databases import Databases

YEAR = 2025
MONTHS = range(1, 13)
KREISE = ("06440", "06531", "06631", "06434", "06534")
LANGUAGES = ("ar", "uk", "tr", "prs", "fa", "ru", "kmr", "ti", "so", "ps")
PLACES = 60
AT_ONCE = 5000
TOKEN = "lw_bench_finance"  # noqa: S105 - of a database that lives for this run
IBAN = "DE02120300000000202051"
SECONDS, MEBIBYTES = 30.0, 1024.0
OTHER_FORMS = (" json", " csv")
"""XLSX takes longest: who asks for every report once waits no longer than for that form."""
COUNTED = ("hours", "payments")
"""Reports that name every cent."""
Row = TypeVar("Row")


@dataclass(frozen=True)
class Timed:
    """One thing that was asked for."""

    what: str
    seconds: float
    cpu_seconds: float
    bytes: int


def fill(url: str, people: int) -> UUID:
    """A sponsor's year of confirmed records; nothing is claimed yet."""
    engine = db.make_engine(url)
    try:
        with db.transaction(engine) as session:
            sponsor = Sponsor(
                name="Region", regions=list(KREISE), account_holder="Region", iban=IBAN
            )
            session.add(sponsor)
            session.flush()
            session.add_all(_notices(sponsor.id))
            _sign_up(session, sponsor.id)
            places = [_place(session, one) for one in range(PLACES)]
            made = list(_people(sponsor.id, people))
        for some in parts(made):
            with db.transaction(engine) as session:
                _insert(session, Volunteer, [one for one, _ in some])
                _insert(session, Enrolment, [one for _, one in some])
        for month in MONTHS:
            rows = list(_month(sponsor.id, places, [one for one, _ in made], month))
            for some in parts(rows):
                with db.transaction(engine) as session:
                    for place, table in enumerate(
                        (Request, RequestOption, Seat, Assignment, ServiceRecord)
                    ):
                        _insert(session, table, [row[place] for row in some])
        with db.transaction(engine) as session:
            books.work_of_records(session, col(ServiceRecord.sponsor_id) == sponsor.id)
        return sponsor.id
    finally:
        engine.dispose()


def parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows in parts that fit into a statement."""
    rest = iter(rows)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _insert(session: Any, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    session.execute(insert(table), rows)


def _notices(sponsor_id: UUID) -> Iterator[GrantNotice]:
    for purpose in (GrantPurpose.GUIDES, GrantPurpose.INTERPRETERS):
        yield GrantNotice(
            sponsor_id=sponsor_id, funding_line="wir", year=YEAR, purpose=purpose,
            state=GrantState.ENDED, applied_cents=100_000_000, amount_cents=100_000_000,
            starts_on=date(YEAR, 1, 1), ends_on=date(YEAR, 12, 31),
            noticed_on=date(YEAR, 1, 2),
        )  # fmt: skip


def _sign_up(session: Any, sponsor_id: UUID) -> None:
    account = Account(email="fatma@example.org", name="Fatma Beispiel")
    session.add(account)
    session.flush()
    session.add(
        ApiToken(
            account_id=account.id, name="bench", token_hash=hash_token(TOKEN),
            scopes=list(Scope), factor_at=clock.now(),
        )
    )  # fmt: skip
    for role in ("finance", "lead", "coordinator"):
        session.add(Membership(account_id=account.id, sponsor_id=sponsor_id, role=role))


def _place(session: Any, which: int) -> UUID:
    place = Institution(
        name=f"Schule {which}", kind=("school", "kindergarten", "social_office")[which % 3],
        postal_code="61169", town="Friedberg", region_ags=KREISE[which % len(KREISE)],
        lat=50.3, lon=8.7,
    )  # fmt: skip
    session.add(place)
    session.flush()
    return place.id


def _people(sponsor_id: UUID, people: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for which in range(people):
        volunteer_id = uuid4()
        yield (
            {
                "id": volunteer_id, "given_name": f"Dilan {which}", "surname": "Beispiel",
                "birth_date": date(1980, 1, 1), "postal_code": "61169", "town": "Friedberg",
                "iban": IBAN, "identity_key": volunteer_id.hex, "gender": "f",
                "lat": 50.3353, "lon": 8.7553,
            },
            {
                "volunteer_id": volunteer_id, "sponsor_id": sponsor_id,
                "roles": ["guide" if which % 2 else "interpreter"], "state": "released",
                "listing_renewed_on": date(YEAR, 1, 1),
            },
        )  # fmt: skip


def _month(
    sponsor_id: UUID, places: list[UUID], people: list[dict[str, Any]], month: int
) -> Iterator[tuple[dict[str, Any], ...]]:
    """Two confirmed appointments of each person."""
    for which, person in enumerate(people):
        for day in (6, 20):
            yield _appointment(
                {"sponsor_id": sponsor_id},
                places[(which + month + day) % len(places)],
                person["id"],
                "guide" if which % 2 else "interpreter",
                date(YEAR, month, day),
                LANGUAGES[which % len(LANGUAGES)],
            )


def _appointment(
    at: dict[str, Any], place: UUID, who: UUID, role: str, day: date, language: str
) -> tuple[dict[str, Any], ...]:
    start = datetime.combine(day, datetime.min.time(), clock.ZONE) + timedelta(hours=9)
    times = {"starts_at": start, "ends_at": start + timedelta(minutes=90)}
    request, option, seat, assignment = uuid4(), uuid4(), uuid4(), uuid4()
    return (
        {**at, "id": request, "institution_id": place, "state": RequestState.DONE,
         "topic": "Elterngespräch", "received_at": start - timedelta(days=9)},
        {**at, **times, "id": option, "request_id": request, "position": 0, "day": day,
         "start_minute": 540, "duration_minutes": 90, "chosen": True},
        {**at, "id": seat, "request_id": request, "role": role, "state": SeatState.DONE,
         "language": language if role == "interpreter" else None},
        {**at, **times, "id": assignment, "seat_id": seat, "option_id": option,
         "volunteer_id": who, "role": role, "mode": "on_site", "state": "performed"},
        {**at, "assignment_id": assignment, "volunteer_id": who, "minutes": 90,
         "started_at": start, "ended_at": start + timedelta(minutes=90), "reported_minutes": 90,
         "confirmed_minutes": 90, "outcome": Outcome.PERFORMED, "state": RecordState.CONFIRMED,
         "confirmed_at": start + timedelta(days=1)},
    )  # fmt: skip


def approve(url: str, sponsor_id: UUID) -> None:
    """All claims are checked and approved: what two people do by hand, in one go."""
    engine = db.make_engine(url)
    ours = col(Claim.sponsor_id) == sponsor_id
    with db.transaction(engine) as session:
        session.exec(update(Claim).where(ours).values(state=ClaimState.APPROVED))
        books.lines(session, LedgerKind.APPROVED, ours)
    engine.dispose()


class Caller:
    """Whoever keeps the books, at the service on this database, in this process."""

    def __init__(self, url: str) -> None:
        self._engine = db.make_engine(url)
        self._app = create_app(self._engine)
        self.done: list[Timed] = []

    def ask(self, what: str, method: str, path: str, **more: Any) -> httpx.Response:
        """One call, and how long it took; raises `RuntimeError` if it was refused."""
        begin, worked = time.perf_counter(), time.process_time()
        answer = asyncio.run(self._ask(method, path, **more))
        if answer.is_error:
            raise RuntimeError(f"{what}: {answer.status_code} {answer.text[:300]}")
        took = time.perf_counter() - begin, time.process_time() - worked
        self.done.append(Timed(what, *took, len(answer.content)))
        return answer

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self._app),
            base_url="http://localhost/api/v1",
            headers={"Authorization": f"Bearer {TOKEN}"},
        ) as client:
            return await client.request(method, path, **more)

    def leave(self) -> None:
        """Close the database."""
        self._engine.dispose()


def build(url: str) -> float:
    """Build the claims of each month; the seconds."""
    fatma = Caller(url)
    for month in MONTHS:
        fatma.ask("built", "POST", "/claims", json={"month": f"{YEAR}-{month:02}"})
    fatma.leave()
    return sum(one.seconds for one in fatma.done)


def plain_loop(url: str, sponsor_id: UUID) -> tuple[float, int]:
    """The reference: add up one claim after the other; seconds and cents."""
    engine = db.make_engine(url)
    begin, cents = time.perf_counter(), 0
    with db.transaction(engine) as session:
        ids = session.exec(select(Claim.id).where(col(Claim.sponsor_id) == sponsor_id)).all()
        for claim_id in ids:
            of_it = select(func.sum(col(ClaimLine.amount_cents))).where(
                col(ClaimLine.claim_id) == claim_id
            )
            cents += int(session.exec(of_it).one() or 0)
    engine.dispose()
    return time.perf_counter() - begin, cents


def pay_and_report(url: str) -> tuple[list[Timed], dict[str, int], float]:
    """Draw, make the files, pay, and draw every report; the sums, and the peak memory in MiB."""
    fatma = Caller(url)
    # As the service does when it begins to listen.
    gc.collect()
    gc.freeze()
    run = fatma.ask("payrun drawn", "POST", "/payruns", json={}).json()
    path = f"/payruns/{run['id']}"
    file = fatma.ask("file for the bank", "GET", f"{path}/pain001.xml")
    for kind in ("csv", "xlsx"):
        fatma.ask(f"pay list {kind}", "GET", f"{path}/paylist", params={"format": kind})
    paid_on = clock.today().isoformat()
    fatma.ask("paid", "POST", f"{path}/paid", json={"paid_on": paid_on})
    sums = {"payrun": run["amount_cents"], "file": _control_sum(file.content)}
    for report in fatma.ask("all reports", "GET", "/reports").json():
        name = report["name"]
        for kind in ("json", "csv", "xlsx"):
            params = {**_days(name), "format": kind}
            answer = fatma.ask(f"{name} {kind}", "GET", f"/reports/{name}", params=params)
            if name in COUNTED and kind == "json":
                sums[name] = sum(row["amount_cents"] for row in answer.json()["rows"])
    fatma.leave()
    return fatma.done, sums, getrusage(RUSAGE_SELF).ru_maxrss / 1024


def _days(report: str) -> dict[str, str]:
    """The year of the work; what was paid lies in the year of the payment."""
    year = clock.today().year if report == "payments" else YEAR
    return {"from": f"{year}-01-01", "to": f"{year}-12-31"}


def _control_sum(document: bytes) -> int:
    """What the file says it adds up to, in cents."""
    found = etree.fromstring(document).findtext(".//{*}GrpHdr/{*}CtrlSum")
    return round(float(found) * 100)


def run(url: str, people: int) -> bool:
    """Fill, build, measure, print; whether it held."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        sponsor_id = pool.apply(fill, (url, people))
        built = pool.apply(build, (url,))
        pool.apply(approve, (url, sponsor_id))
        loop_seconds, cents = pool.apply(plain_loop, (url, sponsor_id))
        done, sums, peak = pool.apply(pay_and_report, (url,))
    rows = [
        (one.what, number(one.seconds, 2), number(one.cpu_seconds, 2), f"{one.bytes:,}")
        for one in done
    ]
    print(columns([("what", "s", "CPU s", "bytes"), *rows]))
    once = sum(one.seconds for one in done if not one.what.endswith(OTHER_FORMS))
    total, worked = sum(one.seconds for one in done), sum(one.cpu_seconds for one in done)
    print(f"\n{people * len(MONTHS):,} claims, built in {number(built, 1)} s")
    print(f"payrun, file, and pay list and every report as XLSX: {number(once, 1)} s")
    print(f"the same in all three forms: {number(total, 1)} s, {number(worked, 1)} of them CPU")
    print(f"{number(peak, 0)} MiB at most")
    print(f"reference, a plain loop over the claims: {number(loop_seconds, 1)} s")
    print(f"sums: {cents:,} by the loop, {sums}")
    return once < SECONDS and peak < MEBIBYTES and set(sums.values()) == {cents}


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_667)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory() as folder:
        made = Databases(Path(folder))
        made.prepare()
        try:
            with made.fresh() as engine:
                held = run(engine.url.render_as_string(hide_password=False), people)
        finally:
            made.remove()
    print("held" if held else "NOT HELD")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
