"""What a school should know about the day it chose: sentences, nothing is refused."""

from collections.abc import Iterator
from datetime import date

from scheduling import holidays

WEEKDAYS = {
    "de": {5: "Samstag", 6: "Sonntag"},
    "en": {5: "Saturday", 6: "Sunday"},
}
SENTENCES = {
    "de": {
        "weekend": "Der {day} ist ein {name}. Bitte das Datum prüfen.",
        "holiday": "Der {day} ist ein Feiertag ({name}). Bitte das Datum prüfen.",
        "school_holidays": "Der {day} liegt in den Schulferien ({name}). Bitte das Datum prüfen.",
        "uncovered": (
            "{name}: für {slots} Gespräche ist niemand eingeplant. Bitte unter needs noch einmal"
            " angeben, was gebraucht wird."
        ),
        "urgent": "Bis dahin sind es weniger als zwei Arbeitstage: das wird schwer zu besetzen.",
    },
    "en": {
        "weekend": "{day} is a {name}. Please check the date.",
        "holiday": "{day} is a public holiday ({name}). Please check the date.",
        "school_holidays": "{day} is in the school holidays ({name}). Please check the date.",
        "uncovered": (
            "{name}: nobody is planned for {slots} slots. Please say once more under needs what is"
            " needed."
        ),
        "urgent": "There are fewer than two working days left: this will be hard to fill.",
    },
}


def warnings(day: date, locale: str, *, urgent: bool = False) -> list[str]:
    """Weekend, public and school holidays, and hardly any time left, in the reader's language."""
    words = SENTENCES["en" if locale == "en" else "de"]
    shown = day.isoformat() if locale == "en" else day.strftime("%d.%m.%Y")
    found = [words[code].format(day=shown, name=name) for code, name in _codes(day, locale)]
    unknown = holidays.school_holiday_warning(day, day, locale)
    if unknown:
        found.append(unknown)
    return [*found, words["urgent"]] if urgent else found


def uncovered(name: str, slots: int, locale: str) -> str:
    """So many slots of a language have nobody."""
    return SENTENCES["en" if locale == "en" else "de"]["uncovered"].format(name=name, slots=slots)


def _codes(day: date, locale: str) -> Iterator[tuple[str, str]]:
    weekend = WEEKDAYS["en" if locale == "en" else "de"].get(day.weekday())
    if weekend:
        yield "weekend", weekend
    for _, name in holidays.public_holidays(day, day):
        yield "holiday", name
    for period in holidays.school_holidays(day, day):
        yield "school_holidays", period.name
