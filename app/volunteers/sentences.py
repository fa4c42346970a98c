"""A volunteer's times told back as sentences, German first."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal

from app.tables import AvailabilityRule
from app.volunteers.windows import weekly_window
from scheduling import phrases

Locale = Literal["de", "en"]

COUNTED = {"de": "gezählt ab der Woche vom {day}", "en": "counted from the week of {day}"}
OPEN_WEEK = {
    "de": "welche Woche, ist offen: nur auf Anfrage",
    "en": "which week is open: on request only",
}
VALID = {
    "de": ("vom {first} bis {last}", "ab {first}", "bis {last}"),
    "en": ("from {first} to {last}", "from {first}", "until {last}"),
}
WHICH_WEEK = {
    "de": "Jede {weeks}. Woche: In welcher Woche fängt es an? Bitte wählen: Woche mit dem {days}.",
    "en": "Every {weeks} weeks: in which week does it begin? Please choose: the week with {days}.",
}
OR = {"de": " oder ", "en": " or "}


def day(value: date) -> str:
    """A date as people here write it."""
    return f"{value:%d.%m.%Y}"


def clock(minute: int) -> str:
    """Minutes from midnight as `21:00`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def understood(rules: Iterable[AvailabilityRule], locale: Locale) -> str:
    """All windows as one sentence, with the days on which they hold."""
    groups: dict[str, list[phrases.WeeklyWindow]] = {}
    for rule in rules:
        groups.setdefault(_when_it_holds(rule, locale), []).append(weekly_window(rule))
    return "; ".join(_part(held, windows, locale) for held, windows in sorted(groups.items()))


def _part(held: str, windows: Sequence[phrases.WeeklyWindow], locale: Locale) -> str:
    said = phrases.describe(windows, locale)
    if not held:
        return said
    return "; ".join(f"{part} ({held})" for part in said.split("; "))


def _when_it_holds(rule: AvailabilityRule, locale: Locale) -> str:
    return ", ".join(word for word in (_validity(rule, locale), _week(rule, locale)) if word)


def _validity(rule: AvailabilityRule, locale: Locale) -> str:
    both, first, last = VALID[locale]
    if rule.valid_from and rule.valid_to:
        return both.format(first=day(rule.valid_from), last=day(rule.valid_to))
    if rule.valid_from:
        return first.format(first=day(rule.valid_from))
    return last.format(last=day(rule.valid_to)) if rule.valid_to else ""


def _week(rule: AvailabilityRule, locale: Locale) -> str:
    if rule.every_weeks == 1:
        return ""
    if rule.anchor_day is None:
        return OPEN_WEEK[locale]
    monday = rule.anchor_day - timedelta(days=rule.anchor_day.weekday())
    return COUNTED[locale].format(day=day(monday))


def which_week(rule: AvailabilityRule, days: Sequence[date], locale: Locale) -> str:
    """The question which week is meant, with the days that may be the answer."""
    choices = [day(one) for one in days]
    listed = ", ".join(choices[:-1]) + OR[locale] + choices[-1]
    return WHICH_WEEK[locale].format(weeks=rule.every_weeks, days=listed)
