"""With keys alone: the focus is always to be seen, and never lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlmodel import Session, select

from app.tables import AvailabilityRule
from tests.cast import PASSWORD
from tests.web import stories
from tests.web.phones import DESK, Device, device, until
from tests.web.service import Service

MOST_TABS = 120
IS_HERE = "one => one === document.activeElement"
IS_SEEN = """
() => {
  const here = document.activeElement;
  // Parts of a date draw their own focus, inside.
  if (here.matches('input[type=date], input[type=time]')) return true;
  const drawn = [here, here.nextElementSibling, here.closest('label')].filter(Boolean);
  return drawn.some((one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  });
}
"""
IS_SOMEWHERE = "document.activeElement !== null && document.activeElement !== document.body"


@pytest.fixture
def desk(browser: Browser, service: Service) -> Iterator[Device]:
    """Somebody's, who has no mouse."""
    with device(browser, service, viewport=DESK) as held:
        yield held


def reach(page: Page, target: Locator, key: str = "Tab") -> None:
    """Go on with a key until the focus is there; on the way it is always to be seen."""
    target.wait_for()
    for _ in range(MOST_TABS):
        if target.evaluate(IS_HERE):
            return
        page.keyboard.press(key)
        assert page.evaluate(f"!({IS_SOMEWHERE})") or page.evaluate(IS_SEEN), _here(page)
    raise AssertionError(f"no way to {target}")


def _here(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    return text


def press(page: Page, name: str, role: str = "button", key: str = "Enter") -> None:
    """Go to what is called so, and do it."""
    reach(page, page.get_by_role(role, name=name, exact=True))  # type: ignore[arg-type]
    page.keyboard.press(key)


def read(page: Page, words: str) -> None:
    """What was done is told, and the focus is somewhere."""
    page.get_by_text(words).first.wait_for()
    until(page, IS_SOMEWHERE)


def sign_in(desk: Device, name: str) -> Page:
    """With keys alone."""
    page = desk.open("/sign-in")
    reach(page, page.get_by_label("E-Mail-Adresse"))
    page.keyboard.type(f"{name}@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    until(page, IS_SOMEWHERE)
    return page


def test_a_volunteer_answers_paints_and_reports(desk: Device, service: Service) -> None:
    done = stories.over_and_asked(service, desk)
    page = sign_in(desk, "dilan")

    reach(page, page.get_by_role("link", name="Angebote"))
    page.keyboard.press("Enter")
    read(page, "Können Sie helfen?")
    press(page, "Ja, ich übernehme")
    read(page, "Danke! Der Termin gehört jetzt Ihnen.")

    page = desk.open(f"/hours/{done['id']}")
    press(page, "Stunden senden")
    read(page, "Ihre Zeit ist gespeichert:")

    page = desk.open("/account")
    press(page, "Abmelden")
    read(page, "Sie sind abgemeldet.")


def test_a_week_is_painted_with_arrows(desk: Device, service: Service) -> None:
    page = sign_in(desk, "dilan")
    page = desk.open("/times")
    grid = page.get_by_role("grid")
    reach(page, grid.locator("[tabindex='0']"))
    saturday = grid.get_by_role("gridcell", name="Samstag, 10:00 bis 10:30 Uhr")
    walk_to(page, saturday)
    page.keyboard.press("Shift+ArrowDown")
    expect(saturday).to_have_accessible_name("Samstag, 10:00 bis 10:30 Uhr: kann ich")
    press(page, "Speichern")
    read(page, "Gespeichert. Ab jetzt werden Sie in diesen Zeiten gefragt.")
    with Session(service.engine) as session:
        [rule] = session.exec(select(AvailabilityRule).where(AvailabilityRule.weekday == 5)).all()
    assert (rule.start_minute, rule.end_minute) == (600, 660)


def walk_to(page: Page, cell: Locator) -> None:
    """Arrow keys to a cell of the week: first the day, then the hour."""
    spot = cell.evaluate("one => [Number(one.dataset.row), Number(one.dataset.column)]")
    for axis, (back, on) in enumerate((("ArrowUp", "ArrowDown"), ("ArrowLeft", "ArrowRight"))):
        name = ("row", "column")[axis]
        for _ in range(MOST_TABS):
            here = int(page.evaluate(f"document.activeElement.dataset.{name}"))
            if here == spot[axis]:
                break
            page.keyboard.press(on if here < spot[axis] else back)
            until(page, f"document.activeElement.dataset.{name} !== '{here}'")
    assert cell.evaluate(IS_HERE)


def test_an_institution_asks(desk: Device, service: Service) -> None:
    page = sign_in(desk, "selin")
    page = desk.open("/ask")
    reach(page, page.get_by_role("button", name="Einen Termin"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_label("Tag", exact=True))
    page.keyboard.type("02022027")
    reach(page, page.get_by_label("Uhrzeit", exact=True))
    page.keyboard.type("1000AM")
    press(page, "Weiter")
    reach(page, page.get_by_label("Sprache", exact=True))
    page.keyboard.type("Kurmanci")
    reach(page, page.get_by_role("list", name="Vorschläge").get_by_role("button").first)
    page.keyboard.press("Enter")
    until(page, IS_SOMEWHERE)
    press(page, "Weiter")
    reach(page, page.get_by_label("Anlass", exact=True))
    page.keyboard.type("Elterngespräch")
    press(page, "Weiter")
    read(page, "Wo?")
    press(page, "Weiter")
    press(page, "Anfrage senden")
    read(page, "Danke! Ihre Anfrage ist angekommen.")
    assert service.call("selin", "GET", "/requests")["items"]
