"""What travels about reports."""

from datetime import date

from pydantic import BaseModel


class ReportColumn(BaseModel):
    """One column: its key in each row, its heading, and how its values are meant."""

    key: str
    heading: str
    kind: str


class ReportRead(BaseModel):
    """A report as data: whole cents, whole minutes, ISO dates."""

    name: str
    title: str
    sponsor_id: str
    first_day: date
    last_day: date
    columns: list[ReportColumn]
    rows: list[dict[str, str | int | date | None]]
