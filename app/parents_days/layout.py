"""From what a school writes to shifts with exact times, or a sentence that says what to change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.errors import Invalid
from app.parents_days.schemas import NeedWrite
from app.requests import intake
from app.requests.schemas import SeatWrite
from app.requests.storing import Question, SeatSpec
from app.requests.times import Slot, clock, slot
from scheduling import parents_days, wall_time
from scheduling.parents_days import Frame, Need, Shift

LONGEST_WINDOW = 12 * 60
MOST_PEOPLE = 60


class WindowBackwards(Invalid):
    """A parents' day ends before it begins, or after midnight."""

    de = (
        "Das Ende ({end}) muss am selben Tag nach dem Beginn ({start}) liegen. Geht es über"
        " Mitternacht, bitte zwei Tage anlegen."
    )
    en = (
        "The end ({end}) must come after the beginning ({start}) on the same day. If it goes past"
        " midnight, please enter two days."
    )


class WindowTooLong(Invalid):
    """A parents' day is longer than half a day."""

    de = "Von {start} bis {end} ist zu lang: höchstens {hours} Stunden. Bitte die Zeiten prüfen."
    en = "From {start} to {end} is too long: at most {hours} hours. Please check the times."


class ClockChange(Invalid):
    """The clocks change within the window."""

    de = "Am {day} werden zwischen {start} und {end} die Uhren umgestellt. Bitte anders legen."
    en = "On {day} the clocks change between {start} and {end}. Please choose other times."


class SlotDoesNotFit(Invalid):
    """A slot is longer than the window."""

    de = "Ein Gespräch von {slot} Minuten passt nicht zwischen {start} und {end}."
    en = "A slot of {slot} minutes does not fit between {start} and {end}."


class TooManyAtOnce(Invalid):
    """More slots than the people who may be there at once can do."""

    de = (
        "{language}: in diese Zeit passen nur {most} Gespräche (gleichzeitig da: höchstens"
        " {people}). Bitte weniger Gespräche, mehr Personen oder mehr Zeit angeben."
    )
    en = (
        "{language}: only {most} slots fit into this time (there at once: at most {people})."
        " Please give fewer slots, more people or more time."
    )


class TooManyPeople(Invalid):
    """It would take more people than any pool has."""

    de = "Das wären {people} Personen, höchstens {most} gehen. Bitte auf mehrere Tage verteilen."
    en = "That would be {people} people, at most {most} are possible. Please use several days."


class LanguageTwice(Invalid):
    """A language is listed twice."""

    de = "„{language}“ steht zweimal da. Bitte die Gespräche in einer Zeile zusammenzählen."
    en = "“{language}” is listed twice. Please add its slots up in one row."


@dataclass(frozen=True)
class Window:
    """A parents' day's window in local minutes, and the length of its slots."""

    day: date
    start: int
    end: int
    slot_minutes: int

    @property
    def shown(self) -> dict[str, str]:
        """The window as sentences name it."""
        day = self.day.strftime("%d.%m.%Y")
        return {"day": day, "start": clock(self.start), "end": clock(self.end)}


@dataclass(frozen=True)
class Spoken:
    """A need, the seat of each of its people, and what must be answered before they are asked.

    `booked` are slots that people do already who are there at the times `taken`.
    """

    need: NeedWrite
    seat: SeatSpec
    questions: tuple[Question, ...] = ()
    booked: int = 0
    taken: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Planned:
    """One person's shift, its language and its exact time."""

    shift: Shift
    spoken: Spoken
    time: Slot


def refuse_window(window: Window) -> None:
    """Refuse a window that is none, or in which minutes are missing or come twice."""
    if window.end <= window.start:
        raise WindowBackwards(**window.shown)
    if window.end - window.start > LONGEST_WINDOW:
        raise WindowTooLong(**window.shown, hours=LONGEST_WINDOW // 60)
    if not _is_steady(window):
        raise ClockChange(**window.shown)


def _is_steady(window: Window) -> bool:
    """Whether the clock runs through the window without a jump."""
    try:
        begins, ends = (wall_time.to_utc(window.day, m) for m in (window.start, window.end))
    except (wall_time.MissingTime, wall_time.DoubleTime):
        return False
    return wall_time.minutes_between(begins, ends) == window.end - window.start


def understood(needs: Sequence[NeedWrite]) -> tuple[Spoken, ...]:
    """What each language means; the same one twice is refused."""
    found = tuple(_spoken(need) for need in needs)
    refuse_twice(found)
    return found


def refuse_twice(needs: Sequence[Spoken]) -> None:
    """Refuse a language that is listed twice, also under two names."""
    seen: set[str] = set()
    for spoken in needs:
        names = {spoken.need.language.casefold(), spoken.seat.language or ""} - {""}
        if names & seen:
            raise LanguageTwice(language=spoken.need.language)
        seen |= names


def _spoken(need: NeedWrite) -> Spoken:
    seat = SeatWrite(language=need.language, min_level=need.min_level)
    return Spoken(need, *intake.seat_spec(seat))


def lay_out(
    window: Window, needs: Sequence[Spoken], *, pause_minutes: int = 0
) -> tuple[Planned, ...]:
    """Everybody's shift with its exact time."""
    by_name = {spoken.need.language: spoken for spoken in needs}
    return tuple(
        Planned(
            shift, by_name[shift.language], slot(window.day, shift.start, shift.end - shift.start)
        )
        for shift in _shifts(window, needs, pause_minutes)
    )


def _shifts(window: Window, needs: Sequence[Spoken], pause_minutes: int) -> tuple[Shift, ...]:
    wanted = [
        Need(s.need.language, s.need.slots - s.booked, s.need.at_once, s.taken) for s in needs
    ]
    try:
        frame = Frame(window.start, window.end, window.slot_minutes, pause_minutes)
        shifts = parents_days.lay_out(frame, wanted)
    except parents_days.SlotTooLong as error:
        raise SlotDoesNotFit(**window.shown, slot=window.slot_minutes) from error
    except parents_days.TooManySlots as error:
        one = next(s for s in needs if s.need.language == error.language)
        raise TooManyAtOnce(
            language=error.language, people=one.need.at_once, most=one.booked + error.most
        ) from error
    if len(shifts) > MOST_PEOPLE:
        raise TooManyPeople(people=len(shifts), most=MOST_PEOPLE)
    return shifts
