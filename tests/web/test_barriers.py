"""No page has a barrier that a program can find: narrow and wide, light and dark, two scripts."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.web import stories
from tests.web.phones import DESK, NARROW, device
from tests.web.routes import addresses
from tests.web.service import Service

AXE = Axe()
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
LOOKS = [(size, look) for size in (NARROW, DESK) for look in ("light", "dark")]

UNFOLD = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


def findings(page: Page) -> list[str]:
    """What is wrong, and where."""
    found: list[dict[str, Any]] = AXE.run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def too_wide(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    wide: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide


def shown(page: Page) -> None:
    """Wait until a page shows what it has to show."""
    page.wait_for_load_state("networkidle")
    expect(page.locator(".working:not(:empty)")).to_have_count(0)


def example(service: Service, address: str, name: str | None) -> str:
    """The address with an example for each name in brackets."""
    for part, found in stories.examples(service, name).items():
        address = address.replace(part, found)
    assert "[" not in address, f"{address} needs an example in tests/web/stories.py"
    return address


@pytest.mark.parametrize("locale", ["de", "ar"])
@pytest.mark.parametrize(("address", "name"), addresses())
def test_a_page_has_no_barriers(
    browser: Browser, busy: Service, address: str, name: str | None, locale: str
) -> None:
    with device(browser, busy, name) as held:
        held.context.add_init_script(f"localStorage.setItem('lotsenwerk.locale', '{locale}')")
        page = held.open(example(busy, address, name))
        shown(page)
        assert page.locator("html").get_attribute("dir") == ("rtl" if locale == "ar" else "ltr")
        for size, look in LOOKS:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=look)  # type: ignore[arg-type]
            page.evaluate(UNFOLD)
            shown(page)
            assert findings(page) == [], f"{size['width']} px, {look}"
            assert too_wide(page) == 0, f"{size['width']} px, {look}"


def test_the_look_for_barriers_finds_them(browser: Browser, busy: Service) -> None:
    with device(browser, busy) as held:
        page = held.open("/sign-in")
        page.evaluate("document.querySelector('main').innerHTML += '<img src=x><input>'")
        found = {one.partition(":")[0] for one in findings(page)}
        assert {"image-alt", "label"} <= found
        held.complaints.clear()
