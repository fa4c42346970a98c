"""From a question to the money, in the browsers of those who do it."""

from datetime import UTC, datetime

from playwright.sync_api import Browser, expect

from tests.web import mails, stories
from tests.web.phones import DESK, Device, device
from tests.web.service import Service

BEFORE = datetime(2027, 1, 5, 8, 58, tzinfo=UTC)
AFTER = datetime(2027, 1, 5, 10, 1, tzinfo=UTC)
"""Around the appointment of Tuesday, 10 to 11."""
SCHOOL = "schule@example.org"


def say_yes(phone: Device, times: int) -> None:
    """Every question is answered with yes."""
    phone.open("/offers")
    for at in range(times):
        phone.press_first("Ja, ich übernehme")
        expect(phone.page.get_by_text("Danke! Der Termin gehört jetzt Ihnen.")).to_have_count(
            at + 1
        )
    expect(phone.page.get_by_text("Schulstr. 1").first).to_be_visible()


def report(phone: Device, assignment: str, code: str = "") -> None:
    """Enter hours as they stand there already."""
    phone.open(f"/hours/{assignment}")
    phone.page.get_by_label("Code der Einrichtung").fill(code)
    phone.press("Stunden senden")
    phone.reads("Ihre Zeit ist gespeichert:")


def confirm_by_link(browser: Browser, service: Service) -> None:
    """Somebody of the school who has no account opens the link of the mail."""
    with device(browser, service, viewport=DESK) as desk:
        desk.page.goto(mails.found(service, SCHOOL, r"(http\S+/c/\S+)"))
        desk.page.locator("button[name=answer][value=yes]").click()
        desk.page.locator("main .lead").first.wait_for()
        expect(desk.page.locator("form")).to_have_count(0)


def ask(desk: Device) -> str:
    """Selin asks step by step for an hour of Kurmanci; the id of her request."""
    page = desk.open("/ask")
    page.get_by_role("button", name="Einen Termin").click()
    page.get_by_label("Tag", exact=True).fill("2027-01-05")
    page.get_by_label("Uhrzeit", exact=True).fill("10:00")
    desk.press("Weiter")
    page.get_by_label("Sprache", exact=True).fill("Kurmanci")
    page.get_by_role("list", name="Vorschläge").get_by_role("button").first.click()
    desk.press("Weiter")
    page.get_by_label("Anlass", exact=True).fill("Elterngespräch")
    desk.press("Weiter")
    page.get_by_label("Raum").fill("Zimmer 7")
    desk.press("Weiter")
    desk.press("Anfrage senden")
    page.wait_for_url("**/requests/*")
    return page.url.rpartition("/")[2].partition("?")[0]


def read_code(desk: Device, request: str) -> str:
    """What Selin's page shows of the way, and the digits she tells at the end.

    A night lies between: she has to sign in again, and is where she wanted to be.
    """
    page = desk.open(f"/requests/{request}")
    desk.sign_in("selin")
    steps = page.get_by_role("list").filter(has_text="nterwegs")
    expect(steps.first).to_be_visible()
    page.get_by_text("Code für das Ende des Termins").click()
    digits = page.locator(".digits")
    expect(digits).to_be_visible()
    expect(page.get_by_alt_text("Der Code als Bild")).to_be_visible()
    return digits.inner_text().replace(" ", "")


def test_from_a_question_to_the_money(browser: Browser, service: Service) -> None:
    with (
        device(browser, service, "dilan") as phone,
        device(browser, service, "selin", viewport=DESK) as desk,
    ):
        request = ask(desk)
        # Amal has no desk yet: she looks at what is asked, and asks, over the interface.
        stories.offer_for(service, request, "dilan")
        stories.offered(service, "dilan", start="08:45", duration_minutes=30)
        stories.offered(service, "dilan", day="2027-01-04", start="16:00", duration_minutes=30)
        say_yes(phone, 3)
        booked = service.call("dilan", "GET", "/assignments")["items"]
        early, middle, main = sorted(booked, key=lambda one: one["starts_at"])

        service.travel(BEFORE)
        phone.live_at(service)
        phone.open("/")
        phone.press("Ich bin unterwegs")
        phone.reads("Unterwegs seit 09:5")
        phone.press("Es hat begonnen")
        phone.reads("Begonnen um ")

        service.travel(AFTER)
        phone.live_at(service)
        desk.live_at(service)
        phone.open("/")
        phone.press("Es ist zu Ende")
        phone.reads("Zu Ende um 11:0")
        report(phone, main["id"], read_code(desk, request))
        phone.reads("Der Code stimmt: Ihre Zeit ist bestätigt.")

        report(phone, middle["id"])
        phone.reads("Die Einrichtung wird jetzt gefragt.")
        confirm_by_link(browser, service)
        report(phone, early["id"])
        confirm_on_her_page(desk, service)

        claim = stories.paid(service, on="2027-01-05")
        read_amount(phone, claim)
        read_statement(phone)


def read_amount(phone: Device, claim: stories.Row) -> None:
    """What she gets stands there as paid, and why."""
    assert len(claim["lines"]) == 3
    assert claim["amount_cents"] > 0
    phone.open("/allowance")
    phone.reads("bezahlt")
    phone.open(f"/allowance/{claim['id']}")
    amount = f"{claim['amount_cents'] // 100},{claim['amount_cents'] % 100:02}"
    expect(phone.page.locator("main .sum")).to_contain_text(amount)
    for line in claim["lines"]:
        phone.reads(line["explanation"])


def confirm_on_her_page(desk: Device, service: Service) -> None:
    """Selin sees what Dilan has reported, and says that it is right."""
    [record] = service.call("selin", "GET", "/service-records?state=reported")["items"]
    desk.open("/requests/confirm")
    desk.reads("Dilan")
    desk.press("Ja, stimmt")
    desk.reads("Danke! Die Stunden sind bestätigt.")
    state = service.call("selin", "GET", f"/service-records/{record['id']}")["state"]
    assert state == "confirmed"


def read_statement(phone: Device) -> None:
    """The paper about the payment comes as a PDF."""
    phone.open("/allowance")
    with phone.page.expect_download() as loaded:
        phone.page.get_by_role("link", name="Beleg als PDF").click()
    assert loaded.value.path().read_bytes().startswith(b"%PDF-")
