"""No page has a barrier that a program can find: narrow and wide, light and dark, two scripts."""

import pytest
from playwright.sync_api import Browser

from tests.web.barriers import UNFOLD, example, findings, looks, shown, too_wide
from tests.web.phones import device
from tests.web.routes import addresses
from tests.web.service import Service


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
