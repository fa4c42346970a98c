"""What travels about the programme: sums across all sponsors, and nobody in them."""

from datetime import date
from typing import Literal

from pydantic import BaseModel

By = Literal[
    "sponsor_kind",
    "region",
    "language",
    "institution_kind",
    "month",
    "region,language",
    "sponsor_kind,institution_kind",
]
"""The tables there are. Those with two dimensions share none: they tell nothing of each other."""


class SumsRead(BaseModel):
    """Sums of one cell; null where they are hidden."""

    hidden: bool
    appointments: int | None
    """People asked for: an appointment for which two are asked counts twice."""
    filled: int | None
    hours: int | None
    """Confirmed, in whole hours."""
    volunteers: int | None
    """To the nearest five: the same person may stand in several cells."""
    languages: int | None


class AggregateRow(SumsRead):
    """One cell. `second` is null in tables with one dimension; null where it is a total."""

    first: str | None
    first_name: str
    second: str | None
    second_name: str


class AggregatesRead(BaseModel):
    """A table of a quarter. What stands in no row is 0; `shown` false: no table can be shown."""

    first_day: date
    last_day: date
    by: list[str]
    shown: bool
    note: str
    total: SumsRead
    rows: list[AggregateRow]
