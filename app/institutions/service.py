"""Partners that ask for help."""

from uuid import UUID

from sqlmodel import Session, col, select

from app import access, audit, db, geo
from app.access import Actor
from app.errors import ApiError, Invalid
from app.institutions import kinds
from app.institutions.schemas import InstitutionCreate, InstitutionUpdate
from app.tables import Institution, Partnership


class KindUnknown(Invalid):
    """The kind of institution is not in the table."""

    de = "Die Art {kind} gibt es nicht. Möglich sind: {known}."
    en = "There is no kind {kind}. Known are: {known}."


class NoAgreement(ApiError):
    """The institution is no partner of the sponsor it asks."""

    status, slug, title = 403, "no-agreement", "No agreement"
    de = "Zwischen dieser Einrichtung und dem Träger gibt es keine Vereinbarung."
    en = "There is no agreement between this institution and the sponsor."


def checked_kind(slug: str) -> kinds.Kind:
    """The kind behind a slug."""
    if slug not in kinds.BY_SLUG:
        raise KindUnknown(kind=slug, known=", ".join(sorted(kinds.BY_SLUG)))
    return kinds.BY_SLUG[slug]


def create(session: Session, actor: Actor, body: InstitutionCreate) -> Institution:
    """A new institution and its agreement with the actor's sponsor."""
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    kind = checked_kind(body.kind)
    lat, lon = geo.coordinates(body.postal_code)
    institution = Institution(
        **body.model_dump(exclude={"agreement_since", "sponsor_id"}),
        kind_label=kind.label,
        lat=lat,
        lon=lon,
    )
    session.add(institution)
    session.flush()
    partnership = Partnership(
        sponsor_id=sponsor_id,
        institution_id=institution.id,
        agreement_since=body.agreement_since,
    )
    session.add(partnership)
    audit.record(session, actor.account_id, "institution.create", partnership)
    session.flush()
    return institution


def update(
    session: Session, actor: Actor, institution: Institution, body: InstitutionUpdate
) -> None:
    """Change what was sent; every sponsor that works with it can read that it changed."""
    changes = {k: v for k, v in body.model_dump(exclude_unset=True).items() if v is not None}
    if "postal_code" in changes:
        institution.lat, institution.lon = geo.coordinates(changes["postal_code"])
    for name, value in changes.items():
        setattr(institution, name, value)
    session.add(institution)
    session.flush()
    partners = select(Partnership).where(col(Partnership.institution_id) == institution.id)
    with db.as_system(session):
        for partnership in session.exec(partners.order_by(col(Partnership.id))).all():
            audit.record(
                session,
                actor.account_id,
                "institution.update",
                partnership,
                fields=sorted(changes),
            )


def require_partner(session: Session, institution_id: UUID, sponsor_id: UUID) -> None:
    """Only registered partners may ask."""
    partnership = session.exec(
        select(Partnership.id).where(
            col(Partnership.institution_id) == institution_id,
            col(Partnership.sponsor_id) == sponsor_id,
        )
    ).first()
    if partnership is None:
        raise NoAgreement
