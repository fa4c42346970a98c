"""iCalendar text, read back by three libraries that know nothing of this one."""

import warnings
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
import vobject
from hypothesis import given
from hypothesis import strategies as st

from scheduling.calendar_out import Appointment, Method, Status, calendar_text
from scheduling.wall_time import ZONE, to_utc

_START = to_utc(date(2026, 7, 6), 600)
_VISIT = Appointment(
    uid="assignment-12@lotsenwerk",
    sequence=2,
    start=_START,
    end=_START + timedelta(minutes=90),
    changed=_START - timedelta(days=3),
    summary="Dolmetschen: Dari",
    location="Kita Löwenzahn; Raum 2, Karben",
)
_HOSTILE = "Ängste; kein, Komma \\ und\nneue Zeile, ترجمة شفوية 🙂 " + "lang " * 30


def _unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def _event(text: str) -> list[str]:
    lines = _unfolded(text)
    return lines[lines.index("BEGIN:VEVENT") : lines.index("END:VEVENT") + 1]


def test_an_appointment_becomes_an_event_in_local_time() -> None:
    assert _event(calendar_text([_VISIT])) == [
        "BEGIN:VEVENT",
        "UID:assignment-12@lotsenwerk",
        "SEQUENCE:2",
        "DTSTAMP:20260703T080000Z",
        "LAST-MODIFIED:20260703T080000Z",
        "DTSTART;TZID=Europe/Berlin:20260706T100000",
        "DTEND;TZID=Europe/Berlin:20260706T113000",
        "SUMMARY:Dolmetschen: Dari",
        "LOCATION:Kita Löwenzahn\\; Raum 2\\, Karben",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "END:VEVENT",
    ]


def test_an_entry_is_taken_away_by_whoever_made_it() -> None:
    gone = replace(_VISIT, status=Status.CANCELLED, sequence=3)
    text = calendar_text([gone], method=Method.CANCEL, organizer="mailto:office@example.org")
    calendar = icalendar.Calendar.from_ical(text)
    (entry,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "CANCEL"
    assert entry["ORGANIZER"] == "mailto:office@example.org"
    assert (str(entry["UID"]), entry["SEQUENCE"]) == (_VISIT.uid, 3)
    assert "ORGANIZER" not in calendar_text([_VISIT])


@pytest.mark.parametrize("organizer", ["mailto:a@b.c\r\nX-A: b", "mailto:a b@c.d", "mailto:ü@b.c"])
def test_an_organizer_is_a_plain_address(organizer: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        calendar_text([_VISIT], organizer=organizer)


def test_the_calendar_says_its_name_and_how_often_to_ask() -> None:
    lines = _unfolded(calendar_text([], name="Meine Einsätze, privat", refresh_minutes=60))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert {
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Meine Einsätze\\, privat",
        "REFRESH-INTERVAL;VALUE=DURATION:PT60M",
        "X-PUBLISHED-TTL:PT60M",
        "TZID:Europe/Berlin",
    } <= set(lines)
    assert not any(line.startswith(("X-WR-CALNAME", "REFRESH")) for line in
                   _unfolded(calendar_text([])))  # fmt: skip


@pytest.mark.parametrize("status", Status)
def test_only_what_is_settled_takes_time(status: Status) -> None:
    lines = set(_event(calendar_text([replace(_VISIT, sequence=3, status=status)])))
    assert {"UID:assignment-12@lotsenwerk", "SEQUENCE:3", f"STATUS:{status}"} <= lines
    assert ("TRANSP:OPAQUE" in lines) == (status == Status.CONFIRMED)


def test_text_cannot_smuggle_in_another_line() -> None:
    hostile = replace(_VISIT, summary="a\r\nATTENDEE:x\x00\\,;", location="")
    assert "SUMMARY:a\\nATTENDEE:x\\\\\\,\\;" in _unfolded(calendar_text([hostile]))


@given(st.text(alphabet="aß,;\n語😀 ", max_size=200))
def test_lines_are_folded_at_75_octets_and_unfold_to_the_same(text: str) -> None:
    folded = calendar_text([replace(_VISIT, summary=f"x{text}")])
    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    escaped = text.replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")
    assert f"SUMMARY:x{escaped}" in _unfolded(folded)


def test_an_impossible_appointment_is_refused() -> None:
    with pytest.raises(ValueError, match="end after"):
        replace(_VISIT, end=_START)
    with pytest.raises(ValueError, match="uid"):
        replace(_VISIT, uid=" ")
    with pytest.raises(ValueError, match="sequence"):
        replace(_VISIT, sequence=-1)


def _many(count: int) -> list[Appointment]:
    """Appointments 25 hours and 10 minutes apart, over two changes of the clock."""
    first = datetime(2026, 10, 1, 5, 0, tzinfo=UTC)
    step = timedelta(hours=25, minutes=10)
    return [
        Appointment(
            uid=f"{number}@lotsenwerk",
            sequence=number,
            start=first + number * step,
            end=first + number * step + timedelta(minutes=75),
            changed=first,
            summary=f"{number} {_HOSTILE}".strip(),
            location="Straße 1, „Büdingen“",
            status=list(Status)[number % 3],
        )
        for number in range(count)
    ]


Found = dict[str, tuple[datetime, datetime, str]]


def _by_icalendar(text: str) -> Found:
    calendar = icalendar.Calendar.from_ical(text)
    assert not calendar.errors
    for event in calendar.walk("VEVENT"):
        assert not event.errors
    return {
        str(event["UID"]): (event.start, event.end, str(event["SUMMARY"]))
        for event in calendar.walk("VEVENT")
    }


def _by_recurring(text: str) -> Found:
    calendar = icalendar.Calendar.from_ical(text)
    found = recurring_ical_events.of(calendar).between((2026, 1, 1), (2029, 1, 1))
    return {str(one["UID"]): (one.start, one.end, str(one["SUMMARY"])) for one in found}


def _by_vobject(text: str) -> Found:
    return {
        event.uid.value: (event.dtstart.value, event.dtend.value, event.summary.value)
        for event in vobject.readOne(text).vevent_list
    }


@pytest.mark.parametrize("reader", [_by_icalendar, _by_recurring, _by_vobject])
def test_five_hundred_appointments_are_read_by_others_as_they_were_meant(
    reader: "type[_by_icalendar]",
) -> None:
    meant = _many(500)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = reader(calendar_text(meant, name=_HOSTILE, refresh_minutes=60))
    assert len(found) == 500
    for one in meant:
        start, end, summary = found[one.uid]
        assert (start.astimezone(UTC), end.astimezone(UTC)) == (one.start, one.end)
        assert summary == one.summary


def test_every_hour_of_the_nights_of_the_clock_change_is_read_as_it_was_meant() -> None:
    for night in (datetime(2027, 3, 27, 22, tzinfo=UTC), datetime(2027, 10, 30, 22, tzinfo=UTC)):
        hours = [night + n * timedelta(minutes=30) for n in range(12)]
        meant = [
            replace(_VISIT, uid=f"{n}@x", start=hour, end=hour + timedelta(minutes=30))
            for n, hour in enumerate(hours)
        ]
        text = calendar_text(meant)
        for reader in (_by_icalendar, _by_recurring, _by_vobject):
            found = reader(text)
            spans = [(s.astimezone(UTC), e.astimezone(UTC)) for s, e, _ in found.values()]
            assert sorted(spans) == [(one.start, one.end) for one in meant], reader


def test_the_zone_that_is_written_is_the_one_of_the_zone_data() -> None:
    text = calendar_text([]).replace("Europe/Berlin", "Hessen/Eigene")
    (written,) = icalendar.Calendar.from_ical(text).walk("VTIMEZONE")
    zone = written.to_tz(lookup_tzid=False)
    for day in range(0, 366 * 12):
        moment = datetime(2025, 1, 1, 12) + timedelta(days=day)  # noqa: DTZ001 - a wall clock
        assert moment.replace(tzinfo=zone).utcoffset() == moment.replace(tzinfo=ZONE).utcoffset()
