"""Every report there is: a new one is added here, with its columns and the function of its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.errors import ApiError
from app.reports import hours, lending
from app.reports.period import Period
from app.sheets import Column, Row

Rows = Callable[[Session, UUID, Period], Sequence[Row]]


@dataclass(frozen=True)
class Report:
    """A report: its address, its German file name, what it is called, and how it is made."""

    name: str
    filename: str
    title_de: str
    title_en: str
    columns: Sequence[Column]
    rows: Rows

    def title(self, locale: str) -> str:
        """The title in the reader's language."""
        return self.title_en if locale == "en" else self.title_de


REPORTS = {
    report.name: report
    for report in (
        Report(
            name="hours",
            filename="stunden",
            title_de="Stunden und Beträge",
            title_en="Hours and amounts",
            columns=hours.COLUMNS,
            rows=hours.rows,
        ),
        Report(
            name="lending",
            filename="ausleihen",
            title_de="Ausleihen zwischen Pools",
            title_en="Lending between pools",
            columns=lending.COLUMNS,
            rows=lending.rows,
        ),
    )
}


class ReportUnknown(ApiError):
    """There is no report of this name."""

    status, slug, title = 404, "report-unknown", "Unknown report"
    de = "Den Bericht {name} gibt es nicht. Möglich sind: {known}."
    en = "There is no report {name}. Known are: {known}."


def named(name: str) -> Report:
    """The report behind a name."""
    if name not in REPORTS:
        raise ReportUnknown(name=name, known=", ".join(sorted(REPORTS)))
    return REPORTS[name]
