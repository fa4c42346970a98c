"""A series in words: how it comes back, what was left out, and what stayed as it was."""

from datetime import date

from app.requests.near import shown
from app.requests.times import clock
from app.tables import Series
from scheduling import recurrence_text
from scheduling.recurrence_text import Pattern

GERMAN_DAYS = (
    "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag",
)  # fmt: skip
ENGLISH_DAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
LEFT_OUT = {
    "public": ("Feiertag in Hessen", "public holiday in Hessen"),
    "school": ("Schulferien in Hessen", "school holidays in Hessen"),
}
KEPT = {
    "booked": (
        "Für diesen Termin ist schon jemand gebucht: er bleibt, wie er ist.",
        "Somebody is booked for this date: it stays as it is.",
    ),
    "offered": (
        "Für diesen Termin wird gerade jemand gefragt: er bleibt, wie er ist.",
        "Somebody is being asked for this date: it stays as it is.",
    ),
    "own": (
        "Dieser Termin wurde einzeln geändert: er bleibt, wie er ist.",
        "This date was changed on its own: it stays as it is.",
    ),
    "past": (
        "Die neue Zeit ist für diesen Termin schon vorbei: er bleibt, wie er ist.",
        "The new time has passed already for this date: it stays as it is.",
    ),
}
GERMAN_NUMBERS = {1: "1.", 2: "2.", 3: "3.", 4: "4.", 5: "5.", -1: "letzten", -2: "vorletzten"}
ENGLISH_NUMBERS = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 5: "5th", -1: "last", -2: "last but one"}


def left_out(code: str, locale: str) -> str:
    """Why there is no date on a day of the rule."""
    return LEFT_OUT[code][locale == "en"]


def kept(code: str, locale: str) -> str:
    """Why a date stays as it is."""
    return KEPT[code][locale == "en"]


def series(row: Series, locale: str) -> str:
    """`jeden Dienstag, 10:00-11:00, bis 30.06.2027`."""
    english = locale == "en"
    ends = (row.start_minute + row.duration_minutes) % 1440
    pattern = recurrence_text.parse(row.rule)
    how = _english(pattern, row.first_day) if english else _german(pattern, row.first_day)
    until = f"{'until' if english else 'bis'} {shown(row.last_day, locale)}"
    return f"{how}, {clock(row.start_minute)}-{clock(ends)}, {until}"


def _listed(words: list[str], last: str) -> str:
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _weekdays(pattern: Pattern, first_day: date) -> list[int]:
    return [day for _, day in pattern.weekdays] or [first_day.weekday()]


def _is_plain(pattern: Pattern) -> bool:
    """Whether the words below say all there is in the rule."""
    return not (pattern.months or pattern.positions)


def _german(pattern: Pattern, first_day: date) -> str:
    if pattern.frequency == "DAILY" and _is_plain(pattern) and not pattern.month_days:
        days = _listed([GERMAN_DAYS[d] for _, d in pattern.weekdays] or [""], "und")
        how = "jeden Tag" if pattern.interval == 1 else f"alle {pattern.interval} Tage"
        return f"{how}, nur {days}" if days else how
    if pattern.frequency == "WEEKLY" and _is_plain(pattern):
        days = _listed([GERMAN_DAYS[d] for d in _weekdays(pattern, first_day)], "und")
        return (
            f"jeden {days}" if pattern.interval == 1 else f"jede {pattern.interval}. Woche {days}"
        )
    if pattern.frequency == "MONTHLY" and _is_plain(pattern):
        months = "jeden Monat" if pattern.interval == 1 else f"alle {pattern.interval} Monate"
        named = [f"{GERMAN_NUMBERS.get(n, f'{n}.')} {GERMAN_DAYS[d]}" if n else GERMAN_DAYS[d]
                 for n, d in pattern.weekdays]  # fmt: skip
        numbers = [f"{day}." if day > 0 else f"{-day}.-letzten Tag" for day in pattern.month_days]
        at = named or numbers or [f"{first_day.day}."]
        return f"{months} am {_listed(at, 'und')}" if not (named and numbers) else _other(pattern)
    return _other(pattern)


def _english(pattern: Pattern, first_day: date) -> str:
    if pattern.frequency == "DAILY" and _is_plain(pattern) and not pattern.month_days:
        days = _listed([ENGLISH_DAYS[d] for _, d in pattern.weekdays] or [""], "and")
        how = "every day" if pattern.interval == 1 else f"every {pattern.interval} days"
        return f"{how}, only {days}" if days else how
    if pattern.frequency == "WEEKLY" and _is_plain(pattern):
        days = _listed([ENGLISH_DAYS[d] for d in _weekdays(pattern, first_day)], "and")
        many = f"every {pattern.interval} weeks on {days}"
        return f"every {days}" if pattern.interval == 1 else many
    if pattern.frequency == "MONTHLY" and _is_plain(pattern):
        months = "every month" if pattern.interval == 1 else f"every {pattern.interval} months"
        named = [f"the {ENGLISH_NUMBERS.get(n, str(n))} {ENGLISH_DAYS[d]}" if n else ENGLISH_DAYS[d]
                 for n, d in pattern.weekdays]  # fmt: skip
        numbers = [f"day {day}" if day > 0 else f"day {-day} from the end"
                   for day in pattern.month_days]  # fmt: skip
        at = named or numbers or [f"day {first_day.day}"]
        return f"{months} on {_listed(at, 'and')}" if not (named and numbers) else _other(pattern)
    return _other(pattern)


def _other(pattern: Pattern) -> str:
    return recurrence_text.text(pattern)
