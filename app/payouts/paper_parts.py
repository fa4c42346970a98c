"""What papers are made of: headings, tables, times and amounts as people write them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import allowance
from app import sheets
from app.messages.wording import known
from app.payouts.paper_words import together, word

NO_RULE = "none"
Fields = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A heading; a width in cm, or 0 for what is left; letters before a word may break."""

    name: str
    width: float
    number: bool = False
    letters: int = 50


LINES = (
    Column("day", 2.2),
    Column("what", 3.1, letters=24),
    Column("recorded", 1.75, number=True),
    Column("paid", 1.65, number=True),
    Column("how", 0, letters=26),
    Column("travel", 1.5, number=True),
    Column("with_travel", 2.2, number=True),
)
MONTHS = (Column("month", 0), *(one for one in LINES if one.number))
ROLES = (
    Column("role", 0),
    Column("assignments", 3, number=True),
    Column("hours", 3, number=True),
)
TRAININGS = (
    Column("day", 2.4),
    Column("training", 0),
    Column("training_units", 4.8, number=True),
)
PAYMENTS = (Column("role", 0), Column("tax_rule", 7), Column("euros", 3.4, number=True))


def part(
    title: str,
    *,
    words: Sequence[str] = (),
    points: Sequence[str] = (),
    table: Fields | None = None,
) -> Fields:
    """A heading with paragraphs, a list and a table below it, each where there is one."""
    empty: Fields = {"columns": [], "rows": [], "foot": []}
    return {"title": title, "words": list(words), "points": list(points), **(table or empty)}


def table(
    columns: Sequence[Column], locale: str, cells: Iterable[Sequence[str]], foot: Sequence[str] = ()
) -> Fields:
    """A table: each row has a text for each column, and so has the foot."""
    return {
        "columns": [
            {
                "heading": word(column.name, locale),
                "width": column.width,
                "number": column.number,
                "letters": column.letters,
            }
            for column in columns
        ],
        "rows": [list(row) for row in cells],
        "foot": list(foot),
    }


def clock(minutes: int) -> str:
    """`1:30`; a minus that is read aloud."""
    return sheets.clock(minutes).replace("-", "−")


def number(cents: int, locale: str) -> str:
    """`1.380,00`, under a heading that says euros."""
    return allowance.euro(cents, locale).removesuffix(" EUR").replace("-", "−")


def euro(cents: int, locale: str) -> str:
    return together(f"{number(cents, locale)} EUR")


def rule(key: str, locale: str) -> str:
    """A tax rule by its name and paragraph."""
    if key == NO_RULE:
        return word("no_rule", locale)
    for one in allowance.TAX_LIMITS:
        if one.key == key:
            english = f"{one.title_en.capitalize()} (§ 3 Nr. {key} EStG)"
            return together(english if known(locale) == "en" else one.title_de)
    raise ValueError(f"No tax rule {key!r} is known: give 26a, 26 or {NO_RULE}.")
