"""Asking addresses that people give, guarded against reaching inside.

Every address a name stands for is looked at before anything is sent, and the connection goes to
exactly the address that was looked at: a second answer of the name service changes nothing.
"""

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from threading import Thread
from typing import Any, TypeVar

import httpx

T = TypeVar("T")

MAX_ADDRESS_LENGTH = 1000
MOST_TRIED = 4
"""Addresses of one name that are tried; it may stand for hundreds, one every few milliseconds."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
AGENT = "Lotsenwerk-Kalender"
OLD_SCHEMES = {"webcal": "https", "webcals": "https"}
CLOSED_V4 = tuple(
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8",  # this network, and unspecified
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # behind a carrier
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and what clouds tell their machines
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
OPEN_V6 = ipaddress.IPv6Network("2000::/3")
"""The only part of the new addresses in which public hosts live."""
CLOSED_V6 = tuple(
    ipaddress.IPv6Network(net)
    for net in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries an older address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


def hush() -> None:
    """Keep the libraries from logging addresses, which are secrets or somebody's home."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


hush()

Resolver = Callable[[str, int], Sequence[str]]
"""Every address a name stands for, at a port."""


class FetchRefused(Exception):
    """An address that is not fetched, or not to the end; `code` says why and nothing more."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def system_addresses(host: str, port: int) -> list[str]:
    """What the name service of this machine says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Rules:
    """What may be fetched; the values here are those of the service, tests bring their own."""

    resolve: Resolver = system_addresses
    allowed: frozenset[str] = frozenset()
    """Addresses let through although they are not public."""
    schemes: frozenset[str] = frozenset({"https"})
    ports: frozenset[int] = frozenset({443})
    tls: ssl.SSLContext | None = None
    max_bytes: int = 1_000_000
    seconds: float = 10.0
    max_redirects: int = 3


SERVICE = Rules()


@dataclass(frozen=True)
class Fetched:
    """What came: empty and `unchanged` when the other side says that nothing is new."""

    content: bytes
    etag: str = ""
    unchanged: bool = False


@dataclass(frozen=True)
class Taken:
    """How what was sent was taken: the status, and how long the other side asks to be left alone.

    `retry_after` is the header as it came; nothing else of the answer is looked at.
    """

    status: int
    retry_after: str = ""


def is_public(address: str) -> bool:
    """Whether an address belongs to the open internet; what carries another one does not."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in net for net in CLOSED_V4)
    if found.scope_id or found not in OPEN_V6:
        return False
    return not any(found in net for net in CLOSED_V6)


def checked(address: str, rules: Rules = SERVICE) -> str:
    """The address as it is fetched, or `FetchRefused`; looks at nothing but its form."""
    text = address.strip()
    scheme, mark, rest = text.partition("://")
    text = OLD_SCHEMES.get(scheme.lower(), scheme) + mark + rest
    if not mark or len(text) > MAX_ADDRESS_LENGTH or "\\" in text:
        raise FetchRefused("address")
    try:
        url = httpx.URL(text).copy_with(fragment=None)
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError):
        raise FetchRefused("address") from None
    if url.scheme not in rules.schemes or url.userinfo:
        raise FetchRefused("scheme" if not url.userinfo else "password")
    if _port(url) not in rules.ports or not _is_name(host):
        raise FetchRefused("host")
    written = str(url)
    # A letter beyond ASCII takes six signs and more once it is written for the way.
    if len(written) > MAX_ADDRESS_LENGTH:
        raise FetchRefused("address")
    return written


def _port(url: httpx.URL) -> int:
    return {"https": 443, "http": 80}[url.scheme] if url.port is None else url.port


def _is_name(host: str) -> bool:
    """A name with a dot whose last part is a word: no number stands for a machine."""
    parts = host.removesuffix(".").split(".")
    letters = all(part and part.replace("-", "").isalnum() for part in parts)
    return letters and len(parts) > 1 and not parts[-1][0].isdigit() and len(host) <= 253


def _resolved(url: httpx.URL, rules: Rules) -> list[str]:
    """The addresses of a host, each of them allowed."""
    try:
        found = list(rules.resolve(url.raw_host.decode("ascii"), _port(url)))
    except (OSError, UnicodeError):
        raise FetchRefused("unknown_host") from None
    if not found:
        raise FetchRefused("unknown_host")
    if not all(is_public(one) or one in rules.allowed for one in found):
        raise FetchRefused("forbidden_host")
    return found


async def _in_a_thread(url: httpx.URL, rules: Rules) -> list[str]:
    """Resolve without holding up the clock; a name service that never answers is left behind."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[list[str]] = loop.create_future()

    def settle(outcome: list[str] | FetchRefused) -> None:
        if done.done():
            return
        if isinstance(outcome, FetchRefused):
            done.set_exception(outcome)
        else:
            done.set_result(outcome)

    def look() -> None:
        outcome: list[str] | FetchRefused
        try:
            outcome = _resolved(url, rules)
        except FetchRefused as refused:
            outcome = refused
        with suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(settle, outcome)

    Thread(target=look, daemon=True).start()
    return await done


def fetch(address: str, *, etag: str = "", rules: Rules = SERVICE) -> Fetched:
    """What lies at an address; every refusal and failure is a `FetchRefused`."""
    return _done(_within(address, etag, rules))


def post(address: str, content: bytes, headers: dict[str, str], *, rules: Rules = SERVICE) -> Taken:
    """Send something to an address; every refusal and failure is a `FetchRefused`.

    No redirect is followed, and of the answer only the head is read.
    """
    return _done(_posted(address, content, headers, rules))


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        # A loop and a thread of their own: the caller may have a loop that runs.
        with ThreadPoolExecutor(max_workers=1) as apart:
            return apart.submit(asyncio.run, work).result()
    except TimeoutError:
        raise FetchRefused("too_slow") from None
    except ssl.SSLError:
        raise FetchRefused("certificate") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        raise FetchRefused("unreachable") from None
    except UnicodeError:  # the library looks at a redirect although it does not follow it
        raise FetchRefused("address") from None


async def _within(address: str, etag: str, rules: Rules) -> Fetched:
    headers = {"User-Agent": AGENT, "Accept": "text/calendar", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    async with asyncio.timeout(rules.seconds):
        url = httpx.URL(checked(address, rules))
        for _ in range(rules.max_redirects + 1):
            found = await _first_open(url, rules, partial(_ask, url, headers, rules))
            if isinstance(found, Fetched):
                return found
            url = found
    raise FetchRefused("redirects")


async def _posted(address: str, content: bytes, headers: dict[str, str], rules: Rules) -> Taken:
    async with asyncio.timeout(rules.seconds):
        url = httpx.URL(checked(address, rules))
        return await _first_open(url, rules, partial(_send, url, content, headers, rules))


async def _first_open(url: httpx.URL, rules: Rules, ask: Callable[[str], Awaitable[T]]) -> T:
    """What the first checked address that answers has to say."""
    addresses = (await _in_a_thread(url, rules))[:MOST_TRIED]
    for number, address in enumerate(addresses, start=1):
        try:
            return await ask(address)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if _is_certificate(error):
                raise FetchRefused("certificate") from None
            if number == len(addresses):
                raise
    raise FetchRefused("unreachable")


def _is_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


async def _ask(
    url: httpx.URL, headers: dict[str, str], rules: Rules, address: str
) -> Fetched | httpx.URL:
    async with _talk(url, address, rules, "GET", headers) as response:
        if response.status_code in REDIRECTS:
            return _pointed_at(url, response, rules)
        return await _read(response, rules)


async def _send(
    url: httpx.URL, content: bytes, headers: dict[str, str], rules: Rules, address: str
) -> Taken:
    async with _talk(url, address, rules, "POST", headers, content) as response:
        return Taken(response.status_code, response.headers.get("retry-after", "")[:40])


@asynccontextmanager
async def _talk(
    url: httpx.URL,
    address: str,
    rules: Rules,
    method: str,
    headers: dict[str, str],
    content: bytes | None = None,
) -> AsyncIterator[httpx.Response]:
    """Ask exactly this address; name and certificate are those of the host in the address."""
    host = url.raw_host.decode("ascii")
    known = host.removesuffix(".")
    port = f":{url.port}" if url.port else ""
    pinned = url.copy_with(host=address)
    patience = httpx.Timeout(rules.seconds, connect=rules.seconds / MOST_TRIED)
    # A fresh client each time: no cookie, no proxy, no saved password travels along.
    async with (
        httpx.AsyncClient(
            verify=rules.tls or _trusted(), trust_env=False, timeout=patience
        ) as client,
        client.stream(
            method,
            pinned,
            headers={**headers, "Host": known + port},
            content=content,
            extensions={"sni_hostname": known},
            follow_redirects=False,
        ) as response,
    ):
        yield response


@lru_cache
def _trusted() -> ssl.SSLContext:
    """Whom the service believes; reading the list anew takes longer than the talk itself."""
    return httpx.create_ssl_context(trust_env=False)


def _pointed_at(url: httpx.URL, response: httpx.Response, rules: Rules) -> httpx.URL:
    try:
        target = str(url.join(response.headers.get("location", "")))
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise FetchRefused("address") from None
    return httpx.URL(checked(target, rules))


async def _read(response: httpx.Response, rules: Rules) -> Fetched:
    """The body as it was sent, up to the limit; what is packed is not unpacked."""
    tag = response.headers.get("etag", "")
    tag = tag if len(tag) <= 200 and tag.isascii() and tag.isprintable() else ""
    if response.status_code == NOT_MODIFIED:
        return Fetched(b"", tag, unchanged=True)
    if response.status_code != httpx.codes.OK:
        raise FetchRefused("gone" if response.status_code in (404, 410) else "status")
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise FetchRefused("packed")
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > rules.max_bytes:
            raise FetchRefused("too_large")
    return Fetched(bytes(content), tag)
