"""Routing services: what is asked, what is believed, and what happens when they do not answer."""

import json
import math
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import ValidationError

from app import routing
from app.routing import Point, Router, RoutingFailed
from app.settings import Settings
from scheduling import travel
from tests.app.routing_service import MOST_PAIRS, Service, running, seconds

FRIEDBERG, NAUHEIM, BUEDINGEN = (
    Point.of(50.3353, 8.7553),
    Point.of(50.3647, 8.7386),
    Point.of(50.2906, 9.1128),
)
SERVICES = ("osrm", "valhalla")
PATIENCE = 0.3


@pytest.fixture
def service() -> Iterator[Service]:
    with running() as made:
        yield made


def settings(name: str, url: str, patience: float = 5.0) -> Settings:
    return Settings(routing=name, routing_url=url, routing_seconds=patience)


@contextmanager
def router(name: str, service: Service, patience: float = 5.0) -> Iterator[Router]:
    url = service.url + ("/{profile}" if name == "osrm" else "")
    with routing.opened(settings(name, url, patience)) as made:
        yield made


def minutes(start: Point, end: Point, profile: str) -> int:
    """What the invented streets say, in whole minutes."""
    return math.ceil(seconds(start.degrees, end.degrees, profile) / 60)


@pytest.mark.parametrize(
    ("name", "transport", "profile"),
    [
        ("osrm", "car", "driving"),
        ("osrm", "bicycle", "cycling"),
        ("osrm", "foot", "walking"),
        ("valhalla", "car", "auto"),
        ("valhalla", "bicycle", "bicycle"),
        ("valhalla", "foot", "pedestrian"),
    ],
)
def test_each_means_of_transport_has_a_profile_of_its_own(
    service: Service, name: str, transport: str, profile: str
) -> None:
    with router(name, service) as asked:
        found = asked.minutes(transport, [FRIEDBERG], [NAUHEIM, BUEDINGEN])
    assert found == [[minutes(FRIEDBERG, NAUHEIM, profile), minutes(FRIEDBERG, BUEDINGEN, profile)]]
    assert service.asked == [(profile, 1, 2)]
    assert found[0][1] > found[0][0] > 0  # type: ignore[operator]


def test_the_profile_stands_in_the_address_of_osrm(service: Service) -> None:
    with router("osrm", service) as asked:
        asked.minutes("bicycle", [FRIEDBERG], [NAUHEIM])
    assert service.paths == [
        "/cycling/table/v1/cycling/8.7553,50.3353;8.7386,50.3647"
        "?sources=0&destinations=1&annotations=duration&generate_hints=false"
    ]


def test_one_osrm_server_is_asked_for_cars_only() -> None:
    assert routing.transports(settings("osrm", "http://osrm:5000")) == {"car"}
    assert routing.transports(settings("osrm", "http://osrm-{profile}:5000")) == {
        "car", "bicycle", "foot",
    }  # fmt: skip


def test_public_transport_is_never_asked_for() -> None:
    assert "public_transport" not in routing.transports(settings("valhalla", "http://valhalla"))


@pytest.mark.parametrize("transport", sorted(travel.TRANSPORTS))
def test_without_a_service_the_model_speaks_for_the_ride_alone(transport: str) -> None:
    with routing.opened(Settings(routing="")) as model:
        rows = model.minutes(transport, [FRIEDBERG, NAUHEIM], [BUEDINGEN, FRIEDBERG])
    start, end = (travel.Spot(*point.degrees) for point in (FRIEDBERG, BUEDINGEN))
    ready = travel.TRANSPORTS[transport].fixed_minutes
    assert rows[0][0] == travel.travel_minutes(start, end, transport) - ready
    assert rows[0][1] == 0
    assert [len(row) for row in rows] == [2, 2]


def test_without_a_service_nothing_is_asked_for() -> None:
    assert routing.transports(Settings()) == frozenset()


@pytest.mark.parametrize("url", ["", "osrm:5000", "file:///etc/passwd"])
def test_a_service_needs_an_address(url: str) -> None:
    with pytest.raises(ValidationError, match="LOTSENWERK_ROUTING_URL"):
        settings("osrm", url)
    with pytest.raises(ValidationError, match="routing"):
        settings("google", "http://127.0.0.1")


def test_only_rounded_coordinates_go_out(service: Service) -> None:
    exact = Point.of(50.335349999, 8.755251111)
    with router("osrm", service) as asked:
        asked.minutes("car", [exact], [NAUHEIM])
    assert "/8.7553,50.3353;" in service.paths[0]
    with router("valhalla", service) as asked:
        asked.minutes("car", [exact], [NAUHEIM])
    assert service.bodies == [
        {
            "sources": [{"lat": 50.3353, "lon": 8.7553}],
            "targets": [{"lat": 50.3647, "lon": 8.7386}],
            "costing": "auto",
            "verbose": True,
        }
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_many_points_are_asked_in_batches(service: Service, name: str) -> None:
    origins = [Point(503_000 + n, 87_000) for n in range(120)]
    destinations = [Point(504_000, 88_000 + n) for n in range(70)]
    with router(name, service) as asked:
        found = asked.minutes("car", origins, destinations)
    assert [len(row) for row in found] == [70] * 120
    profile = "driving" if name == "osrm" else "auto"
    assert found[119][69] == minutes(origins[119], destinations[69], profile)
    assert found[0][51] == minutes(origins[0], destinations[51], profile)
    assert len(service.asked) == 3 * 2
    assert all(a + b <= 100 and a * b <= MOST_PAIRS for _, a, b in service.asked)


def test_the_control_one_batch_of_them_all_is_refused(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "SIDE", 1000)
    points = [Point(503_000 + n, 87_000) for n in range(120)]
    for name, said in (("osrm", "TooBig"), ("valhalla", "150")):
        with router(name, service) as asked, pytest.raises(RoutingFailed, match=said) as error:
            asked.minutes("car", points, points)
        assert error.value.code == "refused"


@pytest.mark.parametrize("name", SERVICES)
def test_where_there_is_no_way_nothing_is_said(service: Service, name: str) -> None:
    service.silent = {NAUHEIM.degrees}
    with router(name, service) as asked:
        found = asked.minutes("car", [FRIEDBERG], [NAUHEIM, BUEDINGEN])
    assert found[0][0] is None
    assert found[0][1] is not None


def _osrm(durations: Any) -> tuple[int, bytes]:
    return 200, json.dumps({"code": "Ok", "durations": durations}).encode()


def _valhalla(cells: Any) -> tuple[int, bytes]:
    return 200, json.dumps({"sources_to_targets": cells, "units": "kilometers"}).encode()


def _cells(*times: Any) -> list[list[dict[str, Any]]]:
    return [[{"time": t, "from_index": 0, "to_index": n} for n, t in enumerate(times)]]


WRONG: list[tuple[str, tuple[int, bytes], str]] = [
    ("osrm", (400, b'{"code":"InvalidQuery","message":"Query string malformed"}'), "refused"),
    ("osrm", (400, b'{"code":"NoSegment","message":"Could not find a segment"}'), "refused"),
    ("osrm", (400, b'{"code":"NoTable","message":"No table found"}'), "refused"),
    ("osrm", (200, b'{"code":"NoTable"}'), "refused"),
    ("osrm", (302, b""), "refused"),
    ("osrm", (401, b"who are you"), "refused"),
    ("osrm", (500, b"<html>oops</html>"), "broken"),
    ("osrm", (200, b""), "invalid"),
    ("osrm", (200, b'{"code":"Ok","durations":[[1,2]'), "invalid"),
    ("osrm", (200, b'{"code":"Ok","durations":[[NaN,2]]}'), "invalid"),
    ("osrm", (200, b'{"code":"Ok","durations":[[Infinity,2]]}'), "invalid"),
    ("osrm", (200, b'{"code":"Ok","durations":[[1e999,2]]}'), "invalid"),
    ("osrm", (200, b"[" * 100_000), "invalid"),
    ("osrm", (200, b"\xff\xfe\x00"), "invalid"),
    ("osrm", (200, b"[]"), "invalid"),
    ("osrm", (200, b'{"code":"Ok"}'), "invalid"),
    ("osrm", _osrm([[1]]), "invalid"),
    ("osrm", _osrm([[1, 2], [3, 4]]), "invalid"),
    ("osrm", _osrm([[1, 2, 3]]), "invalid"),
    ("osrm", _osrm([{"0": 1, "1": 2}]), "invalid"),
    ("osrm", _osrm([[-1, 2]]), "invalid"),
    ("osrm", _osrm([[True, 2]]), "invalid"),
    ("osrm", _osrm([["12", 2]]), "invalid"),
    ("osrm", _osrm([[86_401, 2]]), "invalid"),
    ("osrm", _osrm([[10**400, 2]]), "invalid"),
    ("valhalla", (400, b'{"error_code":154,"error":"Path distance exceeds the max distance limit",'
                       b'"status_code":400,"status":"Bad Request"}'), "refused"),
    ("valhalla", (400, b'{"error_code":171,"error":"No suitable edges near location"}'), "refused"),
    ("valhalla", (503, b""), "broken"),
    ("valhalla", (200, b"null"), "invalid"),
    ("valhalla", (200, b'{"sources_to_targets":null}'), "invalid"),
    ("valhalla", _valhalla([{"time": 1}]), "invalid"),
    ("valhalla", _valhalla([[{"distance": 1.0}, {"time": 2}]]), "invalid"),
    ("valhalla", _valhalla(_cells(1)), "invalid"),
    ("valhalla", _valhalla(_cells(1, -5)), "invalid"),
    ("valhalla", _valhalla([list(reversed(_cells(1, 2)[0]))]), "invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "code"), WRONG)
def test_what_cannot_be_is_not_believed(
    service: Service, name: str, answer: tuple[int, bytes], code: str
) -> None:
    service.answer = answer
    with router(name, service) as asked, pytest.raises(RoutingFailed) as error:
        asked.minutes("car", [FRIEDBERG], [NAUHEIM, BUEDINGEN])
    assert error.value.code == code


@pytest.mark.parametrize(
    ("name", "answer"),
    [("osrm", _osrm([[60.1, None]])), ("valhalla", _valhalla(_cells(60.1, None)))],
)
def test_the_control_the_same_answer_without_a_fault_is_believed(
    service: Service, name: str, answer: tuple[int, bytes]
) -> None:
    service.answer = answer
    with router(name, service) as asked:
        assert asked.minutes("car", [FRIEDBERG], [NAUHEIM, BUEDINGEN]) == [[2, None]]


def test_what_the_service_says_cannot_forge_a_line_of_the_log(service: Service) -> None:
    service.answer = (400, b'{"code": "Bad\\nERROR forged\\u2028\\u0007"}')
    with router("osrm", service) as asked, pytest.raises(RoutingFailed) as failed:
        asked.minutes("car", [FRIEDBERG], [NAUHEIM])
    assert str(failed.value) == "refused: 400 BadERROR forged"


def test_homes_stay_out_of_the_most_talkative_log(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)

    def talk() -> str:
        caplog.clear()
        with router("osrm", service) as asked:
            asked.minutes("car", [FRIEDBERG], [NAUHEIM])
        return caplog.text

    place = f"{FRIEDBERG.degrees[1]:.4f}"
    assert place not in talk()
    caplog.set_level(1, logger="httpx")
    assert place in talk(), "control: unhushed the way is told"


def test_redirects_are_not_followed(service: Service) -> None:
    service.answer = (302, b"")
    service.headers = {"Location": f"{service.url}/elsewhere"}
    with router("osrm", service) as asked, pytest.raises(RoutingFailed, match="302"):
        asked.minutes("car", [FRIEDBERG], [NAUHEIM])
    assert len(service.paths) == 1


def test_an_answer_that_is_too_long_is_not_read_to_its_end(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "LARGEST_ANSWER", 1000)
    service.answer = (200, b" " * 100_000)
    with router("osrm", service) as asked, pytest.raises(RoutingFailed, match="too long"):
        asked.minutes("car", [FRIEDBERG], [NAUHEIM])


@pytest.mark.parametrize(("wait", "drip"), [(PATIENCE * 3, 0.0), (0.0, PATIENCE / 10)])
def test_a_slow_service_is_not_waited_for(service: Service, wait: float, drip: float) -> None:
    service.wait, service.drip = wait, drip
    with router("osrm", service, PATIENCE) as asked, pytest.raises(RoutingFailed) as error:
        asked.minutes("car", [FRIEDBERG], [NAUHEIM])
    assert error.value.code == "slow"


def test_all_questions_together_have_an_end(service: Service) -> None:
    line = routing.Line(5.0, total=0.0)
    try:
        with pytest.raises(RoutingFailed, match="no time is left"):
            routing.Osrm(service.url, line).minutes("car", [FRIEDBERG], [NAUHEIM])
    finally:
        line.close()
    assert service.paths == []


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_that_is_not_there_fails_with_a_code(name: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with routing.opened(settings(name, url)) as asked, pytest.raises(RoutingFailed) as error:
        asked.minutes("car", [FRIEDBERG], [NAUHEIM])
    assert error.value.code == "unreachable"


def test_the_proxy_of_the_machine_is_not_used(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with router("osrm", service) as asked:
        assert asked.minutes("car", [FRIEDBERG], [NAUHEIM])[0][0]
