"""How long the way takes, estimated without a routing service."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from scheduling.places import distance_m

SAME_BUILDING_MINUTES = 0
SAME_TOWN_MINUTES = 20
BUFFER_MINUTES = 10
"""Added between two assignments in different towns by whoever plans them."""


@dataclass(frozen=True)
class Transport:
    """How fast somebody travels: metres per minute, detour in percent, minutes for each way.

    Raises
    ------
    ValueError
        If the speed is not above 0, the way shorter than the crow flies, or minutes negative.
    """

    metres_per_minute: int
    detour_percent: int
    fixed_minutes: int

    def __post_init__(self) -> None:
        if self.metres_per_minute <= 0 or self.detour_percent < 100 or self.fixed_minutes < 0:
            raise ValueError(
                "transport needs a speed above 0, a detour of at least 100 %"
                " and no negative minutes"
            )


TRANSPORTS: Mapping[str, Transport] = MappingProxyType(
    {
        "car": Transport(750, 130, 5),
        "public_transport": Transport(400, 140, 15),
        "bicycle": Transport(250, 125, 2),
        "foot": Transport(75, 120, 0),
    }
)
"""Proposed defaults: 45 km/h, 24 km/h, 15 km/h and 4.5 km/h on the way itself."""


@dataclass(frozen=True)
class Spot:
    """Where somebody starts or goes: degrees, the town, and the building when it is known."""

    lat: float
    lon: float
    town: str | None = None
    building: str | None = None


def travel_minutes(
    origin: Spot,
    destination: Spot,
    transport: str,
    *,
    transports: Mapping[str, Transport] = TRANSPORTS,
) -> int:
    """Whole minutes from one spot to another, rounded up.

    ``minutes = fixed + ceil(great circle metres × detour / speed)``; 0 inside one building, 20
    inside one town, and never less than that between two towns.

    Parameters
    ----------
    origin, destination : Spot
    transport : str
        A key of `transports`.
    transports : mapping, optional
        Other speeds than the proposed defaults.

    Raises
    ------
    ValueError
        If the means of transport is not known.
    """
    if transport not in transports:
        raise ValueError(f"{transport!r} is no transport, expected one of {', '.join(transports)}")
    if origin.building is not None and origin.building == destination.building:
        return SAME_BUILDING_MINUTES
    if origin.town is not None and origin.town == destination.town:
        return SAME_TOWN_MINUTES
    metres = distance_m((origin.lat, origin.lon), (destination.lat, destination.lon))
    return max(SAME_TOWN_MINUTES, minutes_for(metres, transports[transport]))


def minutes_for(metres: int, transport: Transport) -> int:
    """Whole minutes for a distance as the crow flies, rounded up."""
    on_the_way = metres * transport.detour_percent
    return transport.fixed_minutes - (-on_the_way // (100 * transport.metres_per_minute))
