"""What the cells of the programme's tables are called."""

from app.clock import today
from app.institutions import kinds
from app.tables import SponsorKind
from scheduling import languages, regions

ALL = {"de": "Alle", "en": "All"}
UNKNOWN = {"de": "ohne Angabe", "en": "not given"}
HEADINGS = {
    "sponsor_kind": ("Art des Trägers", "Kind of sponsor"),
    "region": ("Kreis", "Kreis"),
    "language": ("Sprache", "Language"),
    "institution_kind": ("Art der Einrichtung", "Kind of institution"),
    "month": ("Monat", "Month"),
}
SPONSORS = {
    SponsorKind.DISTRICT: ("Landkreis", "District"),
    SponsorKind.INDEPENDENT_CITY: ("Kreisfreie Stadt", "Independent city"),
    SponsorKind.SPECIAL_STATUS_CITY: ("Sonderstatusstadt", "City with special status"),
    SponsorKind.COMMUNE: ("Gemeinde", "Commune"),
    SponsorKind.CHURCH: ("Kirche", "Church"),
    SponsorKind.NONPROFIT: ("Freier Träger", "Nonprofit"),
    SponsorKind.MIGRANT_ORGANISATION: ("Migrantenorganisation", "Migrant organisation"),
    SponsorKind.ALLIANCE: ("Verbund", "Alliance"),
}


def called(dimension: str, key: str | None, locale: str) -> str:
    """The name of a cell; of none, everything."""
    if key is None:
        return ALL[locale]
    if not key:
        return UNKNOWN[locale]
    if dimension == "sponsor_kind":
        return SPONSORS[SponsorKind(key)][locale == "en"]
    if dimension == "institution_kind":
        return kinds.called(key, locale)
    if dimension == "language":
        found = languages.catalogue().get(key)
        return (found.english if locale == "en" else found.german) if found else key
    return _region(key) if dimension == "region" else key


def _region(ags: str) -> str:
    known = regions.region_of(ags, today())
    return known.name if known else ags
