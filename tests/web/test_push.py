"""A push on the phone: what it shows, and where a tap leads."""

import json
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, CDPSession, Worker

from tests.web.phones import PATIENCE, Device, device, wait
from tests.web.service import Service

SAID = {
    "title": "Lotsenwerk",
    "body": "Es gibt eine neue Frage an Sie.",
    "url": "/app/offers",
    "tag": "offer",
    "lang": "de",
}
SHOWN = """
() => self.registration.getNotifications().then((all) => all.map((one) => ({
  title: one.title, body: one.body, tag: one.tag, lang: one.lang, url: one.data.url,
})))
"""
COMES = """
async (looks) => {
  const wait = () => new Promise((done) => setTimeout(done, 50));
  for (; looks; looks -= 1) {
    if ((await self.registration.getNotifications()).length) return true;
    await wait();
  }
  return false;
}
"""
LOOKS = PATIENCE // 50
TAP = """
async () => {
  const opened = [];
  self.clients.openWindow = async (url) => void opened.push(url);
  const [notification] = await self.registration.getNotifications();
  const waits = [];
  const event = new NotificationEvent('notificationclick', { notification });
  event.waitUntil = (work) => waits.push(work);
  self.dispatchEvent(event);
  await Promise.all(waits);
  return [opened, (await self.registration.getNotifications()).length];
}
"""
"""The tap itself is the system's; what it does is noted instead of done."""


def worker(phone: Device) -> Worker:
    """What stays awake for her when the app is closed."""
    phone.context.grant_permissions(["notifications"])
    phone.open("/")
    phone.keep_app()
    phone.open("/account")
    wait(phone.page, lambda: bool(phone.context.service_workers))
    [found] = phone.context.service_workers
    return found


def deliver(phone: Device, service: Service, data: str) -> None:
    """The push service of the browser hands a message over."""
    devtools = phone.context.new_cdp_session(phone.page)
    number = _registration(devtools, phone)
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": service.url, "registrationId": number, "data": data},
    )


def _registration(devtools: CDPSession, phone: Device) -> str:
    known: list[dict[str, Any]] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"])
    )
    devtools.send("ServiceWorker.enable")
    wait(phone.page, lambda: bool(known))
    return str(known[0]["registrationId"])


def shown(found: Worker) -> list[dict[str, Any]]:
    """The notifications that are to be seen, once there is one."""
    assert found.evaluate(COMES, LOOKS)
    notes: list[dict[str, Any]] = found.evaluate(SHOWN)
    return notes


def test_a_push_is_shown_and_a_tap_leads_to_its_page(browser: Browser, service: Service) -> None:
    with device(browser, service, "dilan") as phone:
        found = worker(phone)
        deliver(phone, service, json.dumps(SAID))
        assert shown(found) == [SAID]
        assert found.evaluate(TAP) == [[f"{service.url}/app/offers"], 0]


@pytest.mark.parametrize(
    "url", ["https://evil.example/app/", "//evil.example/", "javascript:1", "a b://"]
)
def test_a_tap_leads_nowhere_else(browser: Browser, service: Service, url: str) -> None:
    with device(browser, service, "dilan") as phone:
        found = worker(phone)
        deliver(phone, service, json.dumps(SAID | {"url": url}))
        shown(found)
        [[opened], left] = found.evaluate(TAP)
        assert urljoin(service.url, opened).startswith(f"{service.url}/")
        assert left == 0


def test_a_push_that_cannot_be_read_is_shown_all_the_same(
    browser: Browser, service: Service
) -> None:
    with device(browser, service, "dilan") as phone:
        found = worker(phone)
        deliver(phone, service, "not json")
        [note] = shown(found)
        assert note["body"].startswith("Es gibt etwas Neues für Sie.")
