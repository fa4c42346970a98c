"""`lotsenwerk report`: a report as a file."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from app import db
from app.console import SponsorName, database, out, refuse, the_sponsor, typed_day
from app.downloads import content
from app.errors import ApiError
from app.reports import asked, period, registry
from app.reports import service as reports
from app.reports.asked import Asked
from app.reports.registry import Report
from app.reports.service import Form


class FileFormat(StrEnum):
    """What kind of file a report is written as."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


def save_report(
    name: Annotated[str, typer.Argument(help="Which report, such as `hours`.")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"])],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"])],
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write the file.")],
    kind: Annotated[FileFormat, typer.Option("--format")] = FileFormat.CSV,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="As it stood at the end of this day."),
    ] = None,
    template: Annotated[
        str | None, typer.Option("--template", help="Name of a column template.")
    ] = None,
    outside: Annotated[
        bool, typer.Option("--outside", help="A statistic to be passed on: small numbers hidden.")
    ] = False,
    sponsor: SponsorName = None,
) -> None:
    """Write a report of these days (both included) as a file."""
    with database() as engine, db.transaction(engine) as session:
        try:
            chosen = the_sponsor(session, sponsor)
            if chosen is None:
                refuse("There is no such sponsor here.")
            days = period.checked(typed_day(first), typed_day(last))
            moment = asked.moment(typed_day(as_of) if as_of else None)
            wanted = Asked(chosen.id, days, moment)
            form = Form(template, outside=outside)
            made, rows = _made(session, registry.named(name), wanted, form, kind)
        except ApiError as error:
            refuse(error.detail("de"))
    try:
        output.write_bytes(made)
    except OSError as error:
        refuse(f"{output} cannot be written: {error.strerror}.")
    out.print(f"{output}: {rows} Zeilen", markup=False)


def _made(
    session: Session, report: Report, wanted: Asked, form: Form, kind: FileFormat
) -> tuple[bytes, int]:
    """The file, and how many rows it has."""
    if kind is FileFormat.PDF:
        return reports.pdf(session, report, wanted, form)
    table = reports.table(session, report, wanted, form)
    return content(table, "csv" if kind is FileFormat.CSV else "xlsx"), len(table.rows)
