"""A small server on the loopback address that speaks as OSRM and Valhalla do."""

import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

METRES_PER_SECOND = {"driving": 20.0, "auto": 20.0, "cycling": 4.0, "bicycle": 4.0}
ON_FOOT = 1.25
MOST_COORDINATES = 100
MOST_PAIRS = 2500

Degrees = tuple[float, float]


@dataclass
class Service:
    """What was asked of it, and how it is to behave.

    `answer` replaces what it would say: a status and a body. `silent` are points to which there is
    no way. `wait` are seconds before it answers, `drip` seconds between the bytes of an answer.
    """

    url: str = ""
    asked: list[tuple[str, int, int]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    answer: tuple[int, bytes] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    silent: set[Degrees] = field(default_factory=set)
    wait: float = 0.0
    drip: float = 0.0

    @property
    def pairs(self) -> int:
        """How many ways were asked for."""
        return sum(sources * targets for _, sources, targets in self.asked)


def seconds(start: Degrees, end: Degrees, profile: str) -> float:
    """How long the way takes on these invented streets."""
    north = (start[0] - end[0]) * 111_000
    east = (start[1] - end[1]) * 71_000
    return round(math.hypot(north, east) * 1.2 / METRES_PER_SECOND.get(profile, ON_FOOT), 1)


def _osrm(service: Service, path: str) -> tuple[int, Any]:
    split = urlsplit(path)
    name, version, profile, coordinates = split.path.split("/")[-4:]
    if (name, version) != ("table", "v1"):
        return 400, {"code": "InvalidService", "message": f"Service {name} not found!"}
    points = [(float(lat), float(lon)) for lon, lat in _pairs(coordinates)]
    if len(points) > MOST_COORDINATES:
        return 400, {"code": "TooBig", "message": "Too many table coordinates"}
    options = parse_qs(split.query)
    if options.get("annotations") != ["duration"]:
        return 400, {"code": "InvalidQuery", "message": "Query string malformed"}
    sources, targets = (
        [points[int(number)] for number in options[key][0].split(";")]
        for key in ("sources", "destinations")
    )
    service.asked.append((profile, len(sources), len(targets)))
    durations = [[_known(service, a, b, profile) for b in targets] for a in sources]
    waypoints = [
        {"name": "Am Markt", "location": [lon, lat], "distance": 4.1} for lat, lon in points
    ]
    return 200, {
        "code": "Ok",
        "durations": durations,
        "sources": waypoints[: len(sources)],
        "destinations": waypoints[len(sources) :],
    }


def _pairs(coordinates: str) -> list[tuple[str, str]]:
    return [(one.split(",")[0], one.split(",")[1]) for one in coordinates.split(";")]


def _known(service: Service, start: Degrees, end: Degrees, profile: str) -> float | None:
    return None if {start, end} & service.silent else seconds(start, end, profile)


def _valhalla(service: Service, body: Any) -> tuple[int, Any]:
    service.bodies.append(body)
    sources, targets = (
        [(one["lat"], one["lon"]) for one in body[key]] for key in ("sources", "targets")
    )
    if len(sources) * len(targets) > MOST_PAIRS:
        return 400, _refusal(150, f"Exceeded max locations: {MOST_PAIRS}")
    costing = body["costing"]
    if costing == "multimodal":
        return 400, _refusal(140, f"Action does not support multimodal costing: {costing}")
    service.asked.append((costing, len(sources), len(targets)))
    cells = [
        [_cell(service, (a, i), (b, j), costing) for j, b in enumerate(targets)]
        for i, a in enumerate(sources)
    ]
    return 200, {
        "algorithm": "costmatrix",
        "units": "kilometers",
        "sources": body["sources"],
        "targets": body["targets"],
        "sources_to_targets": cells,
        "warnings": [{"code": 401, "text": "CostMatrix ignored the time of day"}],
    }


def _refusal(code: int, sentence: str) -> dict[str, Any]:
    return {"error_code": code, "error": sentence, "status_code": 400, "status": "Bad Request"}


def _cell(
    service: Service, start: tuple[Degrees, int], end: tuple[Degrees, int], costing: str
) -> dict[str, Any]:
    time_ = _known(service, start[0], end[0], costing)
    whole = None if time_ is None else math.ceil(time_)
    far = None if whole is None else round(whole / 60, 3)
    return {"distance": far, "time": whole, "to_index": end[1], "from_index": start[1]}


class Handler(BaseHTTPRequestHandler):
    """Answers as its `service` says."""

    service: Service

    def do_GET(self) -> None:
        self._say(lambda: _osrm(self.service, self.path))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._say(lambda: _valhalla(self.service, body))

    def _say(self, usual: Callable[[], tuple[int, Any]]) -> None:
        self.service.paths.append(self.path)
        time.sleep(self.service.wait)
        if self.service.answer is None:
            status, said = usual()
            content = json.dumps(said).encode()
        else:
            status, content = self.service.answer
        try:
            self._send(status, content)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        for name, value in self.service.headers.items():
            self.send_header(name, value)
        self.end_headers()
        for byte in content if self.service.drip else b"":
            self.wfile.write(bytes([byte]))
            time.sleep(self.service.drip)
        if not self.service.drip:
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[Service]:
    """The server, as long as the block lasts."""
    service = Service()
    handler = type("Answering", (Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
