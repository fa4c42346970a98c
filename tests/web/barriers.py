"""How barriers are looked for: in each width and look, by a program that knows the rules."""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web import stories
from tests.web.phones import DESK, NARROW
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


def looks(page: Page) -> Iterator[str]:
    """The page as narrow and as wide, as light and as dark as people have it."""
    for size, look in LOOKS:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=look)  # type: ignore[arg-type]
        yield f"{size['width']} px, {look}"
