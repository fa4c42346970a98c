"""iCalendar text."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.calendar_out import Appointment, calendar_text
from scheduling.wall_time import to_utc

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


def _unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_an_appointment_becomes_an_event_in_utc() -> None:
    assert _unfolded(calendar_text([_VISIT])) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lotsenwerk//Lotsenwerk//DE",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        "UID:assignment-12@lotsenwerk",
        "SEQUENCE:2",
        "DTSTAMP:20260703T080000Z",
        "DTSTART:20260706T080000Z",
        "DTEND:20260706T093000Z",
        "SUMMARY:Dolmetschen: Dari",
        "LOCATION:Kita Löwenzahn\\; Raum 2\\, Karben",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_a_cancelled_appointment_keeps_its_uid() -> None:
    lines = _unfolded(calendar_text([replace(_VISIT, sequence=3, cancelled=True)]))
    assert {"UID:assignment-12@lotsenwerk", "SEQUENCE:3", "STATUS:CANCELLED"} <= set(lines)


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
