"""An export as a document people can read and print."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import allowance
from app import typesetting
from app.clock import ZONE
from app.privacy import labels
from app.privacy.exporting import Export, Fields

TEMPLATE = Path(__file__).with_name("template.typ")
MOST_ROWS = 300
"""Of each kind, the newest: more is read by programs, from the JSON file."""
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
LONG = frozenset({"calendar"})
"""What only programs read."""


def pdf(export: Export, locale: str) -> bytes:
    """The document; letters that no font here has stand in Latin ones, marked."""
    return typesetting.pdf(TEMPLATE, _content(export, locale), labels.word("letters", locale))


def _content(export: Export, locale: str) -> Fields:
    about = export.as_json()["classes"]
    facts = ("purpose", "basis", "kept", "receivers")
    return {
        "locale": locale,
        "title": labels.word("title", locale),
        "note": "",
        "words": {name: labels.word(name, locale) for name in labels.WORDS},
        "head": [
            [labels.word("for", locale), export.name],
            [labels.word("made", locale), _moment(export.made_at)],
            [labels.word("controllers", locale), ", ".join(export.controllers) or "–"],
        ],
        "classes": [
            {"name": one["name"], "rows": [[labels.word(f, locale), one[f]] for f in facts]}
            for one in about
        ],
        "sections": [_section(n, rows, locale) for n, rows in export.sections.items()],
    }


def _section(name: str, rows: list[Fields], locale: str) -> Fields:
    shown = [_row(row, locale) for row in rows[-MOST_ROWS:]]
    return {
        "title": labels.section(name, locale),
        "more": len(rows) > MOST_ROWS,
        "rows": [row for row in shown if row],
    }


def _row(row: Fields, locale: str) -> list[list[str]]:
    """Name and value of what says something."""
    said = {k: v for k, v in row.items() if k not in LONG and v not in (None, "", [], {})}
    return [[labels.field(k, locale), shown(k, v, locale)] for k, v in said.items()]


def shown(name: str, value: Any, locale: str) -> str:
    """A value as people write it: local times, euros, hours."""
    known = labels.ENGLISH_VALUES if locale == "en" else labels.VALUES
    if isinstance(value, bool) or (name == "by" and value in known):
        return known.get(value, str(value))
    if name.endswith("_cents"):
        return allowance.euro(value, locale)
    if name.endswith("_minute"):
        return f"{value // 60:02}:{value % 60:02}"
    if name == "weekday" and locale != "en":
        return WEEKDAYS[value]
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return _dated(str(value)) if isinstance(value, str) else str(value)


def _dated(text: str) -> str:
    """A day or moment in the way it is written here; any other text as it is."""
    try:
        if len(text) == len("2027-01-04"):
            return f"{date.fromisoformat(text):%d.%m.%Y}"
        if text[:1].isdigit() and "T" in text:
            return _moment(datetime.fromisoformat(text))
    except ValueError:
        pass
    return text


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%d.%m.%Y %H:%M}"
