"""The app as it is given out: small on the first load, and made by the rules of the house."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from app.web import FOLDER, PAGE
from tests.conftest import ROOT
from tests.web.phones import device
from tests.web.service import Service
from tests.web.stories import booked

SOURCES = ROOT / "web" / "src"
FIRST_LOAD = 100_000
"""Bytes of script and style, as they travel, that a volunteer's phone loads at most."""
PAGE_LINES, PARTS, PIECES = 150, 20, 10
CONNECTIONS = 6
TARGET = re.compile(r"\s(?:style=|style:|transition:|in:|out:)")
SCRIPT = re.compile(r"<script.*?</script>|<style.*", re.DOTALL)


def pages() -> list[Path]:
    """Every page and layout."""
    return sorted(SOURCES.glob("routes/**/+*.svelte"))


def lines(path: Path) -> int:
    """So many lines."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_first_load_of_a_volunteer_stays_small(browser: Browser, service: Service) -> None:
    with device(browser, service, "dilan", service_workers="block") as phone:
        loaded: dict[str, int] = {}

        def weigh(request: object) -> None:
            if request.resource_type in ("script", "stylesheet"):  # type: ignore[attr-defined]
                loaded[request.url] = request.sizes()["responseBodySize"]  # type: ignore[attr-defined]

        phone.page.on("requestfinished", weigh)
        phone.open("/")
        phone.page.wait_for_load_state("networkidle")
    assert len(loaded) > 3, "the page loads scripts and a style"
    assert sum(loaded.values()) <= FIRST_LOAD, loaded


def test_today_comes_in_few_pieces_and_is_asked_for_at_once(
    browser: Browser, service: Service
) -> None:
    """Each round trip costs half a second on a slow line."""
    booked(service, "dilan")
    with device(browser, service, "dilan", service_workers="block") as phone:
        asked: list[str] = []
        phone.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        phone.open("/")
        phone.page.locator(".card.next").wait_for()
        scripts = [path for path in asked if path.endswith(".js")]
        assert len(scripts) == len(set(scripts)) < PIECES
        early = ["/api/v1/me", "/api/v1/assignments"]
        assert [asked.count(path) for path in early] == [1, 1]
        assert phone.page.evaluate("Object.keys(asked)") == []


def test_nothing_waits_for_a_connection_until_today_stands_there() -> None:
    """A browser has six to one host; the chunk holds one of them until all of it is there."""
    built = FOLDER / PAGE
    if not built.is_file():
        pytest.skip("the app is not built: run `make web`")
    page = built.read_text(encoding="utf-8")
    pieces = set(re.findall(r"_app/immutable/[\w./-]+", page))
    questions = 2
    free = CONNECTIONS + (CONNECTIONS - 1)
    assert 4 < len(pieces) <= free - questions, pieces


def test_who_has_left_without_network_is_not_asked_for(browser: Browser, service: Service) -> None:
    with device(browser, service, "dilan", service_workers="block") as phone:
        phone.context.add_init_script("localStorage.setItem('lotsenwerk.left', 'she')")
        phone.open("/imprint")
        assert phone.page.evaluate("window.asked === undefined")


def test_pages_stay_short_and_parts_few() -> None:
    assert len(pages()) > 10
    assert [path.name for path in pages() if lines(path) >= PAGE_LINES] == []
    parts = sorted(SOURCES.glob("lib/parts/*.svelte"))
    assert 5 < len(parts) < PARTS
    assert [path.name for path in parts if lines(path) >= PAGE_LINES] == []


def test_no_page_styles_by_attribute() -> None:
    """The policy of content forbids it; a browser would only write a line into its console."""
    found = {
        path.name: TARGET.findall(markup)
        for path in SOURCES.rglob("*.svelte")
        if (markup := SCRIPT.sub("", path.read_text(encoding="utf-8"))) and TARGET.search(markup)
    }
    assert found == {}


def test_a_browser_knows_every_word_of_the_headers(browser: Browser, service: Service) -> None:
    with device(browser, service, "dilan") as phone:
        said: list[str] = []
        phone.page.on("console", lambda message: said.append(message.text))
        phone.open("/")
        phone.page.wait_for_load_state("networkidle")
    assert [one for one in said if "header" in one] == []
