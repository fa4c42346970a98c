"""Postal code to coordinates, with a sentence when it is not known."""

from app.errors import Invalid
from scheduling import places


class PostalCodeUnknown(Invalid):
    """No place has this postal code."""

    de = "Die Postleitzahl {postal_code} gibt es nicht. Bitte fünf Ziffern eines Ortes angeben."
    en = "There is no postal code {postal_code}. Please give the five digits of a place."


def coordinates(postal_code: str) -> tuple[float, float]:
    """Latitude and longitude in degrees."""
    found = places.coordinates(postal_code)
    if found is None:
        raise PostalCodeUnknown(postal_code=postal_code)
    return found
