"""Local wall time to exact moments; a missing or double hour is never shifted silently."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.clock import ZONE, now, today
from app.errors import Invalid
from app.requests.schemas import OptionWrite
from scheduling import wall_time

FARTHEST = timedelta(days=730)
ALTERNATIVES_WITHIN = timedelta(days=60)


class InPast(Invalid):
    """A time has gone by."""

    de = "Der Termin am {day} liegt in der Vergangenheit. Bitte das Datum prüfen."
    en = "The date {day} is in the past. Please check the date."


class TooFarAhead(Invalid):
    """A date is more than two years away."""

    de = "Der Termin am {day} liegt mehr als zwei Jahre voraus. Bitte das Datum prüfen."
    en = "The date {day} is more than two years ahead. Please check the date."


class MissingHour(Invalid):
    """The time is skipped when the clocks go forward."""

    de = "Am {day} gibt es die Uhrzeit {start} nicht (Zeitumstellung). Bitte eine andere nehmen."
    en = "On {day} there is no {start} (the clocks go forward). Please choose another time."


class DoubleHour(Invalid):
    """The time comes twice when the clocks go back."""

    de = "Am {day} gibt es {start} zweimal (Zeitumstellung). Bitte mit fold 0 oder 1 wählen."
    en = "On {day} {start} comes twice (the clocks go back). Please choose with fold 0 or 1."


class SameTimeTwice(Invalid):
    """Two of the possible times are the same."""

    de = "Der Termin am {day} um {start} steht zweimal da. Bitte einen anderen nennen."
    en = "The time {start} on {day} is given twice. Please give another one."


class FarApart(Invalid):
    """An alternative date lies months away from the date."""

    de = "Der Ausweichtermin am {day} liegt mehr als {days} Tage vom ersten Termin entfernt."
    en = "The alternative date {day} is more than {days} days away from the first date."


@dataclass(frozen=True)
class Slot:
    """A possible time: local day and minute, duration, and the exact half-open span."""

    day: date
    start_minute: int
    duration_minutes: int
    starts_at: datetime
    ends_at: datetime


def slot(day: date, start_minute: int, duration_minutes: int, fold: int | None = None) -> Slot:
    """The exact moments of a local time; the duration is real minutes."""
    shown = {"day": day.strftime("%d.%m.%Y"), "start": clock(start_minute)}
    try:
        starts_at = wall_time.to_utc(day, start_minute, fold=fold)
    except wall_time.MissingTime as error:
        raise MissingHour(**shown) from error
    except wall_time.DoubleTime as error:
        raise DoubleHour(**shown) from error
    ends_at = starts_at + timedelta(minutes=duration_minutes)
    return Slot(day, start_minute, duration_minutes, starts_at, ends_at)


def read_slots(times: Sequence[OptionWrite], duration_minutes: int) -> tuple[Slot, ...]:
    """The date and its alternatives: each to come, none twice, none months away."""
    for time in times:
        refuse_far(time.day)
        if abs(time.day - times[0].day) > ALTERNATIVES_WITHIN:
            raise FarApart(day=time.day.strftime("%d.%m.%Y"), days=ALTERNATIVES_WITHIN.days)
    slots = tuple(slot(t.day, minute_of(t.start), duration_minutes, t.fold) for t in times)
    for position, time_slot in enumerate(slots):
        refuse_past(time_slot.starts_at)
        if time_slot.starts_at in [other.starts_at for other in slots[:position]]:
            day, start = time_slot.day.strftime("%d.%m.%Y"), clock(time_slot.start_minute)
            raise SameTimeTwice(day=day, start=start)
    return slots


def refuse_past(starts_at: datetime) -> None:
    """Nobody is asked for a time that has begun."""
    if starts_at <= now():
        raise InPast(day=starts_at.astimezone(ZONE).strftime("%d.%m.%Y"))


def refuse_far(day: date) -> None:
    """A date further away than two years is a slip of the pen."""
    if day - today() > FARTHEST:
        raise TooFarAhead(day=day.strftime("%d.%m.%Y"))


def clock(minute: int) -> str:
    """Minutes from midnight as `14:30`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def minute_of(clock_text: str) -> int:
    """`14:30` as minutes from midnight."""
    hours, minutes = clock_text.split(":")
    return int(hours) * 60 + int(minutes)
