"""Reports, their pictures, and the column templates of a sponsor."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app import access
from app.access import Office, OfficeOrHerself, SumReader
from app.db import SessionDep, UnitOfWork
from app.downloads import AS_PDF, PDF, SHEETS, download, saved
from app.errors import locale_of
from app.etags import IfMatch, tagged
from app.paging import Cursor, Limit, Page, page_of
from app.reports import asked, certificates, grants, period, pictures, registry, templates
from app.reports import service as reports
from app.reports.asked import Asked
from app.reports.pictures import Picture
from app.reports.schemas import (
    AsOf,
    ReportFormat,
    ReportListed,
    ReportRead,
    TemplateCreate,
    TemplateRead,
    TemplateUpdate,
)
from app.reports.service import Form
from app.tables import ColumnTemplate, GrantNotice

router = APIRouter(route_class=UnitOfWork, tags=["reports"])
SVG, PNG = "image/svg+xml", "image/png"
AS_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A picture", "content": {SVG: {}, PNG: {}}}
}
Name = Annotated[str, Path(max_length=40)]
Moment = Annotated[
    AsOf | None,
    Query(
        alias="as_of",
        description="A moment, or a day for its end: nothing counts that was recorded later",
    ),
]


def _asked(
    request: Request,
    actor: SumReader,
    first_day: Annotated[date, Query(alias="from", description="First day, included")],
    last_day: Annotated[date, Query(alias="to", description="Last day, included")],
    as_of: Moment = None,
    sponsor_id: UUID | None = None,
) -> Asked:
    """Whose report of which days, as it stood when."""
    days = period.checked(first_day, last_day)
    sponsor = access.sponsor_for(actor, sponsor_id)
    return Asked(sponsor, days, asked.moment(as_of), locale_of(request))


AskedFor = Annotated[Asked, Depends(_asked)]


def _form(
    template: Annotated[
        str | None, Query(max_length=80, description="Name of a column template")
    ] = None,
    audience: Annotated[
        Literal["sponsor", "outside"],
        Query(alias="for", description="`outside`: a statistic with small numbers hidden"),
    ] = "sponsor",
) -> Form:
    return Form(template, outside=audience == "outside")


FormOf = Annotated[Form, Depends(_form)]


@router.get("/reports")
def list_reports(request: Request, _actor: SumReader) -> list[ReportListed]:
    """Every report there is: what its rows are, its columns, and whether it may be passed on."""
    return reports.listed(locale_of(request))


@router.get(
    "/reports/{name}",
    response_model=ReportRead,
    responses={200: {"description": "Data, or a file", "content": {**SHEETS, PDF: {}}}},
)
def get_report(
    name: Name,
    session: SessionDep,
    wanted: AskedFor,
    form: FormOf,
    format: ReportFormat = "json",
) -> ReportRead | Response:
    """A report of one sponsor over at most 400 days, as it stood at a moment.

    The same `as_of` gives the same bytes each time; only people, courses and notices are called as
    they are today. `template` names a column template. With `for=outside` small numbers are hidden,
    and others with them so that nobody works them out: the period is then a calendar year, always
    as it stood 30 days after its end, and reports that name people are refused.
    """
    report = registry.named(name)
    if format == "json":
        return reports.data(session, report, wanted, form)
    if format == "pdf":
        made, _ = reports.pdf(session, report, wanted, form)
        return saved(made, f"{reports.filename(report, wanted, form)}.pdf", PDF)
    return download(reports.table(session, report, wanted, form), format, wanted.locale)


@router.get("/reports/{name}/picture", response_class=Response, responses=AS_PICTURE)
def get_report_picture(
    name: Name,
    session: SessionDep,
    wanted: AskedFor,
    format: Literal["svg", "png"] = "svg",
) -> Response:
    """The picture of a report; what is to be seen in it stands in the report's `picture`.

    `hours`: by month. `unmet-demand`: what was asked for and what took place, by language.
    """
    drawn = registry.drawing(name)(session, wanted)
    return _shown(drawn, f"{registry.named(name).filename}-bild", format)


def _shown(drawn: Picture, filename: str, kind: str) -> Response:
    if kind == "png":
        return saved(pictures.png(drawn), f"{filename}.png", PNG)
    return saved(drawn.svg, f"{filename}.svg", SVG)


@router.get("/grant-notices/{notice_id}/picture", response_class=Response, responses=AS_PICTURE)
def get_grant_picture(
    notice_id: UUID,
    request: Request,
    session: SessionDep,
    actor: SumReader,
    as_of: Moment = None,
    format: Literal["svg", "png"] = "svg",
) -> Response:
    """What is left of a grant, day by day, and how the rest is expected to go.

    The picture says in words what is to be seen in it (its `desc`).
    """
    notice = access.load(session, access.visible_notices(actor), GrantNotice, notice_id)
    drawn = grants.picture(session, notice, as_of, locale_of(request))
    return _shown(drawn, f"bewilligung-{notice.year}", format)


@router.get("/volunteers/{volunteer_id}/certificate.pdf", response_class=Response, responses=AS_PDF)
def get_volunteer_certificate(
    volunteer_id: UUID,
    year: Annotated[int, Query(ge=2000, le=2199)],
    request: Request,
    session: SessionDep,
    actor: OfficeOrHerself,
    as_of: Moment = None,
    sponsor_id: UUID | None = None,
) -> Response:
    """What somebody did and was paid for in a year, as a document: for herself and the office."""
    enrolment = certificates.place(session, actor, volunteer_id, sponsor_id)
    moment, locale = asked.moment(as_of), locale_of(request)
    made = certificates.pdf(session, enrolment, year, moment, locale)
    certificates.note(request, actor, enrolment)
    return saved(made, f"bescheinigung-{year}.pdf", PDF)


@router.post("/column-templates", status_code=201)
def create_column_template(
    body: TemplateCreate, response: Response, session: SessionDep, actor: Office
) -> TemplateRead:
    """Choose columns of a report, their order and headings; `GET /reports` names the columns."""
    return tagged(response, TemplateRead.of(templates.create(session, actor, body)))


@router.get("/column-templates")
def list_column_templates(
    session: SessionDep,
    actor: SumReader,
    report: Annotated[str | None, Query(max_length=40)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[TemplateRead]:
    """Column templates of our sponsors, of all reports or of one."""
    query = templates.listed(actor, report)
    rows, following = page_of(session, query, ColumnTemplate.id, limit, cursor)
    return Page(items=[TemplateRead.of(row) for row in rows], next=following)


@router.get("/column-templates/{template_id}")
def get_column_template(
    template_id: UUID, response: Response, session: SessionDep, actor: SumReader
) -> TemplateRead:
    """One column template."""
    return tagged(response, TemplateRead.of(templates.load(session, actor, template_id)))


@router.patch("/column-templates/{template_id}")
def update_column_template(
    template_id: UUID,
    body: TemplateUpdate,
    response: Response,
    session: SessionDep,
    actor: Office,
    if_match: IfMatch = None,
) -> TemplateRead:
    """Change name or columns; the columns that are sent take the place of all of them."""
    row = templates.change(session, actor, template_id, body, if_match)
    return tagged(response, TemplateRead.of(row))


@router.delete("/column-templates/{template_id}", status_code=204)
def delete_column_template(
    template_id: UUID, session: SessionDep, actor: Office, if_match: IfMatch = None
) -> None:
    """Take a column template away."""
    templates.delete(session, actor, template_id, if_match)
