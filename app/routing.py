"""Travel minutes: the built-in model, or asked of a service of the operator, OSRM or Valhalla.

Only coordinates go out, rounded to about ten metres, and nothing that comes back is trusted. What
the service does not offer or does not know stays with the built-in estimate (`scheduling.travel`).
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import httpx

from app import fetching
from app.settings import Settings
from scheduling import places, travel

fetching.hush()  # the way to somebody's home is in the address that is asked

SIDE = 50
"""Origins or destinations of one request: OSRM takes 100 coordinates, Valhalla 2,500 pairs."""
TOTAL_SECONDS = 120.0
"""All questions for one plan together: with the longest planning they stay below ten minutes."""
LARGEST_ANSWER = 4_000_000
LONGEST_SECONDS = 24 * 3600

Seconds = float | None
Minutes = list[list[int | None]]
"""Rows are origins, columns destinations; None where the service knows no way."""


class RoutingFailed(Exception):
    """The routing service gave no answer that can be used: a code says why."""

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(f"{code}: {said}" if said else code)
        self.code = code


class Point(NamedTuple):
    """A place as a routing service is told of it: degrees in 1/10,000."""

    lat: int
    lon: int

    @classmethod
    def of(cls, lat: float, lon: float) -> "Point":
        """The point of these degrees."""
        return cls(round(lat * 10_000), round(lon * 10_000))

    @property
    def degrees(self) -> tuple[float, float]:
        """Latitude and longitude in degrees."""
        return self.lat / 10_000, self.lon / 10_000


class Router(Protocol):
    """Who knows how long a way takes, without what comes before and after the ride."""

    def minutes(
        self, transport: str, origins: Sequence[Point], destinations: Sequence[Point]
    ) -> Minutes:
        """Whole minutes from each origin to each destination, rounded up."""
        ...


class Model:
    """The built-in estimate: great circle, detour, speed. It knows every means of transport."""

    def minutes(
        self, transport: str, origins: Sequence[Point], destinations: Sequence[Point]
    ) -> Minutes:
        """Whole minutes from each origin to each destination, rounded up."""
        ride = replace(travel.TRANSPORTS[transport], fixed_minutes=0)
        return [
            [
                travel.minutes_for(places.distance_m(start.degrees, end.degrees), ride)
                for end in destinations
            ]
            for start in origins
        ]


class Line:
    """The way to the service: no redirects, no proxies, short patience, bounded answers."""

    def __init__(self, seconds: float, total: float = TOTAL_SECONDS) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + total
        self._client = httpx.Client(
            follow_redirects=False, trust_env=False, headers={"Accept-Encoding": "identity"}
        )

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def ask(self, method: str, url: str, body: Any = None) -> Any:
        """The JSON with which the service answers."""
        now = time.monotonic()
        patience = min(self._seconds, self._until - now)
        if patience <= 0:
            raise RoutingFailed("slow", "no time is left")
        try:
            with self._client.stream(method, url, json=body, timeout=patience) as response:
                content = _read(response, now + patience)
        except httpx.TimeoutException as error:
            raise RoutingFailed("slow", type(error).__name__) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RoutingFailed("unreachable", type(error).__name__) from error
        if response.status_code != httpx.codes.OK:
            code = "refused" if response.status_code < 500 else "broken"
            raise RoutingFailed(code, f"{response.status_code} {_own_code(content)}")
        return _parsed(content)


def _read(response: httpx.Response, until: float) -> bytes:
    content = bytearray()
    for chunk in response.iter_raw():
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise RoutingFailed("invalid", "the answer is too long")
        if time.monotonic() > until:
            raise RoutingFailed("slow", "the answer does not end")
    return bytes(content)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RoutingFailed("invalid", "no JSON") from error


def _own_code(content: bytes) -> str:
    try:
        said = _parsed(content)
    except RoutingFailed:
        return ""
    known = said if isinstance(said, dict) else {}
    return _one_word(known.get("code", known.get("error_code", "")))


def _one_word(said: Any) -> str:
    """What stands in a log line: it cannot begin another one."""
    return "".join(sign for sign in str(said)[:40] if sign.isascii() and sign.isprintable())


class Osrm:
    """OSRM's table service. One server knows one profile, so its address may hold `{profile}`.

    Without it the server is taken to know cars: OSRM does not look at the profile it is asked for.
    """

    name = "osrm"
    PROFILES: Mapping[str, str] = MappingProxyType(
        {"car": "driving", "bicycle": "cycling", "foot": "walking"}
    )

    def __init__(self, url: str, line: Line) -> None:
        self._url, self._line = url.rstrip("/"), line

    @classmethod
    def transports(cls, url: str) -> frozenset[str]:
        """What the server at this address knows."""
        return frozenset(cls.PROFILES if "{profile}" in url else ("car",))

    def minutes(
        self, transport: str, origins: Sequence[Point], destinations: Sequence[Point]
    ) -> Minutes:
        """Whole minutes from each origin to each destination, rounded up."""
        profile = self.PROFILES[transport]

        def ask(some: Sequence[Point], others: Sequence[Point]) -> Any:
            return _durations(self._line.ask("GET", self._address(profile, some, others)))

        return _in_blocks(ask, origins, destinations)

    def _address(self, profile: str, some: Sequence[Point], others: Sequence[Point]) -> str:
        degrees = [point.degrees for point in (*some, *others)]
        coordinates = ";".join(f"{lon:.4f},{lat:.4f}" for lat, lon in degrees)
        sources = ";".join(str(number) for number in range(len(some)))
        targets = ";".join(str(number) for number in range(len(some), len(degrees)))
        return (
            f"{self._url.replace('{profile}', profile)}/table/v1/{profile}/{coordinates}"
            f"?sources={sources}&destinations={targets}"
            "&annotations=duration&generate_hints=false"
        )


def _durations(said: Any) -> Any:
    if not isinstance(said, dict):
        raise RoutingFailed("invalid", "no object")
    if said.get("code") != "Ok":
        raise RoutingFailed("refused", _one_word(said.get("code", "")))
    return said.get("durations")


class Valhalla:
    """Valhalla's time-distance matrix, which offers no public transport."""

    name = "valhalla"
    COSTINGS: Mapping[str, str] = MappingProxyType(
        {"car": "auto", "bicycle": "bicycle", "foot": "pedestrian"}
    )

    def __init__(self, url: str, line: Line) -> None:
        self._url, self._line = url.rstrip("/"), line

    @classmethod
    def transports(cls, _url: str) -> frozenset[str]:
        """What the server at this address knows."""
        return frozenset(cls.COSTINGS)

    def minutes(
        self, transport: str, origins: Sequence[Point], destinations: Sequence[Point]
    ) -> Minutes:
        """Whole minutes from each origin to each destination, rounded up."""

        def ask(some: Sequence[Point], others: Sequence[Point]) -> Any:
            body = {
                "sources": [_location(point) for point in some],
                "targets": [_location(point) for point in others],
                "costing": self.COSTINGS[transport],
                "verbose": True,
            }
            return _times(self._line.ask("POST", f"{self._url}/sources_to_targets", body))

        return _in_blocks(ask, origins, destinations)


def _location(point: Point) -> dict[str, float]:
    lat, lon = point.degrees
    return {"lat": lat, "lon": lon}


def _times(said: Any) -> Any:
    """The seconds of Valhalla's cells; anything else stays as it is and is refused later."""
    rows = said.get("sources_to_targets") if isinstance(said, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise RoutingFailed("invalid", "no matrix")
    return [[_time(cell, i, j) for j, cell in enumerate(row)] for i, row in enumerate(rows)]


def _time(cell: Any, row: int, column: int) -> Any:
    if not isinstance(cell, dict) or "time" not in cell:
        raise RoutingFailed("invalid", "a cell without time")
    if (cell.get("from_index", row), cell.get("to_index", column)) != (row, column):
        raise RoutingFailed("invalid", "a cell at the wrong place")
    return cell["time"]


def _in_blocks(
    ask: Callable[[Sequence[Point], Sequence[Point]], Any],
    origins: Sequence[Point],
    destinations: Sequence[Point],
) -> Minutes:
    """Ask for at most `SIDE` × `SIDE` ways at a time."""
    rows: Minutes = []
    for start in range(0, len(origins), SIDE):
        some = origins[start : start + SIDE]
        block: Minutes = [[] for _ in some]
        for begin in range(0, len(destinations), SIDE):
            others = destinations[begin : begin + SIDE]
            for row, more in zip(block, checked(ask(some, others), some, others), strict=True):
                row.extend(more)
        rows.extend(block)
    return rows


def checked(seconds: Any, origins: Sequence[Point], destinations: Sequence[Point]) -> Minutes:
    """A matrix of seconds in whole minutes, if it has the right size and sensible values."""
    if not isinstance(seconds, list) or len(seconds) != len(origins):
        raise RoutingFailed("invalid", "the wrong number of rows")
    if any(not isinstance(row, list) or len(row) != len(destinations) for row in seconds):
        raise RoutingFailed("invalid", "the wrong number of columns")
    return [[_minutes(value) for value in row] for row in seconds]


def _minutes(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RoutingFailed("invalid", "a time that is no number")
    if not 0 <= value <= LONGEST_SECONDS:
        raise RoutingFailed("invalid", "a time that cannot be")
    return math.ceil(value / 60)


SERVICES: Mapping[str, type[Osrm] | type[Valhalla]] = MappingProxyType(
    {Osrm.name: Osrm, Valhalla.name: Valhalla}
)


@contextmanager
def opened(settings: Settings) -> Iterator[Router]:
    """The service of the settings, as long as the block lasts; without one the model."""
    if not settings.routing:
        yield Model()
        return
    line = Line(settings.routing_seconds)
    try:
        yield SERVICES[settings.routing](settings.routing_url, line)
    finally:
        line.close()


def transports(settings: Settings) -> frozenset[str]:
    """The means of transport for which a service is asked; none where there is no service."""
    if not settings.routing:
        return frozenset()
    return SERVICES[settings.routing].transports(settings.routing_url)
