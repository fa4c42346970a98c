"""People with a device in their hands."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from app.access import COOKIE
from tests.cast import PASSWORD
from tests.web.service import Service

PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}
PATIENCE = 60_000
"""Milliseconds a slow machine may take for one step."""
CLOCK = """
(() => {
  globalThis.ahead = Math.max(globalThis.ahead || 0, %d);
  if (Date.real) return;
  const Real = Date;
  globalThis.Date = class extends Real {
    static real = Real;
    constructor(...given) { given.length ? super(...given) : super(Real.now() + ahead); }
    static now() { return Real.now() + ahead; }
  };
})();
"""
"""The clock of the browser shows the time of the service; of several the latest."""
KEPT = "navigator.serviceWorker.getRegistration().then(one => Boolean(one && one.active))"
EXPECTED = (
    "401 (Unauthorized)",
    "net::ERR_CONNECTION_CLOSED",
    "net::ERR_CONNECTION_RESET",
    "net::ERR_CONTENT_LENGTH_MISMATCH",
    "net::ERR_EMPTY_RESPONSE",
    "net::ERR_INCOMPLETE_CHUNKED_ENCODING",
    "net::ERR_INTERNET_DISCONNECTED",
    "net::ERR_CONNECTION_REFUSED",
)
"""What a browser may complain of: nobody was signed in yet, or the network is gone as it should."""


@dataclass
class Device:
    """A browser of one person, and what it complained of."""

    context: BrowserContext
    url: str
    page: Page = field(init=False)
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        """Go to a page of the app and wait until its heading is there."""
        self.page.goto(f"{self.url}/app{path}")
        self.page.locator("h1").first.wait_for()
        return self.page

    def live_at(self, service: Service) -> None:
        """From the next page on its clock shows the time of the service."""
        self.context.add_init_script(clock(service.ahead))

    def take_page(self) -> Page:
        """Open a page, as one opens the app again; note what it complains of, and whom it asks."""
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)
        return self.page

    def keep_app(self) -> None:
        """Wait until the app itself is on the device, and open it from there."""
        until(self.page, KEPT)
        self.page.reload()
        until(self.page, "navigator.serviceWorker.controller !== null")
        self.page.locator("h1").first.wait_for()

    def reopen(self, path: str = "/") -> Page:
        """Close the app and open it again."""
        self.page.close()
        self.take_page()
        return self.open(path)

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        """Type address and password where they are asked for."""
        self.page.get_by_label("E-Mail-Adresse").fill(f"{name}@example.org")
        self.page.get_by_label("Passwort", exact=True).fill(password)
        self.press("Anmelden")

    def press(self, name: str, role: str = "button", exact: bool = True) -> None:
        """Tap what is called so."""
        self.page.get_by_role(role, name=name, exact=exact).click()  # type: ignore[arg-type]

    def press_first(self, name: str) -> None:
        """Tap the first of several buttons that are called so."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def reads(self, words: str) -> None:
        """Wait until these words are to be seen."""
        self.page.get_by_text(words).first.wait_for()

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that the tests themselves see."""
        wait(self.page, holds)

    def _listen(self, message: Any) -> None:
        address = message.location.get("url", "")
        known = any(one in message.text for one in EXPECTED) or address.endswith("/favicon.ico")
        if message.type == "error" and not known:
            self.complaints.append(f"{message.text} {address}")

    def look(self, request: Any) -> None:
        """Note a request to anybody but the service."""
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.foreign.append(request.url)


def until(page: Page, condition: str) -> None:
    """Wait until a condition holds in the page, whose policy forbids to look by `eval`."""
    wait(page, lambda: bool(page.evaluate(condition)))


def wait(page: Page, holds: Callable[[], bool]) -> None:
    """Wait until something holds, a frame of the page at a time."""
    end = time.monotonic() + PATIENCE / 1000
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        page.evaluate("new Promise(requestAnimationFrame)")


@contextmanager
def device(
    browser: Browser, service: Service, name: str | None = None, **options: Any
) -> Iterator[Device]:
    """A browser; signed in as `name` where one is given."""
    chosen: dict[str, Any] = {"viewport": PHONE, "locale": "de-DE", "timezone_id": "Europe/Berlin"}
    context = browser.new_context(**(chosen | options))
    context.set_default_timeout(PATIENCE)
    if name:
        context.add_cookies([cookie(service, name)])
    held = Device(context, service.url)
    context.on("request", held.look)
    held.live_at(service)
    held.take_page()
    try:
        yield held
        assert held.complaints == [], held.complaints
        assert held.foreign == [], held.foreign
    except BaseException as failure:
        failure.add_note(f"{name or 'nobody'}'s browser complained: {held.complaints}")
        raise
    finally:
        context.close()


def clock(ahead: float) -> str:
    """The script by which a browser is so many seconds ahead."""
    return CLOCK % (ahead * 1000)


def cookie(service: Service, name: str) -> Any:
    """What the service gave the browser of `name` when she signed in."""
    return {
        "name": COOKIE,
        "value": f"lw_{name}",
        "domain": "127.0.0.1",
        "path": "/",
        "secure": True,
        "httpOnly": True,
        "sameSite": "Lax",
    }
