"""Making a report: as data or as a table to save."""

from uuid import UUID

from sqlmodel import Session

from app.downloads import Table
from app.reports.period import Period
from app.reports.registry import Report
from app.reports.schemas import ReportColumn, ReportRead


def data(
    session: Session, report: Report, sponsor_id: UUID, period: Period, *, locale: str = "de"
) -> ReportRead:
    """The report as data."""
    return ReportRead(
        name=report.name,
        title=report.title(locale),
        sponsor_id=str(sponsor_id),
        first_day=period.first_day,
        last_day=period.last_day,
        columns=[
            ReportColumn(key=column.key, heading=column.heading(locale), kind=column.kind)
            for column in report.columns
        ],
        rows=[dict(row) for row in report.rows(session, sponsor_id, period)],
    )


def table(
    session: Session, report: Report, sponsor_id: UUID, period: Period, *, locale: str = "de"
) -> Table:
    """The report as a table to save; its days stand in the name of the file."""
    return Table(
        filename=f"{report.filename}-{period.first_day}-{period.last_day}",
        title=report.title(locale),
        columns=report.columns,
        rows=report.rows(session, sponsor_id, period),
    )
