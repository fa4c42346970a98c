"""How often somebody may ask: counted for each account and each place, in this process."""

import hashlib
import math
import re
import time
from collections import OrderedDict, deque
from collections.abc import Iterable
from enum import StrEnum
from ipaddress import IPv6Network, ip_address
from threading import Lock
from uuid import UUID

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage.base import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import Scope

from app.errors import ApiError
from app.limits import COSTLY, COUNTED, WINDOW_SECONDS
from app.settings import Settings

PREFIX = "/api/v1"
UNCOUNTED = ("/static/", "/app/", "/livez", "/readyz", "/metrics")
"""Small files that browsers keep, and what machines ask to see whether all is well."""
MOVING_ONLY = "Only moving windows are kept here: use MovingWindowRateLimiter."
HOME_BITS = 64
"""What one household or office has of the new addresses: it may use a new one each time."""


class TooOften(ApiError):
    """Too many requests in a minute: of one account, or from one place."""

    status, slug, title = 429, "too-often", "Too many requests"
    de = "Das waren zu viele Anfragen in kurzer Zeit. Bitte warten Sie {retry_after} Sekunden."
    en = "Too many requests in a short time. Please wait {retry_after} seconds."


class Kind(StrEnum):
    """What is counted."""

    ACCOUNT = "account"
    COSTLY = "costly"
    PUBLIC = "public"
    REFERENCE = "reference"
    STRANGER = "stranger"


class Recent(Storage, MovingWindowSupport):
    """When each key asked, for the strategies of the library `limits`; no more than so many keys.

    The library's own memory starts a thread with each burst and knows no bound.
    """

    STORAGE_SCHEME = None

    def __init__(self, most: int = COUNTED) -> None:
        super().__init__()
        self.clock = time.monotonic
        self._most = most
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What a broken storage raises: nothing here."""
        return ()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Whether there is room for `amount` more; they are noted then."""
        moment = self.clock()
        with self._lock:
            asked = self._recent(key, moment - expiry)
            if len(asked) + amount > limit:
                return False
            asked.extend([moment] * amount)
            self._asked[key] = asked
            self._asked.move_to_end(key)
            while len(self._asked) > self._most:
                self._asked.popitem(last=False)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest that still counts was, and how many count."""
        moment = self.clock()
        with self._lock:
            asked = self._recent(key, moment - expiry)
            return (asked[0] if asked else moment), len(asked)

    def _recent(self, key: str, since: float) -> deque[float]:
        asked = self._asked.get(key)
        if asked is None:
            return deque()
        while asked and asked[0] <= since:
            asked.popleft()
        return asked

    # What the library's base class asks for besides.
    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in a window that stands still: there is none."""
        raise TypeError(MOVING_ONLY)

    def get(self, key: str) -> int:
        """How many are noted."""
        return len(self._asked.get(key, ()))

    def get_expiry(self, key: str) -> float:
        """When a window that stands still ends: there is none."""
        raise TypeError(MOVING_ONLY)

    def check(self) -> bool:
        """It is always there."""
        return True

    def reset(self) -> int | None:
        """Forget everybody."""
        with self._lock:
            known = len(self._asked)
            self._asked.clear()
        return known

    def clear(self, key: str) -> None:
        """Forget one."""
        with self._lock:
            self._asked.pop(key, None)


class Rates:
    """How often each account and each place asked in the last minute."""

    def __init__(self, settings: Settings) -> None:
        self.recent = Recent()
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._lock = Lock()
        self._window = MovingWindowRateLimiter(self.recent)
        allowed = {
            Kind.ACCOUNT: settings.rate_limit,
            Kind.COSTLY: settings.rate_limit_costly,
            Kind.PUBLIC: settings.rate_limit_public,
            Kind.REFERENCE: settings.rate_limit,
            Kind.STRANGER: settings.rate_limit_public,
        }
        self._items: dict[Kind, RateLimitItem] = {
            kind: RateLimitItemPerMinute(number, namespace=kind)
            for kind, number in allowed.items()
            if number
        }

    def count(self, kind: Kind, key: str) -> None:
        """Note one request; raises `TooOften` when that is one too many."""
        item = self._items.get(kind)
        if item is not None and not self._window.hit(item, key):
            raise TooOften(retry_after=self._wait(item, key))

    def look(self, kind: Kind, key: str) -> None:
        """Raise `TooOften` when one more would be too many; nothing is noted."""
        item = self._items.get(kind)
        if item is not None and not self._window.test(item, key):
            raise TooOften(retry_after=self._wait(item, key))

    def note(self, kind: Kind, key: str) -> None:
        """Note one request that was carried out."""
        item = self._items.get(kind)
        if item is not None:
            self._window.hit(item, key)

    def _wait(self, item: RateLimitItem, key: str) -> int:
        """Seconds until the oldest request no longer counts."""
        free_at = self._window.get_window_stats(item, key).reset_time
        return min(max(1, math.ceil(free_at - self.recent.clock())), WINDOW_SECONDS)

    def enter(self, scope: Scope) -> None:
        """Count a request that comes in without looking who it is; raises `TooOften`.

        Whoever was known a moment ago is not held up by strangers who share her address.
        """
        path, place = scope["path"], place_of(scope)
        if path.startswith(UNCOUNTED):
            return
        secret = _shown(scope)
        is_known = secret in self._known
        if not is_known:
            self.look(Kind.STRANGER, place)
        if not path.startswith(PREFIX):
            self.count(Kind.PUBLIC, place)
        else:
            self.count(Kind.REFERENCE, secret.hex() if is_known else place)

    def leave(self, scope: Scope, status: int) -> None:
        """Note somebody whose secret nobody knows: it may have been guessed."""
        if status == 401:
            with self._lock:
                self._known.pop(_shown(scope), None)
            self.note(Kind.STRANGER, place_of(scope))

    def admit(self, scope: Scope, account_id: UUID) -> None:
        """Count a request of somebody who is known; raises `TooOften`."""
        with self._lock:
            self._known[(secret := _shown(scope))] = None
            self._known.move_to_end(secret)
            while len(self._known) > COUNTED:
                self._known.popitem(last=False)
        self.count(Kind.ACCOUNT, str(account_id))
        if is_costly(scope["method"], scope["path"]):
            self.count(Kind.COSTLY, str(account_id))


def place_of(scope: Scope) -> str:
    """Where a request comes from: an address, or the network of one household.

    Who stands behind a proxy is found out by the server, from proxies it trusts alone.
    """
    host = str((scope.get("client") or ("",))[0])
    try:
        found = ip_address(host)
    except ValueError:
        return host
    if found.version == 4:
        return host
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), HOME_BITS), strict=False))


def _shown(scope: Scope) -> bytes:
    """What a request shows of who it is, as a hash: no secret lies in the memory of this module."""
    secrets = (b"authorization", b"cookie")
    said = b"\n".join(value for name, value in scope["headers"] if name in secrets)
    return hashlib.sha256(said).digest()


def _patterns(templates: Iterable[str]) -> re.Pattern[str]:
    parts = (PREFIX + re.sub(r"\{[^}]+\}", "[^/]+", one) for one in sorted(templates))
    return re.compile("|".join(f"(?:{part})" for part in parts))


_COSTLY = {
    method: _patterns(path for one, path in COSTLY if one == method)
    for method in {one for one, _ in COSTLY}
}


def is_costly(method: str, path: str) -> bool:
    """Whether an operation counts among the costly ones."""
    pattern = _COSTLY.get(method)
    return pattern is not None and pattern.fullmatch(path) is not None
