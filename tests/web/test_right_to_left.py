"""In Arabic the app is mirrored, and what is not Arabic stays readable."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web import stories
from tests.web.phones import Device, device
from tests.web.service import Service

UNREVIEWED = "main > p.hint.small"
"""Says that no native reader has looked at these texts, in whatever language it stands."""


@pytest.fixture
def phone(browser: Browser, service: Service) -> Iterator[Device]:
    """Dilan's, with an appointment on it."""
    stories.booked(service, "dilan")
    with device(browser, service, "dilan") as held:
        yield held


def speak(phone: Device, name: str) -> Page:
    """Choose a language as one does: among their own names."""
    page = phone.open("/display")
    page.get_by_label(name).check()
    return page


def left_of(page: Page, selector: str) -> float:
    """Where something begins, from the left edge."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"]


def test_the_page_is_mirrored_and_stays_so(phone: Device) -> None:
    page = speak(phone, "العربية")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    phone.open("/")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    first, last = (f".ways li:{nth}-child" for nth in ("first", "last"))
    assert left_of(page, first) > left_of(page, last), "the way that comes first is on the right"
    card = page.locator("article.card").first
    assert card.evaluate("card => getComputedStyle(card).direction") == "rtl"
    heading = page.locator("h1")
    assert heading.evaluate("one => getComputedStyle(one).textAlign") in ("start", "right")
    page.reload()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")

    speak(phone, "Deutsch")
    phone.open("/")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    assert left_of(page, first) < left_of(page, last)


def test_names_addresses_and_numbers_stand_by_themselves(phone: Device) -> None:
    page = speak(phone, "العربية")
    phone.open("/")
    phone.reads("Löwenzahnschule")
    for foreign in ("Löwenzahnschule", "Schulstr. 1", "61169 Friedberg", "Selin Beispiel"):
        own = page.get_by_text(foreign, exact=True).first
        assert own.evaluate("one => one.tagName") == "BDI", foreign
    number = page.get_by_text("06031 000000").first
    assert number.evaluate("one => getComputedStyle(one).direction") == "ltr"
    clock = page.locator(".clock").first
    expect(clock).to_contain_text("10:00")
    expect(clock).to_contain_text("11:00")


@pytest.mark.parametrize("name", ["العربية", "Українська"])
def test_a_translation_that_nobody_has_read_says_so(phone: Device, name: str) -> None:
    page = speak(phone, name)
    phone.open("/")
    expect(page.locator(UNREVIEWED)).to_be_visible()
    speak(phone, "English")
    phone.open("/")
    expect(page.locator("h1")).to_have_text("Today")
    expect(page.locator(UNREVIEWED)).to_have_count(0)
