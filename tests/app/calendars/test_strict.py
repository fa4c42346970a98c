"""A calendar with everything that happens, held against the standard and read by three others."""

import warnings
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
import time_machine
import vobject
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.tables import Assignment, Institution, Request
from tests.app.calendars.strict import complaints
from tests.app.calendars.subscribed import change, events, subscribe
from tests.app.examples import HOUR, asking, assignment
from tests.cast import Cast

NAME = "مدرسة; الأمل, \\Friedberg\u2028zweite Zeile 🙂 " * 2
STARTS = {
    "plain": datetime(2027, 1, 12, 9, 0, tzinfo=UTC),
    "over midnight": datetime(2027, 1, 12, 22, 30, tzinfo=UTC),
    "spring": datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    "autumn": datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
    "autumn, second": datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    "moved": datetime(2027, 2, 1, 9, 0, tzinfo=UTC),
    "cancelled": datetime(2027, 2, 2, 9, 0, tzinfo=UTC),
}


@pytest.fixture
def starts(engine: Engine, cast: Cast, clock: time_machine.Traveller) -> dict[str, datetime]:
    """When Dilan's bookings begin; one more seat of the pool is open."""
    ids = {}
    with db.transaction(engine) as session:
        for name, start in STARTS.items():
            made = asking(session, cast.wetterau, cast.school, start, seat_state="booked")
            booked = assignment(made, cast.volunteers["dilan"])
            session.add(booked)
            session.flush()
            ids[name] = booked.id
            made.request.room = "Raum, 7;\nlinks"
        asking(session, cast.wetterau, cast.school, STARTS["plain"] + 48 * HOUR)
    change(engine, Institution, cast.school, name=NAME, street="شارع ١٢")
    clock.shift(timedelta(minutes=1))
    moved = STARTS["moved"] + 3 * HOUR
    change(engine, Assignment, ids["moved"], starts_at=moved, ends_at=moved + HOUR)
    change(engine, Assignment, ids["cancelled"], state="cancelled_early")
    return STARTS | {"moved": moved}


def by_icalendar(text: str) -> list[tuple[datetime, str]]:
    """The entries as icalendar reads them."""
    calendar = icalendar.Calendar.from_ical(text)
    found = calendar.walk("VEVENT")
    assert not any(part.errors for part in [calendar, *found])
    return [(one.start, str(one["SUMMARY"])) for one in found]


def by_recurring(text: str) -> list[tuple[datetime, str]]:
    """The entries as recurring-ical-events unfolds them."""
    calendar = icalendar.Calendar.from_ical(text)
    found = recurring_ical_events.of(calendar).between((2026, 1, 1), (2029, 1, 1))
    return [(one.start, str(one["SUMMARY"])) for one in found]


def by_vobject(text: str) -> list[tuple[datetime, str]]:
    """The entries as vobject reads them."""
    found = vobject.readOne(text).vevent_list
    return [(one.dtstart.value, one.summary.value) for one in found]


@pytest.mark.parametrize("who", ["dilan", "amal"])
@pytest.mark.parametrize("detail", ["minimal", "full"])
async def test_a_strict_program_has_nothing_to_complain_of(
    client: AsyncClient, cast: Cast, starts: dict[str, datetime], who: str, detail: str
) -> None:
    shown = await client.get(await subscribe(client, cast, who, detail=detail, name="Büro, Tür"))
    assert complaints(shown.content) == []
    assert {"dilan": 7, "amal": 8}[who] == shown.text.count("BEGIN:VEVENT")


@pytest.mark.parametrize("reader", [by_icalendar, by_recurring, by_vobject])
async def test_three_programs_read_what_was_meant(
    client: AsyncClient, cast: Cast, starts: dict[str, datetime], reader: "type[by_vobject]"
) -> None:
    address = await subscribe(client, cast, "dilan", detail="full")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = reader((await client.get(address)).text)
    assert sorted(start.astimezone(UTC) for start, _ in found) == sorted(starts.values())
    assert sum(said.startswith("Abgesagt: ") for _, said in found) == 1
    # A line separator would begin a line for simple readers; what is off names no place.
    name = NAME.replace("\u2028", "\n").strip()
    assert [name in said for _, said in found] == [
        not said.startswith("Abgesagt: ") for _, said in found
    ]
    ours = await events(client, await subscribe(client, cast, "amal"))
    assert sorted(one["status"] for one in ours.values())[-1] == "TENTATIVE"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b"\r\nSEQUENCE", b"\nSEQUENCE", "half a line end"),
        (b"SUMMARY:", b"SUMMARY:" + b"x" * 70, "octets"),
        (b"\r\nDTSTAMP:", b"\r\nX-DTSTAMP:", "VEVENT has 0 × DTSTAMP"),
        (b"\r\nTZID:Europe/Berlin", b"\r\nTZID:Other", "not described"),
        (b"LOCATION:Friedberg", b"LOCATION:a;b", "not escaped"),
        (b"END:VCALENDAR\r\n", b"", "cut off"),
        (b"STATUS:CONFIRMED", b"STATUS:SURE", "no status"),
    ],
)  # fmt: skip
async def test_control_the_strict_program_complains_of_each_fault(
    client: AsyncClient,
    cast: Cast,
    starts: dict[str, datetime],
    before: bytes,
    after: bytes,
    said: str,
) -> None:
    shown = (await client.get(await subscribe(client, cast, "dilan"))).content
    assert before in shown
    assert any(said in one for one in complaints(shown.replace(before, after)))


async def test_no_word_about_the_client_or_the_contact_in_any_calendar(
    client: AsyncClient, cast: Cast, engine: Engine, starts: dict[str, datetime]
) -> None:
    with db.transaction(engine) as session:
        for request in session.exec(select(Request)).all():
            request.note, request.contact_name = "Klientin Geheim", "Frau Geheim"
            request.contact_phone, request.topic = "0170 Geheim", "Thema Geheim"
            session.add(request)
    for who in ("dilan", "amal"):
        for detail in ("minimal", "full"):
            shown = await client.get(await subscribe(client, cast, who, detail=detail))
            assert "Geheim" not in shown.text.replace("\r\n ", "")
