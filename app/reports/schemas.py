"""What travels about reports."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from app.bodies import Line, Strict
from app.tables import ColumnTemplate

ReportFormat = Literal["json", "csv", "xlsx", "pdf"]
AsOf = AwareDatetime | date
TemplateName = Annotated[Line, Field(min_length=1, max_length=80)]


class ReportColumn(BaseModel):
    """One column: its key in each row, its heading, and how its values are meant."""

    key: str
    heading: str
    kind: str


class PictureRead(BaseModel):
    """A picture of the same days: its title, what is to be seen in it, and where it is."""

    title: str
    description: str
    path: str


class ReportRead(BaseModel):
    """A report as data: whole cents, whole minutes, ISO dates."""

    name: str
    title: str
    sponsor_id: str
    first_day: date
    last_day: date
    as_of: datetime
    """Nothing counts that was recorded later; with it the same report is drawn again."""
    columns: list[ReportColumn]
    rows: list[dict[str, str | int | date | None]]
    note: str = ""
    picture: PictureRead | None = None


class ReportListed(BaseModel):
    """A report there is, and which columns it has."""

    name: str
    title: str
    about: str
    columns: list[ReportColumn]
    formats: list[str]
    personal: bool
    """Whether it names people."""
    outside: bool
    """Whether it may be passed on as a statistic, with small numbers hidden."""
    picture: bool


class TemplateColumn(Strict):
    """A column of a report under a heading of one's own; an empty one keeps that of the report."""

    key: str = Field(min_length=1, max_length=40)
    heading: Annotated[Line, Field(max_length=80)] = ""


class TemplateCreate(Strict):
    """Columns of a report in an order of one's own."""

    report: str = Field(min_length=1, max_length=40)
    name: TemplateName
    columns: list[TemplateColumn] = Field(min_length=1, max_length=40)
    sponsor_id: UUID | None = None


class TemplateUpdate(Strict):
    """What of a template is to change."""

    name: TemplateName | None = None
    columns: list[TemplateColumn] | None = Field(default=None, min_length=1, max_length=40)


class TemplateRead(BaseModel):
    """A template: use its name as `template=` of the report."""

    id: UUID
    sponsor_id: UUID
    report: str
    name: str
    columns: list[TemplateColumn]

    @classmethod
    def of(cls, row: ColumnTemplate) -> "TemplateRead":
        """The template of a row."""
        members: dict[str, Any] = row.model_dump(include={"id", "sponsor_id", "report", "name"})
        return cls(**members, columns=[TemplateColumn(**one) for one in row.columns])
