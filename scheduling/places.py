"""Postal codes, where they lie, and metres on a plane over Hessen."""

import math
import re
from functools import cache

from scheduling import reference

EARTH_RADIUS_M = 6_371_009
ORIGIN = (50.6, 9.0)
"""Latitude and longitude of the point (0, 0) of `to_metres`, in the middle of Hessen."""

_POSTAL_CODE = re.compile(r"(?:DE?\s*-\s*)?([0-9]{5})", re.I)
_DIGITS = re.compile(r"[0-9]+")


def read_postal_code(text: str) -> str:
    """The five digits of a German postal code as written.

    Parameters
    ----------
    text : str
        Such as ``" 61118 "`` or ``"D-61118"``.

    Returns
    -------
    str
        Exactly five digits; whether the code exists is the question of `coordinates`.

    Raises
    ------
    ValueError
        If there are not exactly five digits: a missing one is never guessed.
    """
    trimmed = text.strip()
    match = _POSTAL_CODE.fullmatch(trimmed)
    if match is not None:
        return match[1]
    if _DIGITS.fullmatch(trimmed):
        raise ValueError(f"a postal code has 5 digits, {trimmed!r} has {len(trimmed)}")
    raise ValueError(f"{trimmed!r} is no postal code, expected five digits such as 61169")


def coordinates(postal_code: str) -> tuple[float, float] | None:
    """Latitude and longitude of a postal code in degrees; None when it is not known.

    Raises
    ------
    ValueError
        If the text is no postal code.
    """
    return reference.postal_codes().get(read_postal_code(postal_code))


def distance_m(first: tuple[float, float], second: tuple[float, float]) -> int:
    """Metres between two points as the crow flies (great circle, haversine formula).

    Parameters
    ----------
    first, second : (latitude, longitude)
        In degrees.

    Raises
    ------
    ValueError
        If a latitude or longitude is out of range.
    """
    _check(first)
    _check(second)
    (lat_1, lon_1), (lat_2, lon_2) = (_radians(point) for point in (first, second))
    haversine = (
        math.sin((lat_2 - lat_1) / 2) ** 2
        + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    )
    return round(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(haversine))))


def to_metres(lat: float, lon: float) -> tuple[int, int]:
    """Metres east and north of `ORIGIN`, on a plane that is true to about 0.1 % over Hessen.

    Parameters
    ----------
    lat, lon : float
        Degrees.

    Returns
    -------
    (x, y) : tuple of int

    Raises
    ------
    ValueError
        If the latitude or longitude is out of range.

    References
    ----------
    Snyder, J. P. (1987): Map Projections. A Working Manual. USGS Professional Paper 1395,
    equations 8-1 to 8-3 (transverse Mercator of the sphere).
    """
    _check((lat, lon))
    phi, lam = _radians((lat, lon))
    phi_0, lam_0 = _radians(ORIGIN)
    x = math.atanh(math.cos(phi) * math.sin(lam - lam_0))
    y = math.atan2(math.tan(phi), math.cos(lam - lam_0)) - phi_0
    return round(EARTH_RADIUS_M * x), round(EARTH_RADIUS_M * y)


def is_in_hessen(postal_code: str) -> bool:
    """Whether a postal code belongs to Hessen, by ranges that are data and not verified.

    Raises
    ------
    ValueError
        If the text is no postal code.
    """
    number = int(read_postal_code(postal_code))
    return any(first <= number <= last for first, last in _ranges())


def distance_to_hessen_m(postal_code: str) -> int | None:
    """Metres to the nearest postal code of Hessen: 0 inside, None when the code is not known.

    Raises
    ------
    ValueError
        If the text is no postal code.
    """
    point = coordinates(postal_code)
    if point is None:
        return None
    if is_in_hessen(postal_code):
        return 0
    return min(distance_m(point, other) for other in _points_in_hessen())


@cache
def _ranges() -> tuple[tuple[int, int], ...]:
    rows = reference.rows("postal_ranges.csv")
    return tuple((int(row["first"]), int(row["last"])) for row in rows)


@cache
def _points_in_hessen() -> tuple[tuple[float, float], ...]:
    codes = reference.postal_codes()
    return tuple(point for code, point in codes.items() if is_in_hessen(code))


def _radians(point: tuple[float, float]) -> tuple[float, float]:
    return math.radians(point[0]), math.radians(point[1])


def _check(point: tuple[float, float]) -> None:
    lat, lon = point
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(f"latitude {lat} and longitude {lon} are no point on earth")
