"""Appointments as iCalendar text, for the calendar on a phone."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from scheduling.wall_time import aware

_PRODUCT = "-//Lotsenwerk//Lotsenwerk//DE"
_LINE_OCTETS = 75


@dataclass(frozen=True)
class Appointment:
    """One entry of a calendar; no names of clients belong in here.

    Parameters
    ----------
    uid : str
        Stays the same for all versions, so that a calendar replaces the entry.
    sequence : int
        0 at first, one more with each change.
    start, end : datetime
        Aware, half-open.
    changed : datetime
        Aware: when this version was made.
    summary, location, description : str
        Plain text; empty text is left out.
    cancelled : bool
        Whether the appointment is off.

    Raises
    ------
    ValueError
        If the uid is empty, the sequence negative, a time without zone, or the end not after
        the start.
    """

    uid: str
    sequence: int
    start: datetime
    end: datetime
    changed: datetime
    summary: str
    location: str = ""
    description: str = ""
    cancelled: bool = False

    def __post_init__(self) -> None:
        if not self.uid.strip():
            raise ValueError("an appointment needs a uid")
        if self.sequence < 0:
            raise ValueError(f"the sequence {self.sequence} of an appointment is negative")
        aware(self.changed)
        if aware(self.end) <= aware(self.start):
            raise ValueError("an appointment must end after it starts")


def calendar_text(appointments: Iterable[Appointment]) -> str:
    """An iCalendar file with these appointments, all times in UTC.

    Returns
    -------
    str
        Lines end with CRLF and are folded at 75 octets.

    References
    ----------
    RFC 5545, sections 3.1 (folding), 3.3.11 (escaping), 3.6.1 (events).
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN"]
    for appointment in appointments:
        lines += _event(appointment)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(one: Appointment) -> list[str]:
    texts = {"SUMMARY": one.summary, "LOCATION": one.location, "DESCRIPTION": one.description}
    return [
        "BEGIN:VEVENT",
        f"UID:{_escaped(one.uid)}",
        f"SEQUENCE:{one.sequence}",
        f"DTSTAMP:{_time(one.changed)}",
        f"DTSTART:{_time(one.start)}",
        f"DTEND:{_time(one.end)}",
        *(f"{name}:{_escaped(text)}" for name, text in texts.items() if text),
        f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}",
        "END:VEVENT",
    ]


def _time(moment: datetime) -> str:
    return f"{aware(moment):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) != "Cc")
    for sign in "\\;,":
        kept = kept.replace(sign, f"\\{sign}")
    return kept.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 octets, never cut inside of a letter."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LINE_OCTETS:
            yield piece
            piece, size = " ", 1
        piece += character
        size += octets
    yield piece
