"""Making a report: as data, as a table to save, as a document, as a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import NamedTuple

from sqlmodel import Session

from app.downloads import Table
from app.reports import outside, papers, registry, templates
from app.reports.asked import Asked
from app.reports.registry import Report
from app.reports.schemas import PictureRead, ReportColumn, ReportListed, ReportRead
from app.sheets import Column, Row
from app.tables import Sponsor


@dataclass(frozen=True)
class Form:
    """How a report is to look: by which template, and for whom."""

    template: str | None = None
    outside: bool = False


class Made(NamedTuple):
    """A report with its rows, and as of when they are."""

    asked: Asked
    columns: Sequence[Column]
    rows: Sequence[Row]
    note: str = ""


AS_IT_IS = Form()


def listed(locale: str) -> list[ReportListed]:
    """Every report there is."""
    return [
        ReportListed(
            name=report.name,
            title=report.said(report.title, locale),
            about=report.said(report.about, locale),
            columns=_columns(report.columns, locale),
            formats=["json", "csv", "xlsx", "pdf"],
            personal=report.personal,
            outside=report.statistic is not None,
            picture=report.picture is not None,
        )
        for report in registry.REPORTS.values()
    ]


def made(session: Session, report: Report, asked: Asked, form: Form = AS_IT_IS) -> Made:
    """The columns and rows of a report: all of it, or what may be passed on."""
    if form.outside:
        statistic, one = registry.statistic(report), outside.settled(asked)
        if form.template is not None:
            raise outside.TemplateInside
        rows = statistic.rows(session, one)
        return Made(one, statistic.columns, rows, outside.note(rows, one.locale))
    columns = templates.columns(session, asked.sponsor_id, report, form.template)
    return Made(asked, columns, report.rows(session, asked))


def data(session: Session, report: Report, asked: Asked, form: Form = AS_IT_IS) -> ReportRead:
    """The report as data."""
    found = made(session, report, asked, form)
    keys = [column.key for column in found.columns]
    return ReportRead(
        name=report.name,
        title=report.said(report.title, asked.locale),
        sponsor_id=str(asked.sponsor_id),
        first_day=asked.period.first_day,
        last_day=asked.period.last_day,
        as_of=found.asked.as_of,
        columns=_columns(found.columns, asked.locale),
        rows=[{key: row[key] for key in keys} for row in found.rows],
        note=found.note,
        picture=None if form.outside else _picture(session, report, asked),
    )


def table(session: Session, report: Report, asked: Asked, form: Form = AS_IT_IS) -> Table:
    """The report as a table to save; its days stand in the name of the file."""
    found = made(session, report, asked, form)
    alone = [registry.statistic(report).saying(found.note)] if form.outside else []
    return Table(
        filename=filename(report, asked, form),
        title=report.said(report.title, asked.locale),
        columns=found.columns,
        rows=found.rows or alone,
    )


def pdf(session: Session, report: Report, asked: Asked, form: Form = AS_IT_IS) -> tuple[bytes, int]:
    """The report as a document, and how many rows it has."""
    found = made(session, report, asked, form)
    paper = papers.Paper(
        title=report.said(report.title, asked.locale),
        sponsor=session.get_one(Sponsor, asked.sponsor_id).name,
        period=asked.period,
        as_of=found.asked.as_of,
        said=[one for one in (report.said(report.about, asked.locale), found.note) if one],
    )
    return papers.pdf(paper, found.columns, found.rows, asked.locale), len(found.rows)


def filename(report: Report, asked: Asked, form: Form = AS_IT_IS) -> str:
    """Plain ASCII without an ending; what may be passed on bears a name of its own."""
    name = f"{report.filename}-weitergabe" if form.outside else report.filename
    return f"{name}-{asked.period.first_day}-{asked.period.last_day}"


def _columns(columns: Sequence[Column], locale: str) -> list[ReportColumn]:
    return [
        ReportColumn(key=column.key, heading=column.heading(locale), kind=column.kind)
        for column in columns
    ]


def _picture(session: Session, report: Report, asked: Asked) -> PictureRead | None:
    """What is to be seen in the picture of the same days, in words, and where it is."""
    if report.picture is None:
        return None
    drawn = report.picture(session, asked)
    return PictureRead(title=drawn.title, description=drawn.description, path=_path(report, asked))


def _path(report: Report, asked: Asked) -> str:
    days = f"from={asked.period.first_day}&to={asked.period.last_day}"
    moment = asked.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return f"/reports/{report.name}/picture?{days}&as_of={moment}&sponsor_id={asked.sponsor_id}"
