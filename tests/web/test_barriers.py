"""No page has a barrier that a program can find: narrow and wide, light and dark, two scripts."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web import stories
from tests.web.barriers import findings, looks, too_wide
from tests.web.phones import device
from tests.web.routes import addresses
from tests.web.service import Service

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
        for look in looks(page):
            page.evaluate(UNFOLD)
            shown(page)
            assert findings(page) == [], look
            assert too_wide(page) == 0, look


def test_the_look_for_barriers_finds_them(browser: Browser, busy: Service) -> None:
    with device(browser, busy) as held:
        page = held.open("/sign-in")
        page.evaluate("document.querySelector('main').innerHTML += '<img src=x><input>'")
        found = {one.partition(":")[0] for one in findings(page)}
        assert {"image-alt", "label"} <= found
        held.complaints.clear()
