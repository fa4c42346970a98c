"""Another language, chosen where somebody is."""

from playwright.sync_api import Browser, expect

from tests.web.phones import Device, device
from tests.web.service import Service

TEXT = "Der Knopf ist zu klein."


def speak(phone: Device, name: str) -> None:
    """Choose it at the head of the page."""
    phone.page.locator("header select").select_option(label=name)


def test_what_was_typed_stays(browser: Browser, service: Service) -> None:
    with device(browser, service) as phone:
        page = phone.open("/feedback")
        page.get_by_label("Ihre Nachricht").fill(TEXT)
        speak(phone, "English")
        page.get_by_role("heading", name="Feedback", level=1).wait_for()
        expect(page.get_by_role("textbox").first).to_have_value(TEXT)
        speak(phone, "العربية")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        expect(page.get_by_role("textbox").first).to_have_value(TEXT)


def test_what_the_service_says_is_read_again(browser: Browser, service: Service) -> None:
    with device(browser, service) as phone:
        page = phone.open("/imprint")
        phone.reads("Betreiber")
        speak(phone, "English")
        phone.reads("Operator")
        expect(page.get_by_text("Betreiber")).to_have_count(0)
        speak(phone, "Deutsch")
        phone.reads("Betreiber")
