"""Words and figures in the pictures of reports, German and English."""

from datetime import date

from allowance.money import is_english, round_half_up
from app.payouts.paper_words import month as month

WORDS = {
    "hours": ("Stunden je Monat", "Hours by month"),
    "hours_axis": ("Stunden", "Hours"),
    "guides": ("Lotsinnen und Lotsen", "Guides"),
    "interpreters": ("Dolmetscherinnen und Dolmetscher", "Interpreters"),
    "stack": (
        "{month}: Lotsinnen und Lotsen {guides}, Dolmetscherinnen und Dolmetscher {interpreters}",
        "{month}: guides {guides}, interpreters {interpreters}",
    ),
    "hours_sum": (
        "Stunden {period}: {total}, davon Lotsinnen und Lotsen {guides},"
        " Dolmetscherinnen und Dolmetscher {interpreters}.",
        "Hours {period}: {total}, of these guides {guides}, interpreters {interpreters}.",
    ),
    "in_month": ("im {first}", "in {first}"),
    "in_months": ("von {first} bis {last}", "from {first} to {last}"),
    "hours_most": ("Am meisten sind es im {month}: {most}.", "Most of them in {month}: {most}."),
    "demand": ("Gefragt und erfüllt nach Sprachen", "Asked for and served by language"),
    "asked": ("gefragt", "asked for"),
    "served": ("erfüllt", "served"),
    "demand_axis": ("Anfragen", "Requests"),
    "of": ("{served} von {asked}", "{served} of {asked}"),
    "rest": ("weitere ({count})", "others ({count})"),
    "demand_sum": (
        "Anfragen: {asked}, davon erfüllt: {served}; Sprachen: {count}.",
        "Requests: {asked}, of these served: {served}; languages: {count}.",
    ),
    "demand_most": (
        "Am meisten fehlt {label}: offen {open} von {asked}.",
        "Most is missing in {label}: open {open} of {asked}.",
    ),
    "budget": ("Was von der Bewilligung übrig ist", "What is left of the grant"),
    "left": ("übrig am {day}: {left}", "left on {day}: {left}"),
    "estimate": ("Schätzung ab heute", "estimate from today on"),
    "used_up": ("aufgebraucht am {day}", "used up on {day}"),
    "today": ("heute", "today"),
    "left_sum": (
        "Von {granted} sind am {day} noch {left} übrig.",
        "Of {granted}, {left} are left on {day}.",
    ),
    "over_sum": (
        "Bewilligt sind {granted}; bis zum {day} sind {over} mehr ausgegeben.",
        "Granted are {granted}; by {day} {over} more than that are spent.",
    ),
    "will_end": (
        "Geht es weiter wie bisher, ist das Geld am {day} aufgebraucht.",
        "At this pace the money is used up on {day}.",
    ),
    "will_last": (
        "Geht es weiter wie bisher, sind am {day} noch {left} übrig.",
        "At this pace {left} are left on {day}.",
    ),
    "nothing": ("Keine Daten in diesem Zeitraum.", "No data in this period."),
}


def said(word: str, locale: str, **values: str) -> str:
    """A text of `WORDS` with its values."""
    return WORDS[word][is_english(locale)].format(**values)


def number(value: int, locale: str) -> str:
    """A whole number with separators: `12.000`, in English `12,000`."""
    grouped = f"{value:,}"
    return grouped if is_english(locale) else grouped.replace(",", ".")


def hours(minutes: int, locale: str) -> str:
    """Minutes as hours with at most two decimals: `1.234,5`, in English `1,234.5`."""
    whole, hundredths = divmod(round_half_up(minutes * 100, 60), 100)
    decimals = f"{hundredths:02d}".rstrip("0")
    point = "." if is_english(locale) else ","
    return number(whole, locale) + (f"{point}{decimals}" if decimals else "")


def short_month(day: date, locale: str) -> str:
    """The first three letters of the month."""
    return month(day, locale)[:3]


def date_of(day: date, locale: str) -> str:
    """A day: `01.08.2027`, in English `2027-08-01`."""
    return day.isoformat() if is_english(locale) else f"{day:%d.%m.%Y}"
