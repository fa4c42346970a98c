"""Coordinates for a list's postal codes, near enough when the code itself is not known."""

from functools import cache

from scheduling import places, reference


@cache
def near(postal_code: str) -> tuple[tuple[float, float], bool]:
    """Latitude and longitude, and whether the code is known.

    An unknown code gives the middle of the codes that share its first digits, the longer the
    better; without any the middle of Hessen.
    """
    exact = places.coordinates(postal_code) if postal_code else None
    if exact is not None:
        return exact, True
    for length in (4, 3, 2):
        prefix = postal_code[:length]
        points = [p for code, p in reference.postal_codes().items() if code.startswith(prefix)]
        if len(prefix) == length and points:
            lat = sum(point[0] for point in points) / len(points)
            return (lat, sum(point[1] for point in points) / len(points)), False
    return places.ORIGIN, False
