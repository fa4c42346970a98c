"""Where an institution lies: its Kreis is chosen and never guessed, its degrees may be exact."""

from functools import cache

from app import geo
from app.clock import today
from app.errors import Invalid
from app.tables import Institution, Sponsor
from scheduling import buildings, places, regions

FAR_M = 30_000
"""Farther than this from the middle of its postal code a place is probably a slip."""


class RegionWrong(Invalid):
    """The key of the region is no official key of five or eight digits."""

    de = (
        "Der Schlüssel {ags} hat nicht fünf oder acht Ziffern mit einer 0 am Anfang. Bitte als Text"
        " angeben, zum Beispiel 06440; Tabellenprogramme streichen die 0 am Anfang."
    )
    en = (
        "The key {ags} has not five or eight digits that start with a 0. Please give it as text,"
        " such as 06440; spreadsheets drop the leading 0."
    )


class RegionUnknown(Invalid):
    """No Kreis or town of Hessen has this key today."""

    de = (
        "Den Schlüssel {ags} gibt es in Hessen heute nicht. Bitte einen Kreis oder eine Stadt aus"
        " der Liste wählen."
    )
    en = "There is no key {ags} in Hessen today. Please choose a Kreis or a town from the list."


def checked_region(ags: str) -> str:
    """The key as it was chosen, when it belongs to a region that exists today."""
    if len(ags) not in (5, 8):
        raise RegionWrong(ags=ags)
    try:
        found = regions.region_of(ags, today())
    except ValueError as error:
        raise RegionWrong(ags=ags) from error
    if found is None:
        raise RegionUnknown(ags=ags)
    return ags


def region_for(chosen: str | None, sponsor: Sponsor) -> str | None:
    """The chosen region, or the sponsor's when it has exactly one; None is not known."""
    if chosen is not None:
        return checked_region(chosen)
    only = sponsor.regions[0] if len(sponsor.regions) == 1 else None
    return only if only and _region(only) else None


def located(postal_code: str, lat: float | None, lon: float | None) -> tuple[float, float]:
    """Exact degrees when they were given, else the middle of the postal code, which must exist."""
    middle = geo.coordinates(postal_code)
    return middle if lat is None or lon is None else (lat, lon)


def address_of(row: Institution) -> tuple[str, str | None]:
    """What tells whether an institution has moved: another spelling is no other place."""
    return row.postal_code, buildings.building_key(row.street, row.postal_code, row.town)


def region_name(row: Institution) -> str | None:
    """The name of its region today."""
    found = _region(row.region_ags) if row.region_ags else None
    return found.name if found else None


def warning(row: Institution, locale: str = "de") -> str | None:
    """What looks wrong about where it lies, as a sentence; None when nothing does."""
    english = locale == "en"
    outside = _outside_m(row.postal_code)
    if outside:
        return _outside(max(1, round(outside / 1000)), english=english)
    if row.region_ags and _region(row.region_ags) is None:
        return _ended(row.region_ags, english=english)
    middle = places.coordinates(row.postal_code)
    if middle and places.distance_m(middle, (row.lat, row.lon)) > FAR_M:
        return _astray(row.postal_code, english=english)
    return None


def _region(ags: str) -> regions.Region | None:
    try:
        return regions.region_of(ags, today())
    except ValueError:
        return None


@cache
def _outside_m(postal_code: str) -> int:
    try:
        return places.distance_to_hessen_m(postal_code) or 0
    except ValueError:
        return 0


def _outside(kilometres: int, *, english: bool) -> str:
    if english:
        return f"The address lies outside of Hessen, about {kilometres} km. Please check it."
    return f"Die Adresse liegt außerhalb von Hessen, etwa {kilometres} km. Bitte prüfen Sie sie."


def _ended(ags: str, *, english: bool) -> str:
    if english:
        return f"The region {ags} does not exist any more. Please choose again."
    return f"Den Kreis oder die Stadt {ags} gibt es nicht mehr. Bitte wählen Sie neu."


def _astray(postal_code: str, *, english: bool) -> str:
    if english:
        return f"The exact place is far away from postal code {postal_code}. Please check it."
    return (
        f"Der genaue Ort liegt weit weg von der Postleitzahl {postal_code}. Bitte prüfen Sie ihn."
    )
