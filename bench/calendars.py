"""A calendar of 500 appointments over ASGI on SQLite, beside the same entries by icalendar.

python -m bench.calendars [--appointments N] [--questions N]

Every answer is asked for whole, over the application as it is served, without a network, and in CPU
time of all threads. The two writers get the same entries, in the same run.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import icalendar
from httpx import ASGITransport, AsyncClient
from sqlalchemy import Engine

from app import db
from app.clock import now
from app.main import create_app
from app.migrations import migrate
from app.tables import (
    Account,
    Assignment,
    CalendarFeed,
    Enrolment,
    Institution,
    Request,
    RequestOption,
    Seat,
    Sponsor,
    Volunteer,
)
from app.tokens import hash_token
from bench.tables import columns
from bench.timing import HEAD, Times, times
from scheduling import Appointment, calendar_text
from scheduling.wall_time import ZONE

TOKEN = "lw_bench"  # noqa: S105 - of a database that lives for one run
PATH = f"/calendars/{TOKEN}.ics"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Measured:
    """The times, and what was read."""

    rows: tuple[Times, ...]
    entries: int
    octets: int


def furnish(engine: Engine, count: int, start: datetime) -> None:
    """Put one volunteer with so many bookings into an empty, migrated database."""
    with db.transaction(engine) as session:
        sponsor = Sponsor(name="Träger")
        account = Account(email="a@example.org", name="A")
        spot = {"postal_code": "61169", "town": "Friedberg", "lat": 50.3, "lon": 8.7}
        school = Institution(name="Löwenzahnschule", kind="primary_school", kind_label="", **spot)
        session.add_all([sponsor, account, school])
        session.flush()
        person = Volunteer(
            account_id=account.id,
            surname="Beispiel",
            given_name="Dilan",
            identity_key="",
            birth_date=start.date(),
            **spot,
        )
        session.add(person)
        session.flush()
        session.add_all([
            Enrolment(sponsor_id=sponsor.id, volunteer_id=person.id,
                      listing_renewed_on=start.date()),
            CalendarFeed(account_id=account.id, kind="volunteer", volunteer_id=person.id,
                         token_hash=hash_token(TOKEN), last_used_at=now()),
        ])  # fmt: skip
        at = {"sponsor_id": sponsor.id}
        for number in range(count):
            begin = start + number * 18 * HOUR
            request = Request(**at, institution_id=school.id, received_at=start)
            session.add(request)
            session.flush()
            option = RequestOption(**at, request_id=request.id, position=0, day=begin.date(),
                                   start_minute=0, duration_minutes=60, chosen=True,
                                   starts_at=begin, ends_at=begin + HOUR)  # fmt: skip
            seat = Seat(**at, request_id=request.id, role="interpreter", language="kmr")
            session.add_all([option, seat])
            session.flush()
            session.add(
                Assignment(**at, seat_id=seat.id, option_id=option.id, volunteer_id=person.id,
                           role="interpreter", mode="on_site", starts_at=begin,
                           ends_at=begin + HOUR)
            )  # fmt: skip


def by_library(appointments: Sequence[Appointment]) -> bytes:
    """Give the same entries as icalendar writes them."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Lotsenwerk//Lotsenwerk//DE")
    calendar.add("version", "2.0")
    for one in appointments:
        event = icalendar.Event()
        event.add("uid", one.uid)
        event.add("sequence", one.sequence)
        event.add("dtstamp", one.changed)
        event.add("last-modified", one.changed)
        event.add("dtstart", one.start.astimezone(ZONE))
        event.add("dtend", one.end.astimezone(ZONE))
        event.add("summary", one.summary)
        event.add("location", one.location)
        event.add("status", str(one.status))
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _appointments(content: bytes) -> list[Appointment]:
    """Read an answer back as entries."""
    return [
        Appointment(
            uid=str(event["UID"]),
            sequence=int(event["SEQUENCE"]),
            start=event.start,
            end=event.end,
            changed=event["DTSTAMP"].dt,
            summary=str(event["SUMMARY"]),
            location=str(event["LOCATION"]),
        )
        for event in icalendar.Calendar.from_ical(content).walk("VEVENT")
    ]


def measure(engine: Engine, questions: int) -> Measured:
    """Ask for the calendar again and again, and write its entries in both ways."""
    with asyncio.Runner() as runner:
        client = AsyncClient(
            transport=ASGITransport(app=create_app(engine)), base_url="http://bench"
        )

        def ask(headers: dict[str, str]) -> bytes:
            answer = runner.run(client.get(PATH, headers=headers))
            assert answer.status_code == (304 if headers else 200), answer.text
            return answer.content

        content = ask({})
        known = {"If-None-Match": runner.run(client.head(PATH)).headers["etag"]}
        entries = _appointments(content)
        again = range(questions)
        rows = (
            times("over ASGI", lambda _: ask({}), again, process_time),
            times("over ASGI, known already", lambda _: ask(known), again, process_time),
            times("the writer alone", lambda _: calendar_text(entries), again, process_time),
            times("icalendar alone", lambda _: by_library(entries), again, process_time),
        )
        runner.run(client.aclose())
    return Measured(rows, len(entries), len(content))


def run(appointments: int, questions: int) -> Measured:
    """Measure in a database of its own."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with TemporaryDirectory() as folder:
        engine = db.make_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        try:
            migrate(engine)
            furnish(engine, appointments, start)
            return measure(engine, questions)
        finally:
            engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--appointments", type=int, default=500)
    parser.add_argument("--questions", type=int, default=50)
    chosen = parser.parse_args()
    found = run(chosen.appointments, chosen.questions)
    print(f"{found.entries} entries, {found.octets:,} octets")
    print(columns([HEAD, *(row.cells() for row in found.rows)]))


if __name__ == "__main__":
    main()
