"""The measured calendar is whole, and its reference says the same."""

from datetime import UTC, datetime, timedelta

import icalendar

from bench import calendars
from scheduling import Appointment, calendar_text


def test_the_calendar_that_is_measured_holds_every_appointment() -> None:
    found = calendars.run(appointments=12, questions=2)
    assert found.entries == 12
    assert [row.count for row in found.rows] == [2, 2, 2, 2]


def test_both_writers_say_the_same() -> None:
    start = datetime(2027, 3, 20, 9, 0, tzinfo=UTC)
    hour = timedelta(hours=1)
    meant = [
        Appointment(f"{n}@x", n, start + n * 30 * hour, start + n * 30 * hour + hour, start, "a, b")
        for n in range(20)
    ]
    told = []
    for text in (calendar_text(meant).encode(), calendars.by_library(meant)):
        events = icalendar.Calendar.from_ical(text).walk("VEVENT")
        told.append([(str(e["UID"]), e.start, e.end, str(e["SUMMARY"])) for e in events])
    assert told[0] == told[1]
