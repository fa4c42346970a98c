"""A calendar held against RFC 5545, line by line: what a strict program would complain of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

ONCE = {
    "VCALENDAR": {"VERSION", "PRODID"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "TRANSP", "SUMMARY"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
    "DAYLIGHT": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
}
INSIDE = {
    "VCALENDAR": "", "VEVENT": "VCALENDAR", "VTIMEZONE": "VCALENDAR",
    "STANDARD": "VTIMEZONE", "DAYLIGHT": "VTIMEZONE",
}  # fmt: skip
LINE = re.compile(r'([A-Z][A-Z0-9-]*)((?:;[A-Z-]+=(?:"[^"]*"|[^";:,]+))*):(.*)', re.DOTALL)
TEXT = re.compile(r"(?:[^\\;,\x00-\x08\x0a-\x1f\x7f]|\\[\\;,nN])*")
TEXTS = {"UID", "SUMMARY", "LOCATION", "DESCRIPTION", "NAME", "X-WR-CALNAME", "PRODID"}
TIMES = {"DTSTAMP", "DTSTART", "DTEND", "LAST-MODIFIED"}
UTC = re.compile(r"\d{8}T\d{6}Z")
WALL = re.compile(r"\d{8}T\d{6}")


def complaints(data: bytes) -> list[str]:
    """What is wrong with a calendar; nothing, if all is well."""
    return [*_octets(data), *_structure(data.decode())]


def _octets(data: bytes) -> Iterator[str]:
    if not data.endswith(b"\r\n"):
        yield "the last line does not end"
    for number, line in enumerate(data.removesuffix(b"\r\n").split(b"\r\n"), start=1):
        if b"\r" in line or b"\n" in line:
            yield f"line {number} ends with half a line end"
        if len(line) > 75 or not line.strip():
            yield f"line {number} has {len(line)} octets"
        try:
            line.decode()
        except UnicodeDecodeError:
            yield f"line {number} is cut inside of a letter"


def _structure(text: str) -> list[str]:
    reading = _Reading()
    for line in re.sub(r"\r\n[ \t]", "", text).removesuffix("\r\n").split("\r\n"):
        reading.read(line)
    if reading.stack:
        reading.said.append("it is cut off")
    if len(reading.uids) > len(set(reading.uids)):
        reading.said.append("two entries have one id")
    return reading.said


@dataclass
class _Reading:
    """Where a reader stands in a calendar, and what it complained of."""

    stack: list[tuple[str, list[str]]] = field(default_factory=list)
    zones: set[str] = field(default_factory=set)
    uids: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def read(self, line: str) -> None:
        """Go on by one whole line."""
        found = LINE.fullmatch(line)
        if found is None:
            self.said.append(f"no property: {line}")
        elif found[1] == "BEGIN":
            if INSIDE.get(found[3]) != (self.stack[-1][0] if self.stack else ""):
                self.said.append(f"{found[3]} is at the wrong place")
            self.stack.append((found[3], []))
        elif not self.stack:
            self.said.append(f"{found[1]} stands outside")
        elif found[1] == "END":
            self._end(found[3])
        else:
            self._property(*found.groups())

    def _end(self, value: str) -> None:
        kind, names = self.stack.pop()
        if kind != value:
            self.said.append(f"{value} ends inside of {kind}")
        counts = {wanted: names.count(wanted) for wanted in sorted(ONCE[kind])}
        self.said += [f"{kind} has {n} × {wanted}" for wanted, n in counts.items() if n != 1]

    def _property(self, name: str, parameters: str, value: str) -> None:
        kind, names = self.stack[-1]
        names.append(name)
        if (kind, name) == ("VTIMEZONE", "TZID"):
            self.zones.add(value)
        if (kind, name) == ("VEVENT", "UID"):
            self.uids.append(value)
        self.said += _value(kind, name, parameters, value, self.zones)


def _value(kind: str, name: str, parameters: str, value: str, zones: set[str]) -> Iterator[str]:
    if name in TEXTS and not TEXT.fullmatch(value):
        yield f"{name} is not escaped"
    if name in TIMES and kind == "VEVENT":
        zone = parameters.removeprefix(";TZID=") if parameters else ""
        if zone and zone not in zones:
            yield f"{name} is in a zone that was not described before"
        if not (WALL if zone else UTC).fullmatch(value):
            yield f"{name} is no time"
    if name == "STATUS" and value not in {"CONFIRMED", "TENTATIVE", "CANCELLED"}:
        yield "STATUS is no status"
