"""Which addresses are fetched at all: by their form, and by where they lead."""

import pytest

from app import fetching
from app.fetching import FetchRefused, Rules, checked, is_public
from tests.app.test_fetching import refusal


@pytest.mark.parametrize(
    "target",
    [
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://localhost/",
        "https://localhost./",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://calendar.example:22/",
        "https://calendar.example:0/",
        "https://calendar..example/",
        "https://calendar.example\\@inside.example/",
        "https://user@calendar.example/",
        "https://user:secret@calendar.example/",
        "http://calendar.example/",
        "ftp://calendar.example/",
        "file:///etc/passwd",
        "calendar.example/a.ics",
        "https://",
        "https:///a.ics",
        "https://calendar.example/" + "a" * 1000,
        "https://calendar.example/" + "ä" * 900,
        "https://calendar.example/\r\nHost: inside",
        "https://" + "a." * 200 + "example/",
        "",
    ],
)
def test_an_odd_address_is_refused_by_its_form(target: str) -> None:
    with pytest.raises(FetchRefused) as refused:
        checked(target)
    assert refused.value.code in {"address", "scheme", "password", "host"}


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("webcal://calendar.example/a.ics", "https://calendar.example/a.ics"),
        ("WEBCAL://calendar.example/a.ics?key=1#x", "https://calendar.example/a.ics?key=1"),
        ("https://calendar.example:443/a.ics", "https://calendar.example/a.ics"),
        ("https://calendar.example./a.ics", "https://calendar.example./a.ics"),
        ("https://bücher.example/a.ics", "https://xn--bcher-kva.example/a.ics"),
        (" https://calendar.example ", "https://calendar.example"),
    ],
)
def test_a_right_address_is_kept_in_one_form(target: str, meant: str) -> None:
    assert checked(target) == meant


CLOSED = [
    "0.0.0.1", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.0.1",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1", "2001:2::1",
    "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1",
    "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    "4000::1", "2606:4700::1%1", "nonsense", "", "127.1", "2130706433",
]  # fmt: skip


@pytest.mark.parametrize("closed", CLOSED)
def test_what_is_no_public_address_is_closed(closed: str) -> None:
    assert not is_public(closed)
    by = Rules(resolve=lambda _host, _port: [closed])
    assert refusal("https://calendar.example/", by) == "forbidden_host"


@pytest.mark.parametrize(
    "public",
    ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
     "198.17.0.1", "198.20.0.1", "223.255.255.254", "2606:4700::1111", "2a00:1450::1",
     "2001:4860:4860::8888"],
)  # fmt: skip
def test_public_addresses_are_open(public: str) -> None:
    assert is_public(public)


def test_the_service_allows_nothing_but_the_open_internet() -> None:
    assert fetching.SERVICE.allowed == frozenset()
    assert fetching.SERVICE.schemes == {"https"}
    assert fetching.SERVICE.ports == {443}
    assert fetching.SERVICE.resolve is fetching.system_addresses
    assert fetching.system_addresses("localhost", 443)
