"""The app does its work where a browser has nothing but the web itself."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.web import stories
from tests.web.phones import Device, device
from tests.web.service import Service

FORGETS = {
    "none": "Object.defineProperty(window, 'indexedDB', { value: undefined });",
    "refuses": """
      indexedDB.open = () => { throw new DOMException('not here', 'SecurityError'); };
    """,
    "hangs": "indexedDB.open = () => ({ addEventListener() {}, removeEventListener() {} });",
}
"""Ways in which a browser keeps nothing: old, private, and one that never answers."""
BARE = """
  for (const name of ['PushManager', 'Notification', 'BarcodeDetector', 'BroadcastChannel']) {
    delete window[name];
  }
  delete Navigator.prototype.mediaDevices;
  delete Navigator.prototype.locks;
  delete Navigator.prototype.storage;
  delete Navigator.prototype.clipboard;
  delete Intl.DurationFormat;
  delete Intl.Segmenter;
"""


@pytest.fixture(params=FORGETS)
def phone(browser: Browser, service: Service, request: pytest.FixtureRequest) -> Iterator[Device]:
    """A phone with no database, no service worker, no push, no camera, no newer words."""
    with device(browser, service, service_workers="block") as held:
        held.context.add_init_script(FORGETS[request.param] + BARE)
        yield held


def test_sign_in_answer_and_hours_need_none_of_it(phone: Device, service: Service) -> None:
    done = stories.over_and_asked(service, phone)
    phone.open("/sign-in")
    phone.sign_in("dilan")
    phone.reads("Hier fehlt Ihre Antwort")

    phone.open("/offers")
    phone.press("Ja, ich übernehme")
    phone.reads("Danke! Der Termin gehört jetzt Ihnen.")
    phone.open(f"/hours/{done['id']}")
    phone.press("Stunden senden")
    phone.reads("Ihre Zeit ist gespeichert:")


def test_what_cannot_be_kept_is_said(browser: Browser, service: Service) -> None:
    stories.offered(service, "dilan")
    with device(browser, service, "dilan", service_workers="block") as phone:
        phone.context.add_init_script(FORGETS["none"])
        phone.open("/outbox")
        phone.reads("Alles ist gesendet.")
        phone.page.get_by_role("link", name="Angebote").click()
        phone.page.get_by_role("button", name="Ja, ich übernehme").wait_for()
        phone.context.set_offline(True)
        phone.press("Ja, ich übernehme")
        phone.page.get_by_role("link", name="Ansehen").click()
        phone.reads("Dieser Browser speichert nichts.")
        phone.context.set_offline(False)
        phone.reads("Alles ist gesendet.")


OTHER_VERSION = {"content_type": "application/json", "body": '{"version": "another"}'}


def test_a_page_of_an_older_version_goes_on_with_the_new_one(
    browser: Browser, service: Service
) -> None:
    """After an update its pieces are gone: the address that is wanted is loaded anew."""
    with device(browser, service, "dilan", service_workers="block") as phone:
        page = phone.open("/")
        tries: list[str] = []

        def missing(route: Route) -> None:
            tries.append(route.request.url)
            if len(tries) == 1:
                route.fulfill(status=404)
            else:
                route.continue_()

        phone.context.route("**/_app/version.json", lambda route: route.fulfill(**OTHER_VERSION))
        phone.context.route(re.compile(r"/_app/immutable/.*\.js$"), missing)
        phone.press("Termine", role="link")
        expect(page.get_by_role("heading", level=1)).to_have_text("Termine")
        assert page.url.endswith("/appointments")
        assert len(tries) > 1, "the page was loaded anew"
        phone.complaints.clear()
