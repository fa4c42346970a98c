"""How long the way to a place is for who is asked to go there: rounded up, as people say it.

To a place where somebody hides it is the way to the middle of its postal code: minutes to the house
would tell where it stands.
"""

from collections.abc import Sequence

from sqlmodel import Session

from app import routing
from app.institutions import naming
from app.names import same_town
from app.routing import Point
from app.seam import ways
from app.settings import get_settings
from app.tables import Institution, Volunteer
from scheduling import places, travel

STEP = 5
"""Minutes are rounded up to a multiple of these."""
Journey = tuple[Volunteer, Institution]


def minutes(session: Session, journeys: Sequence[Journey]) -> list[int]:
    """Minutes from home for each: those a routing service gave, else the estimate of plans."""
    points = [(Point.of(who.lat, who.lon), Point.of(*_middle(place))) for who, place in journeys]
    known = ways.minutes_of(session, [
        (who.transport, *ends)
        for (who, place), ends in zip(journeys, points, strict=True)
        if who.transport in routing.transports(get_settings())
        and not naming.is_protected(place.kind)
    ])  # fmt: skip
    return [
        rounded(known.get((who.transport, *ends), _estimate(who, place)))
        for (who, place), ends in zip(journeys, points, strict=True)
    ]


def rounded(exact: int) -> int:
    """Rounded up: better a little early than late, and no distance to be reckoned back."""
    return -(-exact // STEP) * STEP


def _middle(place: Institution) -> tuple[float, float]:
    """Where a place is, as far as who is asked may know."""
    if naming.is_protected(place.kind):
        return places.coordinates(place.postal_code) or (place.lat, place.lon)
    return place.lat, place.lon


def _estimate(who: Volunteer, place: Institution) -> int:
    home = travel.Spot(who.lat, who.lon, same_town(who.town) or None)
    there = travel.Spot(*_middle(place), same_town(place.town) or None)
    return travel.travel_minutes(home, there, who.transport)
