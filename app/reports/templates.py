"""Column templates: which columns a report has for a sponsor, in which order, by which headings."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit, db, freetext
from app.access import Actor
from app.clock import now
from app.errors import Conflict, Invalid, NotFound
from app.etags import require_match
from app.reports import registry
from app.reports.schemas import TemplateColumn, TemplateCreate, TemplateRead, TemplateUpdate
from app.sheets import Column
from app.tables import ColumnTemplate


class ColumnUnknown(Invalid):
    """A report does not have such a column."""

    de = "Die Spalte {key} gibt es im Bericht {report} nicht. Möglich sind: {known}."
    en = "The report {report} has no column {key}. Known are: {known}."


class ColumnTwice(Invalid):
    """A column stands in a template twice."""

    de = "Die Spalte {key} steht zweimal in der Vorlage. Bitte nur einmal angeben."
    en = "The column {key} stands in the template twice. Please give it once."


class TemplateTaken(Conflict):
    """There is such a template already."""

    slug, title = "template-taken", "The name is taken"
    de = "Eine Vorlage „{name}“ gibt es zu diesem Bericht schon. Bitte einen anderen Namen wählen."
    en = "There is a template “{name}” of this report already. Please choose another name."


class TemplateUnknown(NotFound):
    """A report has no template of this name."""

    slug, title = "template-unknown", "Unknown template"
    de = "Eine Vorlage „{name}“ gibt es zum Bericht {report} nicht. Bekannt sind: {known}."
    en = "There is no template “{name}” of the report {report}. Known are: {known}."


def listed(actor: Actor, report: str | None) -> SelectOfScalar[ColumnTemplate]:
    """Templates of the actor's sponsors, of one report where it is named."""
    query = access.visible_templates(actor)
    if report is None:
        return query
    return query.where(col(ColumnTemplate.report) == registry.named(report).name)


def create(session: Session, actor: Actor, body: TemplateCreate) -> ColumnTemplate:
    """A new template; unknown columns are refused."""
    sponsor = access.sponsor_for(actor, body.sponsor_id)
    row = ColumnTemplate(
        sponsor_id=sponsor,
        report=registry.named(body.report).name,
        name=body.name,
        columns=_checked(body.report, body.columns),
    )
    freetext.require_plain(row.name)
    session.add(row)
    _flush(session, row.name)
    audit.record(session, actor.account_id, "column_template.create", row)
    return row


def load(
    session: Session, actor: Actor, template_id: UUID, *, lock: bool = False
) -> ColumnTemplate:
    """One visible template."""
    visible = access.visible_templates(actor)
    return access.load(session, visible, ColumnTemplate, template_id, lock=lock)


def change(
    session: Session, actor: Actor, template_id: UUID, body: TemplateUpdate, if_match: str | None
) -> ColumnTemplate:
    """Change the name or the columns."""
    row = load(session, actor, template_id, lock=True)
    require_match(if_match, TemplateRead.of(row))
    if body.name is not None:
        freetext.require_plain(body.name)
        row.name = body.name
    if body.columns is not None:
        row.columns = _checked(row.report, body.columns)
    row.updated_at = now()
    _flush(session, row.name)
    audit.record(
        session,
        actor.account_id,
        "column_template.update",
        row,
        fields=sorted(body.model_fields_set),
    )
    return row


def delete(session: Session, actor: Actor, template_id: UUID, if_match: str | None) -> None:
    """Take a template away; what was drawn by it stays."""
    row = load(session, actor, template_id, lock=True)
    require_match(if_match, TemplateRead.of(row))
    audit.record(session, actor.account_id, "column_template.delete", row)
    session.delete(row)
    session.flush()


def _flush(session: Session, name: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        if "column_template" in db.constraint_of(error):
            raise TemplateTaken(name=name) from error
        raise


def _checked(report: str, wanted: Sequence[TemplateColumn]) -> list[dict[str, str]]:
    """The columns as they are kept: each is known, and there once."""
    known = [column.key for column in registry.named(report).columns]
    seen: set[str] = set()
    for one in wanted:
        if one.key not in known:
            raise ColumnUnknown(key=one.key, report=report, known=", ".join(known))
        if one.key in seen:
            raise ColumnTwice(key=one.key)
        seen.add(one.key)
        freetext.require_plain(one.heading)
    return [{"key": one.key, "heading": one.heading} for one in wanted]


def columns(
    session: Session, sponsor_id: UUID, report: registry.Report, name: str | None
) -> Sequence[Column]:
    """The columns of a report, or those of a template by its name."""
    if not name:
        return report.columns
    query = select(ColumnTemplate).where(
        col(ColumnTemplate.sponsor_id) == sponsor_id, col(ColumnTemplate.report) == report.name
    )
    found = {row.name: row for row in session.exec(query).all()}
    if name not in found:
        known = ", ".join(f"„{one}“" for one in sorted(found)) or "–"
        raise TemplateUnknown(name=name, report=report.name, known=known)
    of = {column.key: column for column in report.columns}
    # A column that the report no longer has is left out.
    return [
        _under(of[one["key"]], one["heading"]) for one in found[name].columns if one["key"] in of
    ]


def _under(column: Column, heading: str) -> Column:
    if not heading:
        return column
    return Column(column.key, heading, heading, column.kind)
