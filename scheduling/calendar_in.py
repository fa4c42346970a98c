"""A foreign calendar as busy times and nothing else.

What somebody else wrote is guarded before it is expanded: rules that come back pass
`recurrence.guard`, and the work that a calendar may ask for is counted before it is done.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import recurring_ical_events  # type: ignore[import-untyped]

from scheduling import calendar_lines, recurrence
from scheduling.calendar_lines import CalendarRefused, Line, Part
from scheduling.intervals import merge
from scheduling.wall_time import ZONE, aware

__all__ = ["BusyTimes", "CalendarRefused", "read_busy"]

MOST_EVENTS = 5_000
MOST_DATES = 5_000
MOST_SPANS = 5_000
MOST_STEPS = 300_000
"""Work that one calendar may ask for, in days that a daily rule steps through."""
STEPS_OF_AN_ENTRY = 60
STEPS_OF_A_RULE = 500
"""What an entry costs by itself, and what it costs to look for the next date of a rule."""
LONGEST = timedelta(days=400)
"""What comes back lasts no longer than this, and no date of it is moved farther."""
DAY = timedelta(days=1)
_FREE = frozenset({"FREE", "WORKINGELSEWHERE"})
_OFTEN = frozenset({"RDATE", "EXDATE"})
_PLAIN = re.compile(r"[A-Za-z0-9+-]{1,40}")
_DAY = re.compile(r"[0-9]{8}")
_MOMENT = re.compile(r"[0-9]{8}T[0-9]{6}(Z?)")
_UNTIL = re.compile(r";?\s*UNTIL=([0-9]{8}(?:T[0-9]{6}Z?)?)", re.IGNORECASE)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class BusyTimes:
    """When somebody is busy, and how many entries could not be read.

    Parameters
    ----------
    spans : tuple of (start, end)
        Aware in UTC, half-open, in order, touching ones joined.
    skipped : int
        Entries that were left out: a rule that is refused, or times that make no sense.
    """

    spans: tuple[Span, ...]
    skipped: int = 0


class _Budget:
    """What a calendar may still ask for."""

    def __init__(self) -> None:
        self.steps = MOST_STEPS
        self.spans = MOST_SPANS

    def step(self, steps: int) -> None:
        if steps > self.steps:
            raise ValueError("too many steps")
        self.steps -= steps

    def take(self, count: int) -> None:
        self.spans -= count
        if self.spans < 0:
            raise CalendarRefused("too_many")


def read_busy(data: bytes, first: datetime, last: datetime, *, own_suffix: str = "") -> BusyTimes:
    """The busy times of a calendar between two moments.

    Not busy is what the calendar calls transparent, free or cancelled; a whole day is busy unless
    it says so. Times without a zone are those of Hessen.

    Parameters
    ----------
    data : bytes
        The file as it came.
    first, last : datetime
        Aware; what lies outside is cut off.
    own_suffix : str
        How the ids of our own entries end, which are no news.

    Raises
    ------
    CalendarRefused
        Whatever is wrong; no other exception leaves this function.
    ValueError
        If `first` or `last` has no zone.

    References
    ----------
    RFC 5545, sections 3.6.1 (events), 3.6.4 (busy times), 3.8.2.7 (transparency).
    """
    first, last = aware(first), aware(last)
    found = calendar_lines.parts(data)
    described = calendar_lines.zones(found)
    events = [
        part
        for part in found
        if part.kind == "VEVENT"
        and not (own_suffix and part.value("UID").endswith(own_suffix))
        and _near(part, first, last)
    ]
    _check_size(events)
    spans, skipped = _of_events(events, described, first, last)
    listed, unread = _of_lists(found, first, last)
    inside = [(max(start, first), min(end, last)) for start, end in [*spans, *listed]]
    return BusyTimes(merge(span for span in inside if span[0] < span[1]), skipped + unread)


def _near(part: Part, first: datetime, last: datetime) -> bool:
    """Whether an entry can have a date between the two; what comes back may always."""
    begins = part.value("DTSTART")[:8]
    if not _DAY.fullmatch(begins):
        return True
    if begins > f"{last + 2 * DAY:%Y%m%d}" and not part.has("RECURRENCE-ID", "RDATE"):
        return False
    if part.has("RRULE"):
        until = _UNTIL.search(part.value("RRULE"))
        gone = until is not None and until.group(1)[:8] < f"{first - 2 * DAY:%Y%m%d}"
        return not gone or part.has("RDATE") or not _is_short(part)
    if part.has("RECURRENCE-ID", "RDATE") or part.value("DURATION")[:2] not in ("", "PT"):
        return True
    return (part.value("DTEND")[:8] or begins) >= f"{first - 2 * DAY:%Y%m%d}"


def _is_short(part: Part) -> bool:
    """Whether an entry ends on the day on which it begins."""
    begins, ends = part.value("DTSTART")[:8], part.value("DTEND")[:8]
    return not part.has("DURATION") and ends in ("", begins)


def _check_size(events: list[Part]) -> None:
    dates = sum(
        1 + line.value.count(",") for one in events for line in one.lines if _lists_dates(line)
    )
    if len(events) > MOST_EVENTS or dates > MOST_DATES:
        raise CalendarRefused("too_many")


def _lists_dates(line: Line) -> bool:
    return line.name in _OFTEN


def _of_events(
    events: list[Part], described: Mapping[str, str], first: datetime, last: datetime
) -> tuple[list[Span], int]:
    spans: list[Span] = []
    skipped, budget = 0, _Budget()
    for group in _groups(events):
        try:
            found = list(_expanded(group, described, first, last, budget=budget))
        except CalendarRefused:
            raise
        except Exception:  # what cannot be read is counted; what failed is nobody's business here
            skipped += 1
        else:
            budget.take(len(found))
            spans += found
    return spans, skipped


def _groups(events: list[Part]) -> Iterator[list[Part]]:
    """Entries with one id belong together: a rule and what was changed of it."""
    groups: dict[str, list[Part]] = defaultdict(list)
    for number, part in enumerate(events):
        groups[part.value("UID") or f"\n{number}"].append(part)
    yield from (group for group in groups.values() if any(map(_takes_time, group)))


def _takes_time(part: Part) -> bool:
    return _is_busy({line.name: line.value for line in part.lines})


def _expanded(
    group: list[Part],
    described: Mapping[str, str],
    first: datetime,
    last: datetime,
    *,
    budget: _Budget,
) -> Iterator[Span]:
    comes_back = len(group) > 1 or group[0].has("RRULE", "RDATE")
    budget.step(STEPS_OF_AN_ENTRY * len(group) + STEPS_OF_A_RULE * comes_back)
    lines = ["BEGIN:VCALENDAR"]
    for part in group:
        lines += ["BEGIN:VEVENT", *_rewritten(part, described, last, budget), "END:VEVENT"]
    calendar = icalendar.Calendar.from_ical("\r\n".join([*lines, "END:VCALENDAR", ""]))
    if any(event.errors for event in calendar.walk("VEVENT")):
        raise ValueError("unreadable times")
    occurrences: Iterable[Any] = calendar.walk("VEVENT")
    if comes_back:
        _check_reach(occurrences)
        query = recurring_ical_events.of(calendar)
        occurrences = query.between(first - DAY, last + DAY)
    for event in occurrences:
        if _is_busy(event):
            start, end = event.start, event.end
            if end < start:
                raise ValueError("an entry ends before it starts")
            yield _moment(start), _moment(end)


def _check_reach(events: Iterable[Any]) -> None:
    """Refuse what would make the library look through centuries for a single week."""
    for event in events:
        start = _moment(event.start)
        length, moved = event.get("DURATION"), event.get("RECURRENCE-ID")
        lasts = _moment(event.end) - start if length is None else length.dt
        if not timedelta(0) <= lasts <= LONGEST:
            raise ValueError("it ends before it starts, or much later")
        if moved is not None and abs(_moment(moved.dt) - start) > LONGEST:
            raise ValueError("it is moved too far")


def _rewritten(
    part: Part, described: Mapping[str, str], last: datetime, budget: _Budget
) -> Iterator[str]:
    """The lines of an entry with guarded rules and zones that are known."""
    single = [line.name for line in part.lines if line.name not in _OFTEN]
    if len(single) > len(set(single)):
        raise ValueError("something stands there twice")
    for line in part.lines:
        if line.name == "RRULE":
            yield f"RRULE:{_guarded(part, last, budget)}"
        elif line.name.startswith(("DT", "RECURRENCE", "RDATE", "EXDATE")):
            yield from _times(line, described)
        elif line.name != "UID" and _PLAIN.fullmatch(line.value):
            yield f"{line.name}:{line.value}"
    yield "UID:one"


def _guarded(part: Part, last: datetime, budget: _Budget) -> str:
    """A rule that is safe to expand up to `last`: its own end may lie as far away as it likes."""
    rule = part.value("RRULE")
    begins = datetime.strptime(part.value("DTSTART")[:8], "%Y%m%d").replace(tzinfo=UTC)
    until = _UNTIL.search(rule)
    day = begins.date()
    # How long ago it began is bounded by the steps.
    safe = recurrence.guard(_UNTIL.sub("", rule).strip(";"), day, day)
    budget.step(max(0, (last - begins).days))
    return f"{safe};UNTIL={until.group(1).upper()}" if until else safe


def _times(line: Line, described: Mapping[str, str]) -> Iterator[str]:
    zone = calendar_lines.zone_name(line.parameters.get("TZID", ""), described)
    future = ";RANGE=THISANDFUTURE" if "RANGE" in line.parameters else ""
    for value in line.value.upper().split(","):
        moment = _MOMENT.fullmatch(value)
        if _DAY.fullmatch(value):
            yield f"{line.name}{future};VALUE=DATE:{value}"
        elif moment and moment.group(1):
            yield f"{line.name}{future}:{value}"
        elif moment:
            yield f"{line.name}{future};TZID={zone}:{value}"
        elif "/" in value and line.name == "RDATE":
            named = "" if "Z/" in value else f";TZID={zone}"
            yield f"RDATE;VALUE=PERIOD{named}:{value}"
        else:
            raise ValueError("no time")


def _is_busy(event: Any) -> bool:
    return (
        str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
        and str(event.get("STATUS", "")).upper() != "CANCELLED"
        and str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() not in _FREE
    )


def _moment(value: date | datetime) -> datetime:
    """A day begins at local midnight; what has no zone is local time."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=ZONE)).astimezone(UTC)


def _of_lists(found: list[Part], first: datetime, last: datetime) -> tuple[list[Span], int]:
    """Busy times that a calendar lists without saying what they are."""
    lines = [line for part in found if part.kind == "VFREEBUSY" for line in part.lines]
    busy = [line for line in lines if line.parameters.get("FBTYPE", "BUSY").upper() != "FREE"]
    values = [value for line in busy for value in line.value.upper().split(",")]
    if len(values) > MOST_DATES:
        raise CalendarRefused("too_many")
    spans, skipped = [], 0
    for value in values:
        try:
            start, end = icalendar.vPeriod.from_ical(value)  # type: ignore[no-untyped-call]
            end = start + end if isinstance(end, timedelta) else end
            if end < start:
                raise ValueError("it ends before it starts")
            spans.append((_moment(start), _moment(end)))
        except Exception:  # as with events
            skipped += 1
    return [span for span in spans if span[1] > first and span[0] < last], skipped
