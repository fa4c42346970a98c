"""Appointments as iCalendar text, for the calendar on a phone or at a desk."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduling.wall_time import ZONE, aware, local

_PRODUCT = "-//Lotsenwerk//Lotsenwerk//DE"
_LINE_OCTETS = 75
_ZONE_LINES = (
    "BEGIN:VTIMEZONE",
    f"TZID:{ZONE.key}",
    "BEGIN:DAYLIGHT",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "TZNAME:CEST",
    "DTSTART:19960331T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "TZNAME:CET",
    "DTSTART:19961027T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "END:STANDARD",
    "END:VTIMEZONE",
)
"""The rule of the Union, as it has been since 1996."""


class Status(StrEnum):
    """How certain an appointment is."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


class Method(StrEnum):
    """What a calendar program does with a file."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class Appointment:
    """One entry of a calendar; no names of clients belong in here.

    Parameters
    ----------
    uid : str
        Stays the same for all versions, so that a calendar replaces the entry.
    sequence : int
        0 at first, greater with each change.
    start, end : datetime
        Aware, half-open.
    changed : datetime
        Aware: when this version was made.
    summary, location, description : str
        Plain text; empty text is left out.
    status : Status
        Whether the appointment is settled, open or off.

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
    status: Status = Status.CONFIRMED

    def __post_init__(self) -> None:
        if not self.uid.strip():
            raise ValueError("an appointment needs a uid")
        if self.sequence < 0:
            raise ValueError(f"the sequence {self.sequence} of an appointment is negative")
        aware(self.changed)
        if aware(self.end) <= aware(self.start):
            raise ValueError("an appointment must end after it starts")


def calendar_text(
    appointments: Iterable[Appointment],
    *,
    name: str = "",
    refresh_minutes: int = 0,
    method: Method = Method.PUBLISH,
    organizer: str = "",
) -> str:
    """An iCalendar file with these appointments, in the wall time of Hessen.

    Parameters
    ----------
    appointments : iterable of Appointment
        In the order in which they are written.
    name : str
        What a calendar program calls the calendar.
    refresh_minutes : int
        How often it is worth asking again; 0 says nothing about it.
    method : Method
        Whether the entries are to be shown, or taken away again.
    organizer : str
        Who made them, as an address such as `mailto:office@example.org`; empty where nobody is
        named. `CANCEL` needs one.

    Returns
    -------
    str
        Lines end with CRLF and are folded at 75 octets. In the hour that happens twice in autumn
        wall time means the first time; what begins or ends in the second one is written in UTC.

    Raises
    ------
    ValueError
        If the organizer is no plain address.

    References
    ----------
    RFC 5545, sections 3.1 (folding), 3.3.5 (times that happen twice), 3.3.11 (escaping), 3.6.1
    (events), 3.6.5 (zones); RFC 5546, sections 3.2.1 (publish) and 3.2.5 (cancel); RFC 7986,
    sections 5.1 (name) and 5.7 (refresh interval); Directive 2000/84/EC (summer time).
    """
    if not (organizer.isascii() and organizer.isprintable() and " " not in organizer):
        raise ValueError(f"the organizer {organizer!r} is no address")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        *_heading(name, refresh_minutes),
        *_ZONE_LINES,
    ]
    for appointment in appointments:
        lines += _event(appointment, organizer)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _heading(name: str, refresh_minutes: int) -> Iterator[str]:
    if name:
        yield f"NAME:{_escaped(name)}"
        yield f"X-WR-CALNAME:{_escaped(name)}"
    if refresh_minutes:
        yield f"REFRESH-INTERVAL;VALUE=DURATION:PT{refresh_minutes}M"
        yield f"X-PUBLISHED-TTL:PT{refresh_minutes}M"


def _event(one: Appointment, organizer: str) -> list[str]:
    texts = {"SUMMARY": one.summary, "LOCATION": one.location, "DESCRIPTION": one.description}
    return [
        "BEGIN:VEVENT",
        f"UID:{_escaped(one.uid)}",
        f"SEQUENCE:{one.sequence}",
        f"DTSTAMP:{_stamp(one.changed)}",
        f"LAST-MODIFIED:{_stamp(one.changed)}",
        *_times(one.start, one.end),
        *([f"ORGANIZER:{organizer}"] if organizer else []),
        *(f"{name}:{_escaped(text)}" for name, text in texts.items() if text),
        f"STATUS:{one.status}",
        f"TRANSP:{'OPAQUE' if one.status == Status.CONFIRMED else 'TRANSPARENT'}",
        "END:VEVENT",
    ]


def _stamp(moment: datetime) -> str:
    return f"{aware(moment):%Y%m%dT%H%M%SZ}"


def _times(start: datetime, end: datetime) -> tuple[str, str]:
    """Wall times with their zone; what touches the hour of the second time is written in UTC."""
    walls = local(start), local(end)
    if any(wall.fold for wall in walls):
        return f"DTSTART:{_stamp(start)}", f"DTEND:{_stamp(end)}"
    begins, ends = (f"{wall:%Y%m%dT%H%M%S}" for wall in walls)
    return f"DTSTART;TZID={ZONE.key}:{begins}", f"DTEND;TZID={ZONE.key}:{ends}"


def _escaped(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if not plain.isprintable():
        # Some readers begin a line at these, too.
        plain = plain.replace("\u2028", "\n").replace("\u2029", "\n")
        plain = "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) != "Cc")
    for sign in "\\;,":
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 octets, never cut inside of a letter."""
    if 4 * len(line) <= _LINE_OCTETS or len(line.encode()) <= _LINE_OCTETS:
        yield line
        return
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LINE_OCTETS:
            yield piece
            piece, size = " ", 1
        piece += character
        size += octets
    yield piece
