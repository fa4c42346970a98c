"""Partners that ask for help."""

from uuid import UUID

from sqlmodel import Session, col, select

from app import access, audit, db
from app.access import Actor
from app.errors import ApiError, Invalid
from app.institutions import kinds, places
from app.institutions.schemas import InstitutionCreate, InstitutionRead, InstitutionUpdate
from app.tables import Institution, Partnership, Sponsor


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


def read(institution: Institution, locale: str = "de") -> InstitutionRead:
    """What people see of an institution, with a warning in their language."""
    return InstitutionRead(
        **institution.model_dump(),
        region=places.region_name(institution),
        warning=places.warning(institution, locale),
    )


def create(session: Session, actor: Actor, body: InstitutionCreate) -> Institution:
    """A new institution and its agreement with the actor's sponsor."""
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    kind = checked_kind(body.kind)
    lat, lon = places.located(body.postal_code, body.lat, body.lon)
    institution = Institution(
        **body.model_dump(exclude={"agreement_since", "sponsor_id", "region_ags", "lat", "lon"}),
        kind_label=kind.label,
        region_ags=places.region_for(body.region_ags, session.get_one(Sponsor, sponsor_id)),
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
    if body.region_ags is not None:
        changes["region_ags"] = places.checked_region(body.region_ags)
    before = places.address_of(institution)
    for name, value in changes.items():
        setattr(institution, name, value)
    if {"lat", "lon"} & body.model_fields_set or places.address_of(institution) != before:
        where = places.located(institution.postal_code, body.lat, body.lon)
        institution.lat, institution.lon = where
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
