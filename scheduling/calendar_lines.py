"""The lines of a foreign calendar, of which only times are kept; checked before anything else.

Titles, places, people and notes are left behind here: no later step ever sees them. Zones are
looked up by their name or their two offsets; a foreign rule for a zone is never carried out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from scheduling.wall_time import ZONE

MOST_OCTETS = 1_000_000
MOST_PARTS = 20_000
DEEPEST = 4
KEPT = {
    "VEVENT": frozenset({
        "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "UID",
        "SEQUENCE", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS",
    }),
    "VFREEBUSY": frozenset({"FREEBUSY"}),
    "VTIMEZONE": frozenset({"TZID"}),
    "STANDARD": frozenset({"TZOFFSETTO"}),
    "DAYLIGHT": frozenset({"TZOFFSETTO"}),
}  # fmt: skip
"""What is read of each part."""
BY_OFFSETS = {
    ("+0000", None): "UTC",
    ("+0000", "+0100"): "Europe/London",
    ("+0200", "+0300"): "Europe/Athens",
    ("+0300", None): "Europe/Istanbul",
    ("-0500", "-0400"): "America/New_York",
    ("-0600", "-0500"): "America/Chicago",
    ("-0700", "-0600"): "America/Denver",
    ("-0800", "-0700"): "America/Los_Angeles",
}
"""Zones that only their offsets name, where these are not those of Hessen."""
_ZONE_NAME = re.compile(r"[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}")
_WORD = re.compile(r"[A-Za-z0-9-]{1,40}")


class CalendarRefused(ValueError):
    """A calendar that is not read; `code` says why, and nothing of what stands in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Line:
    """One property: its name, its parameters and its value."""

    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass
class Part:
    """An event, a list of busy times or a zone, with the lines that are kept of it."""

    kind: str
    lines: list[Line] = field(default_factory=list)
    inner: list["Part"] = field(default_factory=list)

    def value(self, name: str) -> str:
        """The first value of a property, or nothing."""
        return next((line.value for line in self.lines if line.name == name), "")

    def has(self, *names: str) -> bool:
        """Whether one of these properties stands in it."""
        return any(line.name in names for line in self.lines)


def parts(data: bytes) -> list[Part]:
    """The events, busy times and zones of a calendar.

    Raises
    ------
    CalendarRefused
        If it is too large, no calendar, cut off, or nested in a way no calendar is.

    References
    ----------
    RFC 5545, section 3.1.
    """
    found: list[Part] = []
    stack: list[Part] = []
    count = 0
    for text in _unfolded(_decoded(data)):
        head = text[:40].upper()
        if head.startswith("BEGIN:"):
            count += 1
            _open(stack, text[6:].strip().upper(), count)
        elif head.startswith("END:"):
            _close(stack, text[4:].strip().upper(), found)
        elif stack and (line := _line(text, KEPT.get(stack[-1].kind, frozenset()))):
            stack[-1].lines.append(line)
    if stack:
        raise CalendarRefused("cut_off")
    return found


def _decoded(data: bytes) -> str:
    if len(data) > MOST_OCTETS:
        raise CalendarRefused("too_large")
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:15].upper() != b"BEGIN:VCALENDAR" or b"\x00" in text:
        raise CalendarRefused("no_calendar")
    return text.decode("utf-8", "replace")


def _unfolded(text: str) -> Iterator[str]:
    """Whole lines; a piece that is not marked as one is a line that nobody knows."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return iter(plain.replace("\n ", "").replace("\n\t", "").split("\n"))


def _open(stack: list[Part], kind: str, count: int) -> None:
    if count > MOST_PARTS:
        raise CalendarRefused("too_many")
    if len(stack) >= DEEPEST or (not stack) != (kind == "VCALENDAR"):
        raise CalendarRefused("no_calendar")
    stack.append(Part(kind))


def _close(stack: list[Part], kind: str, found: list[Part]) -> None:
    if not stack or stack[-1].kind != kind:
        raise CalendarRefused("no_calendar")
    part = stack.pop()
    if part.kind not in KEPT:
        return
    if part.kind in ("STANDARD", "DAYLIGHT") and stack[-1].kind == "VTIMEZONE":
        stack[-1].inner.append(part)
    elif len(stack) == 1:
        found.append(part)


def _line(text: str, kept: frozenset[str]) -> Line | None:
    word = _WORD.match(text)
    if word is None or word.group().upper() not in kept:
        return None
    pieces, value = _taken_apart(text[word.end() :])
    named = (piece.partition("=") for piece in pieces)
    return Line(
        word.group().upper(),
        {name.strip().upper(): what.strip().strip('"') for name, _, what in named},
        value.strip(),
    )


def _taken_apart(text: str) -> tuple[list[str], str]:
    """Parameters and value; inside of quotes neither `;` nor `:` ends anything."""
    pieces, start, quoted = [], 0, False
    for place, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in ";:":
            pieces.append(text[start:place])
            start = place + 1
            if sign == ":":
                return pieces[1:], text[start:]
    return [], ""


def zones(found: list[Part]) -> dict[str, str]:
    """The known zone for each one that a calendar describes itself."""
    return {part.value("TZID"): _described(part) for part in found if part.kind == "VTIMEZONE"}


def _described(part: Part) -> str:
    winter, summer = _offset(part, "STANDARD"), _offset(part, "DAYLIGHT")
    return BY_OFFSETS.get((winter, summer or None), ZONE.key)


def _offset(part: Part, kind: str) -> str:
    return next((p.value("TZOFFSETTO")[:5] for p in reversed(part.inner) if p.kind == kind), "")


def zone_name(name: str, described: Mapping[str, str]) -> str:
    """The zone that a calendar means: by its name, as Windows calls it, or as it is described."""
    for known in (name, "/".join(name.split("/")[-2:]), WINDOWS_TO_OLSON.get(name, "")):
        if _ZONE_NAME.fullmatch(known) and _exists(known):
            return known
    return described.get(name, ZONE.key)


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
