"""The pages behind the links in mails and at the door, which the service draws itself."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web import mails, stories
from tests.web.barriers import UNFOLD, findings, looks, too_wide
from tests.web.conftest import Ground, served
from tests.web.phones import NARROW, Device, device
from tests.web.service import Service

SCHOOL, MIRELA = "schule@example.org", "mirela@example.org"
SHORTER = "Es hat nicht so lange gedauert."
DOORS = [
    ("/sign-in", None, 200),
    ("/account", "dilan", 200),
    ("/c/nothing", None, 404),
    ("/api/v1/parents-days/{parents_day_id}/timetable", "amal", 200),
]
OPEN = [(SCHOOL, "c", "Die Zeit stimmt nicht"), (MIRELA, "a", "Ja, ich übernehme den Termin")]
"""Who has the link in a mail, and what stands on the page as long as nobody has answered."""


def assert_no_barriers(page: Page) -> None:
    """Nothing is found in any width and look, and nothing sticks out."""
    for look in looks(page):
        assert findings(page) == [], look
        assert too_wide(page) == 0, look


def forgive(held: Device, status: int) -> None:
    """A browser complains of an answer that is no success, where that was meant."""
    held.complaints[:] = [one for one in held.complaints if f"status of {status}" not in one]


@pytest.mark.parametrize(("address", "name", "status"), DOORS)
def test_a_page_of_the_service_has_no_barriers(
    browser: Browser, busy: Service, address: str, name: str | None, status: int
) -> None:
    with device(browser, busy, name) as held:
        answer = held.page.goto(f"{held.url}{address.format(**busy.shown)}")
        assert answer is not None
        assert answer.status == status
        held.page.locator("h1").first.wait_for()
        assert_no_barriers(held.page)
        forgive(held, status)


@pytest.fixture(scope="module")
def noon(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An appointment is over and reported; Mirela is asked for the next one."""
    with served(ground, tmp_path_factory.mktemp("noon") / "var") as service:
        done = stories.booked(service, "dilan", start="10:00")
        service.travel(stories.AFTER)
        stories.reported(service, done)
        stories.offered(service, "mirela", day="2027-01-07")
        yield service


def follow(held: Device, service: Service, to: str, kind: str) -> Page:
    """Open the link of that kind in somebody's newest mail."""
    held.page.goto(mails.found(service, to, rf"(http\S+/{kind}/\S+)"))
    held.page.locator("h1").first.wait_for()
    return held.page


@pytest.mark.parametrize(("to", "kind", "words"), OPEN)
def test_a_page_behind_a_link_has_no_barriers(
    browser: Browser, noon: Service, to: str, kind: str, words: str
) -> None:
    with device(browser, noon) as held:
        page = follow(held, noon, to, kind)
        expect(page.get_by_text(words).first).to_be_visible()
        page.evaluate(UNFOLD)
        assert_no_barriers(page)


def test_an_institution_says_what_was_otherwise(browser: Browser, service: Service) -> None:
    """A mistake comes back with what was typed; how it was may be said in the same form."""
    done = stories.booked(service, "dilan", start="10:00")
    service.travel(stories.AFTER)
    record = stories.reported(service, done)
    with device(browser, service, viewport=NARROW) as held:
        page = follow(held, service, SCHOOL, "c")
        form = page.locator("form").nth(1)
        form.get_by_label("Er war kürzer als geplant").check()
        form.get_by_label("Wie viele Minuten waren es?").fill("eine Stunde")
        form.get_by_label("Was war anders?").fill(SHORTER)
        form.get_by_label("Nicht gut", exact=True).check()
        form.get_by_label("Was war nicht gut?").fill("Der Anfang war zu spät.")
        held.press("Andere Zeit melden")
        expect(page).to_have_title(re.compile("^Bitte noch einmal ansehen"))
        assert_no_barriers(page)
        form = page.locator("form").nth(1)
        expect(form.get_by_label("Was war anders?")).to_have_value(SHORTER)
        expect(form.get_by_label("Er war kürzer als geplant")).to_be_checked()
        form.get_by_label("Wie viele Minuten waren es?").fill("45")
        held.press("Andere Zeit melden")
        held.reads("Danke, Ihre Antwort ist da")
        assert_no_barriers(page)
        forgive(held, 422)
    told = service.call("amal", "GET", f"/service-records/{record['id']}")
    assert (told["state"], told["confirmed_minutes"]) == ("disputed", 45)
