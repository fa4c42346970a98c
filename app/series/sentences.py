"""A series in words: how it comes back, what was left out, and what stayed as it was."""

from datetime import date

from app.offers.texts import DAYS, ENGLISH_DAYS
from app.requests.near import MONTHS, shown
from app.requests.times import clock
from app.tables import Series
from scheduling import recurrence_text
from scheduling.recurrence_text import Pattern

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
    of_month = pattern.frequency == "MONTHLY"
    both = pattern.weekdays and pattern.month_days
    more = pattern.months or pattern.positions or both or (pattern.month_days and not of_month)
    return not (more or (pattern.frequency == "YEARLY" and pattern.weekdays))


def _german(pattern: Pattern, first_day: date) -> str:
    every = pattern.interval
    if not _is_plain(pattern):
        return "nach einer eigenen Regel"
    named = _listed([DAYS[d] for d in _weekdays(pattern, first_day)], "und")
    match pattern.frequency:
        case "DAILY" if pattern.weekdays:
            return f"jeden {named}" if every == 1 else f"alle {every} Tage, aber nur {named}"
        case "DAILY":
            return "jeden Tag" if every == 1 else f"alle {every} Tage"
        case "WEEKLY":
            return f"jeden {named}" if every == 1 else f"alle {every} Wochen am {named}"
        case "MONTHLY":
            how = "jeden Monat" if every == 1 else f"alle {every} Monate"
            return f"{how} {_german_month_days(pattern, first_day)}"
    how = "jedes Jahr" if every == 1 else f"alle {every} Jahre"
    return f"{how} am {first_day:%d.%m.}"


def _german_month_days(pattern: Pattern, first_day: date) -> str:
    if pattern.weekdays and not any(number for number, _ in pattern.weekdays):
        return f"an jedem {_listed([DAYS[d] for _, d in pattern.weekdays], 'und')}"
    days = [f"{GERMAN_NUMBERS.get(n, f'{n}.')} {DAYS[d]}" for n, d in pattern.weekdays]
    days += [_german_day(day) for day in pattern.month_days]
    return f"am {_listed(days or [f'{first_day.day}.'], 'und')}"


def _german_day(day: int) -> str:
    """`15.`, or counted from the end of the month."""
    if day > 0:
        return f"{day}."
    last = GERMAN_NUMBERS.get(day)
    return f"{last} Tag" if last else f"{-day}. Tag vor dem Monatsende"


def _english(pattern: Pattern, first_day: date) -> str:
    every = pattern.interval
    if not _is_plain(pattern):
        return "by a rule of its own"
    named = _listed([ENGLISH_DAYS[d] for d in _weekdays(pattern, first_day)], "and")
    match pattern.frequency:
        case "DAILY" if pattern.weekdays:
            return f"every {named}" if every == 1 else f"every {every} days, but only {named}"
        case "DAILY":
            return "every day" if every == 1 else f"every {every} days"
        case "WEEKLY":
            return f"every {named}" if every == 1 else f"every {every} weeks on {named}"
        case "MONTHLY":
            how = "every month" if every == 1 else f"every {every} months"
            return f"{how} on {_english_month_days(pattern, first_day)}"
    how = "every year" if every == 1 else f"every {every} years"
    return f"{how} on {first_day.day} {MONTHS[first_day.month - 1]}"


def _english_month_days(pattern: Pattern, first_day: date) -> str:
    if pattern.weekdays and not any(number for number, _ in pattern.weekdays):
        return f"every {_listed([ENGLISH_DAYS[d] for _, d in pattern.weekdays], 'and')}"
    days = [f"the {ENGLISH_NUMBERS.get(n, str(n))} {ENGLISH_DAYS[d]}" for n, d in pattern.weekdays]
    days += [_english_day(day) for day in pattern.month_days]
    return _listed(days or [f"day {first_day.day}"], "and")


def _english_day(day: int) -> str:
    if day > 0:
        return f"day {day}"
    last = ENGLISH_NUMBERS.get(day)
    return f"the {last} day" if last else f"day {-day} before the end of the month"
