"""On a small screen, enlarged, and with more room between the letters everything can be done."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web import stories
from tests.web.barriers import UNFOLD, example, shown, too_wide
from tests.web.phones import Device, device
from tests.web.routes import addresses
from tests.web.service import Service

SMALL = {"viewport": {"width": 320, "height": 480}}
ENLARGED = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
"""A screen of 1280 × 800 at 200 %."""
SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }
"""
"""WCAG 1.4.12."""
TAP, INLINE = 44, 24
TOO_SMALL = """
([tap, inline]) => {
  const targets = 'a[href], button, summary, select, textarea, input:not([type=hidden])';
  const found = [];
  for (const one of document.querySelectorAll(targets)) {
    const shown = one.closest('label') || one;
    const { width, height } = shown.getBoundingClientRect();
    const isHidden = !one.getClientRects().length || one.matches('.skip, .hidden') && shown === one;
    if (isHidden || getComputedStyle(shown).visibility === 'hidden') continue;
    const isInText = getComputedStyle(one).display === 'inline';
    const least = isInText ? inline : tap;
    if (height < least - .5 || (!isInText && width < least - .5)) {
      found.push(`${Math.round(width)}x${Math.round(height)} ${shown.outerHTML.slice(0, 100)}`);
    }
  }
  return found;
}
"""
STYLE = """
css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}
"""
"""The policy of content allows no style in the page; a browser's own is beside it."""
CUT_OFF = """
() => [...document.querySelectorAll('main *')].filter((one) => {
  const style = getComputedStyle(one);
  const clips = style.overflowX === 'hidden' || style.overflowX === 'clip';
  const isText = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return clips && isText && !one.matches('.hidden')
    && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
}).map((one) => one.outerHTML.slice(0, 100))
"""


@pytest.fixture(params=[SMALL, ENLARGED], ids=["320 px", "200 %"])
def phone(browser: Browser, service: Service, request: pytest.FixtureRequest) -> Iterator[Device]:
    """Dilan's, on which there is little room."""
    with device(browser, service, "dilan", **request.param) as held:
        yield held


def test_the_main_deeds_need_little_room(phone: Device, service: Service) -> None:
    stories.offered(service, "dilan", day="2027-01-07")
    page = phone.open("/offers")
    phone.press("Ja, ich übernehme")
    phone.reads("Danke! Der Termin gehört jetzt Ihnen.")
    assert too_wide(page) == 0
    phone.press("Zum Termin", role="link")
    phone.press("Termin zurückgeben")
    phone.reads("Was ist der Grund?")
    assert too_wide(page) == 0
    phone.open("/times/away")
    phone.press("Nächste Woche nicht")
    phone.reads("Eingetragen. In dieser Zeit werden Sie nicht gefragt.")
    phone.open("/account")
    phone.press("Abmelden")
    phone.reads("Sie sind abgemeldet.")


def everywhere() -> list[object]:
    """Every page once."""
    return [pytest.param(address, name, id=address) for address, name in addresses()]


def see(page: Page) -> None:
    """Wait for what the page has to show, and open what is folded."""
    shown(page)
    page.evaluate(UNFOLD)
    shown(page)


@pytest.mark.parametrize(("address", "name"), everywhere())
def test_every_target_is_large_and_no_text_is_cut_off(
    browser: Browser, busy: Service, address: str, name: str | None
) -> None:
    with device(browser, busy, name, **SMALL) as held:
        page = held.open(example(busy, address, name))
        see(page)
        assert page.evaluate(TOO_SMALL, [TAP, INLINE]) == []
        page.evaluate(STYLE, SPACED)
        assert page.evaluate(CUT_OFF) == []
        assert too_wide(page) == 0


def test_the_look_for_small_targets_finds_them(browser: Browser, busy: Service) -> None:
    with device(browser, busy, **SMALL) as held:
        page = held.open("/imprint")
        page.evaluate("document.querySelector('main').innerHTML += '<button id=tiny>x</button>'")
        page.evaluate(STYLE, "#tiny { min-height: 0; height: 20px; padding: 0; }")
        [found] = page.evaluate(TOO_SMALL, [TAP, INLINE])
        assert "tiny" in found
        expect(page.locator("#tiny")).to_be_visible()
