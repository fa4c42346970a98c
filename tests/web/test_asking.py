"""A school asks, looks elsewhere, comes back, and changes what it asked for."""

from playwright.sync_api import Browser, expect

from tests.app.parents_days.asking import AFTERNOON
from tests.web.phones import device
from tests.web.service import Service


def needs_of(service: Service, day_id: str) -> list[tuple[str, int, str | None]]:
    """Language, talks and level, as the service has them now."""
    read = service.call("selin", "GET", f"/parents-days/{day_id}")
    return [(one["language"], one["slots"], one["min_level"]) for one in read["needs"]]


def test_a_school_changes_the_talks_of_its_parents_day(browser: Browser, service: Service) -> None:
    day = service.call("selin", "POST", "/parents-days", json=AFTERNOON)
    with device(browser, service, "selin") as held:
        page = held.open(f"/requests/parents-days/{day['id']}")
        page.locator("summary", has_text="Sprachen und Gespräche ändern").click()
        talks = page.get_by_label("Wie viele Gespräche?").nth(1)
        talks.fill("viele")
        held.press("So ändern")
        expect(talks).to_be_focused()
        held.reads("Bitte geben Sie eine Zahl von 1 bis 200 an.")
        talks.fill("6")
        held.press("So ändern")
        held.reads("Geändert. Für das, was noch offen ist, suchen wir jemanden.")
    assert needs_of(service, day["id"]) == [("kmr", 11, None), ("ro", 6, "B2")]


def test_what_was_written_is_still_there_after_a_look_at_another_page(
    browser: Browser, service: Service
) -> None:
    with device(browser, service, "selin") as held:
        page = held.open("/ask")
        page.get_by_role("button", name="Einen Termin").click()
        page.locator("input[type=date]").fill("2027-01-13")
        page.locator("input[type=time]").fill("10:00")
        held.press("Weiter")
        page.get_by_label("Sprache", exact=True).fill("Kurmanci")
        page.get_by_label("Vorschläge").get_by_role("button").first.click()
        held.press("Weiter")
        page.get_by_label("Anlass").fill("Elterngespräch")
        page.get_by_role("link", name="Meine Anfragen").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Meine Anfragen")
        page.go_back()
        expect(page.get_by_label("Anlass")).to_have_value("Elterngespräch")
        page.reload()
        held.reads("Anlass und Hinweise haben wir nicht gespeichert")
        expect(page.get_by_label("Anlass")).to_have_value("")
