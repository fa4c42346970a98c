"""The app on a slow phone: how long until *Today* stands there, cold and again without network.

python -m bench.phone [--rounds N] [--slower TIMES]

Each start is a browser process of its own: a processor four times as slow, and the slow 4G of the
browser's own tools (latency 562.5 ms, 1,475 kbit/s down, 675 up). Cold: nothing of the app is on
the phone. Again: the app was opened twice before, and there is no network. The reference beside it
is the server's sign-in page, which needs one request and no script.

Times run from the navigation until the next appointment stands in the page, and until the frame
after it is drawn; without a graphics card the processor draws, so that the second says more of this
machine than of a phone. How fast the machine is says the loop, without any throttle: on a machine
that is slow itself, `--slower` finds the phone that is meant.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import time_machine
from playwright.sync_api import BrowserContext, Page, sync_playwright

from app.db import make_engine
from app.migrations import migrate
from tests.cast import gather
from tests.conftest import NOW
from tests.web.phones import PHONE, clock, cookie, until
from tests.web.service import Service, Starter
from tests.web.stories import booked

Times = tuple[float, float]
COLD_MS, AGAIN_MS = 2500, 1000
SLOWER = 4
LOOKS, SETTLES_MS = 60, 2000
SLOW_4G = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1_474_560 / 8,
    "uploadThroughput": 675_000 / 8,
}
THERE = "main .card.next"
"""The card of the next appointment on *Today*."""
WATCH = """
(wanted => {
  new MutationObserver((_, observer) => {
    if (!document.querySelector(wanted)) return;
    observer.disconnect();
    const stands = performance.now();
    const drawn = () => { window.shownAfter = [stands, performance.now()]; };
    requestAnimationFrame(() => setTimeout(drawn));
  }).observe(document, { childList: true, subtree: true });
})(%r);
"""


@contextmanager
def phone(service: Service) -> Iterator[BrowserContext]:
    """A browser in a process of its own, in which Dilan is signed in."""
    chromium = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport=PHONE, locale="de-DE", device_scale_factor=2)
        context.add_init_script(clock(service.ahead))
        context.add_cookies([cookie(service, "dilan")])
        yield context
        browser.close()


def slowly(page: Page, slower: float, *, network: bool = True) -> None:
    """A slow processor, and a slow network."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    if network:
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", SLOW_4G)


LOOP = """
() => {
  const begin = performance.now();
  let sum = 0;
  for (let number = 0; number < 3e8; number += 1) sum += number % 7;
  return performance.now() - begin + 0 * sum;
}
"""


def shown(page: Page, address: str, wanted: str) -> Times:
    """Milliseconds from the navigation until `wanted` is in the page, and until it is drawn."""
    page.add_init_script(WATCH % wanted)
    page.goto(address)
    for _ in range(LOOKS):
        # Seldom: whoever looks takes the processor from the page.
        page.wait_for_timeout(1000)
        after = page.evaluate("window.shownAfter")
        if after:
            return float(after[0]), float(after[1])
    raise AssertionError(f"{wanted} never came")


def cold(service: Service, slower: float) -> Times:
    """The first start of her life."""
    with phone(service) as context:
        page = context.new_page()
        slowly(page, slower)
        return shown(page, f"{service.url}/app/", THERE)


def again(service: Service, slower: float) -> Times:
    """Opened twice before, and now without network."""
    with phone(service) as context:
        for _ in range(2):
            before = context.new_page()
            before.goto(f"{service.url}/app/")
            before.locator(THERE).wait_for()
            until(before, "navigator.serviceWorker.controller !== null")
            before.wait_for_timeout(SETTLES_MS)
            before.close()
        context.set_offline(True)
        page = context.new_page()
        slowly(page, slower, network=False)
        return shown(page, f"{service.url}/app/", THERE)


def reference(service: Service, slower: float) -> Times:
    """A page of the server without script, on the same phone."""
    with phone(service) as context:
        page = context.new_page()
        slowly(page, slower)
        return shown(page, f"{service.url}/sign-in", "main h1")


def loop(service: Service) -> float:
    """Milliseconds that this machine takes for a loop in the browser, without a throttle."""
    with phone(service) as context:
        return float(context.new_page().evaluate(LOOP))


def measured(name: str, start: Callable[[], Times], rounds: int) -> float:
    """The median of so many rounds until it stands there, printed with the rest."""
    found = [start() for _ in range(rounds)]
    stands, drawn = (sorted(column) for column in zip(*found, strict=True))
    print(
        f"{name:<28} {median(stands):6.0f} ms ({stands[0]:.0f} … {stands[-1]:.0f}),"
        f" drawn after {median(drawn):.0f} ms"
    )
    return median(stands)


def main() -> int:
    """Measure, print, and say whether the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slower", type=float, default=SLOWER)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="lotsenwerk-phone-") as folder,
        service_in(folder) as it,
    ):
        print(f"{'loop in this browser':<28} {loop(it):6.0f} ms")
        starts = {"reference: /sign-in": reference, "cold start": cold, "again, offline": again}
        _, first, second = (
            measured(name, partial(start, it, given.slower), given.rounds)
            for name, start in starts.items()
        )
    print(f"bars: {COLD_MS} and {AGAIN_MS} ms")
    return 0 if first < COLD_MS and second < AGAIN_MS else 1


@contextmanager
def service_in(folder: str) -> Iterator[Service]:
    """The service with everybody of the tests, and Dilan booked for tomorrow."""
    engine = make_engine(f"sqlite:///{folder}/lotsenwerk.db")
    migrate(engine)
    starter = Starter()
    with time_machine.travel(NOW, tick=False):
        cast = gather(engine)
    service = Service(engine, cast, Path(folder) / "var", starter)
    service.start()
    try:
        booked(service, "dilan")
        yield service
    finally:
        service.stop()
        starter.stop()
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
