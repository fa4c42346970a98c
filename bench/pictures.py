"""The pictures of the README: main pages of the app, of the demo pool as it is served.

python -m bench.pictures URL     # a service that was just played on by `lotsenwerk tour`
"""

import shutil
import sys
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from app.clock import today
from app.demo import COORDINATOR, HELPER, PASSWORD, SCHOOL, DemoAccount
from app.tour import Caller, client

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PHONE = {"width": 390, "height": 844}
VOLUNTEER = (
    ("today", "/", "de", "light"),
    ("offers", "/offers", "de", "light"),
    ("times", "/times", "de", "light"),
    ("hours", "/hours", "de", "light"),
    ("allowance-dark", "/allowance", "de", "dark"),
    ("today-ar", "/", "ar", "light"),
)
"""Name of the picture, address, language, look."""
PLACE = "Migrationsberatung Bad Vilbel"
WISH = {
    "times": [{"day": str(today() + timedelta(days=12)), "start": "10:30"}],
    "duration_minutes": 60,
    "seats": [{"language": "kmr"}],
    "topic": "Folgetermin",
}
INSTITUTION = (("ask", "/ask", "de", "light"), ("requests", "/requests", "de", "light"))


def ask(url: str) -> None:
    """Let the office ask the interpreter for an hour in two weeks."""
    with client(url, COORDINATOR) as amal, client(url, HELPER) as hevin:
        office, her = Caller(amal), Caller(hevin).get("/me")
        place = next(one for one in office.all("/institutions") if one["name"] == PLACE)
        request = office.post("/requests", WISH | {"institution_id": place["id"]})
        if request["state"] != "open":
            office.post(f"/requests/{request['id']}/triage", {"decision": "open"})
        [seat] = office.get(f"/requests/{request['id']}")["seats"]
        office.post("/offers", {"seat_id": seat["id"], "volunteer_id": her["volunteer_id"]})


def draw(browser: Browser, url: str, who: DemoAccount, pages: tuple[tuple[str, ...], ...]) -> None:
    """Sign in once, and take a picture of each page."""
    context = browser.new_context(viewport=PHONE, locale="de-DE", device_scale_factor=1)
    page = context.new_page()
    page.goto(f"{url}/app/sign-in")
    # The cookie comes with the answer: the pages need no form to be filled in.
    page.evaluate(
        """([email, password]) => fetch('/api/v1/auth/login', { method: 'POST',
          headers: { 'Content-Type': 'application/json', 'X-Lotsenwerk': '1' },
          body: JSON.stringify({ email, password }) })""",
        [who.email, PASSWORD],
    )
    for name, address, locale, look in pages:
        page.evaluate(f"localStorage.setItem('lotsenwerk.locale', '{locale}')")
        page.emulate_media(color_scheme=look)  # type: ignore[arg-type]
        page.goto(f"{url}/app{address}")
        page.locator("h1").wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def main() -> None:
    """Draw them all."""
    FOLDER.mkdir(exist_ok=True)
    ask(sys.argv[1])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        draw(browser, sys.argv[1].rstrip("/"), HELPER, VOLUNTEER)
        draw(browser, sys.argv[1].rstrip("/"), SCHOOL, INSTITUTION)
        browser.close()


if __name__ == "__main__":
    main()
